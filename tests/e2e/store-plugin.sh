# store-plugin.sh -- a location served by a plugin's ObjectStore holds the same objects as one of pintle.io/file.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_store
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default}
spec:
  provider: acme
  default: true
  config: {root: $work/vendor}
  objectStorage: {bucket: b, prefix: some/where, caCert: LS0tLS1CRUdJTiBDRVJU}
  credential: {name: cloud, key: credentials}
---
apiVersion: v1
kind: Secret
metadata: {name: cloud, namespace: velero}
data: {credentials: aHVudGVyMmh1bnRlcjI=}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: files}
spec:
  provider: pintle.io/file
  config: {root: $work/files}
  objectStorage: {bucket: b, prefix: some/where}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: same}
spec:
  provider: pintle.io/file
  config: {root: $work/vendor}
  objectStorage: {bucket: b, prefix: some/where}
---
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  aliases: {velero.io/acme: tests.pintle.io/store}
END
keys() { (cd "$1" && find . -type f | sort); }

run "$PINTLE" backup create b1 --from "$here/manifests"
expect_status 0
expect_clean
run "$PINTLE" backup create b1 --from "$here/manifests" --storage-location files
expect_status 0
keys vendor >vendor.keys && keys files >files.keys
expect_same vendor.keys files.keys
expect_file vendor/b/some/where/backups/b1/velero-backup.json
compare "$here/manifests.expected.json" vendor/b/some/where/backups/b1/b1.tar.gz

# Read through the plugin, and by pintle.io/file from the same directory.
run "$PINTLE" backup verify b1
expect_status 0
run "$PINTLE" backup verify b1 --storage-location same
expect_status 0
log_of backup b1
expect_in log "a store in $work/vendor" \
  "bucket b, prefix some/where, certificate -----BEGIN CERT, credentials of 14 bytes with mode 600"
run "$PINTLE" backup create b1 --from "$here/manifests"
expect_status 2
expect_err 'backup "b1" already exists'
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
expect_clean
compare "$here/manifests.expected.json" to --restored b1 r1
run "$PINTLE" backup get
expect_out b1 Completed

# Secrets: in a file while the run lasts, nowhere else.
cat out err log >all && gzip -dc vendor/b/some/where/*/*/*.gz >>all
expect_not_in all hunter2 aHVudGVy

run "$PINTLE" backup delete b1 --confirm
expect_status 0
expect_clean
[ -z "$(find vendor -path '*/backups/*' -type f)" ] || fail "left of b1: $(find vendor -path '*/backups/*' -type f)"
run "$PINTLE" backup get
expect_status 0
expect_not_in out b1

# What is wrong has its place.
sed 's/root: .*vendor}/root: relative}/' pintle.yaml >wrong.yaml
run "$PINTLE" --config wrong.yaml backup get
expect_status 2
expect_err 'wrong.yaml:7:18: BackupStorageLocation "default": action tests.pintle.io/store: the directory must be absolute'
sed 's/provider: acme/provider: acne/' pintle.yaml >wrong.yaml
run "$PINTLE" --config wrong.yaml backup get
expect_status 2
expect_err 'wrong.yaml:5:13: BackupStorageLocation "default": no plugin has an ObjectStore named velero.io/acne' 'did you mean "velero.io/acme"'
sed 's/key: credentials/key: credential/' pintle.yaml >wrong.yaml
run "$PINTLE" --config wrong.yaml backup get
expect_status 2
expect_err 'wrong.yaml:9:15: BackupStorageLocation "default": Secret "cloud" has no key "credential"'
expect_clean
pass
