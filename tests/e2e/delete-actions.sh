# delete-actions.sh -- DeleteItemActions and snapshots come before the backup's objects; what fails keeps the backup.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_delete run_snapshotter
items 3
cat >>in/more.yaml <<'END'
{apiVersion: v1, kind: ConfigMap, metadata: {name: victim, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: not-for-it, namespace: shop}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: one}, spec: {csi: {driver: d, volumeHandle: a}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: two}, spec: {csi: {driver: d, volumeHandle: held}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: three}, spec: {csi: {driver: d, volumeHandle: fails}}}
END
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: east}
spec: {provider: tests.pintle.io/snapshotter, config: {calls: $work/calls}}
---
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: tests.pintle.io/delete, config: {calls: $work/deleted}}
END
back_up() { run "$PINTLE" backup create "$1" --from in && expect_status 3; } # three fails
back_up b1
expect_in "$store/backups/b1/velero-backup.json" '"pintle.io/delete-item-actions": "tests.pintle.io/delete=run_delete.so"'
rm calls

# a dry run says all of it and touches nothing
cp -r "$store" before
run "$PINTLE" backup delete b1 --dry-run
expect_status 0
sed 's/([0-9]* bytes)//; s/ *$//' out >got
{
  echo 'Backup "b1" is not deleted in a dry run. Deleting it would'
  echo '  call DeleteItemAction tests.pintle.io/delete for 4 items'
  for pv in one:a two:held; do
    echo "  delete snapshot snap-${pv#*:}--velero.io/storage-location=default-velero.io/backup=b1-velero.io/pv=${pv%:*} of PersistentVolume ${pv%:*}, by VolumeSnapshotLocation \"east\""
  done
  (cd "$store" && find backups/b1 -type f | sort | sed 's/^/  delete /')
} >expected
expect_same expected got
expect_no_file calls
expect_no_file deleted
diff -r before "$store" >/dev/null || fail "a dry run changed the store"

# an action refuses: the others go on, no snapshot is touched, the backup is whole
touch deleted.hold
run "$PINTLE" backup delete b1 --confirm
expect_status 3
expect_err 'the vendor holds it' 'victim' 'backup "b1" is kept'
sort deleted >names
printf '%s of b1\n' item-00 item-01 item-02 victim >expected
expect_same names expected
expect_no_file calls
run "$PINTLE" backup verify b1
expect_status 0
[ -z "$(ls "$store/plugins/pintle.io/runs" 2>/dev/null)" ] || fail "a record is left"

# a snapshot refuses: the other one is deleted, the backup is whole
rm deleted.hold
run "$PINTLE" backup delete b1 --confirm
expect_status 3
expect_err 'error deleting snapshot' 'it is held' 'backup "b1" is kept: 1 item'
[ "$(wc -l <calls)" -eq 2 ] || fail "calls: $(cat calls)"
run "$PINTLE" backup verify b1
expect_status 0

# once more, and all is gone
touch calls.release
run "$PINTLE" backup delete b1 --confirm
expect_status 0
expect_no_file "$store/backups/b1"
expect_in calls "delete_snapshot snap-a--velero.io/storage-location=default-velero.io/backup=b1-velero.io/pv=one" "delete_snapshot snap-held-"
[ "$(wc -l <calls)" -eq 4 ] || fail "calls: $(cat calls)"

# a plugin is missing: refused by its name, unless forced
back_up b2
rm "$PINTLE_PLUGIN_DIR/run_delete.so"
sed -i '/actions:/,$d' pintle.yaml
sed -i 's/^spec:$/spec: {}/' pintle.yaml
run "$PINTLE" backup delete b2 --dry-run
expect_status 3
expect_err 'tests.pintle.io/delete of plugin run_delete.so' 'backup "b2" would be kept'
run "$PINTLE" backup delete b2 --confirm
expect_status 3
expect_err 'tests.pintle.io/delete of plugin run_delete.so' 'plugin directory'
expect_file "$store/backups/b2/velero-backup.json"
run "$PINTLE" backup delete b2 --confirm --force
expect_status 0
expect_no_file "$store/backups/b2"
expect_in calls "velero.io/backup=b2-velero.io/pv=one"

# a location that is not configured any more
back_up b3
sed -i '1,/^---$/d' pintle.yaml
run "$PINTLE" backup delete b3 --confirm
expect_status 3
expect_err 'no VolumeSnapshotLocation "east"'
run "$PINTLE" backup delete b3 --confirm --force
expect_status 0

# a damaged tarball
plugins run_delete
run "$PINTLE" backup create b4 --from in
echo x >"$store/backups/b4/b4.tar.gz"
run "$PINTLE" backup delete b4 --confirm
expect_status 3
expect_err "DeleteItemActions cannot be called"
rm "$store/backups/b4/b4.tar.gz"
run "$PINTLE" backup delete b4 --confirm
expect_status 0
expect_clean
pass
