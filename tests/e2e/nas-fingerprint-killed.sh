# nas-fingerprint-killed.sh -- a backup of a share is killed in the middle and continued; another one is cancelled; gc.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
. "$here/nas-share.sh"
make_share && share_chain
mkdir "$share/much" && head -c 300000000 /dev/urandom | split -b 1000000 -a 3 - "$share/much/file-"
list_share "$share" share.list
packs() { [ -n "$(find "$store/plugins/pintle.io/nas" -path '*/pack/*' -name 0 2>/dev/null | head -n 1)" ]; }

start_until backup b1 WaitingForPluginOperations "$PINTLE" backup create b1 --from in
await packs
kill_run
dead=$(ls "$(repository)/run")
[ "$(echo "$dead" | wc -l)" -eq 1 ] || fail "markers: $dead"
expect_no_file "$(repository)/backups"
age_runs
run "$PINTLE" backup continue b1
expect_status 0
expect_phase backup b1 Completed
expect_clean
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
expect_restored share.list
# What the dead run has stored goes with the next collection, once it counts as dead.
expect_file "$(repository)/pack/$dead/0"
python3 - "$(repository)/run/$dead" <<'END2'
import json, os, sys
marker = json.load(open(sys.argv[1]))
marker['beat'] -= 7200 * 10**9
json.dump(marker, open(sys.argv[1], 'w'))
os.utime(sys.argv[1], (os.stat(sys.argv[1]).st_mtime - 7200,) * 2)
END2
rm -rf "$share/much" && touch "$share/new"
run "$PINTLE" backup create b2 --from in
expect_status 0
list_share "$share" share2.list
run "$PINTLE" backup delete b1 --confirm
expect_status 0
expect_no_file "$(repository)/pack/$dead/0"
run "$PINTLE" restore create r2 --from-backup b2 --to to2
expect_status 0
expect_restored share2.list

# Cancelled: there is no backup of it, neither here nor there, and its name is free.
mkdir "$share/much" && head -c 300000000 /dev/urandom | split -b 1000000 -a 3 - "$share/much/file-"
heads=$(ls "$(repository)/backups" | wc -l)
before=$(find "$(repository)/pack" -name 0 | wc -l)
more_packs() { [ "$(find "$(repository)/pack" -name 0 | wc -l)" -gt "$before" ]; }
start_until backup b3 WaitingForPluginOperations "$PINTLE" backup create b3 --from in
await more_packs
kill -TERM "$running"
end_of_run
expect_status 143
expect_phase backup b3 Failed
expect_clean
[ "$(ls "$(repository)/backups" | wc -l)" -eq "$heads" ] || fail "there is a backup of a cancelled run"
run "$PINTLE" backup delete b3 --confirm
expect_status 0
run "$PINTLE" backup create b3 --from in
expect_status 0
pass
