# cli-delete.sh -- delete says what it will do: names, a selector or all, one of them; it asks on a terminal.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 1
for b in b1 b2 b3; do run "$PINTLE" backup create $b --from in --labels n=$b && expect_status 0; done
for words in "" "--all b1" "-l n=b1 --all"; do
  # shellcheck disable=SC2086
  run "$PINTLE" backup delete $words --confirm
  expect_status 2
done
run "$PINTLE" backup delete --all
expect_status 2
expect_err --confirm
run "$PINTLE" backup delete --all --dry-run
expect_status 0
expect_out 'Backup "b1" is not deleted in a dry run' 'Backup "b3" is not' "  delete backups/b2/velero-backup.json ("
run "$PINTLE" backup delete nobody --dry-run
expect_status 1
expect_err 'there is no backup "nobody"'
run "$PINTLE" restore create r1 --from-backup b1 --to to
run "$PINTLE" restore delete r1 --dry-run
expect_status 0
expect_out "  delete restores/r1/velero-restore.json ("
expect_file "$store/restores/r1/velero-restore.json"
run "$PINTLE" restore delete r1 --confirm
expect_no_file "$store/restores/r1/velero-restore.json"
run "$PINTLE" backup delete -l n=b1 --confirm
expect_status 0
expect_out '"b1" deleted'
run "$PINTLE" backup delete b2 nobody --confirm
expect_status 1
expect_out '"b2" deleted'
expect_err nobody
if command -v script >/dev/null; then
  echo n | script -qec "$PINTLE backup delete b3" /dev/null >out 2>&1
  expect_file "$store/backups/b3/velero-backup.json"
  echo y | script -qec "$PINTLE backup delete b3" /dev/null >out 2>&1
  expect_out DeletingFiles # its progress
  expect_no_file "$store/backups/b3/velero-backup.json"
fi
run "$PINTLE" backup get
expect_err "No backups found."
pass
