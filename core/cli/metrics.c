/* metrics.c -- see metrics.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/metrics.h"

typedef struct printer {
  buf *out;
  const char *schedule; /* escaped */
} printer;

static void escaped(buf *out, str value) {
  for (size_t i = 0; i < value.len; i++) {
    char c = value.ptr[i];
    if (c == '\\' || c == '"') buf_addc(out, '\\'), buf_addc(out, c);
    else if (c == '\n') buf_addz(out, "\\n");
    else buf_addc(out, c);
  }
}

static void head(buf *out, const char *name, const char *type, const char *help) {
  buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(const printer *p, const char *name, const char *type, const char *help, double value) {
  head(p->out, name, type, help);
  buf_printf(p->out, "%s{schedule=\"%s\"} %.17g\n", name, p->schedule, value);
}

static void duration(const printer *p, double seconds) {
  static const int limits[] = {60, 300, 600, 900, 1800, 3600, 7200, 10800, 14400};
  const char *name = "velero_backup_duration_seconds";
  head(p->out, name, "histogram", "Time taken to complete backup, in seconds");
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
    buf_printf(p->out, "%s_bucket{schedule=\"%s\",le=\"%d\"} %d\n", name, p->schedule, limits[i], seconds <= limits[i]);
  buf_printf(p->out, "%s_bucket{schedule=\"%s\",le=\"+Inf\"} 1\n%s_sum{schedule=\"%s\"} %.17g\n%s_count{schedule=\"%s\"} 1\n", name,
             p->schedule, name, p->schedule, seconds, name, p->schedule);
}

static void backup(const printer *p, const cli_metrics *m, bool completed, bool partly) {
  const engine_summary none = {0}, *s = m->begun ? m->summary : &none;
  int64_t tried = 0, taken = 0;
  one(p, "velero_backup_attempt_total", "counter", "Total number of attempted backups", m->begun);
  one(p, "velero_backup_success_total", "counter", "Total number of successful backups", completed);
  one(p, "velero_backup_partial_failure_total", "counter", "Total number of partially failed backups", partly);
  one(p, "velero_backup_failure_total", "counter", "Total number of failed backups", m->begun && !completed && !partly);
  one(p, "velero_backup_validation_failure_total", "counter", "Total number of validation failed backups", !m->begun);
  one(p, "velero_backup_last_status", "gauge", "Last status of the backup. A value of 1 is success, 0 is failure", completed);
  one(p, "velero_backup_items_total", "untyped", "Total number of items backed up", (double)s->done);
  one(p, "velero_backup_items_errors", "gauge", "Total number of errors encountered during backup", (double)s->errors);
  one(p, "velero_backup_warning_total", "counter", "Total number of warned backups", s->warnings > 0);
  one(p, "velero_backup_tarball_size_bytes", "gauge", "Size, in bytes, of a backup", (double)s->contents_size);
  if (completed)
    one(p, "velero_backup_last_successful_timestamp", "gauge", "Last time a backup ran successfully, Unix timestamp in seconds",
        (double)(s->ended / 1000000000));
  if (m->begun) duration(p, (double)(s->ended - s->started) / 1e9);
  item_int(item_at(m->resource, "/status/volumeSnapshotsAttempted"), &tried);
  item_int(item_at(m->resource, "/status/volumeSnapshotsCompleted"), &taken);
  one(p, "velero_volume_snapshot_attempt_total", "counter", "Total number of attempted volume snapshots", (double)tried);
  one(p, "velero_volume_snapshot_success_total", "counter", "Total number of successful volume snapshots", (double)taken);
  one(p, "velero_volume_snapshot_failure_total", "counter", "Total number of failed volume snapshots", (double)(tried - taken));
}

static void restore(const printer *p, const cli_metrics *m, bool completed, bool partly) {
  one(p, "velero_restore_attempt_total", "counter", "Total number of attempted restores", m->begun);
  one(p, "velero_restore_success_total", "counter", "Total number of successful restores", completed);
  one(p, "velero_restore_partial_failure_total", "counter", "Total number of partially failed restores", partly);
  one(p, "velero_restore_failed_total", "counter", "Total number of failed restores", m->begun && !completed && !partly);
  one(p, "velero_restore_validation_failed_total", "counter", "Total number of failed restores failing validations", !m->begun);
  one(p, "velero_restore_item_errors_total", "counter", "Total number of items that could not be restored",
      m->begun ? (double)m->summary->failed : 0);
}

/* ---- how long the calls of each action took */
#define DURATION "velero_plugin_operation_duration_seconds"
#define FAILURES "velero_plugin_operation_failures_total"

static void labels(const item_node *action, buf *out) {
  static const char *const names[] = {"action", "plugin", "operation"};
  for (size_t i = 0; i < 3; i++) {
    buf_printf(out, "%s%s=\"", i ? "," : "", names[i]);
    str value = item_string(item_member(action, str_of(names[i])));
    const char *at =
        i == 1 ? memrchr(value.ptr ? value.ptr : "", '@', value.len) : NULL; /* "name@version": a new version is no new series */
    escaped(out, at ? (str){value.ptr, (size_t)(at - value.ptr)} : value);
    buf_addc(out, '"');
  }
}

static void number(buf *out, const item_node *n) {
  str text = item_number(n);
  if (text.ptr) buf_adds(out, text);
  else buf_addc(out, '0');
  buf_addc(out, '\n');
}

static void durations(const item_node *actions, buf *out) {
  head(out, DURATION, "histogram", "Time taken by the calls of plugins' actions, in seconds");
  for (const item_node *a = item_first(actions); a; a = item_next(a)) {
    CLEANUP(buf_free) buf who = {0};
    labels(a, &who);
    for (const item_node *n = item_first(item_member(a, STR("histogram"))); n; n = item_next(n)) {
      buf_printf(out, DURATION "_bucket{%s,le=\"%s\"} ", buf_z(&who), item_key(n).ptr);
      number(out, n);
    }
    buf_printf(out, DURATION "_sum{%s} ", buf_z(&who));
    number(out, item_member(a, STR("seconds")));
    buf_printf(out, DURATION "_count{%s} ", buf_z(&who));
    number(out, item_member(a, STR("calls")));
  }
}

static void failures(const item_node *actions, buf *out) {
  static const char *const reasons[][2] = {{"errors", "error"}, {"timeouts", "timeout"}, {"deaths", "death"}};
  head(out, FAILURES, "counter",
       "Calls of plugins' actions that ended with an error, past their deadline or with the death of their process");
  for (const item_node *a = item_first(actions); a; a = item_next(a)) {
    CLEANUP(buf_free) buf who = {0};
    labels(a, &who);
    for (size_t i = 0; i < 3; i++) {
      buf_printf(out, FAILURES "{%s,reason=\"%s\"} ", buf_z(&who), reasons[i][1]);
      number(out, item_member(a, str_of(reasons[i][0])));
    }
  }
}

void cli_metrics_print(const cli_metrics *m, buf *out) {
  CLEANUP(buf_free) buf schedule = {0};
  CLEANUP(item_freep) item_doc *actions = NULL;
  const char *phase = m->begun ? m->summary->phase : "";
  bool completed = strcmp(phase, "Completed") == 0, partly = strcmp(phase, "PartiallyFailed") == 0;
  escaped(&schedule, m->restore ? item_str(m->resource, "/spec/scheduleName", "")
                                : item_str(m->resource, "/metadata/labels/velero.io~1schedule-name", ""));
  const printer p = {out, buf_z(&schedule)};
  if (m->restore) restore(&p, m, completed, partly);
  else backup(&p, m, completed, partly);
  if (schedule.failed || item_new(&actions) != PINTLE_OK) out->failed = true;
  else if (m->actions.len && item_parse(actions, m->actions, 0, NULL, NULL) == PINTLE_OK && item_count(item_root(actions))) {
    durations(item_root(actions), out);
    failures(item_root(actions), out);
  }
}
