# commands.sh -- get, describe, logs, download and delete of what was made; names that do not exist.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good && items 10
run "$PINTLE" backup create b1 --from in --labels app=shop
expect_status 0
run "$PINTLE" restore create r1 --from-backup b1 --to to
expect_status 0
run "$PINTLE" backup get
expect_status 0
expect_out NAME STATUS ERRORS WARNINGS CREATED EXPIRES "STORAGE LOCATION" SELECTOR b1 Completed default
run "$PINTLE" get backups -l app=shop -o json
expect_status 0
python3 -c 'import json; d = json.load(open("out")); b = d["items"][0] if d["kind"].endswith("List") else d; assert b["kind"] == "Backup" and b["apiVersion"] == "velero.io/v1" and b["status"]["phase"] == "Completed"' || fail "backup get -o json"
run "$PINTLE" backup get -l app=other
expect_status 0
expect_not_in out b1
run "$PINTLE" backup describe b1 --details
expect_status 0
expect_out "Name:" b1 Completed "v1/ConfigMap" shop/item-03
run "$PINTLE" backup describe b1 -o json
expect_status 0
python3 -m json.tool out >/dev/null || fail "describe -o json is no JSON"
run "$PINTLE" restore get
expect_out NAME BACKUP STATUS r1 b1 Completed
run "$PINTLE" restore describe r1
expect_status 0
expect_out r1 b1 Completed
log_of restore r1
expect_in log restore=velero/r1
run "$PINTLE" backup download b1
expect_status 0
expect_same b1-data.tar.gz "$store/backups/b1/b1.tar.gz"
[ "$(stat -c %a b1-data.tar.gz)" = 600 ] || fail "the mode of a downloaded file is $(stat -c %a b1-data.tar.gz)"
run "$PINTLE" backup download b1
[ "$status" -ne 0 ] || fail "an existing file was replaced"
run "$PINTLE" restore create r2 --from b1-data.tar.gz --to to2
expect_status 0
compare in to2 --annotated tests.pintle.io/good=restore --restored b1-data r2
for what in "backup describe" "backup logs" "backup download" "backup verify" "backup delete --confirm" "restore describe" "restore logs" "restore delete --confirm" "restore create r9 --to to9 --from-backup"; do
  # shellcheck disable=SC2086
  run "$PINTLE" $what nobody
  [ "$status" -ne 0 ] || fail "$what nobody: exit status 0"
  expect_err nobody
done
expect_no_file to9
run "$PINTLE" backup delete b1
[ "$status" -ne 0 ] || fail "deleted without --confirm and without a terminal"
run "$PINTLE" restore delete r1 r2 --confirm
expect_status 0
run "$PINTLE" backup delete b1 --confirm
expect_status 0
[ -z "$(find "$store" -type f)" ] || fail "left in the store: $(find "$store" -type f)"
run "$PINTLE" backup get
expect_status 0
pass
