/* single_wire.c -- see single_wire.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/single_wire.h"
#include "conf/chain.h"

#define STORE(name, f) \
  { name, CONF_OBJECT_STORE, SINGLE_IDLE | (f) }
#define VOLUME(name, f) \
  { name, CONF_VOLUME_SNAPSHOTTER, (f) }
#define BACKUP(name, f) \
  { name, CONF_BACKUP_ITEM_ACTION, (f) }
#define RESTORE(name, f) \
  { name, CONF_RESTORE_ITEM_ACTION, (f) }
const single_function single_functions[SINGLE_FUNCTIONS] = {
    [SINGLE_PUT_OBJECT] = STORE("put_object", SINGLE_READS),
    [SINGLE_OBJECT_EXISTS] = STORE("object_exists", 0),
    [SINGLE_GET_OBJECT] = STORE("get_object", SINGLE_WRITES),
    [SINGLE_LIST_COMMON_PREFIXES] = STORE("list_common_prefixes", SINGLE_LISTS),
    [SINGLE_LIST_OBJECTS] = STORE("list_objects", SINGLE_LISTS),
    [SINGLE_DELETE_OBJECT] = STORE("delete_object", 0),
    [SINGLE_CREATE_SIGNED_URL] = STORE("create_signed_url", SINGLE_TEXT),
    [SINGLE_STAT_OBJECT] = STORE("stat_object", SINGLE_LISTS),
    [SINGLE_GET_OBJECT_RANGE] = STORE("get_object_range", SINGLE_WRITES),
    [SINGLE_PUT_OBJECT_IF_ABSENT] = STORE("put_object_if_absent", SINGLE_READS),
    [SINGLE_GET_VOLUME_ID] = VOLUME("get_volume_id", SINGLE_TEXT),
    [SINGLE_SET_VOLUME_ID] = VOLUME("set_volume_id", SINGLE_EDITS),
    [SINGLE_GET_VOLUME_INFO] = VOLUME("get_volume_info", SINGLE_TEXT),
    [SINGLE_CREATE_SNAPSHOT] = VOLUME("create_snapshot", SINGLE_TEXT),
    [SINGLE_CREATE_VOLUME_FROM_SNAPSHOT] = VOLUME("create_volume_from_snapshot", SINGLE_TEXT),
    [SINGLE_DELETE_SNAPSHOT] = VOLUME("delete_snapshot", 0),
    [SINGLE_VERIFY_SNAPSHOT] = VOLUME("verify_snapshot", 0),
    [SINGLE_BACKUP_PROGRESS] = BACKUP("progress", SINGLE_STATE),
    [SINGLE_BACKUP_CANCEL] = BACKUP("cancel", 0),
    [SINGLE_BACKUP_RUN] = BACKUP("run_operation", SINGLE_STATE | SINGLE_LONG),
    [SINGLE_RESTORE_PROGRESS] = RESTORE("progress", SINGLE_STATE),
    [SINGLE_RESTORE_CANCEL] = RESTORE("cancel", 0),
    [SINGLE_RESTORE_READY] = RESTORE("are_additional_items_ready", 0),
    [SINGLE_RESTORE_RUN] = RESTORE("run_operation", SINGLE_STATE | SINGLE_LONG),
};

static uint32_t bit(single_id id, bool there) { return there ? 1u << id : 0; }

uint32_t single_has(uint32_t kind, const void *ops) {
  if (kind == CONF_OBJECT_STORE) {
    const pintle_object_store *o = ops;
    return bit(SINGLE_PUT_OBJECT, o->put_object) | bit(SINGLE_OBJECT_EXISTS, o->object_exists) | bit(SINGLE_GET_OBJECT, o->get_object) |
           bit(SINGLE_LIST_COMMON_PREFIXES, o->list_common_prefixes) | bit(SINGLE_LIST_OBJECTS, o->list_objects) |
           bit(SINGLE_DELETE_OBJECT, o->delete_object) | bit(SINGLE_CREATE_SIGNED_URL, o->create_signed_url) |
           bit(SINGLE_STAT_OBJECT, PINTLE_HAS(o, stat_object)) | bit(SINGLE_GET_OBJECT_RANGE, PINTLE_HAS(o, get_object_range)) |
           bit(SINGLE_PUT_OBJECT_IF_ABSENT, PINTLE_HAS(o, put_object_if_absent));
  }
  if (kind == CONF_BACKUP_ITEM_ACTION) {
    const pintle_backup_item_action *b = ops;
    return bit(SINGLE_BACKUP_PROGRESS, b->progress) | bit(SINGLE_BACKUP_CANCEL, b->cancel) | bit(SINGLE_BACKUP_RUN, b->run_operation);
  }
  if (kind == CONF_RESTORE_ITEM_ACTION) {
    const pintle_restore_item_action *r = ops;
    return bit(SINGLE_RESTORE_PROGRESS, r->progress) | bit(SINGLE_RESTORE_CANCEL, r->cancel) |
           bit(SINGLE_RESTORE_READY, r->are_additional_items_ready) | bit(SINGLE_RESTORE_RUN, r->run_operation);
  }
  if (kind != CONF_VOLUME_SNAPSHOTTER) return 0;
  const pintle_volume_snapshotter *v = ops;
  return bit(SINGLE_GET_VOLUME_ID, v->get_volume_id) | bit(SINGLE_SET_VOLUME_ID, v->set_volume_id) |
         bit(SINGLE_GET_VOLUME_INFO, v->get_volume_info) | bit(SINGLE_CREATE_SNAPSHOT, v->create_snapshot) |
         bit(SINGLE_CREATE_VOLUME_FROM_SNAPSHOT, v->create_volume_from_snapshot) | bit(SINGLE_DELETE_SNAPSHOT, v->delete_snapshot);
}

const pintle_verify *single_verify_of(const pintle_action *action, void *self) {
  const pintle_verify *v = action->extension ? action->extension(self, PINTLE_EXT_VERIFY) : NULL;
  return v && v->struct_size >= offsetof(pintle_verify, verify_snapshot) + sizeof v->verify_snapshot && v->verify_snapshot ? v : NULL;
}

/* ---- parts */
static void put_list(buf *b, const char *const *list) {
  uint32_t n = 0;
  while (list && list[n]) n++;
  wire_u32(b, n);
  for (uint32_t i = 0; i < n; i++) wire_z(b, list[i]);
}

