# read-only-store.sh -- a store that cannot be written to: an error that says so.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 3
mkdir -p "$store"
if [ "$(id -u)" -eq 0 ]; then
  mount -t tmpfs -o ro none "$store" 2>err || skip "cannot mount a read-only file system"
  mounted=$store
else chmod 0555 "$store"; fi
run "$PINTLE" backup create b1 --from in
[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || fail "exit status $status"
grep -qE "Read-only file system|Permission denied" err || fail "the message does not say why"
expect_err pintle-store
expect_clean
run "$PINTLE" backup get
expect_status 0
pass
