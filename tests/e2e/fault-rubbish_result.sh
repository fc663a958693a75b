# fault-rubbish_result.sh -- rubbish given to the host's functions is an error or a crash of that plugin, never of the run.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_rubbish_result && items 60
for variant in null kind status text log fields set unterminated utf8; do
  chain rubbish_result item-30 FailItem $variant
  run "$PINTLE" backup create b-$variant --from in
  expect_within 15
  expect_clean
  n=$(python3 "$here/compare.py" in "$store/backups/b-$variant/b-$variant.tar.gz" --annotated tests.pintle.io/good=backup --count 2>diff) || fail "$variant: $(cat diff)"
  [ "$n" -ge 59 ] || fail "$n items are whole for $variant"
  log_of backup b-$variant
  case $variant in
  log | fields | set | unterminated | utf8) [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "exit status $status for $variant" ;;
  *)
    [ "$status" -eq 3 ] || fail "exit status $status for $variant"
    grep level=error log | grep name=item-30 | grep -qF tests.pintle.io/rubbish_result || fail "$variant: no error names the action"
    ;;
  esac
  case $variant in null | kind | status | utf8 | fields) if grep -q crashed log; then fail "the worker crashed on $variant"; fi ;; esac
done
pass