static const char *const *get_list(wire_reader *r, arena *a, uint32_t most) {
  uint32_t n = wire_get_u32(r);
  const char **v = n <= most ? arena_zalloc(a, ((size_t)n + 1) * sizeof *v) : NULL;
  if (!v) r->overrun = true;
  for (uint32_t i = 0; i < n && !r->overrun; i++) v[i] = wire_get_z(r, a);
  return v;
}

static void put_pairs(buf *b, const pintle_kv *v, size_t n) {
  wire_u32(b, (uint32_t)n);
  for (size_t i = 0; i < n; i++) wire_z(b, v[i].key), wire_z(b, v[i].value);
}

static const pintle_kv *get_pairs(wire_reader *r, arena *a, size_t most, size_t *n) {
  *n = wire_get_u32(r);
  if (*n > most) *n = 0, r->overrun = true;
  pintle_kv *v = arena_zalloc(a, (*n + 1) * sizeof *v);
  if (!v) r->overrun = true;
  for (size_t i = 0; i < *n && !r->overrun; i++) {
    v[i].key = wire_get_z(r, a);
    v[i].value = wire_get_z(r, a);
  }
  return v;
}

static void put_ids(buf *b, const pintle_id *v, size_t n) {
  wire_u32(b, (uint32_t)n);
  for (size_t i = 0; i < n; i++) {
    const char *const parts[] = {v[i].group, v[i].version, v[i].resource, v[i].ns, v[i].name};
    for (size_t k = 0; k < 5; k++) wire_z(b, parts[k] ? parts[k] : "");
  }
}

static const pintle_id *get_ids(wire_reader *r, arena *a, size_t *n) {
  *n = wire_get_u32(r);
  if (*n > SINGLE_MAX_IDS) *n = 0, r->overrun = true;
  pintle_id *v = arena_zalloc(a, (*n + 1) * sizeof *v);
  if (!v) r->overrun = true;
  for (size_t i = 0; i < *n && !r->overrun; i++) {
    v[i].group = wire_get_z(r, a), v[i].version = wire_get_z(r, a), v[i].resource = wire_get_z(r, a);
    v[i].ns = wire_get_z(r, a), v[i].name = wire_get_z(r, a);
  }
  return v;
}

static void put_progress(buf *b, const pintle_progress *p) {
  wire_u32(b, (uint32_t)p->completed);
  wire_u64(b, (uint64_t)p->n_completed);
  wire_u64(b, (uint64_t)p->n_total);
  wire_u64(b, (uint64_t)p->started);
  wire_u64(b, (uint64_t)p->updated);
  wire_z(b, p->units);
  wire_z(b, p->description);
  wire_z(b, p->error);
  wire_z(b, p->code);
}

