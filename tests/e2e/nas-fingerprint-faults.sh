# nas-fingerprint-faults.sh -- driver fingerprint: what cannot be read, keys, wrong configurations.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
. "$here/nas-share.sh"
make_share && share_chain
blind() { "$@"; } # without root's right to read everything
[ "$(id -u)" -ne 0 ] || blind() { setpriv --bounding-set -dac_override,-dac_read_search -- "$@"; }
blind true || skip "setpriv does not work here"
chmod 0 "$share/dir/numbers" && mkdir "$share/closed" && echo inside >"$share/closed/file" && chmod 0 "$share/closed"

run blind "$PINTLE" backup create b1 --from in
expect_status 3
log_of backup b1
expect_in log 'dir/numbers: cannot be read: Permission denied' 'closed: the directory cannot be listed' \
  'volume one: 2 names could not be read; they are listed before'
operations_of backup b1 >op.json
expect_in op.json '"phase":"Completed"' '2 names could not be read'
# What can be read is there; the rest is told again.
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 3
log_of restore r1
expect_in log 'dir/numbers: could not be read at the backup; it is empty' 'names are not as they were'
cmp "$share/large" restored/velero-*/large || fail "large is not what it was"
rm -rf restored/velero-*
# The next backup reads them; what was read once and cannot be now keeps its older version.
chmod 0644 "$share/dir/numbers" && chmod 0755 "$share/closed"
run "$PINTLE" backup create b2 --from in
expect_status 0
list_share "$share" share.list
run "$PINTLE" restore create r2 --from-backup b2 --to to2
expect_status 0
expect_restored share.list "$share"
echo 'something else' >"$share/dir/numbers" && chmod 0 "$share/dir/numbers"
run blind "$PINTLE" backup create b3 --from in
expect_status 3
run "$PINTLE" restore create r3 --from-backup b3 --to to3
expect_status 3
seq 1 20000 | cmp - restored/velero-*/dir/numbers || fail "numbers is no older version"
rm -rf restored/velero-* && chmod 0644 "$share/dir/numbers"
# So does all that is in a directory that cannot be listed any more.
list_share "$share" share.list
run "$PINTLE" backup create c1 --from in
expect_status 0
chmod 0 "$share/closed" "$share/dir"
for n in 2 3; do # from a backup that has it, from one that kept it
  run blind "$PINTLE" backup create "c$n" --from in
  expect_status 3
  log_of backup "c$n"
  expect_in log 'closed: the directory cannot be listed' 'dir: the directory cannot be listed' '; 0 names are gone'
done
run "$PINTLE" restore create r3c --from-backup c3 --to to3c
expect_status 3
log_of restore r3c
expect_in log 'closed: could not be listed at the backup; what is in it is of an older one' 'closed/file: could not be read at the backup; this is an older version'
chmod 0755 restored/velero-*/dir restored/velero-*/closed "$share/closed" "$share/dir"
diff -r --no-dereference -x fifo -x null "$share" restored/velero-* >out 2>&1 || fail "what was kept is not what was there"
rm -rf restored/velero-*
run "$PINTLE" backup create c4 --from in
expect_status 0
run "$PINTLE" restore create r4c --from-backup c4 --to to4c
expect_status 0
expect_restored share.list

# A share that is not there, a restore to nowhere, keys that are none.
mv export hidden
run "$PINTLE" backup create b4 --from in
expect_status 3
log_of backup b4
expect_in log "$share (volume one): No such file or directory"
mv hidden export
share_chain 'fingerprintThreads: "99"'
run "$PINTLE" backup create b5 --from in
expect_status 2
expect_err '99 is not 1 to 16'
share_chain "fingerprintKeyFile: $work/none"
run "$PINTLE" backup create b5 --from in
expect_status 3
log_of backup b5
expect_in log "backups of volume one: key file $work/none: No such file or directory"
run "$PINTLE" backup delete b5 --confirm
share_chain 'fingerprintLocation: nowhere'
run "$PINTLE" backup create b5 --from in
expect_status 3
log_of backup b5
expect_in log 'backups of volume one: ' nowhere
run "$PINTLE" backup delete b5 --confirm
echo 'too short' >short && share_chain "fingerprintKeyFile: $work/short"
run "$PINTLE" backup create b5 --from in
expect_status 3
log_of backup b5
expect_in log 'no key: 32 bytes are wanted'

# Encrypted: nothing of it can be read without the key, nor with another one; former keys open it, too, until they are dropped.
rm -rf "$store"
for k in 1 2 3; do head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' >"key$k"; done
share_chain "fingerprintKeyFile: $work/key1"
run "$PINTLE" backup create b1 --from in
expect_status 0
if grep -rlF "dir/inner/few" "$store/plugins/pintle.io/nas"; then fail "a name can be read in the store"; fi
list_share "$share" share.list
tells() { # KEYS TEXT: with these keys a restore fails and says so
  share_chain "$1"
  run "$PINTLE" restore create refused --from-backup b1 --to refused
  expect_status 3
  log_of restore refused
  expect_in log "$2"
  run "$PINTLE" restore delete refused --confirm
}
tells 'mover: auto' 'is encrypted, and no key is configured'
tells "fingerprintKeyFile: $work/key2" 'is encrypted with another key'
share_chain "fingerprintKeyCommand: \"cat $work/key2\", fingerprintOlderKeyFiles: $work/key1, fingerprintDropOlderKeys: \"true\""
run "$PINTLE" backup create b2 --from in
expect_status 0
tells "fingerprintKeyFile: $work/key1" 'is encrypted with another key'
tells 'fingerprintKeyCommand: "exit 3"' 'fingerprintKeyCommand ends with status 3'
share_chain "fingerprintKeyFile: $work/key2, mover: inline"
rm -rf restored/*
run "$PINTLE" restore create r4 --from-backup b1 --to to4
expect_status 0
expect_restored share.list "$share"
expect_clean
if grep -rF "$(cat key2)" "$store"; then fail "the key is in the store"; fi
pass
