# signal-restore-store.sh -- a restore that SIGTERM stops says so in the store, of a plugin as well.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_store
items 60
cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default}
spec:
  provider: tests.pintle.io/store
  config: {root: $work/vendor}
  objectStorage: {bucket: b}
---
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: tests.pintle.io/slow
    kind: RestoreItemAction
    config: {item: "*"}
END
grep -v 'actions:' pintle.yaml | sed '/name: tests.pintle.io.slow/,$d' >plain.yaml
run "$PINTLE" --config plain.yaml backup create b1 --from in
expect_status 0
plugins run_slow
"$PINTLE" restore create r1 --from-backup b1 --to to >out 2>err &
pid=$!
sleep 2
start=$(date +%s)
kill -TERM $pid
wait $pid
status=$?
[ "$status" -eq 143 ] || fail "exit status $status after SIGTERM"
[ $(($(date +%s) - start)) -le 15 ] || fail "took $(($(date +%s) - start)) s to end"
expect_clean
run "$PINTLE" --config plain.yaml restore get
expect_out r1 Failed
run "$PINTLE" --config plain.yaml restore logs r1
expect_status 0
pass
