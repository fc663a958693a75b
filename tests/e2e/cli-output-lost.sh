# cli-output-lost.sh -- a full disk behind standard output is an error; a closed pipe is one too, and no crash.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 3
[ -w /dev/full ] || skip "no /dev/full"
"$PINTLE" help >/dev/full 2>err
status=$? command_line="help >/dev/full"
expect_status 1
expect_err "standard output"
run "$PINTLE" backup create b1 --from in
"$PINTLE" backup download b1 -o - >/dev/full 2>err
status=$? command_line="download -o - >/dev/full"
expect_status 1
# The backup itself is not hurt.
"$PINTLE" backup create b2 --from in >/dev/full 2>err
run "$PINTLE" backup verify b2
expect_status 0
"$PINTLE" chain run -o json in 2>err | head -c 10 >out
expect_clean
pass
