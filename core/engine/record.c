/* record.c -- see record.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/record.h"
#include "base/clock.h"

static pintle_status add(engine_record *r, buf *list, str json, error *e) {
  if (!r->lock) return PINTLE_OK;
  if (list->len) buf_addc(list, ',');
  buf_adds(list, json);
  r->changed = true;
  return list->failed ? error_nomem(e) : PINTLE_OK;
}

pintle_status engine_record_snapshot(engine_record *r, str json, error *e) { return add(r, &r->snapshots, json, e); }
pintle_status engine_record_operation(engine_record *r, str json, error *e) { return add(r, &r->operations, json, e); }

pintle_status engine_record_save(engine_record *r, bool now, error *e) {
  if (!r->lock) return PINTLE_OK;
  int64_t age = clock_monotonic() - r->saved;
  if (!now && (!r->changed || (r->saved && age < CLOCK_SECOND))) return store_run_update(r->lock, (str){0}, e);
  buf_clear(&r->data);
  buf_addz(&r->data, "{\"snapshots\":[");
  buf_adds(&r->data, buf_str(&r->snapshots));
  buf_addz(&r->data, "],\"operations\":[");
  buf_adds(&r->data, buf_str(&r->operations));
  buf_addz(&r->data, "]}");
  if (r->data.failed) return error_nomem(e);
  pintle_status st = store_run_update(r->lock, buf_str(&r->data), e);
  if (st == PINTLE_OK) r->changed = false, r->saved = clock_monotonic();
  return st;
}

void engine_record_free(engine_record *r) {
  buf_free(&r->snapshots);
  buf_free(&r->operations);
  buf_free(&r->data);
}
