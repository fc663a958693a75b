# fault-left_thread.sh -- threads that a plugin leaves behind are said, and end with the worker.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_left_thread && items 20
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec:
  actions:
  - {name: tests.pintle.io/left_thread, config: {item: item-05}}
END
run "$PINTLE" backup create b1 --from in --concurrency 1
expect_status 0
expect_within 5
expect_clean
log_of backup b1
expect_in log "1 thread of plugins still runs after finish and destroy: ended with the worker; the plugins loaded are run_left_thread.so"
pass
