/* message.c -- see message.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/message.h"

enum { HAS_STORED = 1, HAS_LABELS = 2, HAS_TYPE = 4, HAS_TEXT = 8, CHANGED = 16, HAS_SKIP = 32, HAS_VOLUME = 64, HAS_RUN = 128, ONLY = 256, CHOSEN = 512 };
enum { MAX_RELATED = 10000 };
#define EDITED 0x80000000u /* beside the entry of a call */

static void put_type(buf *b, const kube_type *t) {
  wire_z(b, t->group);
  wire_z(b, t->version);
  wire_z(b, t->kind);
  wire_u32(b, t->namespaced);
}

static const kube_type *get_type(wire_reader *r, arena *a, kube_types *types) {
  str group = wire_get_str(r), version = wire_get_str(r), kind = wire_get_str(r), api = version;
  bool namespaced = wire_get_u32(r) != 0;
  if (r->overrun) return NULL;
  if (group.len) {
    char *p = arena_alloc(a, group.len + 1 + version.len);
    if (!p) return NULL;
    memcpy(p, group.ptr, group.len);
    p[group.len] = '/';
    memcpy(p + group.len + 1, version.ptr, version.len);
    api = (str){p, group.len + 1 + version.len};
  }
  return kube_types_of(types, api, kind, namespaced);
}

static void put_id(buf *b, const pintle_id *id) {
  wire_z(b, id->group);
  wire_z(b, id->version);
  wire_z(b, id->resource);
  wire_z(b, id->ns);
  wire_z(b, id->name);
}

static pintle_id get_id(wire_reader *r, arena *a) {
  pintle_id id;
  id.group = wire_get_z(r, a);
  id.version = wire_get_z(r, a);
  id.resource = wire_get_z(r, a);
  id.ns = wire_get_z(r, a);
  id.name = wire_get_z(r, a);
  return id;
}

void message_put_item(buf *b, uint64_t ticket, const chain_input *in) {
  wire_u64(b, ticket);
  wire_u32(b, (in->stored.ptr ? HAS_STORED : 0u) | (in->original_labels.ptr ? HAS_LABELS : 0u) | (in->volume_action.len ? HAS_VOLUME : 0u) |
                  (in->run.ptr ? HAS_RUN : 0u) | (in->only ? ONLY : 0u) | (in->chosen ? CHOSEN : 0u));
  wire_u32(b, in->next);
  put_type(b, in->type);
  put_id(b, &in->id);
  wire_str(b, in->text);
  if (in->stored.ptr) wire_str(b, in->stored);
  if (in->original_labels.ptr) wire_str(b, in->original_labels);
  if (in->volume_action.len) wire_str(b, in->volume_action), wire_str(b, in->volume_parameters);
  if (in->run.ptr) wire_str(b, in->run);
}

pintle_status message_get_item(wire_reader *r, arena *a, kube_types *types, uint64_t *ticket, chain_input *out) {
  *out = (chain_input){0};
  *ticket = wire_get_u64(r);
  uint32_t has = wire_get_u32(r);
  out->next = wire_get_u32(r);
  out->type = get_type(r, a, types);
  out->id = get_id(r, a);
  out->text = wire_get_str(r);
  if (has & HAS_STORED) out->stored = wire_get_str(r);
  if (has & HAS_LABELS) out->original_labels = wire_get_str(r);
  if (has & HAS_VOLUME) out->volume_action = str_of(wire_get_z(r, a)), out->volume_parameters = str_of(wire_get_z(r, a));
  if (has & HAS_RUN) out->run = wire_get_str(r);
  out->only = has & ONLY, out->chosen = has & CHOSEN;
  return r->overrun || !out->type ? PINTLE_INVALID : PINTLE_OK;
}

static void put_failure(buf *b, const chain_outcome *o) {
  wire_error(b, &o->error);
  wire_z(b, o->file ? o->file : "");
  wire_z(b, o->function ? o->function : "");
  wire_u32(b, o->line);
}

static void get_failure(wire_reader *r, arena *a, chain_outcome *out) {
  wire_get_error(r, &out->error);
  out->file = wire_get_z(r, a);
  out->function = wire_get_z(r, a);
  out->line = wire_get_u32(r);
}

static void put_related(buf *b, const chain_related *v, size_t n) {
  wire_u32(b, (uint32_t)n);
  for (size_t i = 0; i < n; i++) {
    put_id(b, &v[i].id);
    wire_u32(b, v[i].flags);
    wire_u32(b, v[i].entry);
  }
}

static const chain_related *get_related(wire_reader *r, arena *a, size_t *n) {
  *n = wire_get_u32(r);
  if (*n > MAX_RELATED) r->overrun = true;
  if (*n == 0 || r->overrun) return *n = 0, NULL;
  chain_related *v = arena_alloc(a, *n * sizeof *v);
  if (!v) return r->overrun = true, *n = 0, NULL;
  for (size_t i = 0; i < *n; i++) {
    v[i].id = get_id(r, a);
    v[i].flags = wire_get_u32(r);
    v[i].entry = wire_get_u32(r);
  }
  return v;
}

