# repeat.sh -- the line that repeats a crash repeats it.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_segv && items 60 && chain segv item-30
run "$PINTLE" backup create b1 --from in
expect_status 3
log_of backup b1
line=$(grep level=error log | grep item-30 | sed -n 's/.*\(pintle chain run [^"]*[^")]\).*/\1/p' | head -n 1)
[ -n "$line" ] || fail "no line that repeats it"
# shellcheck disable=SC2086
run "$PINTLE" ${line#pintle }
[ "$status" -ne 0 ] || fail "it did not crash again: $line"
cat out err >all
expect_in all tests.pintle.io/segv SIGSEGV item-30
pass
