/* report.h -- what a run did to each item, as one file for people and one for programs.  SPDX-License-Identifier: Apache-2.0
 *
 * A report hears a run's events (engine/journal.h) and is written once, at the end: as JSON (docs/report.md has its shape) or as an HTML page that holds
 * the same JSON and needs no network. Items wait in an unlinked file, so memory does not grow with their number; of log lines and operations the first
 * 10,000 are kept. Values of Secrets are in neither form: not below data and stringData, nor in annotations that may hold the item as it was applied. */
#ifndef PINTLE_REPORT_REPORT_H
#define PINTLE_REPORT_REPORT_H
#include "engine/journal.h"

typedef struct report report;
pintle_status report_new(const char *temp_dir, report **out, error *e);
void report_free(report *r); /* NULL is fine */
/* [the run's thread] Old values are known where the event has the item as it was: the listener should ask for it. A failure is remembered and comes back
 * from report_write. */
void report_event(report *r, const engine_event *event);

typedef struct report_parts { /* JSON texts; "" leaves a member out */
  str run;                    /* object: kind, name, dryRun, phase, source, target... */
  str totals;                 /* object of numbers */
  str rules;                  /* array of {"action", "rule", "count", "place", "misses"} */
  str volumes;                /* array */
} report_parts;
/* Replaces the file at path as a whole; html: the page. */
pintle_status report_write(report *r, const report_parts *parts, const char *path, bool html, error *e);

/* The counters of an ENGINE_COUNTERS event, with the place of each rule: a rule is called by where it stands in its action's options, "hosts: a -> b"
 * or "rules[1].hosts: a -> b". place adds "chain.yaml:12:5" for a pointer into them. "X, but for WHY" counts as a near miss of X. NOMEM. */
typedef struct report_rules_from {
  str counters;
  void (*place)(void *ctx, str action, const char *pointer, buf *out); /* of the deepest part of it that is there; NULL: not known */
  void *ctx;
} report_rules_from;
pintle_status report_rules(const report_rules_from *from, buf *json, error *e);

/* Velero's restore log, a line (text or JSON of logrus) after the other, becomes a report: the lines of pintle's drop-in (docs/velero.md) are its items,
 * warnings and errors its log. Memory grows with what was changed. */
pintle_status report_read_log(report *r, str line, error *e);
/* After the last line. *counters: as an ENGINE_COUNTERS event has them. */
typedef struct report_log_totals {
  uint64_t lines, items, changes, findings, unresolved, skipped, errors, warnings; /* lines: that are of such a log */
} report_log_totals;
pintle_status report_log_end(report *r, buf *counters, report_log_totals *totals, error *e);
#endif
