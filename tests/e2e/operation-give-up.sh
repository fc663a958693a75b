# operation-give-up.sh -- continue --give-up: operations whose plugin is gone for good fail, the backup is kept.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_operation && items 5 && victim && operation_chain operation
start_until backup b1 WaitingForPluginOperations "$PINTLE" backup create b1 --from in
kill_run
age_runs
rm pintle.yaml "$PINTLE_PLUGIN_DIR/run_operation.so"
run "$PINTLE" backup continue b1 --give-up
expect_status 3
expect_phase backup b1 PartiallyFailed
operations_of backup b1 >op.json
expect_in op.json '"phase":"Failed","error":"the chain has no action tests.pintle.io/operation"'
run "$PINTLE" backup verify b1
expect_status 0
compare in "$store/backups/b1/b1.tar.gz"
pass
