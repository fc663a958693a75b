/* report.h -- how a run tells of one item: the same words and the same event for a backup and a restore.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_REPORT_H
#define PINTLE_ENGINE_REPORT_H
#include "engine/flow.h"
#include "engine/journal.h"
#include "engine/outcomes.h"

typedef struct engine_report {
  engine_journal *journal;
  const kube_source *source;
  engine_outcomes *outcomes; /* NULL: not kept */
  buf place, before; /* used again for each item; engine_report_free frees outcomes too */
} engine_report;
void engine_report_free(engine_report *r);
/* The ENGINE_ITEM event of an item that is called type now, and its line of outcomes. */
void engine_report_item(engine_report *r, const engine_done *d, const kube_type *type, const char *outcome, str message);
/* What the calls of the actions came to, as worker_pool_actions has it in json, as the ENGINE_ACTIONS event. */
void engine_report_actions(engine_journal *j, const worker_pool *pool, buf *json);
/* The error line of a failed item, prefix in front of it, and its backtrace. */
void engine_report_failed(engine_report *r, const engine_subject *about, const engine_done *d, const char *prefix, const error *failed);
#endif
