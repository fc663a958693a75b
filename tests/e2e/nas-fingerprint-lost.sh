# nas-fingerprint-lost.sh -- what the store lost of the backup before is told and read again: the next backup is whole.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
. "$here/nas-share.sh"
make_share && share_chain
sleep 2.1 # younger than that, a file is read again
list_share "$share" share.list
run "$PINTLE" backup create b1 --from in
expect_status 0
cp -a "$store" whole
repository=$(repository)

lost() { # WHAT TEXT
  run "$PINTLE" backup create b2 --from in
  expect_status 0
  expect_err "$2"
  log_of backup b2
  if grep -qF 'new 0 bytes' log; then fail "nothing was stored again: $1"; fi
  run "$PINTLE" restore create r2 --from-backup b2 --to "to-$1"
  expect_status 0
  expect_restored share.list
  rm -rf "$store" && cp -a whole "$store"
}
rm -r "$repository/pack"
lost packs '/0 is missing in the store, or cut off: what is lost of the share is read again'
truncate -s 100000 "$repository"/pack/*/0
lost part '/0 is missing in the store, or cut off: what is lost of the share is read again'
rm "$repository"/seg/*/0
lost segment 'the backup before cannot be read any further: what follows is read from the share'
rm "$repository"/seg/*/index
lost index ', cannot be read: all of the share is'

# Where nothing is lost and nothing has changed nothing is told, also by an inline copy's counters.
share_chain 'mover: inline'
run "$PINTLE" backup create b3 --from in --fail-on unmatched,warnings
expect_status 0
log_of backup b3
expect_in log 'read 0 files, 0 bytes; new 0 bytes'
expect_clean
pass
