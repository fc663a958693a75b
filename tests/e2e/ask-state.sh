# ask-state.sh -- what an action remembers is one table for all workers, and comes back with the backup.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_state good && items 60
run "$PINTLE" backup create b1 --from in --concurrency 4
expect_status 0
expect_clean
expect_file "$store/backups/b1/b1-pintle-state.json.gz"
n=$(tar -xOzf "$store/backups/b1/b1.tar.gz" --wildcards 'resources/configmaps/namespaces/shop/*.json' | grep -c tests.pintle.io/first)
[ "$n" -eq 1 ] || fail "$n items were the first"
run "$PINTLE" backup verify b1
expect_status 0
gunzip -c "$store/backups/b1/b1-pintle-state.json.gz" >state.json
expect_in state.json '"kind":"BackupState"' '"tests.pintle.io/state":{"item-00":"aXRlbS0wMABlbmQ="'
run "$PINTLE" restore create r1 --from-backup b1 --to to --concurrency 3
expect_status 0
n=$(grep -rhoE 'tests.pintle.io/was"?: *"?item-[0-9]+' to | wc -l)
[ "$n" -eq 60 ] || fail "$n of 60 items were remembered"
# Files have no backup, so no state; without any the backup has no such object.
run "$PINTLE" restore create r2 --from in --to to2 --concurrency 0
expect_status 0
n=$(grep -rhoE 'tests.pintle.io/was"?: *"?nothing' to2 | wc -l)
[ "$n" -eq 60 ] || fail "files have a state"
# A deletion reads it, too.
run "$PINTLE" backup create b4 --from in
run "$PINTLE" backup delete b4 --confirm
expect_status 0
expect_no_file "$store/backups/b4"
# Damaged: the items fail by the reason, and verify says so.
printf x >"$store/backups/b1/b1-pintle-state.json.gz"
run "$PINTLE" restore create r3 --from-backup b1 --to to3
expect_status 3
log_of restore r3
expect_in log "reading the state kept with the backup"
run "$PINTLE" backup verify b1
expect_status 1
run "$PINTLE" backup delete b1 --confirm
expect_status 3
expect_err "reading the state kept with the backup"
# It is bounded: whoever fills it is told, by name; the value is nobody's business.
python3 -c 'import json; d = json.load(open("in/item-30.json")); d["data"]["large"] = "yes"; json.dump(d, open("in/item-30.json", "w"))'
run "$PINTLE" backup create b2 --from in
expect_status 3
log_of backup b2
expect_in log "tests.pintle.io/state: the state of this run is full"
rm "$PINTLE_PLUGIN_DIR/run_state.so"
run "$PINTLE" backup create b3 --from in
expect_status 0
expect_no_file "$store/backups/b3/b3-pintle-state.json.gz"
pass
