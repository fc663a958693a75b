# chain-run.sh -- chain run: json, yaml and diff; one action; from a file, a directory, standard input, a backup, a tarball.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_yields && items 3
run "$PINTLE" chain run --phase backup -o json in
expect_status 0
cp out list.json
compare in list.json --annotated tests.pintle.io/good=backup
python3 -c 'import json; assert json.load(open("list.json"))["kind"] == "List"' || fail "no List"
run "$PINTLE" chain run --phase backup -o yaml in
expect_status 0
expect_out "name: item-02" "tests.pintle.io/good: backup" "---"
run "$PINTLE" chain run --phase backup -o diff in
expect_status 0
expect_out item-01 tests.pintle.io/good
run "$PINTLE" chain run --phase backup --action tests.pintle.io/yields -o json in
expect_status 0
expect_not_in out tests.pintle.io/good
run "$PINTLE" chain run --phase restore --action tests.pintle.io/good -o json in/item-01.json
expect_status 0
expect_out '"tests.pintle.io/good":"restore"'
expect_not_in out velero.io/restore-name item-00
"$PINTLE" chain run --phase backup -o json - <in/item-02.json >out 2>err || fail "standard input"
expect_out item-02
run "$PINTLE" backup create b1 --from in
expect_status 0
run "$PINTLE" chain run --phase restore --from-backup b1 -o json
expect_status 0
expect_out item-00 item-02 '"tests.pintle.io/good":"restore"'
run "$PINTLE" chain run --phase restore -o json "$store/backups/b1/b1.tar.gz"
expect_status 0
expect_out item-00 item-02
run "$PINTLE" chain run --phase backup --action tests.pintle.io/goof -o json in
expect_status 2
expect_err tests.pintle.io/goof tests.pintle.io/good
run "$PINTLE" chain run --phase backup -o json nowhere
[ "$status" -ne 0 ] || fail "a directory that is not there"
expect_err nowhere
expect_clean
pass
