# store-plugin-faults.sh -- a store that crashes or hangs fails the run by its name, in time, and leaves nothing behind.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_store_bad
items 20
location() {
  cat >pintle.yaml <<END
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default}
spec:
  provider: tests.pintle.io/bad-store
  config: {fault: $1}
  objectStorage: {bucket: b}
---
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - name: tests.pintle.io/bad-store
    timeout: ${2-5m}
END
}
location crash-put
run "$PINTLE" backup create b1 --from in
[ "$status" -ne 0 ] || fail "exit status 0"
expect_err "tests.pintle.io/bad-store" "run_store_bad.so" "SIGSEGV"
expect_clean
location deaf 1s
run "$PINTLE" backup create b1 --from in
[ "$status" -ne 0 ] || fail "exit status 0"
expect_err "action tests.pintle.io/bad-store of plugin run_store_bad.so exceeded the deadline of 1.0 s without a sign of life in put_object"
expect_within 10
expect_clean
location exit-list
run "$PINTLE" backup get
expect_status 1
expect_err "ended its process (exit status 3) in list_common_prefixes"
expect_clean
location stubborn
"$PINTLE" backup create b1 --from in >out 2>err &
pid=$!
sleep 1
start=$(date +%s)
kill -TERM $pid
wait $pid
status=$?
[ "$status" -eq 143 ] || fail "exit status $status after SIGTERM"
[ $(($(date +%s) - start)) -le 15 ] || fail "took $(($(date +%s) - start)) s to end"
expect_clean
pass
