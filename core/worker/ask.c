/* ask.c -- questions on the wire; see ask.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/ask.h"
#include "host/call.h"

/* ---- on the wire */
static void put_id(buf *b, const pintle_id *id) {
  const char *const z[] = {id->group, id->version, id->resource, id->ns, id->name};
  for (size_t i = 0; i < sizeof z / sizeof *z; i++) wire_z(b, z[i]);
}

static void get_id(wire_reader *r, arena *a, pintle_id *id) {
  const char **const z[] = {&id->group, &id->version, &id->resource, &id->ns, &id->name};
  for (size_t i = 0; i < sizeof z / sizeof *z; i++) *z[i] = wire_get_z(r, a);
}

void ask_put(buf *b, const ask_question *q) {
  wire_u32(b, q->what);
  switch (q->what) {
  case ASK_GET: put_id(b, &q->id); break;
  case ASK_LIST:
    put_id(b, &q->id);
    wire_u64(b, q->from);
    break;
  case ASK_KIND:
    wire_z(b, q->api_version);
    wire_z(b, q->kind);
    break;
  case ASK_STATE_GET:
  case ASK_STATE_PUT:
  case ASK_STATE_ADD:
    wire_u32(b, q->scope);
    wire_z(b, q->key);
    if (q->what != ASK_STATE_GET) wire_str(b, q->value);
    break;
  default: break;
  }
}

static void get_state(wire_reader *r, arena *a, ask_question *q) {
  q->scope = wire_get_u32(r);
  q->key = wire_get_z(r, a);
  if (q->what != ASK_STATE_GET) q->value = wire_get_str(r);
  size_t n = strlen(q->key);
  if (n == 0 || n > ASK_KEY || q->value.len > ASK_VALUE || q->scope > PINTLE_STATE_BACKUP) r->overrun = true;
}

pintle_status ask_get(wire_reader *r, arena *a, ask_question *q) {
  *q = (ask_question){.id = {"", "", "", "", ""}, .api_version = "", .kind = "", .key = "", .value = STR("")};
  q->what = wire_get_u32(r);
  switch (q->what) {
  case ASK_GET: get_id(r, a, &q->id); break;
  case ASK_LIST:
    get_id(r, a, &q->id);
    q->from = wire_get_u64(r);
    break;
  case ASK_KIND:
    q->api_version = wire_get_z(r, a);
    q->kind = wire_get_z(r, a);
    break;
  case ASK_WRITE: break;
  case ASK_STATE_GET:
  case ASK_STATE_PUT:
  case ASK_STATE_ADD: get_state(r, a, q); break;
  default: return PINTLE_INVALID;
  }
  return r->overrun || r->at != r->end ? PINTLE_INVALID : PINTLE_OK;
}

/* ---- for the tables */
pintle_status ask_host(pintle_call *call, const ask_question *q, buf *answer, error *e) {
  const host_services *s = host_call_services(call);
  CLEANUP(buf_free) buf question = {0};
  if (!s) return error_set(e, PINTLE_INVALID, "the call is over");
  if (!s->ask) return error_set(e, PINTLE_UNSUPPORTED, "nobody answers here");
  pintle_status st = host_call_interrupted(call);
  if (st != PINTLE_OK) return error_set(e, st, st == PINTLE_CANCELLED ? "the run was cancelled" : "the deadline has passed");
  ask_put(&question, q);
  if (question.failed) return error_nomem(e);
  st = s->ask(s->ctx, call, buf_str(&question), answer, e);
  return st == PINTLE_OK && answer->failed ? error_nomem(e) : st;
}

const void *ask_extension(const char *id) {
  if (strcmp(id, PINTLE_EXT_ITEMS) == 0) return ask_items;
  if (strcmp(id, PINTLE_EXT_STATE) == 0) return ask_state;
  return NULL;
}
