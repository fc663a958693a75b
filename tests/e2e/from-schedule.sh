# from-schedule.sh -- a restore from a schedule takes its newest completed backup.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
backup() { # NAME SCHEDULE START PHASE
  python3 "$here/older.py" "$store" "$1" phase="$4" || fail older.py
  python3 - "$store/backups/$1/velero-backup.json" "$2" "$3" <<'END'
import json, sys
path, schedule, start = sys.argv[1:]
b = json.load(open(path))
b["metadata"]["labels"]["velero.io/schedule-name"] = schedule
b["status"]["startTimestamp"] = start
json.dump(b, open(path, "w"))
END
}
backup daily-1 daily 2026-01-01T00:00:00Z Completed
backup daily-2 daily 2026-01-02T00:00:00Z Completed
backup daily-3 daily 2026-01-03T00:00:00Z PartiallyFailed
backup daily-4 daily 2026-01-04T00:00:00Z Failed
backup other-9 other 2026-02-01T00:00:00Z Completed
from_backup() { [ "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["spec"]["backupName"])' "$store/restores/$1/velero-restore.json")" = "$2" ] || fail "$1 is not of $2"; }
run "$PINTLE" restore create r1 --from-schedule daily --to to1
expect_status 0
from_backup r1 daily-2
grep -q '"velero.io/backup-name": "daily-2"' to1/shop/configmaps/settings.json || fail "the label is of another backup"
run "$PINTLE" restore create r2 --from-schedule daily --allow-partially-failed --to to2
expect_status 0
from_backup r2 daily-3
run "$PINTLE" restore create --from-schedule other --to to3
expect_status 0
ls "$store/restores" | grep -q '^other-[0-9]\{14\}$' || fail "the restore is not named after the schedule"
run "$PINTLE" restore create r4 --from-schedule weekly --to to4
expect_status 2
expect_err 'no completed backups found for schedule "weekly"'
run "$PINTLE" restore create r5 --from-schedule daily --from-backup daily-1 --to to5
expect_status 2
run "$PINTLE" restore create r6 --from-backup daily-1 --allow-partially-failed --to to6
expect_status 2
pass
