# read-only-target.sh -- a target that cannot be written to: an error that says so.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 3 && run "$PINTLE" backup create b1 --from in
expect_status 0
mkdir to
if [ "$(id -u)" -eq 0 ]; then
  mount -t tmpfs -o ro none to 2>err || skip "cannot mount a read-only file system"
  mounted=$work/to
else chmod 0555 to; fi
run "$PINTLE" restore create r1 --from-backup b1 --to to
[ "$status" -eq 1 ] || [ "$status" -eq 3 ] || fail "exit status $status"
grep -qE "Read-only file system|Permission denied" err || fail "the message does not say why"
echo x >file
run "$PINTLE" restore create r2 --from-backup b1 --to file
[ "$status" -ne 0 ] || fail "a file was taken for a directory"
expect_err file
[ "$(cat file)" = x ] || fail "the file was changed"
pass
