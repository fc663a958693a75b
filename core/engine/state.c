/* state.c -- see state.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/state.h"
#include "base/base64.h"
#include "item/item.h"
#include <stdlib.h>

#define MAX_JSON ((size_t)128 << 20)
enum { RUN, BACKUP, EACH = 64 };

typedef struct value {
  const char *action, *key; /* in the table's arena */
  uint32_t scope;
  size_t len;
  char *data;
} value;
struct engine_state {
  engine_state_options o;
  bool loaded;
  value **slots; /* open addressing, at most half full */
  size_t n, size, bytes;
  arena names;
};

pintle_status engine_state_new(const engine_state_options *options, engine_state **out, error *e) {
  engine_state *s = calloc(1, sizeof *s);
  if (!s) return error_nomem(e);
  s->o = *options;
  *out = s;
  return PINTLE_OK;
}

void engine_state_free(engine_state *s) {
  if (!s) return;
  for (size_t i = 0; i < s->size; i++)
    if (s->slots[i]) free(s->slots[i]->data);
  free(s->slots);
  arena_free(&s->names);
  free(s);
}

/* ---- the table */
static uint64_t hash(const char *action, uint32_t scope, const char *key) {
  uint64_t h = 14695981039346656037u + scope; /* FNV-1a; who fills its own table badly, waits for itself */
  for (const char *p = action; *p; p++) h = (h ^ (unsigned char)*p) * 1099511628211u;
  h = (h ^ '/') * 1099511628211u;
  for (const char *p = key; *p; p++) h = (h ^ (unsigned char)*p) * 1099511628211u;
  return h ^ h >> 29;
}

/* Where it is, or would be; the table has room. */
static value **slot(const engine_state *s, const char *action, uint32_t scope, const char *key) {
  for (size_t i = hash(action, scope, key) & (s->size - 1);; i = (i + 1) & (s->size - 1)) {
    const value *v = s->slots[i];
    if (!v || (v->scope == scope && strcmp(v->key, key) == 0 && strcmp(v->action, action) == 0)) return &s->slots[i];
  }
}

static bool grow(engine_state *s) {
  value **old = s->slots;
  size_t n = s->size;
  if (s->n < n / 2) return true;
  value **larger = calloc(n ? n * 2 : 64, sizeof(value *));
  if (!larger) return false;
  s->slots = larger;
  s->size = n ? n * 2 : 64;
  for (size_t i = 0; i < n; i++)
    if (old[i]) *slot(s, old[i]->action, old[i]->scope, old[i]->key) = old[i];
  free(old);
  return true;
}

static pintle_status full(const char *action, error *e) {
  error_set(e, PINTLE_NOMEM, "action %s: the state of this run is full (%zu MiB)", action, ENGINE_STATE_MAX >> 20);
  error_hint(e, "it is for small values: keep the rest in the scratch directory (run.dir) or in a store");
  return PINTLE_NOMEM;
}

/* An empty one, in its place. */
static value *add(engine_state *s, const char *action, uint32_t scope, const char *key) {
  value *v = arena_zalloc(&s->names, sizeof *v);
  const char *name = arena_dup(&s->names, action), *own = arena_dup(&s->names, key);
  if (!v || !name || !own) return NULL;
  *v = (value){.action = name, .key = own, .scope = scope};
  *slot(s, action, scope, key) = v;
  s->n++;
  s->bytes += strlen(key) + EACH;
  return v;
}

static bool fill(value *v, str data) {
  char *room = realloc(v->data, data.len + 1);
  if (!room) return false;
  if (data.len) memcpy(room, data.ptr, data.len);
  room[data.len] = 0;
  v->data = room, v->len = data.len;
  return true;
}

static pintle_status set(engine_state *s, const char *action, uint32_t scope, const char *key, str data, bool absent, error *e) {
  if (!grow(s)) return error_nomem(e);
  value *v = *slot(s, action, scope, key);
  size_t had = v ? v->len : 0, more = data.len + (v ? 0 : strlen(key) + EACH);
  if (v && absent) return error_set(e, PINTLE_EXISTS, "the key is there already");
  if (more > had && more - had > ENGINE_STATE_MAX - s->bytes) return full(action, e);
  if (!v && !(v = add(s, action, scope, key))) return error_nomem(e);
  if (!fill(v, data)) return error_nomem(e);
  s->bytes += data.len - had;
  return PINTLE_OK;
}

