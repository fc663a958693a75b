# counter.sh -- a rule that never met anything is a warning, and --fail-on unmatched stops on it.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_counter && items 10
cat >pintle.yaml <<'END'
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {actions: [{name: tests.pintle.io/counter, config: {item: item-03}}]}
END
run "$PINTLE" backup create b1 --from in
expect_status 0
log_of backup b1
grep level=warning log | grep -q "rule for nobody" || fail "no warning for the rule that met nothing"
if grep level=warning log | grep -q "rule for the victim"; then fail "a warning for a rule that met something"; fi
# The same action is a BackupItemAction and an ItemBlockAction: what either met counts.
if grep level=warning log | grep -q "rule for blocks"; then fail "a warning for a rule that met something before the items"; fi
for rule in "rule for nobody" "rule for the victim" "rule for blocks"; do
  [ "$(grep -c "$rule" log)" -eq 1 ] || fail "$rule is told more than once"
done
run "$PINTLE" backup create b2 --from in --fail-on unmatched
expect_status 4
run "$PINTLE" backup create b3 --from in --fail-on warnings
expect_status 4
run "$PINTLE" backup create b4 --from in --fail-on unresolved
expect_status 0
pass
