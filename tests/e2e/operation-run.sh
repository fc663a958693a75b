# operation-run.sh -- run_operation: four processes at once, each end is its operation's.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_run_operation && mkdir in && operation_chain run-operation && sed -i "s/item: victim/item: '*'/" pintle.yaml
for i in 1 2 3 4 5 6; do echo "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c$i\",\"namespace\":\"shop\"}}" >in/$i.json; done
start_until backup b1 WaitingForPluginOperations "$PINTLE" backup create b1 --from in --events events
await sh -c '[ "$(ls op/*.runs | wc -l)" -eq 4 ]'
sleep 0.3
[ "$(ls op/*.runs | wc -l)" -eq 4 ] || fail "$(ls op/*.runs | wc -l) processes at once"
for i in 1 2 3 4 5 6; do control c$i.go "$(case $i in 2) echo fail ;; 3) echo die ;; *) echo ok ;; esac)"; done
end_of_run
expect_status 3
expect_clean
operations_of backup b1 >op.json
[ "$(grep -o '"phase":"Completed","nCompleted":100,"nTotal":100,"operationUnits":"steps"' op.json | wc -l)" -eq 4 ] || fail "$(cat op.json)"
expect_in op.json "the work went wrong" "of plugin run_run_operation.so crashed (SIGABRT) in run_operation"
expect_in "$store/backups/b1/velero-backup.json" '"errors": 2' '"backupItemOperationsCompleted": 4'
expect_in events '"type":"Operation"' '"phase":"InProgress"'
[ "$(cat op/*.runs | wc -l)" -eq 6 ] || fail "one was run twice"
run "$PINTLE" backup verify b1
expect_status 0
pass
