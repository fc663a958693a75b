# nas-move.sh -- --snapshot-move-data: a vendor's snapshot is copied into the store and deleted; refused where it cannot be read.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
CLOUD=ontap
. "$here/nas-cloud.sh"
data=$emulator/volumes/svm1/trident_pvc_1
mkdir -p "$data/dir" restored && seq 1 20000 >"$data/dir/numbers" && ln -s dir/numbers "$data/link"
mounted_as="mounts: \"10.0.0.5:/trident_pvc_1=$data\", fingerprintRestoreTo: \"files:/restored=$work/restored\""
volume && chain_of_actions "$mounted_as"
remember() { rm -rf before && cp -a "$data" before && rm -rf before/.snapshot; }
expect_restored() { # RESTORE: its volume has what the share had in before/
  to=$(sed -n 's,.*"path": "/restored/\(velero-[^"]*\)".*,\1,p' "$1/_cluster/persistentvolumes/one.json")
  [ -n "$to" ] || fail "$1: the volume is not below /restored"
  diff -r --no-dereference before "restored/$to" || fail "$1 is not what was backed up"
}

# The snapshot is of the moment of the backup, is moved, and is gone; the backup names what is in the store.
remember
run "$PINTLE" backup create b1 --from in --snapshot-move-data
expect_status 0
expect_clean
expect_snapshots 0
operations_of backup b1 >op.json
expect_in op.json '"phase":"Completed"' '"operationID":"nass1:{\"d\":\"fingerprint\"'
tar xOzf "$store/backups/b1/b1.tar.gz" resources/persistentvolumes/cluster/one.json >one.json
expect_in one.json '"pintle.io/nas-snapshot":"nass1:{\"d\":\"fingerprint\"' '"persistentVolumeReclaimPolicy":"Retain"'
run "$PINTLE" backup describe b1 --details
expect_out 'one (shop/data): action pintle.io/nas saves it'
run "$PINTLE" backup create b0 --from in --snapshot-move-data --fail-on volumes
expect_status 0
run "$PINTLE" backup delete b0 --confirm
tell "write('second')"
run "$PINTLE" restore create r1 --from-backup b1 --to to1
expect_status 0
expect_clean
expect_restored to1
expect_said 'restored()' '' # nothing was made in the vendor's system

# Without the flag it is the vendor's snapshot, as ever.
run "$PINTLE" backup create b2 --from in
expect_status 0
expect_snapshots 1
run "$PINTLE" backup delete b2 --confirm
expect_status 0
expect_snapshots 0

# Killed when all is copied and the snapshot is being deleted: whoever goes on finds both, and deletes it.
remember
tell 'j = c.job; c.job = lambda d, e, took=None: j(d, e, 100000 if d.startswith("DELETE") else took)'
start_until backup b3 WaitingForPluginOperations "$PINTLE" backup create b3 --from in --snapshot-move-data
tell "write('third')"
kill_run
age_runs
tell 'c.job = j'
tell 'for i in c.jobs.values(): i["took"] = 0'
run "$PINTLE" backup continue b3
expect_status 0
expect_clean
expect_phase backup b3 Completed
expect_snapshots 0
run "$PINTLE" restore create r3 --from-backup b3 --to to3
expect_status 0
expect_restored to3

# Another generation stores what changed; deleting the first takes nothing from it.
run "$PINTLE" backup create b4 --from in --snapshot-move-data
expect_status 0
remember
run "$PINTLE" backup delete b1 b3 --confirm
expect_status 0
run "$PINTLE" restore create r4 --from-backup b4 --to to4
expect_status 0
expect_restored to4

# The copy fails: the backup says why, and the snapshot is gone.
chain_of_actions "$mounted_as, fingerprintKeyFile: $work/no-such-key"
run "$PINTLE" backup create b5 --from in --snapshot-move-data
expect_status 3
expect_err no-such-key
expect_snapshots 0

# As a drop-in does it: within the call.
chain_of_actions "$mounted_as, mover: inline"
run "$PINTLE" backup create b8 --from in --snapshot-move-data
expect_status 0
expect_clean
expect_snapshots 0
run "$PINTLE" restore create r8 --from-backup b8 --to to8
expect_status 0
expect_restored to8

# The example of the page, with this emulator and a mounted share.
awk '/--snapshot-move-data/ { on = 1 } on && /^```yaml$/ { block = 1; next } block && /^```$/ { exit } block' "$here/../../plugins/nas/README.md" >page.yaml
sed -e "s,ontapUrl:.*,ontapUrl: \"$url\"," -e "s,/etc/pintle/ontap-password,$work/password\n      ontapCaFile: $emulator/ca.pem," \
  -e "s,fingerprintNfs:.*,mounts: \"10.0.0.5:/trident_pvc_1=$data\"," -e "s,/mnt/restored,$work/restored," page.yaml >pintle.yaml
run "$PINTLE" backup create b9 --from in --snapshot-move-data
expect_status 0
expect_clean
run "$PINTLE" snapshot get
expect_status 0
run "$PINTLE" restore create r9 --from-backup b9 --to to9
expect_status 0
expect_restored to9

# A snapshot that cannot be reached: refused, and nothing is left.
chain_of_actions
run "$PINTLE" backup create b6 --from in --snapshot-move-data
expect_status 3
expect_err 'the data of volume one cannot be moved: 10.0.0.5:/trident_pvc_1/.snapshot/velero-' 'is neither mounted here (mounts, mountRoot) nor read over NFS'
expect_snapshots 0

# The vendor keeps the snapshot: the backup is whole, and says so.
chain_of_actions "$mounted_as"
tell 'def kept(): raise Wrong(409, 1638555, "it is locked")'
tell 'c.job = lambda d, e, took=None: j(d, kept if d.startswith("DELETE") else e, took)'
run "$PINTLE" backup create b7 --from in --snapshot-move-data
expect_status 0
expect_err 'volume one: its data was moved, but the snapshot ' 'could not be deleted: delete it'
expect_snapshots 1
tell 'c.job = j'
expect_asked_well
pass
