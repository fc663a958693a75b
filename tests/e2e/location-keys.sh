# location-keys.sh -- keys of a location: what does not count is said, "" is unset, mistakes are named by what stands in the file.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_store
cp "$(find "${PLUGINS%/tests/plugins}/plugins" -name s3.so | head -n 1)" plugins/ 2>/dev/null || :
location() { # PROVIDER CONFIG-LINE...: into pintle.yaml
  provider=$1
  shift
  cat >pintle.yaml <<END_OF_LOCATION
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default}
spec:
  provider: $provider
  default: true
  credential: {name: cloud, key: credentials}
  objectStorage: {bucket: b, prefix: some/where$ca}
  config:
$(printf '    %s\n' "$@")
---
apiVersion: v1
kind: Secret
metadata: {name: cloud, namespace: velero}
stringData: {credentials: "[default]\naws_access_key_id = A\naws_secret_access_key = hunter2\n"}
END_OF_LOCATION
}
ca=", caCert: LS0tLS1CRUdJTiBDRVJU"
items 1
location tests.pintle.io/store "root: $work/vendor" "bucket: other" "prefix: some/where" "caCert: x" "credentialsFile: /none"
run "$PINTLE" backup create b1 --from in
expect_status 0
expect_err "pintle.yaml:11:13: config.bucket does not count beside spec.objectStorage.bucket" \
  "pintle.yaml:13:13: config.caCert does not count beside the caCert of spec.objectStorage" \
  "pintle.yaml:14:22: config.credentialsFile does not count beside spec.credential"
expect_not_in err config.prefix # the same
expect_file vendor/b/some/where/backups/b1/velero-backup.json

ca= # s3 reads it
if [ -f plugins/s3.so ]; then
  refused() { # CONFIG-LINE TEXT...
    location pintle.io/s3 "s3Url: http://127.0.0.1:1" "maxRetries: '0'" "$1"
    shift
    run "$PINTLE" backup get
    expect_status "$code"
    expect_err "$@"
    expect_not_in err hunter2
    expect_not_in err credentials-1
  }
  code=2
  refused "profile: nope" 'pintle.yaml:12:14: BackupStorageLocation "default": action pintle.io/s3: no credentials: profile "nope": not in key "credentials" of Secret "cloud"'
  refused "retries: '3'" 'pintle.yaml:12:5: BackupStorageLocation "default": unknown option "retries"' 'hint: did you mean "maxRetries"?'
  refused "acl: private" 'unknown option "acl"' 'hint: `pintle plugin inspect` shows the 25 options that it has'
  refused "partSize: '16'" 'pintle.yaml:12:15: ' 'partSize: 16 does not lie between 5Mi and 1Gi'
  code=1 # nobody listens, but all of this is fine
  for key in s3ForcePathStyle insecureSkipTLSVerify partSize concurrency connectTimeout objectLockMode objectLockRetain verify; do
    refused "$key: ''" "127.0.0.1 port 1"
  done
fi
pass
