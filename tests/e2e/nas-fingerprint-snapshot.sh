# nas-fingerprint-snapshot.sh -- a share as a VolumeSnapshotter's volume: pintle snapshot, and backups with a location.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
. "$here/nas-share.sh"
make_share
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: shares}
spec:
  provider: pintle.io/nas
  config: {driver: fingerprint, mounts: "files:/export=$work/export", fingerprintLocation: second, fingerprintRestoreTo: "files:/restored=$work/restored"}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default}
spec: {provider: pintle.io/file, default: true, config: {root: $work}, objectStorage: {bucket: pintle-store}}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: second}
spec: {provider: pintle.io/file, config: {root: $work}, objectStorage: {bucket: second-store, prefix: here}}
END
mkdir second-store pintle-store
list_share "$share" first.list
run "$PINTLE" snapshot create s1 --pv in/items.yaml
expect_status 0
expect_out 'Snapshot "s1" created: nass1:{"d":"fingerprint"'
run "$PINTLE" snapshot get s1
grep -qE '^s1 +Completed +[0-9]+s +one +shares +nass1:' out || fail "s1 is listed otherwise"
expect_no_file "$store/plugins/pintle.io/nas"
store=$work/second-store/here
change_share
list_share "$share" second.list
run "$PINTLE" snapshot create s2 --pv in/items.yaml
expect_status 0
run "$PINTLE" snapshot verify s1 s2
expect_status 0
expect_out 'Snapshot "s1" was read back: all is well.' 'Snapshot "s2" was read back: all is well.'
for n in 1:first 2:second; do
  run "$PINTLE" snapshot restore "s${n%%:*}"
  expect_status 0
  expect_out 'server: files' 'path: /restored/velero-'
  expect_restored "${n##*:}.list"
done
# A backup with the location, as Velero makes it.
run "$PINTLE" backup create b1 --from in
expect_status 0
gzip -dc "$work/pintle-store/backups/b1/b1-volumesnapshots.json.gz" >object
expect_in object '"location":"shares"' '"volumeType":"fingerprint"' '"phase":"Completed"'
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
expect_restored second.list
# One that is damaged is found out, and told where.
pack=$(find "$(repository)/pack" -type f -size +5M | sort | head -n 1)
[ -n "$pack" ] && printf damage | dd of="$pack" bs=1 seek=1000000 conv=notrunc 2>/dev/null
run "$PINTLE" snapshot verify s1
expect_status 1
expect_err 'is damaged' 'large'
run "$PINTLE" snapshot restore s1
expect_err 'large: its content cannot be read back' 'volume one: 1 names are not as they were'
rm -rf restored/*
# Deleted, the space comes back: what others need stays.
run "$PINTLE" snapshot delete s1 --confirm
expect_status 0
run "$PINTLE" snapshot verify s1
expect_status 1
run "$PINTLE" snapshot delete s2 --confirm
expect_status 0
run "$PINTLE" backup delete b1 --confirm
expect_status 0
[ -z "$(find "$(repository)" -path '*/pack/*' -type f)" ] || fail "left: $(find "$(repository)" -type f)"
# Into the volume itself.
sed -i 's,fingerprintRestoreTo: "[^"]*",fingerprintRestoreTo: original,' pintle.yaml
run "$PINTLE" snapshot create s3 --pv in/items.yaml
expect_status 0
rm -rf "$share/dir" "$share/large" && echo other >"$share/new"
run "$PINTLE" snapshot restore s3
expect_status 0
expect_out 'path: /export/share'
list_share "$share" got.list
diff second.list got.list >out 2>&1 || fail "restored in place otherwise"
sed -i 's|, fingerprintRestoreTo: original||' pintle.yaml
run "$PINTLE" snapshot restore s3
expect_status 1
expect_err 'fingerprintRestoreTo does not say where restored volumes are made'
expect_clean
pass
