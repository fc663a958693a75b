# operation-times-out.sh -- past itemOperationTimeout an operation is cancelled, and failed in Velero's words.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_operation && items 5 && victim && operation_chain operation
run "$PINTLE" backup create b1 --from in --item-operation-timeout 1s
expect_status 3
expect_within 15
expect_clean
expect_file op/victim.cancelled
operations_of backup b1 >op.json
expect_in op.json '"phase":"Failed","error":"Asynchronous action timed out"'
run "$PINTLE" backup verify b1
expect_status 0
# By run_operation: its process, which must have begun by then, is told and cleans up.
rm "$PINTLE_PLUGIN_DIR"/*.so && plugins run_run_operation && operation_chain run-operation
run "$PINTLE" backup create b2 --from in --item-operation-timeout 4s
expect_status 3
expect_within 20
expect_clean
expect_file op/victim.cleaned
operations_of backup b2 >op.json
expect_in op.json '"phase":"Failed","error":"Asynchronous action timed out'
pass
