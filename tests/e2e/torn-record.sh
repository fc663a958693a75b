# torn-record.sh -- a run record that was cut or overwritten: shown, refused with what to do, and nothing else suffers.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 3
run "$PINTLE" backup create b0 --from in
expect_status 0
record=$store/plugins/pintle.io/runs/backup-b1.json
strace -qq -o /dev/null -e trace=openat -e inject=openat:signal=SIGKILL:when=1000 true 2>/dev/null || skip "strace cannot trace here"
for n in 1 2 3 4 5 6 7 8 9; do # killed when the record is there
  strace -qq -o /dev/null -e trace=renameat,linkat -e inject=renameat,linkat:signal=SIGKILL:when=$n "$PINTLE" backup create b1 --from in >out 2>err
  [ -s "$record" ] && break
done
expect_file "$record"
cp "$record" whole
size=$(wc -c <whole)
for n in 0 1 7 $((size / 2)) $((size - 3)); do
  head -c "$n" whole >"$record"
  run "$PINTLE" backup get
  expect_status 0
  expect_out b0 b1 Unreadable
  run "$PINTLE" backup create b1 --from in
  expect_status 2
  expect_err "plugins/pintle.io/runs/backup-b1.json cannot be read" "if no run is going on, delete that object"
  run "$PINTLE" backup verify b0
  expect_status 0
done
rm "$record"
run "$PINTLE" backup delete b1 --confirm
expect_status 1 # nothing was there but the record
run "$PINTLE" backup create b1 --from in
expect_status 0
pass
