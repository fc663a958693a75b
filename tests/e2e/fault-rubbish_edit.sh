# fault-rubbish_edit.sh -- edits that make no item of an item are refused; the item fails by the action's name.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_rubbish_edit && items 60
for variant in pointer text huge deep number kind name path metadata; do
  chain rubbish_edit item-30 FailItem $variant
  run "$PINTLE" backup create b-$variant --from in
  expect_within 15
  expect_clean
  n=$(python3 "$here/compare.py" in "$store/backups/b-$variant/b-$variant.tar.gz" --annotated tests.pintle.io/good=backup --count 2>diff) || fail "$variant: $(cat diff)"
  log_of backup b-$variant
  if grep -q crashed log; then fail "the worker crashed on $variant"; fi
  case $variant in
  pointer | text) [ "$status" -eq 0 ] && [ "$n" -eq 60 ] || fail "$variant: status $status, $n items" ;;
  *)
    [ "$status" -eq 3 ] && [ "$n" -eq 59 ] || fail "$variant: status $status, $n items"
    grep level=error log | grep name=item-30 | grep -qF tests.pintle.io/rubbish_edit || fail "$variant: no error names the action"
    ;;
  esac
done
pass
