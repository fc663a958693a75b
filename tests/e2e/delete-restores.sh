# delete-restores.sh -- with a backup go its restores, and no others; a dry run says so.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
items 2
run "$PINTLE" backup create b1 --from in
run "$PINTLE" backup create b2 --from in
for r in r1 r2 r3; do
  b=b1
  [ $r = r3 ] && b=b2
  run "$PINTLE" restore create $r --from-backup $b --to to-$r
  expect_status 0
done
mkdir -p "$store/restores/r4" # one that nobody can read, and one of Velero's, which has no record
echo '{' >"$store/restores/r4/velero-restore.json"
mkdir -p "$store/restores/r5"
echo x >"$store/restores/r5/restore-r5-logs.gz"
run "$PINTLE" backup delete b1 --dry-run
expect_status 0
expect_out "  delete restores/r1/velero-restore.json (" "  delete restores/r2/restore-r2-results.gz (" "  delete backups/b1/velero-backup.json ("
expect_not_in out restores/r3
expect_file "$store/restores/r1/velero-restore.json"
run "$PINTLE" backup delete b1 --confirm
expect_status 0
expect_out 'Backup "b1" deleted.'
expect_no_file "$store/backups/b1"
expect_no_file "$store/restores/r1"
expect_no_file "$store/restores/r2"
expect_file "$store/restores/r3/velero-restore.json"
expect_file "$store/restores/r4/velero-restore.json"
expect_file "$store/restores/r5/restore-r5-logs.gz"
[ -n "$(find to-r1 -type f)" ] || fail "what was restored is gone"
run "$PINTLE" restore get
expect_out r3
expect_not_in out r1

# a restore that is running keeps its backup
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
record=$store/plugins/pintle.io/runs/restore-r3.json
mkdir -p "${record%/*}"
printf '{"apiVersion":"pintle.io/v1alpha1","kind":"RunRecord","run":"restore","name":"r3","uid":"u-1","phase":"InProgress","started":"%s","heartbeat":"%s","host":"node-9","pid":4711,"data":{}}\n' "$now" "$now" >"$record"
for dry in --dry-run --confirm; do
  run "$PINTLE" backup delete b2 $dry
  expect_status 1
  expect_err 'kept for its restore "r3"' node-9
  expect_file "$store/backups/b2/velero-backup.json"
done
rm "$record"
run "$PINTLE" backup delete b2 --confirm
expect_status 0
expect_no_file "$store/restores/r3"
pass
