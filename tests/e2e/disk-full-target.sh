# disk-full-target.sh -- a target without space: an error for each item that has no place, never half a file.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "only root can make a small file system"
items 60 && run "$PINTLE" backup create b1 --from in
expect_status 0
mkdir to && mount -t tmpfs -o size=96k none to 2>err || skip "cannot mount a small file system"
mounted=$work/to
run "$PINTLE" restore create r1 --from-backup b1 --to to
[ "$status" -eq 1 ] || [ "$status" -eq 3 ] || fail "exit status $status"
expect_err "No space left on device"
expect_clean
[ -z "$(find to -type f ! -name '*.json')" ] || fail "half files: $(find to -type f ! -name '*.json')"
n=$(python3 "$here/compare.py" in to --restored b1 r1 --count 2>diff) || fail "files differ: $(cat diff)"
[ "$n" -ge 5 ] && [ "$n" -lt 60 ] || fail "$n files were written"
pass
