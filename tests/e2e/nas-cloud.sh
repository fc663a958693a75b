# nas-cloud.sh -- for the tests of the drivers of vendors: CLOUD (aliyun, ontap), its emulator, a volume of it.  SPDX-License-Identifier: Apache-2.0
# Not a test: sourced after lib.sh.
so=$(find "${PLUGINS%/tests/plugins}/plugins" -maxdepth 1 -name nas.so | head -n 1)
[ -n "$so" ] || skip "no nas.so"
cp "$so" "$PINTLE_PLUGIN_DIR/" && chmod 0644 "$PINTLE_PLUGIN_DIR/nas.so"
emulator=$work/emulator
mkdir "$emulator" in && mkfifo "$emulator/do" "$emulator/said"
python3 "$here/nas_cloud.py" "$CLOUD" "$emulator" 2>"$emulator/err" &
emulated=$!
trap 'kill "$emulated" 2>/dev/null; leave' EXIT
ours() ( # the emulator is no process of pintle
  marked="^HOME=$HOME\$" HOME=/
  grep -lz "$marked" /proc/[0-9]*/environ 2>/dev/null | sed 's,/proc/\([0-9]*\)/.*,\1,' |
    while read -r pid; do grep -qz nas_cloud.py "/proc/$pid/cmdline" 2>/dev/null || echo "$pid"; done
)
await test -f "$emulator/url"
url=$(cat "$emulator/url")
[ "$url" != none ] || skip "there is no openssl"
tell() { # PYTHON: sets said
  printf '%s\n' "$1" >"$emulator/do"
  said=$(cat "$emulator/said")
  case $said in Wrong:*) fail "$said" ;; esac
}
expect_said() { # PYTHON WANTED
  tell "$1"
  [ "$said" = "$2" ] || fail "$1 says \"$said\", not \"$2\""
}
# Exactly one snapshot there, none; what restores have made.
expect_snapshots() {
  tell 'snapshots()'
  set -- "$1" $said
  [ $(($# - 1)) -eq "$1" ] || fail "snapshots: \"$said\", not $1"
  for name; do case $name in velero-* | 0 | 1 | 2) ;; *) fail "a snapshot is called $name" ;; esac done
}
expect_asked_well() {
  printf '\n' >"$emulator/do"
  said=$(cat "$emulator/said")
  [ -z "$said" ] || fail "asked wrongly: $said"
  wait "$emulated"
}

case $CLOUD in
aliyun)
  printf 'ALIBABA_CLOUD_ACCESS_KEY_ID=LTAIkey\nALIBABA_CLOUD_ACCESS_KEY_SECRET=s3cret/+"\n' >keys
  settings="driver: aliyun, aliyunEndpoint: \"$url\", credentialsFile: $work/keys"
  secret='s3cret/+' place='.nas.aliyuncs.com' refused='standard' type='extreme/advance'
  source='csi: {driver: nasplugin.csi.alibabacloud.com, volumeHandle: one, volumeAttributes: {server: extreme-0015-x1.cn-hangzhou.extreme.nas.aliyuncs.com, path: /share,
    fileSystemId: extreme-0015, fileSystemType: extreme, regionId: cn-hangzhou}}'
  ;;
ontap)
  echo 'secret word' >password
  settings="driver: ontap, ontapUrl: \"$url\", ontapSvm: svm1, ontapUsername: backup, ontapPasswordFile: $work/password, ontapCaFile: $emulator/ca.pem"
  secret='secret word' place='/velero_' refused='of type dp' type='flexvol/aggr1'
  source='nfs: {server: 10.0.0.5, path: /trident_pvc_1}'
  ;;
esac
volume() { # [MORE-METADATA]
  cat >in/items.yaml <<END2
apiVersion: v1
kind: PersistentVolume
metadata: {name: one, annotations: {pintle.io/nas-backup: "${1-true}"}}
spec:
  persistentVolumeReclaimPolicy: Delete
  claimRef: {namespace: shop, name: data}
  $source
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {volumeName: one, resources: {requests: {storage: 1Gi}}}
END2
}
chain_of_actions() { # [MORE]
  cat >pintle.yaml <<END2
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: pintle.io/nas, config: {$settings${1:+, $1}}}
END2
}
location() {
  cat >pintle.yaml <<END2
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: share}
spec: {provider: pintle.io/nas, config: {$settings}}
END2
}
no_secret() { if grep -rqF -e "$secret" "$store" out err log 2>/dev/null; then fail "the secret is told"; fi; }
