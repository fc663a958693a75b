# cli-events.sh -- --events writes JSON lines from beginning to end, --metrics-file Velero's metrics.  SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good && items 3
run "$PINTLE" backup create b1 --from in --events events.jsonl --metrics-file metrics.prom
expect_status 0
python3 - <<'END' || fail "events"
import json
lines = [json.loads(l) for l in open("events.jsonl")]
assert all(l["apiVersion"] == "pintle.io/v1alpha1" and l["kind"] == "Event" for l in lines)
items = [l for l in lines if l["type"] == "Item"]
assert len(items) == 3 and all(i["outcome"] == "stored" and i["changed"] for i in items), items
phases = [l["phase"] for l in lines if l["type"] == "Phase"]
assert "InProgress" in phases and phases.index("InProgress") < phases.index("Verifying"), phases
END
expect_in metrics.prom 'velero_backup_success_total{schedule=""} 1' 'velero_backup_items_total{schedule=""} 3' \
  'velero_backup_duration_seconds_count{schedule=""} 1' 'velero_backup_last_status{schedule=""} 1'
run "$PINTLE" restore create r1 --from-backup b1 --to to --metrics-file restore.prom --events -
expect_status 0
expect_in restore.prom 'velero_restore_success_total{schedule=""} 1'
grep -q '^{"apiVersion":"pintle.io/v1alpha1","kind":"Event"' out || fail "--events -"
run "$PINTLE" backup create b2 --from in --events nowhere/x
expect_status 2
expect_err nowhere/x
run "$PINTLE" backup get b2
expect_status 1
pass
