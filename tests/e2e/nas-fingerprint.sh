# nas-fingerprint.sh -- a share is backed up, changed, backed up again; both generations are restored, with everything.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
. "$here/nas-share.sh"
make_share && share_chain
sleep 2.1 # younger than that, a file is read again
list_share "$share" first.list
cp -a "$share" first

run "$PINTLE" backup create b1 --from in
expect_status 0
expect_clean
log_of backup b1
expect_in log 'volume one: 6 files, ' 'new 9'
operations_of backup b1 >op.json
expect_in op.json '"backupItemAction":"pintle.io/nas"' '"phase":"Completed"' '"operationUnits":"bytes"' '"operationID":"nass1:{\"d\":\"fingerprint\"'
# Nothing has changed: nothing is read.
run "$PINTLE" backup create b2 --from in --fail-on volumes
expect_status 0
gzip -dc "$store/backups/b2/b2-volumeinfo.json.gz" >object
expect_in object '"skippedReason":"action pintle.io/nas saves it"'
log_of backup b2
expect_not_in log 'was not saved'
expect_in log 'read 0 files, 0 bytes; new 0 bytes, stored as 0;'

change_share
list_share "$share" third.list
cp -a "$share" third
before=$(du -sb "$(repository)/pack" | cut -f 1)
run "$PINTLE" backup create b3 --from in
expect_status 0
log_of backup b3
grep -qE 'volume one: 7 files, [0-9]+ bytes; read [0-9]+ files, [0-9]+ bytes; new 41943[0-9]{2} bytes, stored as [0-9]+; ' log || fail "$(grep 'volume one' log)"
grown=$(($(du -sb "$(repository)/pack" | cut -f 1) - before))
[ "$grown" -lt 4500000 ] || fail "the second generation takes $grown bytes"

for generation in 1:first 2:first 3:third; do
  run "$PINTLE" restore create "r${generation%%:*}" --from-backup "b${generation%%:*}" --to "to${generation%%:*}"
  expect_status 0
  expect_in "to${generation%%:*}"/_cluster/persistentvolumes/one.* /restored/velero- Delete
  operations_of restore "r${generation%%:*}" >op.json
  expect_in op.json '"restoreItemAction":"pintle.io/nas"' '"phase":"Completed"' '"operationUnits":"bytes"'
  expect_restored "${generation##*:}.list" "${generation##*:}"
done

[ "$(ls "$(repository)/restore" | wc -l)" -eq 3 ] || fail "restores are told of: $(ls "$(repository)/restore")"
touch -d '8 days ago' "$(repository)"/restore/*
# A generation that is deleted does not hurt the others, and its space comes back.
run "$PINTLE" backup delete b1 --confirm
expect_status 0
run "$PINTLE" backup delete b2 --confirm
expect_status 0
[ -z "$(ls "$(repository)/restore" 2>/dev/null)" ] || fail "old restores are told of: $(ls "$(repository)/restore")"
[ "$(ls "$(repository)/backups" | wc -l)" -eq 1 ] || fail "$(ls "$(repository)/backups")"
run "$PINTLE" restore create r4 --from-backup b3 --to to4
expect_status 0
expect_restored third.list third
run "$PINTLE" backup delete b3 --confirm
expect_status 0
[ -z "$(ls "$(repository)/backups" "$(repository)/pack" 2>/dev/null | grep -v :)" ] || fail "left: $(find "$(repository)" -type f)"
# What the action leaves is not saved by anybody.
sed -i 's/nas-backup: "true"/nas-backup: "false"/' in/items.yaml
run "$PINTLE" backup create b5 --from in --fail-on volumes
expect_status 4
log_of backup b5
expect_in log "the volume's data was not saved: no VolumeSnapshotLocation is configured"
expect_clean
pass
