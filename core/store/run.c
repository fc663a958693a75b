/* run.c -- run records: what is going on in this location, and the lock between two runs.  SPDX-License-Identifier: Apache-2.0
 *
 * A record is one object, plugins/pintle.io/runs/<kind>-<name>.json. Who may write it where none is, a conditional put decides, or else a claim
 * (claim.c). A record is alive while its phase is InProgress and its heartbeat is younger than two minutes; one in the future is alive too. */
#include "store/claim.h"
#include "store/parts.h"
#include <stdlib.h>

#define RENEW (20 * CLOCK_SECOND)
enum { MAX_RECORD = 16 << 20, TRIES = 5 };

struct store_lock {
  store *store;
  arena memory;
  store_run run; /* data is in `data` */
  buf data;
  buf key;
  bool inherit;     /* data of the record that was there goes on */
  arena *told;      /* of the caller, for `before` */
  store_run before; /* whose record was there */
};

static void key_of(const char *kind, const char *name, buf *out) { buf_printf(out, STORE_RUNS "%s-%s.json", kind, name); }

/* ---- records as text */
static void member(buf *to, const char *name, const char *value) {
  buf_printf(to, "\"%s\":", name);
  buf_json(to, str_of(value));
  buf_addc(to, ',');
}

static void print_run(const store_run *r, buf *to) {
  char started[32], heartbeat[32];
  buf_addz(to, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"RunRecord\",");
  member(to, "run", r->kind);
  member(to, "name", r->name);
  member(to, "uid", r->uid);
  member(to, "phase", r->phase);
  member(to, "started", clock_rfc3339(r->started, started));
  member(to, "heartbeat", clock_rfc3339(r->heartbeat, heartbeat));
  member(to, "host", r->host);
  buf_printf(to, "\"pid\":%lld,\"data\":", (long long)r->pid);
  buf_adds(to, r->data.len ? r->data : STR("{}"));
  buf_addz(to, "}\n");
}

static const char *text_of(const item_doc *d, const char *pointer, arena *a) { return arena_copy(a, item_str(d, pointer, "")); }

static pintle_status take_run(const item_doc *d, arena *a, store_run *r, error *e) {
  CLEANUP(buf_free) buf data = {0};
  r->kind = text_of(d, "/run", a), r->name = text_of(d, "/name", a), r->uid = text_of(d, "/uid", a);
  r->phase = text_of(d, "/phase", a), r->host = text_of(d, "/host", a);
  const item_node *given = item_at(d, "/data");
  if (given && item_print(d, given, 0, &data) != PINTLE_OK) return error_nomem(e);
  r->data = (str){arena_copy(a, given ? buf_str(&data) : STR("{}")), given ? data.len : 2};
  if (!r->kind || !r->name || !r->uid || !r->phase || !r->host || !r->data.ptr) return error_nomem(e);
  if (clock_parse(item_str(d, "/started", ""), &r->started) != PINTLE_OK ||
      clock_parse(item_str(d, "/heartbeat", ""), &r->heartbeat) != PINTLE_OK || !*r->kind || !*r->name || !*r->uid)
    return error_set(e, PINTLE_INVALID, "it is no run record");
  if (item_int(item_at(d, "/pid"), &r->pid) != PINTLE_OK) r->pid = 0;
  return PINTLE_OK;
}

