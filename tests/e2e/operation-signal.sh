# operation-signal.sh -- SIGTERM while operations are outstanding: they are cancelled, the backup ends Failed, within 15 s.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_operation run_run_operation && items 5 && victim && operation_chain operation
cat >>pintle.yaml <<END
  - name: tests.pintle.io/run-operation
    config: {item: item-02, dir: "$work/op"}
END
start_until backup b1 WaitingForPluginOperations "$PINTLE" backup create b1 --from in
await test -e op/item-02.runs
began=$(date +%s)
kill -TERM "$running"
end_of_run
[ $(($(date +%s) - began)) -le 15 ] || fail "it took $(($(date +%s) - began)) s to end"
expect_status 143
expect_clean
expect_file op/victim.cancelled
expect_file op/item-02.cleaned
expect_phase backup b1 Failed
expect_in "$store/backups/b1/velero-backup.json" '"failureReason": "the run was cancelled"' '"backupItemOperationsFailed": 2'
run "$PINTLE" backup verify b1
expect_status 0
run "$PINTLE" backup delete b1 --confirm
expect_status 0
[ -z "$(find "$store" -type f)" ] || fail "left in the store: $(find "$store" -type f)"
pass
