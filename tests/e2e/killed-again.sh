# killed-again.sh -- after SIGKILL, the same name can be run again at once, without deleting.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
chain slow item-30
start_backup slow b1
mkdir -p "$store/backups/b1" && echo left >"$store/backups/b1/b1-left-behind.gz"
kill -KILL "$running"
wait "$running"
rm -rf "$TMPDIR"/* pintle.yaml "$PINTLE_PLUGIN_DIR/run_slow.so"
age_runs
run "$PINTLE" backup create b1 --from in
expect_status 0
expect_no_file "$store/backups/b1/b1-left-behind.gz"
run "$PINTLE" backup verify b1
expect_status 0
[ -z "$(find "$store/plugins" -type f 2>/dev/null)" ] || fail "left: $(find "$store/plugins" -type f 2>/dev/null)"
pass
