# two-runs.sh -- of two runs on one name the second is refused, and says who has it.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
chain slow item-30
start_backup slow b1
run "$PINTLE" backup create b1 --from in
[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || fail "exit status $status of the second run"
expect_within 10
expect_err "$(uname -n)" "$running"
run "$PINTLE" backup delete b1 --confirm
[ "$status" -ne 0 ] || fail "a running backup could be deleted"
run "$PINTLE" backup get
expect_out b1 InProgress
kill -0 "$running" || fail "the first run has ended"
kill -TERM "$running"
wait "$running"
expect_clean
pass
