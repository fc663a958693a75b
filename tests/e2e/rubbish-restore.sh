# rubbish-restore.sh -- a plugin cannot make a restore write outside its target.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good && items 10 && run "$PINTLE" backup create b1 --from in
expect_status 0
plugins run_rubbish_edit
for variant in path namespace dots number metadata name; do
  chain rubbish_edit item-03 FailItem $variant
  run "$PINTLE" restore create r-$variant --from-backup b1 --to deep/er/to-$variant
  expect_status 3
  expect_err item-03 tests.pintle.io/rubbish_edit
  n=$(find "deep/er/to-$variant" -type f | wc -l)
  [ "$n" -eq 9 ] || fail "$variant: $n files: $(find "deep/er/to-$variant" -type f | head -n 12)"
done
[ -z "$(find "$work" -name 'escape*')" ] || fail "escaped: $(find "$work" -name 'escape*')"
pass
