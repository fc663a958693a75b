# metrics.sh -- --metrics-file: Velero's metrics and how long each action took, as promtool takes them; a crash loses no calls that came before it.
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
plugins good run_segv && items 60 && chain segv item-30
run "$PINTLE" backup create b1 --from in --metrics-file backup.prom
expect_status 3
d=velero_plugin_operation_duration_seconds
segv='action="tests.pintle.io/segv",plugin="run_segv",operation="execute"'
good='action="tests.pintle.io/good",plugin="good",operation="execute"'
expect_in backup.prom 'velero_backup_attempt_total{schedule=""} 1' 'velero_backup_success_total{schedule=""} 0' \
  'velero_backup_partial_failure_total{schedule=""} 1' 'velero_backup_failure_total{schedule=""} 0' \
  'velero_backup_validation_failure_total{schedule=""} 0' 'velero_backup_last_status{schedule=""} 0' \
  'velero_backup_items_total{schedule=""} 59' 'velero_backup_items_errors{schedule=""} 1' 'velero_backup_warning_total{schedule=""} 0' \
  'velero_backup_duration_seconds_bucket{schedule="",le="14400"} 1' 'velero_volume_snapshot_attempt_total{schedule=""} 0' \
  "# TYPE $d histogram" "${d}_count{$segv} 60" "${d}_bucket{$segv,le=\"+Inf\"} 60" "${d}_count{$good} 59" \
  "velero_plugin_operation_failures_total{$segv,reason=\"death\"} 1" "velero_plugin_operation_failures_total{$good,reason=\"error\"} 0"
expect_not_in backup.prom last_successful item-30
size=$(stat -c %s "$store/backups/b1/b1.tar.gz")
expect_in backup.prom "velero_backup_tarball_size_bytes{schedule=\"\"} $size"

plugins run_fails && chain fails item-20
run "$PINTLE" restore create r1 --from-backup b1 --to to --metrics-file restore.prom --concurrency 0
expect_status 3
expect_in restore.prom 'velero_restore_attempt_total{schedule=""} 1' 'velero_restore_partial_failure_total{schedule=""} 1' \
  'velero_restore_item_errors_total{schedule=""} 1' 'velero_restore_validation_failed_total{schedule=""} 0'
expect_in restore.prom 'plugin="pintle",operation="execute"'

rm pintle.yaml plugins/run_*.so && run "$PINTLE" backup create b2 --from in --metrics-file good.prom --labels velero.io/schedule-name=night
expect_status 0
expect_in good.prom 'velero_backup_success_total{schedule="night"} 1' 'velero_backup_last_successful_timestamp{schedule="night"} '
run "$PINTLE" backup create b2 --from in --metrics-file taken.prom
expect_status 2
expect_in taken.prom 'velero_backup_attempt_total{schedule=""} 0' 'velero_backup_validation_failure_total{schedule=""} 1'
expect_no_file nowhere
run "$PINTLE" backup create b3 --from in --metrics-file nowhere/x
expect_status 1
command -v promtool >/dev/null || skip "there is no promtool (Debian: prometheus); all else is as it should be"
for f in *.prom; do
  promtool check metrics <"$f" >out 2>err || fail "promtool refuses $f"
done
pass
