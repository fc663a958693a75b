/* event.c -- events as JSON lines.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "run/run.h"

static void add(buf *b, const char *key, str value) {
  buf_addc(b, ',');
  buf_json(b, str_of(key));
  buf_addc(b, ':');
  buf_json(b, value);
}

static void add_subject(buf *b, const engine_event *v) {
  buf gr = {0};
  if (!v->type) return;
  kube_type_gr(v->type, &gr);
  add(b, "resource", buf_str(&gr));
  if (v->ns.len) add(b, "namespace", v->ns);
  add(b, "name", v->name);
  buf_free(&gr);
}

static const char *level_name(int32_t level) {
  static const char *const names[] = {"trace", "debug", "info", "warning", "error"};
  return level >= PINTLE_LOG_TRACE && level <= PINTLE_LOG_ERROR ? names[level] : "info";
}

void run_event_print(const engine_event *v, buf *b) {
  static const char *const types[] = {"Phase", "Progress", "Log", "Item", "Counters", "Actions", "Operation"};
  char time[32];
  buf_printf(b, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"Event\",\"type\":\"%s\",\"time\":\"%s\"", types[v->kind],
             clock_rfc3339(clock_now(), time));
  switch (v->kind) {
  case ENGINE_PHASE: add(b, "phase", str_of(v->phase)); break;
  case ENGINE_PROGRESS: buf_printf(b, ",\"done\":%llu,\"total\":%llu", (unsigned long long)v->done, (unsigned long long)v->total); break;
  case ENGINE_LOG:
    add(b, "level", str_of(level_name(v->level)));
    if (v->plugin && *v->plugin) add(b, "plugin", str_of(v->plugin));
    add_subject(b, v);
    add(b, "message", v->message);
    break;
  case ENGINE_ITEM:
    add_subject(b, v);
    add(b, "outcome", str_of(v->outcome));
    buf_printf(b, ",\"changed\":%s", v->changed ? "true" : "false");
    if (v->message.len) add(b, "message", v->message);
    if (v->place && *v->place) add(b, "place", str_of(v->place));
    if (v->record.len) buf_addz(b, ",\"actions\":"), buf_adds(b, v->record);
    break;
  case ENGINE_ACTIONS: buf_addz(b, ",\"actions\":"), buf_adds(b, v->counters); break;
  case ENGINE_OPERATION: buf_addz(b, ",\"operation\":"), buf_adds(b, v->record); break;
  default: buf_addz(b, ",\"counters\":"); buf_adds(b, v->counters.len ? v->counters : STR("{}"));
  }
  buf_addz(b, "}\n");
}
