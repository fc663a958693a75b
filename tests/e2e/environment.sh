# environment.sh -- a worker gets only the environment that its plugins declare.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_environ && items 1
OF_NOBODY=leaked TESTS_OF_PLUGIN=declared OF_CHAIN=added
export OF_NOBODY TESTS_OF_PLUGIN OF_CHAIN
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {plugins: [{name: run_environ.so, env: [OF_CHAIN]}]}
END
run "$PINTLE" backup create b1 --from in
expect_status 0
log_of backup b1
expect_in log "environment: HOME" "environment: PATH" "environment: TESTS_OF_PLUGIN" "environment: OF_CHAIN"
expect_not_in log OF_NOBODY leaked TMPDIR
pass
