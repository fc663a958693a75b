# fails.sh -- an action that refuses an item: its edits are undone, and onError decides.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins run_fails good && items 10 && chain fails item-03
run "$PINTLE" backup create b1 --from in
expect_status 3
compare in "$store/backups/b1/b1.tar.gz" --annotated tests.pintle.io/good=backup --missing item-03
log_of backup b1
grep level=error log | grep name=item-03 | grep -F tests.pintle.io/fails | grep -q "refused for a reason" || fail "the error lacks action or reason"
chain fails item-03 Warn
run "$PINTLE" backup create b2 --from in
expect_status 0
compare in "$store/backups/b2/b2.tar.gz" --annotated tests.pintle.io/good=backup
log_of backup b2
grep level=warning log | grep name=item-03 | grep -q "refused for a reason" || fail "no warning"
chain fails item-03 FailRun
run "$PINTLE" backup create b3 --from in
expect_status 1
expect_err "refused for a reason" tests.pintle.io/fails item-03
expect_no_file "$store/backups/b3"
expect_clean
run "$PINTLE" restore create r1 --from-backup b2 --to to
expect_status 1
python3 -c 'import json
s = json.load(open("pintle-store/restores/r1/velero-restore.json"))["status"]
assert s["phase"] == "Failed" and "refused for a reason" in s["failureReason"], s' || fail "the restore does not keep its reason"
pass
