# thread-crash.sh -- a thread of a plugin that crashes between calls: the run ends in time, every item has an end.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_thread && items 600
run "$PINTLE" backup create b1 --from in
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "exit status $status"
expect_within 20
expect_clean
n=$(python3 "$here/compare.py" in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --count 2>diff) || fail "$(cat diff)"
log_of backup b1
m=$(grep level=error log | grep -c name=item-)
[ "$((n + m))" -eq 600 ] || fail "$n items are whole, $m have an error"
expect_in log run_thread.so
pass