/* ---- the backup's */
static pintle_status take_action(engine_state *s, const item_node *action, error *e) {
  pintle_status st = PINTLE_OK;
  CLEANUP(buf_free) buf plain = {0};
  for (const item_node *v = item_first(action); v && st == PINTLE_OK; v = item_next(v)) {
    buf_clear(&plain);
    if (!item_string(v).ptr || base64_decode(item_string(v), &plain) != PINTLE_OK || memchr(item_key(v).ptr, 0, item_key(v).len))
      return error_set(e, PINTLE_INVALID, "the state kept with the backup is damaged");
    st = set(s, item_key(action).ptr, BACKUP, item_key(v).ptr, buf_str(&plain), false, e);
  }
  return st;
}

static pintle_status load(engine_state *s, error *e) {
  CLEANUP(buf_free) buf json = {0};
  CLEANUP(item_freep) item_doc *d = NULL;
  const item_limits limits = {.max_bytes = MAX_JSON};
  if (s->loaded || !s->o.load) return PINTLE_OK;
  pintle_status st = s->o.load(s->o.ctx, &json, e);
  if (st == PINTLE_NOT_FOUND) return s->loaded = true, PINTLE_OK;
  if (st == PINTLE_OK && item_new(&d) != PINTLE_OK) st = error_nomem(e);
  if (st == PINTLE_OK) st = item_parse(d, buf_str(&json), 0, &limits, e);
  for (const item_node *a = st == PINTLE_OK ? item_first(item_at(d, "/actions")) : NULL; a && st == PINTLE_OK; a = item_next(a))
    st = take_action(s, a, e);
  s->loaded = st == PINTLE_OK;
  return st == PINTLE_OK ? st : error_wrap(e, "reading the state kept with the backup");
}

static int by_name(const void *a, const void *b) {
  const value *x = *(value *const *)a, *y = *(value *const *)b;
  int order = strcmp(x->action, y->action);
  return order ? order : strcmp(x->key, y->key);
}

pintle_status engine_state_print(const engine_state *s, buf *json, error *e) {
  size_t n = 0;
  value **all = malloc((s->n + 1) * sizeof(value *));
  if (!all) return error_nomem(e);
  for (size_t i = 0; i < s->size; i++)
    if (s->slots[i] && s->slots[i]->scope == BACKUP) all[n++] = s->slots[i];
  qsort(all, n, sizeof(value *), by_name);
  if (n) buf_addz(json, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"BackupState\",\"actions\":{");
  for (size_t i = 0; i < n; i++) {
    bool first = i == 0 || strcmp(all[i]->action, all[i - 1]->action) != 0;
    if (first) buf_addz(json, i ? "}," : ""), buf_json(json, str_of(all[i]->action)), buf_addz(json, ":{");
    else buf_addc(json, ',');
    buf_json(json, str_of(all[i]->key));
    buf_addz(json, ":\"");
    base64_encode((str){all[i]->data, all[i]->len}, json);
    buf_addc(json, '"');
  }
  if (n) buf_addz(json, "}}}\n");
  free(all);
  return json->failed ? error_nomem(e) : PINTLE_OK;
}

/* ---- for plugins */
pintle_status engine_state_get(engine_state *s, const char *action, uint32_t scope, const char *key, str *out, error *e) {
  pintle_status st = scope == BACKUP ? load(s, e) : PINTLE_OK;
  const value *v = st == PINTLE_OK && s->size ? *slot(s, action, scope, key) : NULL;
  if (st != PINTLE_OK) return st;
  if (!v) return error_set(e, PINTLE_NOT_FOUND, "there is no such key");
  *out = (str){v->data, v->len};
  return PINTLE_OK;
}

pintle_status engine_state_put(engine_state *s, const char *action, uint32_t scope, const char *key, str data, bool absent, error *e) {
  if (scope == BACKUP && !s->o.backup) return error_set(e, PINTLE_DENIED, "the state of a backup is written while it is made only");
  return set(s, action, scope, key, data, absent, e);
}
