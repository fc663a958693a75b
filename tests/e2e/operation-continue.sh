# operation-continue.sh -- killed while an operation is outstanding: another process, elsewhere, goes on from the store alone.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_operation && items 20 && victim a before && operation_chain operation self
start_until backup b1 WaitingForPluginOperations "$PINTLE" backup create b1 --from in
kill_run
run "$PINTLE" backup get
expect_out WaitingForPluginOperations
run "$PINTLE" backup verify b1
expect_status 0
expect_out "pintle backup continue b1"
run "$PINTLE" backup continue b1
expect_status 1 # its heartbeat is not yet old
expect_err "another run has backup b1"
age_runs
mkdir elsewhere && mv pintle-store elsewhere/ && cp pintle.yaml elsewhere/ && cd elsewhere
store=$work/elsewhere/pintle-store
mv "$PINTLE_PLUGIN_DIR/run_operation.so" "$work/" # not the same plugins
run "$PINTLE" backup continue b1
[ "$status" -ne 0 ] || fail "without its plugin"
mv pintle.yaml "$work/aside.yaml"
run "$PINTLE" backup continue b1
expect_status 2
expect_err "tests.pintle.io/operation" "--give-up"
expect_phase backup b1 WaitingForPluginOperations
mv "$work/aside.yaml" pintle.yaml && mv "$work/run_operation.so" "$PINTLE_PLUGIN_DIR/"
control_in=$work/op
printf '{"completed":true,"nCompleted":1,"nTotal":1}' >"$control_in/victim.state"
run "$PINTLE" backup continue b1 # without --from the item is taken again from the backup
expect_status 0
expect_clean
expect_phase backup b1 Completed
tar xOzf "$store/backups/b1/b1.tar.gz" resources/configmaps/namespaces/shop/victim.json >victim.json
expect_in victim.json '"before"' '"tests.pintle.io/finalized":"yes"'
operations_of backup b1 >op.json
expect_in op.json '"phase":"Completed","nCompleted":1,"nTotal":1'
[ "$(wc -l <"$work/op/victim.started")" -eq 1 ] || fail "it was started again"
log_of backup b1
cp "$work/log" log
expect_in log "Backing up 21 items" "is completed" "Taking 1 item again"
run "$PINTLE" backup verify b1
expect_status 0
run "$PINTLE" backup continue b1
expect_status 2
expect_err "it is Completed: there is nothing to continue"
run "$PINTLE" backup continue nobody
expect_status 2
expect_err 'there is no backup "nobody"'
pass
