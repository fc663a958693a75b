/* collect.c -- events become the parts of a report.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/file.h"
#include "report/inside.h"
#include <stdlib.h>

pintle_status report_new(const char *temp_dir, report **out, error *e) {
  report *r = calloc(1, sizeof *r);
  *out = NULL;
  if (!r) return error_nomem(e);
  r->items = -1;
  pintle_status st = file_temporary(temp_dir, &r->items, e);
  if (st == PINTLE_OK && (item_new(&r->record) != PINTLE_OK || item_new(&r->before) != PINTLE_OK)) st = error_nomem(e);
  if (st == PINTLE_OK) *out = r;
  else report_free(r);
  return st;
}

void report_free(report *r) {
  if (!r) return;
  close_p(&r->items);
  item_free(r->record);
  item_free(r->before);
  report_log_free(r->velero);
  buf *const all[] = {&r->line, &r->log, &r->operations, &r->phases, &r->counters, &r->actions};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_free(all[i]);
  free(r);
}

static void failed(report *r, const error *e) {
  if (!r->failed) r->error = *e;
  r->failed = true;
}

static void member(buf *b, const char *key, str s) {
  if (!s.len) return;
  buf_printf(b, ",\"%s\":", key);
  buf_json(b, s);
}

static void subject(buf *b, const engine_event *v) {
  CLEANUP(buf_free) buf gr = {0};
  if (!v->type) return;
  kube_type_gr(v->type, &gr);
  member(b, "resource", buf_str(&gr));
  member(b, "namespace", v->ns);
  member(b, "name", v->name);
}

static void write_item(report *r, pintle_status st, error *e) {
  if (st == PINTLE_OK && r->line.failed) st = error_nomem(e);
  if (st == PINTLE_OK) st = file_write(r->items, r->line.data, r->line.len, "the report's temporary file", e);
  if (st == PINTLE_OK) r->n_items++;
  else failed(r, e);
}

void report_put_item(report *r, str head, const char *outcome, str actions) {
  error e = {0};
  buf_clear(&r->line);
  buf_printf(&r->line, "%s{\"n\":%llu,", r->n_items ? ",\n" : "", (unsigned long long)r->n_items);
  buf_adds(&r->line, head);
  buf_printf(&r->line, ",\"outcome\":\"%s\",\"actions\":[", outcome);
  buf_adds(&r->line, actions);
  buf_addz(&r->line, "]}");
  write_item(r, PINTLE_OK, &e);
}

static void item(report *r, const engine_event *v) {
  buf *b = &r->line;
  error e = {0};
  bool secret = v->type && strcmp(v->type->resource, "secrets") == 0 && !*v->type->group;
  pintle_status st = PINTLE_OK;
  buf_clear(b);
  buf_printf(b, "%s{\"n\":%llu", r->n_items ? ",\n" : "", (unsigned long long)r->n_items);
  subject(b, v);
  member(b, "outcome", str_of(v->outcome));
  if (v->changed) buf_addz(b, ",\"changed\":true");
  member(b, "message", v->message);
  member(b, "place", str_of(v->place ? v->place : ""));
  if (v->record.len) {
    buf_addz(b, ",\"actions\":");
    st = report_changes(r, v->record, v->before, secret, b, &e);
  }
  buf_addc(b, '}');
  write_item(r, st, &e);
}

static const char *level_name(int32_t level) { return level >= PINTLE_LOG_ERROR ? "error" : level == PINTLE_LOG_WARN ? "warning" : "info"; }

static void line(report *r, const engine_event *v) {
  if (v->level < PINTLE_LOG_WARN) return;
  if (r->n_lines >= REPORT_LINES) {
    r->lines_dropped++;
    return;
  }
  buf_printf(&r->log, "%s{\"level\":\"%s\"", r->n_lines++ ? ",\n" : "", level_name(v->level));
  member(&r->log, "plugin", str_of(v->plugin ? v->plugin : ""));
  subject(&r->log, v);
  member(&r->log, "message", v->message);
  buf_addc(&r->log, '}');
}

static void phase(report *r, const engine_event *v) {
  char time[32];
  buf_printf(&r->phases, "%s{\"phase\":", r->phases.len ? "," : "");
  buf_json(&r->phases, str_of(v->phase));
  buf_printf(&r->phases, ",\"time\":\"%s\"}", clock_rfc3339(clock_now(), time));
}

static void operation(report *r, const engine_event *v) {
  if (r->n_operations >= REPORT_LINES) return;
  if (r->n_operations++) buf_addz(&r->operations, ",\n");
  buf_adds(&r->operations, v->record);
}

void report_event(report *r, const engine_event *v) {
  switch (v->kind) {
  case ENGINE_ITEM: item(r, v); break;
  case ENGINE_LOG: line(r, v); break;
  case ENGINE_PHASE: phase(r, v); break;
  case ENGINE_OPERATION: operation(r, v); break;
  case ENGINE_ACTIONS: engine_actions_add(&r->actions, v->counters); break;
  default: break;
  }
}
