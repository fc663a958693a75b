# fault-names.sh -- additional items with empty, huge, impossible and repeated names.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_names && items 60
for variant in empty huge slash control own many repeated; do
  chain names item-30 FailItem $variant
  run "$PINTLE" backup create b-$variant --from in
  [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "exit status $status for $variant"
  expect_within 15
  n=$(python3 "$here/compare.py" in "$store/backups/b-$variant/b-$variant.tar.gz" --annotated tests.pintle.io/good=backup --count 2>diff) || fail "$(cat diff)"
  [ "$n" -ge 59 ] || fail "$n items for $variant"
  log_of backup b-$variant
  if grep -q crashed log; then fail "the host crashed on $variant"; fi
  case $variant in
  own | repeated) [ "$status" -eq 0 ] && [ "$n" -eq 60 ] || fail "$variant is no mistake" ;;
  empty | many) [ "$status" -eq 3 ] || fail "$variant passed" ;;
  slash | huge | control) grep item-30 log | grep -qE 'level=(warning|error)' || fail "$variant passed in silence" ;;
  esac
  [ "$(wc -c <log)" -lt 200000 ] || fail "the log has $(wc -c <log) bytes for $variant"
done
expect_clean
pass