static pintle_status parse_run(str text, arena *a, store_run *r, error *e) {
  item_doc *d = NULL;
  *r = (store_run){0};
  if (item_new(&d) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(d, text, ITEM_UNIQUE_KEYS, NULL, e);
  if (st == PINTLE_OK) st = take_run(d, a, r, e);
  item_free(d);
  return st;
}

static pintle_status get_run(store *s, const char *key, arena *a, store_run *r, error *e) {
  CLEANUP(buf_free) buf text = {0};
  pintle_status st = store_get(s, key, MAX_RECORD, &text, e);
  if (st != PINTLE_OK || (st = parse_run(buf_str(&text), a, r, e)) != PINTLE_INVALID) return st;
  error_wrap(e, "location %s: %s cannot be read", s->name, key);
  error_hint(e, "if no run is going on, delete that object");
  return st;
}

static pintle_status put_run(store_lock *l, bool only_new, error *e) {
  CLEANUP(buf_free) buf text = {0};
  store_run r = l->run;
  r.data = buf_str(&l->data);
  print_run(&r, &text);
  if (text.failed) return error_nomem(e);
  return only_new ? store_put_if_absent(l->store, l->key.data, buf_str(&text), e) : store_put(l->store, l->key.data, buf_str(&text), e);
}

static bool alive(const store_run *r) { return strcmp(r->phase, "InProgress") == 0 && clock_now() - r->heartbeat < STORE_RUN_DEAD; }

static pintle_status busy(const store *s, const char *key, const store_run *r, error *e) {
  int64_t age = (clock_now() - r->heartbeat) / CLOCK_SECOND;
  char age_text[32];
  clock_duration_text((age < 0 ? -age : age) * CLOCK_SECOND, age_text);
  error_set(e, PINTLE_CONFLICT, "location %s: another run has %s %s: host %s, process %lld, last seen %s%s", s->name, r->kind, r->name,
            r->host, (long long)r->pid, age_text, age < 0 ? " in the future (a long transfer, or a clock that was set back)" : " ago");
  error_hint(e, "wait for it; if it is surely over, it is given up 2 minutes after it was last seen, or delete %s%s", s->prefix, key);
  return PINTLE_CONFLICT;
}

/* ---- begin */
static pintle_status new_lock(store *s, const store_run *r, store_lock **out, error *e) {
  store_lock *l = calloc(1, sizeof *l);
  if (!l) return error_nomem(e);
  arena *a = &l->memory;
  l->store = s;
  l->run = *r;
  l->run.kind = arena_dup(a, r->kind), l->run.name = arena_dup(a, r->name), l->run.uid = arena_dup(a, r->uid);
  l->run.phase = arena_dup(a, r->phase ? r->phase : "InProgress"), l->run.host = arena_dup(a, r->host);
  l->inherit = r->data.len == 0;
  buf_adds(&l->data, l->inherit ? STR("{}") : r->data);
  key_of(r->kind, r->name, &l->key);
  *out = l;
  return l->run.kind && l->run.name && l->run.uid && l->run.phase && l->run.host && !l->data.failed && !l->key.failed ? PINTLE_OK
                                                                                                                      : error_nomem(e);
}

static void free_lock(store_lock *l) {
  arena_free(&l->memory);
  buf_free(&l->data);
  buf_free(&l->key);
  free(l);
}

/* Nobody else decides now: is the place free, and if so take it. */
static pintle_status take_over(void *ctx, int64_t until, error *e) {
  store_lock *l = ctx;
  pintle_status st = get_run(l->store, l->key.data, l->told, &l->before, e);
  if (st == PINTLE_OK && alive(&l->before)) st = busy(l->store, l->key.data, &l->before, e);
  else if (st == PINTLE_OK || st == PINTLE_NOT_FOUND) {
    if (st != PINTLE_OK) l->before = (store_run){0};
    st = PINTLE_OK;
    if (clock_monotonic() > until) st = error_set(e, PINTLE_TRANSIENT, "location %s: too slow for its own lock; try again", l->store->name);
    l->run.heartbeat = clock_now();
    if (l->inherit && l->before.data.len) buf_clear(&l->data), buf_adds(&l->data, l->before.data);
    if (l->data.failed) st = error_nomem(e);
    if (st == PINTLE_OK) st = put_run(l, false, e);
  }
  return st;
}

static pintle_status acquire(store_lock *l, error *e) {
  arena scratch = {0};
  store_run other = {0};
  pintle_status st = PINTLE_EXISTS;
  for (int i = 0; i < TRIES && st == PINTLE_EXISTS; i++) {
    l->run.heartbeat = clock_now();
    if ((st = put_run(l, true, e)) != PINTLE_EXISTS) break; /* nobody was there, or the store cannot */
    st = get_run(l->store, l->key.data, &scratch, &other, e);
    if (st == PINTLE_NOT_FOUND) st = PINTLE_EXISTS; /* just removed: again */
    else if (st == PINTLE_OK) st = alive(&other) ? busy(l->store, l->key.data, &other, e) : PINTLE_UNSUPPORTED;
  }
  arena_free(&scratch);
  if (st != PINTLE_UNSUPPORTED && st != PINTLE_EXISTS) return st;
  return store_claim(l->store, l->run.kind, l->run.name, l->run.uid, take_over, l, e);
}

static bool plain(const char *text) {
  size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
  return n > 0 && n <= 100 && text[n] == 0;
}

pintle_status store_run_begin(store *s, const store_run *run, arena *a, store_run *interrupted, store_lock **out, error *e) {
  store_lock *l = NULL;
  if (interrupted) *interrupted = (store_run){0};
  if (!store_valid_name(str_of(run->name)) || !run->kind || !plain(run->kind) || !run->uid || !plain(run->uid))
    return error_set(e, PINTLE_INVALID, "a run needs a kind, a valid name and a uid");
  pintle_status st = new_lock(s, run, &l, e);
  if (!l) return st;
  l->told = a ? a : &l->memory;
  if (st == PINTLE_OK) st = acquire(l, e);
  if (st != PINTLE_OK) return free_lock(l), st;
  if (interrupted && l->before.kind) *interrupted = l->before;
  *out = l;
  return PINTLE_OK;
}

/* ---- while it runs */
static pintle_status still_ours(store_lock *l, error *e) {
  arena scratch = {0};
  store_run now;
  pintle_status st = get_run(l->store, l->key.data, &scratch, &now, e);
  if (st == PINTLE_NOT_FOUND)
    st = error_set(e, PINTLE_CONFLICT, "location %s: the record of this run, %s, was deleted", l->store->name, l->key.data);
  else if (st == PINTLE_OK && strcmp(now.uid, l->run.uid) != 0)
    st = error_set(e, PINTLE_CONFLICT, "location %s: another run (host %s, process %lld) took %s %s over", l->store->name, now.host,
                   (long long)now.pid, l->run.kind, l->run.name);
  arena_free(&scratch);
  return st;
}

static pintle_status renew(store_lock *l, int64_t ahead, error *e) {
  pintle_status st = still_ours(l, e);
  if (st != PINTLE_OK) return st;
  l->run.heartbeat = clock_now() + ahead;
  return put_run(l, false, e);
}

pintle_status store_run_update(store_lock *l, str data, error *e) {
  int64_t age = clock_now() - l->run.heartbeat;
  if (!data.ptr && age >= 0 && age < RENEW) return PINTLE_OK;
  if (data.ptr) {
    buf_clear(&l->data);
    buf_adds(&l->data, data);
    if (l->data.failed) return error_nomem(e);
  }
  return renew(l, 0, e);
}

pintle_status store_run_expect(store_lock *l, int64_t duration, error *e) {
  return renew(l, duration > STORE_RUN_AHEAD ? STORE_RUN_AHEAD : duration, e);
}

pintle_status store_run_end(store_lock *l, const char *keep_phase, error *e) {
  pintle_status st = still_ours(l, e);
  if (st == PINTLE_OK && keep_phase) {
    l->run.phase = keep_phase;
    l->run.heartbeat = clock_now();
    st = put_run(l, false, e);
  } else if (st == PINTLE_OK) st = store_delete(l->store, l->key.data, e);
  free_lock(l);
  return st;
}

/* ---- all of them */
typedef struct found {
  arena *a;
  buf keys; /* of char * */
} found;

static pintle_status note_key(void *ctx, const char *key, int64_t size) {
  found *f = ctx;
  (void)size;
  if (strchr(key + sizeof STORE_RUNS - 1, '/') || !str_ends(str_of(key), ".json")) return PINTLE_OK; /* a claim */
  char *copy = arena_dup(f->a, key);
  buf_add(&f->keys, &copy, sizeof copy);
  return copy && !f->keys.failed ? PINTLE_OK : PINTLE_NOMEM;
}

/* A record that cannot be read still has a name, from its key. */
static pintle_status unreadable(const char *key, arena *a, store_run *r, error *e) {
  str rest = {key + sizeof STORE_RUNS - 1, strlen(key) - (sizeof STORE_RUNS - 1) - 5};
  const char *dash = memchr(rest.ptr, '-', rest.len);
  size_t n = dash ? (size_t)(dash - rest.ptr) : 0;
  *r = (store_run){.uid = "", .phase = "Unreadable", .host = "", .data = STR("{}")};
  r->kind = arena_copy(a, (str){rest.ptr, n});
  r->name = arena_copy(a, dash ? (str){dash + 1, rest.len - n - 1} : rest);
  return r->kind && r->name ? PINTLE_OK : error_nomem(e);
}

pintle_status store_runs(store *s, arena *a, store_run **out, size_t *n, error *e) {
  found f = {.a = a};
  size_t got = 0;
  pintle_status st = store_list(s, STORE_RUNS, note_key, &f, e);
  size_t count = f.keys.len / sizeof(char *);
  store_run *runs = st == PINTLE_OK ? arena_alloc(a, count * sizeof *runs + 1) : NULL;
  if (st == PINTLE_OK && !runs) st = error_nomem(e);
  for (size_t i = 0; i < count && st == PINTLE_OK; i++) {
    char *key;
    memcpy(&key, f.keys.data + i * sizeof key, sizeof key);
    st = get_run(s, key, a, &runs[got], e);
    if (st == PINTLE_INVALID) st = unreadable(key, a, &runs[got], e);
    if (st == PINTLE_OK) got++;
    else if (st == PINTLE_NOT_FOUND) st = PINTLE_OK; /* ended meanwhile */
  }
  buf_free(&f.keys);
  if (st != PINTLE_OK) return st;
  *out = runs, *n = got;
  return PINTLE_OK;
}
