/* metrics.c -- see metrics.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/metrics.h"

static void one(buf *out, const char *name, const char *type, const char *help, double value) {
  buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s{schedule=\"\"} %.17g\n", name, help, name, type, name, value);
}

static void duration(buf *out, double seconds) {
  static const int limits[] = {60, 300, 600, 900, 1800, 3600, 7200, 10800, 14400};
  const char *name = "velero_backup_duration_seconds";
  buf_printf(out, "# HELP %s Time taken to complete backup, in seconds\n# TYPE %s histogram\n", name, name);
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
    buf_printf(out, "%s_bucket{schedule=\"\",le=\"%d\"} %d\n", name, limits[i], seconds <= limits[i]);
  buf_printf(out, "%s_bucket{schedule=\"\",le=\"+Inf\"} 1\n%s_sum{schedule=\"\"} %.17g\n%s_count{schedule=\"\"} 1\n", name, name, seconds,
             name);
}

void cli_metrics_print(const engine_summary *s, bool restore, buf *out) {
  bool completed = strcmp(s->phase, "Completed") == 0, partly = strcmp(s->phase, "PartiallyFailed") == 0;
  if (restore) {
    one(out, "velero_restore_attempt_total", "counter", "Total number of attempted restores", 1);
    one(out, "velero_restore_success_total", "counter", "Total number of successful restores", completed);
    one(out, "velero_restore_partial_failure_total", "counter", "Total number of partially failed restores", partly);
    one(out, "velero_restore_failed_total", "counter", "Total number of failed restores", !completed && !partly);
    return;
  }
  one(out, "velero_backup_attempt_total", "counter", "Total number of attempted backups", 1);
  one(out, "velero_backup_success_total", "counter", "Total number of successful backups", completed);
  one(out, "velero_backup_partial_failure_total", "counter", "Total number of partially failed backups", partly);
  one(out, "velero_backup_failure_total", "counter", "Total number of failed backups", !completed && !partly);
  one(out, "velero_backup_last_status", "gauge", "Last status of the backup. A value of 1 is success, 0 is failure", completed);
  one(out, "velero_backup_items_total", "gauge", "Total number of items backed up", (double)s->done);
  one(out, "velero_backup_items_errors", "gauge", "Total number of errors encountered during backup", (double)s->errors);
  one(out, "velero_backup_warning_total", "counter", "Total number of warned backups", s->warnings > 0);
  one(out, "velero_backup_tarball_size_bytes", "gauge", "Size, in bytes, of a backup", (double)s->contents_size);
  if (completed)
    one(out, "velero_backup_last_successful_timestamp", "gauge", "Last time a backup ran successfully, Unix timestamp in seconds",
        (double)(s->ended / 1000000000));
  duration(out, (double)(s->ended - s->started) / 1e9);
}
