/* report.c -- see report.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/report.h"

void engine_report_free(engine_report *r) {
  engine_outcomes_free(r->outcomes);
  buf_free(&r->place);
  buf_free(&r->before);
}

void engine_report_item(engine_report *r, const engine_done *d, const kube_type *type, const char *outcome, str message) {
  buf_clear(&r->place);
  kube_source_place(r->source, d->item, &r->place);
  engine_event event = {.kind = ENGINE_ITEM,
                        .item = d->item,
                        .type = type,
                        .ns = d->ns,
                        .name = d->name,
                        .outcome = outcome,
                        .changed = d->changed,
                        .message = message,
                        .record = d->record,
                        .text = d->text,
                        .place = r->place.len ? r->place.data : ""};
  if (d->changed && engine_wants_before(r->journal)) {
    buf_clear(&r->before);
    if (kube_source_read(r->source, d->item, &r->before, NULL) == PINTLE_OK) event.before = buf_str(&r->before);
  }
  if (r->outcomes) engine_outcomes_add(r->outcomes, &event, d);
  engine_tell(r->journal, &event);
}

void engine_report_failed(engine_report *r, const engine_subject *about, const engine_done *d, const char *prefix, const error *failed) {
  LOG(r->journal, PINTLE_LOG_ERROR, about, "%s%s%s%s%s%s%s", prefix, failed->message, *failed->place ? " at " : "", failed->place,
      *failed->hint ? " (" : "", failed->hint, *failed->hint ? ")" : "");
  if (*d->backtrace) LOG(r->journal, PINTLE_LOG_INFO, about, "backtrace: %s", d->backtrace);
}

void engine_report_actions(engine_journal *j, const worker_pool *pool, buf *json) {
  buf_clear(json);
  worker_pool_actions(pool, json);
  const engine_event event = {.kind = ENGINE_ACTIONS, .counters = buf_str(json)};
  if (!json->failed) engine_tell(j, &event);
}
