# finish.sh -- an instance that crashes or hangs at its end is an error of the run; what was done is kept.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_finish && items 20
for variant in crash hang fail; do
  cat >pintle.yaml <<END
apiVersion: pintle.io/v1alpha1
kind: PluginChain
metadata: {name: default}
spec: {actions: [{name: tests.pintle.io/finish, timeout: 2s, config: {variant: $variant}}]}
END
  run "$PINTLE" backup create b-$variant --from in
  expect_status 3
  expect_within 20
  expect_clean
  compare in "$store/backups/b-$variant/b-$variant.tar.gz" --annotated tests.pintle.io/good=backup
  log_of backup b-$variant
  grep level=error log | grep -qF tests.pintle.io/finish || fail "$variant: no error names the action"
done
pass
