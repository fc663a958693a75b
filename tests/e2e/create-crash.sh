# create-crash.sh -- an action that crashes while its instance is made: the run does not start.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_create_crash good && items 3
run "$PINTLE" backup create b1 --from in
[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || fail "exit status $status"
expect_within 10
expect_err tests.pintle.io/create_crash run_create_crash.so SIGABRT
expect_clean
[ -z "$(find "$store" -type f 2>/dev/null)" ] || fail "left in the store: $(find "$store" -type f)"
pass
