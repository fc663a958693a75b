# dry-run.sh -- a dry run shows each change as a diff and writes nothing.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_noop run_segv && items 3
run "$PINTLE" backup create b1 --from in --dry-run
expect_status 0
expect_out item-00 item-01 item-02 tests.pintle.io/good
grep -qE '^ *\+.*tests.pintle.io/good.*backup' out || fail "the diff does not show the annotation"
cat out err >all
expect_in all tests.pintle.io/segv # it has side effects: not called, and it says so
expect_no_file "$store"
expect_clean
rm "$PINTLE_PLUGIN_DIR/run_segv.so"
run "$PINTLE" backup create b1 --from in
expect_status 0
find "$store" -type f -exec sha256sum {} + | sort >before
run "$PINTLE" restore create r1 --from-backup b1 --to to --dry-run
expect_status 0
expect_out item-00 velero.io/restore-name
expect_no_file to
run "$PINTLE" restore create r2 --from-backup b1 --dry-run
expect_status 0
find "$store" -type f -exec sha256sum {} + | sort >after
expect_same before after
run "$PINTLE" backup create b9 --from in -o yaml
expect_status 0
expect_out "kind: Backup" "name: b9"
expect_no_file "$store/backups/b9"
pass
