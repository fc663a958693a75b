# snapshot.sh -- a volume is snapshotted, listed, read back, restored and deleted without a backup.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_snapshotter
volume() { # NAME HANDLE
  cat >"$1.yaml" <<END
apiVersion: v1
kind: PersistentVolume
metadata: {name: $1, labels: {topology.kubernetes.io/zone: z1}}
spec: {csi: {driver: d, volumeHandle: "$2"}, capacity: {storage: 1Gi}}
END
}
location() { # NAME [CONFIG]
  printf 'apiVersion: velero.io/v1\nkind: VolumeSnapshotLocation\nmetadata: {name: %s}\nspec: {provider: tests.pintle.io/snapshotter, config: {calls: %s%s}}\n---\n' "$1" "$work/calls" "${2:+, $2}"
}
volume keep vol-1 && volume fails fails && volume bad bad && volume other else-1 && volume dies dies && volume held held
run "$PINTLE" snapshot create --pv keep.yaml
expect_status 2
expect_err 'the configuration has no VolumeSnapshotLocation'
location ours >pintle.yaml
run "$PINTLE" snapshot create s1 --pv keep.yaml
expect_status 0
expect_out 'Snapshot "s1" created: snap-vol-1-z1-velero.io/pv=keep-pintle.io/snapshot=s1'
cat >want <<'END'
get_volume_id keep
get_volume_info vol-1 az=z1
create_snapshot vol-1 az=z1 velero.io/pv=keep pintle.io/snapshot=s1
END
expect_same want calls
record=$store/plugins/pintle.io/snapshots/s1.json
expect_in "$record" '"kind":"SnapshotRecord"' '"phase":"Completed"' '"providerVolumeID":"vol-1"' '"volumeAZ":"z1"' '"volumeType":"gp3"'
# The name is taken; without a name it is made of volume and time.
run "$PINTLE" snapshot create s1 --pv keep.yaml
expect_status 2
expect_err 'there is a snapshot "s1" already'
run "$PINTLE" snapshot create --pv keep.yaml
expect_status 0
grep -qE '^Snapshot "keep-[0-9]{14}" created: ' out || fail "it is called otherwise: $(cat out)"
# One that fails leaves its record, and says so.
run "$PINTLE" snapshot create s2 --pv fails.yaml
expect_status 1
expect_err 'no snapshots today'
run "$PINTLE" snapshot create s3 --pv dies.yaml
expect_status 1
expect_err 'crashed (SIGABRT) in create_snapshot'
run "$PINTLE" snapshot create bad --pv bad.yaml
run "$PINTLE" get snapshots s1 s2 bad
expect_status 0
grep -qE '^s1 +Completed +[0-9]+s +keep +ours +snap-vol-1-z1-' out || fail "s1 is listed otherwise"
grep -qE '^s2 +Failed +[0-9]+s +fails +ours *$' out || fail "s2 is listed otherwise"
run "$PINTLE" snapshot get nobody -o json
expect_status 1
expect_err 'snapshot "nobody" not found'
run "$PINTLE" snapshot get s1 -o json
expect_out '"kind": "SnapshotRecord"' '"providerSnapshotID": "snap-vol-1-z1-velero.io/pv=keep-pintle.io/snapshot=s1"'
# Reading back.
run "$PINTLE" snapshot verify s1
expect_status 0
expect_out 'Snapshot "s1" was read back: all is well.'
run "$PINTLE" snapshot verify s1 bad s2
expect_status 1
expect_err 'block 7 is not what it was' 'snapshot "s2" is Failed: nobody knows an id of it'
# A new volume: what is printed names it.
run "$PINTLE" snapshot restore s1
expect_status 0
expect_out 'volumeHandle: vol-snap-vol-1-z1-velero.io/pv=keep-pintle.io/snapshot=s1-gp3-z1--1' 'name: keep'
run "$PINTLE" snapshot restore s1 --pv other.yaml -o json
expect_out '"name": "renamed"' '"volumeHandle": "vol-snap-vol-1-z1-velero.io/pv=keep-pintle.io/snapshot=s1-gp3-z1--1"'
# Deleted with its record; one that cannot be deleted keeps it.
run "$PINTLE" snapshot delete s1
expect_status 2
expect_err '--confirm'
run "$PINTLE" snapshot delete s1 s2 --confirm
expect_status 0
expect_in calls 'delete_snapshot snap-vol-1-z1-velero.io/pv=keep-pintle.io/snapshot=s1'
expect_no_file "$record"
expect_no_file "$store/plugins/pintle.io/snapshots/s2.json"
run "$PINTLE" snapshot create s4 --pv held.yaml
run "$PINTLE" snapshot delete s4 --confirm
expect_status 1
expect_err 'it is held'
expect_file "$store/plugins/pintle.io/snapshots/s4.json"
# Of several locations the one that knows the volume takes it; --snapshot-location names it.
{ location first 'only: nobody' && location second 'only: else' && location third; } >pintle.yaml
run "$PINTLE" snapshot create s5 --pv other.yaml
expect_status 0
expect_in "$store/plugins/pintle.io/snapshots/s5.json" '"location":"second"'
run "$PINTLE" snapshot create s6 --pv other.yaml --snapshot-location third
expect_in "$store/plugins/pintle.io/snapshots/s6.json" '"location":"third"'
run "$PINTLE" snapshot create s7 --pv other.yaml --snapshot-location first
expect_status 2
expect_err 'no VolumeSnapshotter knows the volume of PersistentVolume other'
run "$PINTLE" snapshot create s7 --pv other.yaml --snapshot-location thrid
expect_status 2
expect_err 'did you mean "third"?'
run "$PINTLE" snapshot create s8 --pv pintle.yaml
expect_status 2
expect_err 'has no PersistentVolume'
expect_clean
pass
