# nas-cloud-snapshot.sh -- the VolumeSnapshotter with a driver of a vendor: all seven calls.  SPDX-License-Identifier: Apache-2.0
# Not a test: sourced after nas-cloud.sh.
volume false && location
sed '/^---/,$d' in/items.yaml >pv.yaml

# Without a backup. What is written says first, and the volume is another one.
tell 'c.took = 1'
run "$PINTLE" snapshot create s1 --pv pv.yaml
expect_status 0
expect_clean
expect_out 'Snapshot "s1" created: nass1:'
expect_snapshots 1
tell "c.took = 0; write('second')"
run "$PINTLE" get snapshots
grep -qE '^s1 +Completed +[0-9]+s +one +share +nass1:' out || fail "s1 is listed otherwise"
run "$PINTLE" snapshot verify s1
expect_status 1
expect_err "snapshots of driver $CLOUD cannot be read back: restore it and compare"
run "$PINTLE" snapshot restore s1
expect_status 0
tell 'restored()'
case $said in *"$place"*' first') ;; *) fail "restored: $said" ;; esac
expect_out "${said% first}"
[ "$CLOUD" = aliyun ] || tell 'c.volumes = {v["uuid"]: v}' # a clone holds its snapshot
run "$PINTLE" snapshot delete s1 --confirm
expect_status 0
expect_snapshots 0

# In a backup, for volumes that are not of CSI when Velero snapshots those itself; the answer is lost on the way.
if [ "$CLOUD" = aliyun ]; then
  tell "c.fs = {'extreme-0015': v}"
  tell "c.fault('CreateSnapshot', 'InternalError', after=True); c.fault('DescribeSnapshots', 'lost')"
else
  tell "c.fault('POST', 'snapshots', 'after'); c.fault('GET', 'snapshots', 'drop')"
fi
run "$PINTLE" backup create b1 --from in --snapshot-volumes --volume-snapshot-locations share
expect_status 0
expect_clean
expect_snapshots 1
gzip -dc "$store/backups/b1/b1-volumesnapshots.json.gz" >snapshots
expect_in snapshots '"providerSnapshotID":"nass1:' '"providerVolumeID":"nas1:' '"phase":"Completed"' "\"volumeType\":\"$type\""
gzip -dc "$store/backups/b1/b1-volumeinfo.json.gz" >volumes
expect_in volumes '"backupMethod":"NativeSnapshot"' '"snapshotHandle":"nass1:'
tell "write('third')"
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
tell 'restored()'
case $said in *"$place"*' second') ;; *) fail "restored: $said" ;; esac
expect_in to/_cluster/persistentvolumes/one.json "${said% second}"
# The same restore into another directory is another volume.
run "$PINTLE" restore create r2 --from-backup b1 --to to2
expect_status 0
tell 'restored()'
[ "$(echo "$said" | grep -c ' second$')" -eq 2 ] || fail "restored: $said"
[ "$CLOUD" = aliyun ] || tell 'c.volumes = {v["uuid"]: v}'
run "$PINTLE" backup delete b1 --confirm
expect_status 0
expect_snapshots 0

# Refused for good: an error that names the volume, its reason, and no snapshot.
[ "$CLOUD" = aliyun ] && tell 'v.update(FileSystemType="standard", StorageType="Capacity")' || tell 'v["type"] = "dp"'
run "$PINTLE" snapshot create s2 --pv pv.yaml
expect_status 1
expect_err "$refused"
run "$PINTLE" get snapshots s2
expect_out Failed
no_secret
expect_asked_well
pass
