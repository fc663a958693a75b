# operation-delete.sh -- deleting what has outstanding operations cancels them first; one that cannot be keeps the backup.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_operation && items 5 && victim && operation_chain operation "" stubborn
start_until backup b1 WaitingForPluginOperations "$PINTLE" backup create b1 --from in
kill_run
age_runs
run "$PINTLE" backup delete b1 --dry-run
expect_status 0
expect_out "  cancel operation " " of tests.pintle.io/operation" "  delete backups/b1/velero-backup.json ("
expect_no_file op/victim.cancelled
run "$PINTLE" backup delete b1 --confirm
[ "$status" -ne 0 ] || fail "it was deleted"
expect_err "operation" "it cannot be stopped" "is kept"
expect_phase backup b1 WaitingForPluginOperations
rm op/victim.cancelled
operation_chain operation
run "$PINTLE" backup delete b1 --confirm
expect_status 0
expect_clean
expect_file op/victim.cancelled
[ -z "$(find "$store" -type f)" ] || fail "left in the store: $(find "$store" -type f)"

# Interrupted before its items were stored: the run record knows.
plugins run_slow && rm op/*
cat >>pintle.yaml <<END
  - name: tests.pintle.io/slow
    timeout: 1h
    config: {item: zz}
END
sed 's/victim/zz/' in/victim.json >in/zz.json
setsid "$PINTLE" backup create b2 --from in >"$work/run.out" 2>"$work/run.err" </dev/null &
running=$!
await grep -q '/victim"' "$store/plugins/pintle.io/runs/backup-b2.json"
kill_run
age_runs
run "$PINTLE" backup create b2 --from in
[ "$status" -ne 0 ] || fail "it was begun over operations of another run"
expect_err "left operations of plugins" "pintle backup delete b2"
run "$PINTLE" backup delete b2 --dry-run
expect_status 0
expect_out "  cancel operation " "  delete the record of the run"
expect_no_file op/victim.cancelled
run "$PINTLE" backup delete b2 --confirm
expect_status 0
expect_file op/victim.cancelled
[ -z "$(find "$store" -type f)" ] || fail "left in the store: $(find "$store" -type f)"

# A restore.
operation_chain operation && rm op/* in/zz.json "$PINTLE_PLUGIN_DIR/run_slow.so"
mv "$PINTLE_PLUGIN_DIR/run_operation.so" . && mv pintle.yaml aside.yaml
run "$PINTLE" backup create b3 --from in
expect_status 0
mv run_operation.so "$PINTLE_PLUGIN_DIR/" && mv aside.yaml pintle.yaml
start_until restore r1 WaitingForPluginOperations "$PINTLE" restore create r1 --from-backup b3 --to to
kill_run
age_runs
run "$PINTLE" restore delete r1 --confirm
expect_status 0
expect_clean
expect_file op/victim.cancelled
expect_no_file "$store/restores/r1/velero-restore.json"
pass