static void get_operations(wire_reader *r, arena *a, size_t n_entries, chain_outcome *out) {
  size_t n = wire_get_u32(r);
  if (n > n_entries) r->overrun = true; /* an action registers one at most */
  chain_operation *v = n && !r->overrun ? arena_zalloc(a, n * sizeof *v) : NULL;
  if (n && !v) r->overrun = true;
  for (size_t i = 0; i < n && !r->overrun; i++) {
    v[i].entry = wire_get_u32(r);
    v[i].id = wire_get_z(r, a);
    v[i].post = get_related(r, a, &v[i].n_post);
    if (v[i].entry >= n_entries) r->overrun = true;
  }
  if (r->overrun || !n) return;
  out->operations = v, out->n_operations = n;
  out->operation = v[0].id, out->op_entry = v[0].entry, out->post = v[0].post, out->n_post = v[0].n_post;
}

static void put_times(buf *b, const chain_time *v, size_t n) {
  wire_u32(b, (uint32_t)n);
  for (size_t i = 0; i < n; i++) {
    const uint64_t call[] = {(uint64_t)(uint32_t)v[i].status << 32 | v[i].entry | (v[i].edited ? EDITED : 0u), (uint64_t)v[i].elapsed};
    buf_add(b, (const char *)call, sizeof call); /* at once: every call of every item comes by here */
  }
}

static void get_times(wire_reader *r, arena *a, size_t n_entries, chain_outcome *out) {
  size_t n = wire_get_u32(r);
  if (n > n_entries) r->overrun = true;
  chain_time *v = n && !r->overrun ? arena_alloc(a, n * sizeof *v) : NULL;
  if (n && !v) r->overrun = true;
  for (size_t i = 0; i < n && !r->overrun; i++) {
    uint64_t call = wire_get_u64(r);
    v[i].entry = (uint32_t)call & ~EDITED, v[i].edited = (uint32_t)call & EDITED;
    v[i].status = (int32_t)(call >> 32);
    v[i].elapsed = (int64_t)wire_get_u64(r);
    if (v[i].entry >= n_entries || v[i].elapsed < 0) r->overrun = true;
  }
  if (!r->overrun) out->times = v, out->n_times = n;
}

void message_put_outcome(buf *b, uint64_t ticket, const chain_outcome *o) {
  bool text = o->changed && (o->what == CHAIN_DONE || o->what == CHAIN_YIELD);
  wire_u64(b, ticket);
  wire_u32(b, (o->original_labels.ptr ? HAS_LABELS : 0u) | (o->type ? HAS_TYPE : 0u) | (text ? HAS_TEXT : 0u) |
                  (o->changed ? CHANGED : 0u) | (o->skip ? HAS_SKIP : 0u));
  wire_u32(b, (uint32_t)o->what);
  wire_u32(b, o->next);
  wire_u32(b, o->entry);
  wire_u32(b, o->warnings);
  wire_u32(b, o->errors);
  wire_u32(b, o->findings);
  wire_u32(b, o->calls);
  wire_u64(b, (uint64_t)o->wait);
  wire_str(b, o->ns);
  wire_str(b, o->name);
  if (o->type) put_type(b, o->type);
  if (text) wire_str(b, o->text);
  if (o->skip) wire_z(b, o->skip);
  if (o->what == CHAIN_FAILED || o->what == CHAIN_FAIL_RUN) put_failure(b, o);
  put_related(b, o->related, o->n_related);
  wire_u32(b, (uint32_t)o->n_operations);
  for (size_t i = 0; i < o->n_operations; i++) {
    wire_u32(b, o->operations[i].entry);
    wire_z(b, o->operations[i].id);
    put_related(b, o->operations[i].post, o->operations[i].n_post);
  }
  put_times(b, o->times, o->n_times);
  wire_str(b, o->record);
  if (o->original_labels.ptr) wire_str(b, o->original_labels);
}

pintle_status message_get_outcome(wire_reader *r, arena *a, kube_types *types, size_t n_entries, uint64_t *ticket, chain_outcome *out) {
  *out = (chain_outcome){0};
  *ticket = wire_get_u64(r);
  uint32_t has = wire_get_u32(r);
  out->what = (int32_t)wire_get_u32(r);
  out->next = wire_get_u32(r);
  out->entry = wire_get_u32(r);
  out->warnings = wire_get_u32(r);
  out->errors = wire_get_u32(r);
  out->findings = wire_get_u32(r);
  out->calls = wire_get_u32(r);
  out->wait = (int64_t)wire_get_u64(r);
  out->ns = str_of(wire_get_z(r, a));
  out->name = str_of(wire_get_z(r, a));
  if (has & HAS_TYPE && !(out->type = get_type(r, a, types))) return PINTLE_INVALID;
  if (has & HAS_TEXT) out->text = wire_get_str(r);
  out->changed = has & CHANGED;
  if (has & HAS_SKIP) out->skip = wire_get_z(r, a);
  if (out->what == CHAIN_FAILED || out->what == CHAIN_FAIL_RUN) get_failure(r, a, out);
  out->related = get_related(r, a, &out->n_related);
  get_operations(r, a, n_entries, out);
  get_times(r, a, n_entries, out);
  out->record = wire_get_str(r);
  if (has & HAS_LABELS) out->original_labels = wire_get_str(r);
  if (r->overrun || out->what < CHAIN_DONE || out->what > CHAIN_FAIL_RUN || out->next > n_entries) return PINTLE_INVALID;
  if (out->entry >= n_entries && out->what != CHAIN_DONE && out->what != CHAIN_YIELD) return PINTLE_INVALID;
  return (has & HAS_TEXT) == (out->changed && (out->what == CHAIN_DONE || out->what == CHAIN_YIELD) ? HAS_TEXT : 0) ? PINTLE_OK
                                                                                                                    : PINTLE_INVALID;
}