static pintle_progress get_progress(wire_reader *r, arena *a) {
  pintle_progress p = {.struct_size = sizeof p, .completed = (int32_t)wire_get_u32(r)};
  p.n_completed = (int64_t)wire_get_u64(r);
  p.n_total = (int64_t)wire_get_u64(r);
  p.started = (int64_t)wire_get_u64(r);
  p.updated = (int64_t)wire_get_u64(r);
  p.units = wire_get_z(r, a);
  p.description = wire_get_z(r, a);
  p.error = wire_get_z(r, a);
  p.code = wire_get_z(r, a);
  return p;
}

/* NUL-terminated behind: documents are parsed from it. */
static str get_copy(wire_reader *r, arena *a) {
  str s = wire_get_str(r);
  const char *copy = arena_copy(a, s);
  if (!copy) r->overrun = true;
  return (str){copy ? copy : "", copy ? s.len : 0};
}

/* ---- set-up */
void single_put_setup(buf *b, const single_setup *s) {
  wire_u32(b, s->kind);
  wire_u32(b, (uint32_t)s->fd);
  wire_z(b, s->plugin);
  wire_z(b, s->file);
  wire_z(b, s->action);
  wire_z(b, s->scratch);
  wire_str(b, s->config);
  wire_str(b, s->run);
  put_list(b, s->properties);
  stores_put(b, s->put_stores);
}

pintle_status single_get_setup(wire_reader *r, arena *a, single_setup *out) {
  *out = (single_setup){.kind = wire_get_u32(r)};
  out->fd = (int)wire_get_u32(r);
  out->plugin = wire_get_z(r, a);
  out->file = wire_get_z(r, a);
  out->action = wire_get_z(r, a);
  out->scratch = wire_get_z(r, a);
  out->config = get_copy(r, a);
  out->run = get_copy(r, a);
  out->properties = get_list(r, a, 2 * SINGLE_MAX_PROPERTIES);
  if (stores_get(r, a, &out->stores, NULL) != PINTLE_OK) return PINTLE_INVALID;
  return r->overrun || r->at != r->end || out->fd < 0 ? PINTLE_INVALID : PINTLE_OK;
}

/* ---- call */
void single_put_args(buf *b, const single_args *a) {
  wire_u64(b, a->number);
  wire_u32(b, (uint32_t)a->function);
  wire_u64(b, (uint64_t)a->deadline);
  wire_u64(b, (uint64_t)a->size);
  wire_u64(b, (uint64_t)a->n);
  for (int i = 0; i < SINGLE_TEXTS; i++) wire_z(b, a->text[i] ? a->text[i] : "");
  wire_str(b, a->doc);
  put_pairs(b, a->tags, a->n_tags);
  put_ids(b, a->ids, a->n_ids);
  put_list(b, a->properties);
}

pintle_status single_get_args(wire_reader *r, arena *a, uint32_t kind, single_args *out) {
  *out = (single_args){.number = wire_get_u64(r)};
  uint32_t function = wire_get_u32(r);
  out->deadline = (int64_t)wire_get_u64(r);
  out->size = (int64_t)wire_get_u64(r);
  out->n = (int64_t)wire_get_u64(r);
  for (int i = 0; i < SINGLE_TEXTS; i++) out->text[i] = wire_get_z(r, a);
  out->doc = get_copy(r, a);
  out->tags = get_pairs(r, a, SINGLE_MAX_TAGS, &out->n_tags);
  out->ids = get_ids(r, a, &out->n_ids);
  out->properties = get_list(r, a, 2 * SINGLE_MAX_PROPERTIES);
  if (r->overrun || r->at != r->end || function >= SINGLE_FUNCTIONS || single_functions[function].kind != kind) return PINTLE_INVALID;
  out->function = (single_id)function;
  return out->size >= PINTLE_NONE && out->deadline >= 0 ? PINTLE_OK : PINTLE_INVALID;
}

/* ---- answer */
void single_put_answer(buf *b, const single_answer *a) {
  wire_u64(b, a->number);
  wire_u32(b, (uint32_t)a->status);
  if (a->status != PINTLE_OK) {
    wire_error(b, &a->error);
    wire_u64(b, (uint64_t)a->origin.retry_after);
    wire_u32(b, a->origin.line);
    wire_z(b, a->origin.file);
    wire_z(b, a->origin.function);
  }
  wire_u64(b, a->moved);
  wire_u64(b, (uint64_t)a->n);
  wire_u32(b, a->has_text);
  wire_str(b, a->text);
  wire_str(b, a->patch);
  wire_u32(b, a->has_state);
  if (a->has_state) put_progress(b, &a->state);
}

static void get_cut(wire_reader *r, char *to, size_t size) {
  str s = wire_get_str(r);
  size_t n = s.len < size - 1 ? s.len : size - 1;
  if (n) memcpy(to, s.ptr, n);
  to[n] = 0;
}

