# nas-cloud-backup.sh -- the item actions with a driver of a vendor.  SPDX-License-Identifier: Apache-2.0
# Not a test: sourced after nas-cloud.sh.
volume && chain_of_actions

# Taken while the backup runs, complete a while later: an operation, which Velero's phases wait for.
tell 'c.took = 1.5'
run "$PINTLE" backup create b1 --from in
expect_status 0
expect_clean
expect_snapshots 1
first=$said
operations_of backup b1 >op.json
expect_in op.json '"backupItemAction":"pintle.io/nas"' '"phase":"Completed"' "\"operationID\":\"nass1:{\\\"d\\\":\\\"$CLOUD\\\""
tar xOzf "$store/backups/b1/b1.tar.gz" resources/persistentvolumes/cluster/one.json >one.json
expect_in one.json '"pintle.io/nas-snapshot":"nass1:' '"persistentVolumeReclaimPolicy":"Retain"'
tell 'c.took = 0'

# A new volume of it, in the PersistentVolume; the source has gone on meanwhile.
tell "write('second')"
run "$PINTLE" restore create r0 --from-backup b1 --to to0 --dry-run
expect_said 'restored()' ''
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
expect_clean
tell 'restored()'
case $said in *"$place"*' first' | "$place"*' first') ;; *) fail "restored: $said" ;; esac
expect_in to/_cluster/persistentvolumes/one.json "${said% first}" '"persistentVolumeReclaimPolicy": "Delete"'
expect_not_in to/_cluster/persistentvolumes/one.json nas-snapshot nas-reclaim
run "$PINTLE" restore create r2 --from-backup b1 --to to2 --restore-volumes=false
expect_status 0
made=$said
expect_said 'restored()' "$made"

# Deleted with its backup; gone already is well.
[ "$CLOUD" = aliyun ] || tell 'c.volumes = {v["uuid"]: v}' # a clone holds its snapshot
run "$PINTLE" backup delete b1 --confirm
expect_status 0
expect_snapshots 0

# Killed while it waits: another process goes on by the operation's id alone.
tell 'c.took = 100000'
start_until backup b2 WaitingForPluginOperations "$PINTLE" backup create b2 --from in
kill_run
age_runs
tell 'c.took = 0'
case $CLOUD in
aliyun) tell 'for s in c.snapshots.values(): s["took"] = 0' ;;
ontap) tell 'for j in c.jobs.values(): j["took"] = 0' ;;
esac
run "$PINTLE" backup continue b2
expect_status 0
expect_clean
expect_phase backup b2 Completed
expect_snapshots 1
second=$said
[ "$second" != "$first" ] || fail "two backups have one snapshot"
run "$PINTLE" backup delete b2 --confirm
expect_status 0
expect_snapshots 0

# Past itemOperationTimeout it is cancelled: nothing is left, nor comes later.
tell 'c.took = 3'
run "$PINTLE" backup create b3 --from in --item-operation-timeout 1s
expect_status 3
expect_clean
operations_of backup b3 >op.json
expect_in op.json '"phase":"Failed","error":"Asynchronous action timed out'
tell 'c.took = 0'
[ "$CLOUD" = aliyun ] || tell 'c.passed += 100; c.settle()' # ONTAP's job ends
expect_snapshots 0

# Answers that are lost after the effect, and throttling: one snapshot, which the backup names.
if [ "$CLOUD" = aliyun ]; then
  tell "c.fault('CreateSnapshot', 'lost', after=True)"
  tell "c.fault('DescribeSnapshots', 'Throttling.User')"
else
  tell "c.took = 2; c.fault('POST', 'snapshots', 'lost')" # the job goes on, and a second one fails
  tell "c.fault('GET', 'snapshots', 'busy')"
fi
run "$PINTLE" backup create b4 --from in
expect_status 0
expect_snapshots 1
tar xOzf "$store/backups/b4/b4.tar.gz" resources/persistentvolumes/cluster/one.json >one.json
expect_in one.json 'pintle.io/nas-snapshot'
log_of backup b4
no_secret

# Not selected: nothing is asked.
volume false
tell 'c.seen.clear()'
run "$PINTLE" backup create b5 --from in
expect_status 0
expect_said 'print(len(c.seen))' 0
# What the vendor refuses is told with its reason; the rest is saved.
volume
[ "$CLOUD" = aliyun ] && tell 'v.update(FileSystemType="standard", StorageType="Capacity")' || tell 'v["type"] = "dp"'
run "$PINTLE" backup create b6 --from in
expect_status 3
expect_err "$refused"
tar tzf "$store/backups/b6/b6.tar.gz" >out
expect_out resources/persistentvolumeclaims/namespaces/shop/data.json
no_secret
expect_asked_well
pass
