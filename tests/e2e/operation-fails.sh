# operation-fails.sh -- operations that fail: busy vendors are asked again, the others' errors make the backup PartiallyFailed.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_operation && items 5 && victim && operation_chain operation
mkdir op2
control victim.state '{"status":"TRANSIENT"}'
start_until backup b1 WaitingForPluginOperations "$PINTLE" backup create b1 --from in
sleep 0.5
expect_phase backup b1 WaitingForPluginOperations # it is asked again
control victim.state '{"completed":true,"error":"the disk is full","code":"E28"}'
end_of_run
expect_status 3
expect_clean
expect_out PartiallyFailed
expect_err "failed: the disk is full (E28)"
operations_of backup b1 >op.json
expect_in op.json '"phase":"Failed","error":"the disk is full (E28)"' '"postOperationItems":null'
expect_in "$store/backups/b1/velero-backup.json" '"backupItemOperationsFailed": 1' '"errors": 1'
gzip -dc "$store/backups/b1/b1-results.gz" >results
expect_in results "the disk is full"
compare in "$store/backups/b1/b1.tar.gz" # the item is kept
for how in INVALID FAILED CRASH; do
  control victim.state "{\"status\":\"$how\"}"
  run "$PINTLE" backup create "b-$(echo $how | tr A-Z a-z)" --from in
  expect_status 3
  operations_of backup "b-$(echo $how | tr A-Z a-z)" >op.json
  expect_in op.json '"phase":"Failed"'
done
expect_in op.json "crashed (SIGABRT) in progress"
expect_clean
pass