pintle_status single_get_answer(wire_reader *r, arena *a, single_answer *out) {
  *out = (single_answer){.number = wire_get_u64(r)};
  out->status = (pintle_status)wire_get_u32(r);
  if (out->status > PINTLE_OK || out->status < PINTLE_EXISTS) return PINTLE_INVALID;
  if (out->status != PINTLE_OK) {
    wire_get_error(r, &out->error);
    out->error.status = out->status;
    out->origin.retry_after = (int64_t)wire_get_u64(r);
    out->origin.line = wire_get_u32(r);
    get_cut(r, out->origin.file, sizeof out->origin.file);
    get_cut(r, out->origin.function, sizeof out->origin.function);
  }
  out->moved = wire_get_u64(r);
  out->n = (int64_t)wire_get_u64(r);
  out->has_text = wire_get_u32(r) != 0;
  out->text = wire_get_str(r);
  out->patch = wire_get_str(r);
  out->has_state = wire_get_u32(r) != 0;
  if (out->has_state) out->state = get_progress(r, a);
  return r->overrun || r->at != r->end || out->origin.retry_after < 0 ? PINTLE_INVALID : PINTLE_OK;
}

/* ---- entries */
void single_put_entry(buf *b, const pintle_entry *e) {
  wire_u64(b, (uint64_t)e->size);
  wire_u64(b, (uint64_t)e->modified);
  wire_z(b, e->key);
  wire_z(b, e->etag);
}

pintle_status single_get_entry(wire_reader *r, arena *a, pintle_entry *out) {
  *out = (pintle_entry){.struct_size = sizeof *out, .size = (int64_t)wire_get_u64(r)};
  out->modified = (int64_t)wire_get_u64(r);
  out->key = wire_get_z(r, a);
  out->etag = wire_get_z(r, a);
  return r->overrun ? PINTLE_INVALID : PINTLE_OK;
}

/* ---- what is told meanwhile */
static void begin_tell(buf *b, uint64_t number, uint32_t what) { wire_u64(b, number), wire_u32(b, what); }

void single_put_log(buf *b, uint64_t number, int32_t level, str message, const pintle_kv *fields, size_t n) {
  begin_tell(b, number, SINGLE_LOG);
  wire_u32(b, (uint32_t)level);
  wire_str(b, message);
  put_pairs(b, fields, n < SINGLE_MAX_FIELDS ? n : SINGLE_MAX_FIELDS);
}

void single_put_finding(buf *b, uint64_t number, int32_t severity, const char *code, const char *pointer, const char *text) {
  begin_tell(b, number, SINGLE_FINDING);
  wire_u32(b, (uint32_t)severity);
  wire_z(b, code);
  wire_z(b, pointer);
  wire_z(b, text);
}

void single_put_count(buf *b, uint64_t number, const char *counter, int64_t delta) {
  begin_tell(b, number, SINGLE_COUNT);
  wire_z(b, counter);
  wire_u64(b, (uint64_t)delta);
}

void single_put_report(buf *b, uint64_t number, const pintle_progress *p) {
  begin_tell(b, number, SINGLE_REPORT);
  put_progress(b, p);
}

static void tell_report(wire_reader *r, arena *a, pintle_call *caller) {
  HOST_PADDED(pintle_progress) p = {.v = get_progress(r, a)};
  if (!r->overrun) caller->host->report(caller, &p.v);
}

pintle_status single_tell(wire_reader *r, arena *a, pintle_call *caller) {
  uint32_t what = wire_get_u32(r);
  if (what == SINGLE_LOG) {
    int32_t level = (int32_t)wire_get_u32(r);
    str message = wire_get_str(r);
    size_t n;
    const pintle_kv *fields = get_pairs(r, a, SINGLE_MAX_FIELDS, &n);
    if (!r->overrun) caller->host->log_line(caller, level, message.ptr, message.len, fields, n);
  } else if (what == SINGLE_FINDING) {
    int32_t severity = (int32_t)wire_get_u32(r);
    const char *code = wire_get_z(r, a), *pointer = wire_get_z(r, a), *text = wire_get_z(r, a);
    if (!r->overrun) caller->host->finding(caller, severity, code, pointer, text);
  } else if (what == SINGLE_COUNT) {
    const char *counter = wire_get_z(r, a);
    int64_t delta = (int64_t)wire_get_u64(r);
    if (!r->overrun) caller->host->count(caller, counter, delta);
  } else if (what == SINGLE_REPORT) tell_report(r, a, caller);
  else r->overrun = true;
  return r->overrun ? PINTLE_INVALID : PINTLE_OK;
}
#undef STORE
#undef VOLUME
#undef BACKUP
#undef RESTORE
