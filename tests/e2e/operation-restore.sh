# operation-restore.sh -- operations of a restore: waited for, and after a kill continued.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 5 && victim
run "$PINTLE" backup create b1 --from in
expect_status 0
plugins run_operation && operation_chain operation
start_until restore r1 WaitingForPluginOperations "$PINTLE" restore create r1 --from-backup b1 --to to
expect_file to/shop/configmaps/victim.json # items do not wait for it
control victim.state '{"completed":true,"nCompleted":3,"nTotal":3,"units":"files"}'
end_of_run
expect_status 0
expect_clean
expect_out "6 created"
expect_phase restore r1 Completed
operations_of restore r1 >op.json
expect_in op.json '[{"spec":{"restoreName":"r1","restoreUID":"' '"restoreItemAction":"tests.pintle.io/operation","resourceIdentifier":{"Group":"","Resource":"configmaps","Namespace":"shop","Name":"victim"},"operationID":"' '/victim"},"status":{"phase":"Completed","nCompleted":3,"nTotal":3,"operationUnits":"files"'
expect_in "$store/restores/r1/velero-restore.json" '"restoreItemOperationsCompleted": 1'
rm op/victim.state
start_until restore r2 WaitingForPluginOperations "$PINTLE" restore create r2 --from-backup b1 --to to2
kill_run
run "$PINTLE" restore get
expect_out WaitingForPluginOperations
age_runs
control victim.state '{"completed":true,"error":"it broke"}'
run "$PINTLE" restore continue r2
expect_status 3
expect_clean
expect_phase restore r2 PartiallyFailed
log_of restore r2
expect_in log "Restoring 6 items" "it broke"
gzip -dc "$store/restores/r2/restore-r2-results.gz" >results
expect_in results "it broke"
pass
