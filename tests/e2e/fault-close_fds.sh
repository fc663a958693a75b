# fault-close_fds.sh -- a plugin that closes the host's descriptors hurts its own items only.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_close_fds && items 60 && chain close_fds item-30
run "$PINTLE" backup create b1 --from in
expect_status 3
expect_within 20
expect_clean
n=$(python3 "$here/compare.py" in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --count 2>diff) || fail "$(cat diff)"
[ "$n" -eq 59 ] || fail "$n of 59 items are whole"
log_of backup b1
grep -F item-30 log | grep level=error >blame
expect_in blame tests.pintle.io/close_fds run_close_fds.so
chain close_fds '*'
run "$PINTLE" backup create b2 --from in
expect_status 3
expect_within 30
expect_clean
pass
