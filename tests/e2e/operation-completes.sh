# operation-completes.sh -- a vendor's operation is waited for; the item that belongs to it is taken again as it is then.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_operation && items 20 && victim a before && operation_chain operation self
start_until backup b1 WaitingForPluginOperations "$PINTLE" backup create b1 --from in
run "$PINTLE" backup get
expect_out WaitingForPluginOperations
run "$PINTLE" backup verify b1
expect_status 0
expect_out "pintle backup continue b1"
control victim.state '{"started":1700000000000000000,"nCompleted":4,"nTotal":10,"units":"bytes","description":"copying"}'
await sh -c "gzip -dc $store/backups/b1/b1-itemoperations.json.gz | grep InProgress"
await grep -q "Waiting for 1 operation: " "$work/run.err"
victim a after
control victim.state '{"completed":true,"started":1700000000000000000,"updated":1700000001000000000,"nCompleted":10,"nTotal":10,"units":"bytes"}'
end_of_run
expect_status 0
expect_clean
expect_out "Completed"
operations_of backup b1 >op.json
uid=$(sed -n 's/^    "uid": "\(.*\)",*$/\1/p' "$store/backups/b1/velero-backup.json")
created=$(grep -o '"created":"[^"]*"' op.json)
id='{"Group":"","Resource":"configmaps","Namespace":"shop","Name":"victim"}'
cat >expected <<END
[{"spec":{"backupName":"b1","backupUID":"$uid","backupItemAction":"tests.pintle.io/operation","resourceIdentifier":$id,"operationID":"$uid/victim","postOperationItems":[$id]},"status":{"phase":"Completed","nCompleted":10,"nTotal":10,"operationUnits":"bytes",$created,"started":"2023-11-14T22:13:20Z","updated":"2023-11-14T22:13:21Z"}}]
END
cmp op.json expected || fail "itemoperations: $(cat op.json)"
expect_in "$store/backups/b1/velero-backup.json" '"backupItemOperationsAttempted": 1' '"backupItemOperationsCompleted": 1' manifest-sha256 completionTimestamp
tar xOzf "$store/backups/b1/b1.tar.gz" resources/configmaps/namespaces/shop/victim.json >victim.json
tar xOzf "$store/backups/b1/b1.tar.gz" resources/configmaps/v1-preferredversion/namespaces/shop/victim.json >twin.json
expect_same victim.json twin.json
expect_in victim.json '"after"' '"tests.pintle.io/finalized":"yes"'
cp victim.json in/ && compare in "$store/backups/b1/b1.tar.gz" # the others are as they were
run "$PINTLE" backup verify b1
expect_status 0
expect_out "all is well"
log_of backup b1
expect_in log "Backing up 21 items" "Waiting for 1 operation" "is completed" "Taking 1 item again"
[ -z "$(ls "$store/plugins/pintle.io/runs" 2>/dev/null)" ] || fail "a run record is left"
pass
