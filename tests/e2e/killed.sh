# killed.sh -- killed with SIGKILL: shown as Interrupted, deleted, and the name works again.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
chain slow item-30
start_backup slow b1
kill -KILL "$running"
wait "$running"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -z "$(ours)" ] || sleep 0.2; done
[ -z "$(ours)" ] || fail "workers outlive their supervisor"
rm -rf "$TMPDIR"/* pintle.yaml "$PINTLE_PLUGIN_DIR/run_slow.so"
expect_no_file "$store/backups/b1/velero-backup.json"
run "$PINTLE" backup get
expect_status 0
expect_out b1 # Interrupted once its heartbeat is old
age_runs
run "$PINTLE" backup get
expect_status 0
expect_out b1 Interrupted
run "$PINTLE" backup delete b1 --confirm
expect_status 0
[ -z "$(find "$store" -type f)" ] || fail "left in the store: $(find "$store" -type f)"
run "$PINTLE" backup get
expect_not_in out b1
run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" backup verify b1
expect_status 0
pass
