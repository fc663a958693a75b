# volume-snapshots-faults.sh -- snapshotters that fail, hang and die; a run killed in a snapshot, and after one.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_snapshotter
mkdir in
volumes() { # HANDLE...
  n=0
  for h; do n=$((n + 1)) && printf '{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"pv-%s"},"spec":{"csi":{"driver":"d","volumeHandle":"%s"}}}\n' $n "$h"; done >in/items.json
}
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: east}
spec: {provider: tests.pintle.io/snapshotter, config: {calls: $work/calls}}
---
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {actions: [{name: tests.pintle.io/snapshotter, timeout: 2s}]}
END
# Each volume has its own fate, and each item is in the backup.
volumes before dies between hangs empty after
run "$PINTLE" backup create b1 --from in
expect_status 3
expect_within 30
expect_clean
gzip -dc "$store/backups/b1/b1-volumesnapshots.json.gz" | python3 -c '
import json, sys
for s in json.load(sys.stdin): print(s["spec"]["persistentVolumeName"], s["status"]["phase"], "providerSnapshotID" in s["status"])' >got
printf '%s\n' 'pv-1 Completed True' 'pv-2 Failed False' 'pv-3 Completed True' 'pv-4 Failed False' 'pv-5 Failed False' 'pv-6 Completed True' >expected
expect_same got expected
tar -tzf "$store/backups/b1/b1.tar.gz" | grep -c 'resources/persistentvolumes/cluster/' >got
[ "$(cat got)" -eq 6 ] || fail "$(cat got) of 6 volumes are in the backup"
log_of backup b1
expect_in log run_snapshotter.so 'it gave no id and said that all is well'
run "$PINTLE" backup verify b1
expect_status 0

# Killed in the second snapshot: the first one's id is in the run record. A new run does not forget it; deletion frees it, and says what may be there.
sed -i 's/timeout: 2s/timeout: 1h/' pintle.yaml
volumes first hangs
rm calls
setsid "$PINTLE" backup create b2 --from in >run.out 2>run.err </dev/null &
running=$!
until grep -q 'create_snapshot hangs' calls 2>/dev/null; do
  kill -0 "$running" 2>/dev/null || fail "the backup did not wait: $(cat run.err)"
  sleep 0.1
done
kill -9 "$running"
wait "$running" 2>/dev/null
for pid in $(ours); do kill -9 "$pid" 2>/dev/null; done
rm -rf "$TMPDIR"/*
expect_in "$store/plugins/pintle.io/runs/backup-b2.json" '"providerSnapshotID":"snap-first-' '"providerVolumeID":"hangs"' '"phase":"New"'
age_runs
run "$PINTLE" backup create b2 --from in
expect_status 2
expect_err 'left snapshots of volumes' 'pintle backup delete b2'
run "$PINTLE" backup get b2
expect_out Interrupted
rm calls
run "$PINTLE" backup delete b2 --confirm
expect_status 0
expect_err 'a snapshot of volume hangs (PersistentVolume pv-2) was being made' 'velero.io/backup=b2'
printf 'delete_snapshot snap-first--velero.io/storage-location=default-velero.io/backup=b2-velero.io/pv=pv-1\n' >expected
expect_same calls expected
[ -z "$(find "$store/backups/b2" "$store/plugins/pintle.io/runs" -type f 2>/dev/null)" ] || fail "left behind"

# Stopped in a snapshot: it is told, the run ends in time as Failed, and its record still knows the first one.
rm calls
volumes first slow
setsid env --default-signal=INT "$PINTLE" backup create b3 --from in >run.out 2>run.err </dev/null &
running=$!
until grep -q 'create_snapshot slow' calls 2>/dev/null; do
  kill -0 "$running" 2>/dev/null || fail "the backup did not wait: $(cat run.err)"
  sleep 0.1
done
began=$(date +%s)
kill -TERM "$running"
wait "$running"
code=$?
[ $(($(date +%s) - began)) -le 15 ] || fail "it took too long to end"
expect_code 143
expect_clean
expect_in "$store/plugins/pintle.io/runs/backup-b3.json" '"providerSnapshotID":"snap-first-'
rm calls
run "$PINTLE" backup delete b3 --confirm
expect_status 0
expect_in calls 'delete_snapshot snap-first--'
pass
