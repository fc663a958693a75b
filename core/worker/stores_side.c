/* stores_side.c -- pintle.store/1 as a plugin sees it: a private instance of a store in this process.  SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"
#include "builtin/file_store.h"
#include "worker/stores.h"
#include <pintle/helpers.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct opened {
  const chain_store *of;
  bool open;
  host_module *module;
  host_instance instance;
  const pintle_object_store *ops;
  void *self; /* the built-in one's; else instance.self */
  host_services services;
  host_call *call;
  host_result result;
  pintle_call *outer; /* the call that uses it */
} opened;
struct stores_side {
  opened *v;
  size_t n;
  bool dry_run;
  void (*loaded)(void *ctx);
  void *ctx;
  const char *action;
  atomic_bool busy;
};

/* ---- a store's call is told and asked what the call that uses it is */
static void on_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  const opened *o = ctx;
  if (o->outer) o->outer->host->log_line(o->outer, level, message.ptr, message.len, fields, n);
}
static void on_finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  const opened *o = ctx;
  (void)code, (void)pointer;
  if (o->outer) o->outer->host->log_line(o->outer, severity, text, PINTLE_Z, NULL, 0); /* it is none of the item's */
}
static pintle_status on_property(void *ctx, const char *name, str *value) {
  const opened *o = ctx;
  return o->outer ? o->outer->host->property(o->outer, name, value) : PINTLE_NOT_FOUND;
}
static int32_t on_cancelled(void *ctx) {
  const opened *o = ctx;
  return o->outer ? o->outer->host->cancelled(o->outer) : 0;
}
static int on_cancel_fd(void *ctx) {
  const opened *o = ctx;
  return o->outer ? o->outer->host->cancel_fd(o->outer) : -1;
}

/* ---- life */
pintle_status stores_side_new(const chain_stores *s, bool dry_run, void (*loaded)(void *ctx), void *ctx, stores_side **out, error *e) {
  *out = NULL;
  if (s->n == 0) return PINTLE_OK;
  stores_side *to = calloc(1, sizeof *to);
  if (!to || !(to->v = calloc(s->n, sizeof *to->v))) return free(to), error_nomem(e);
  to->n = s->n, to->dry_run = dry_run, to->loaded = loaded, to->ctx = ctx;
  for (size_t i = 0; i < s->n; i++) to->v[i].of = &s->v[i];
  *out = to;
  return PINTLE_OK;
}

static void shut(opened *o) {
  o->outer = NULL;
  if (o->module) {
    host_instance_finish(&o->instance, o->call, clock_monotonic() + HOST_LOAD_TIMEOUT, NULL);
    host_instance_destroy(&o->instance);
    host_module_close(o->module);
  } else if (o->open) o->ops->action->destroy(o->self);
  host_result_free(&o->result);
  host_call_free(o->call);
}

void stores_side_free(stores_side *s) {
  if (!s) return;
  for (size_t i = 0; i < s->n; i++) shut(&s->v[i]);
  free(s->v);
  free(s);
}

void stores_side_action(stores_side *s, const char *action) {
  if (s) s->action = action;
}

static pintle_status open_file(opened *o, error *e) {
  CLEANUP(item_freep) item_doc *config = NULL;
  if (item_new(&config) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(config, o->of->config, 0, NULL, e);
  if (st == PINTLE_OK) st = builtin_file_open(item_str(config, "/root", "").ptr, &o->self, e);
  if (st == PINTLE_OK) o->ops = &builtin_file_store;
  return st;
}

static pintle_status open_plugin(stores_side *s, opened *o, error *e) {
  int64_t deadline = clock_monotonic() + HOST_LOAD_TIMEOUT, left = o->outer->host->remaining(o->outer);
  if (left >= 0 && left < HOST_LOAD_TIMEOUT) deadline = clock_monotonic() + left;
  pintle_status st = host_module_open(o->of->fd, o->of->plugin, &o->module, e);
  if (st == PINTLE_OK && s->loaded) s->loaded(s->ctx);
  if (st == PINTLE_OK)
    st = host_instance_create(o->module, CONF_OBJECT_STORE, o->of->action, o->of->config, o->call, deadline, &o->instance, e);
  if (st == PINTLE_OK) o->self = o->instance.self, o->ops = o->instance.tables->ops.store;
  else if (o->module) host_module_close(o->module), o->module = NULL;
  return st;
}

static pintle_status open_it(stores_side *s, opened *o, error *e) {
  if (o->of->refused[0]) return error_set(e, PINTLE_INVALID, "%s", o->of->refused);
  o->services = (host_services){
      .ctx = o, .log = on_log, .finding = on_finding, .property = on_property, .cancelled = on_cancelled, .cancel_fd = on_cancel_fd};
  if (!o->call && host_call_new(&o->services, &o->call) != PINTLE_OK) return error_nomem(e);
  pintle_status st = o->of->fd < 0 ? open_file(o, e) : open_plugin(s, o, e);
  o->open = st == PINTLE_OK;
  return st;
}

/* ---- one call */
typedef struct use {
  stores_side *s;
  opened *o;
  pintle_call *outer, *call;
  const char *location, *doing, *key;
  buf full;
  error mine; /* of our side of a stream, or before the store was asked */
} use;

static pintle_status find(stores_side *s, const char *location, opened **out, error *e) {
  for (size_t i = 0; i < s->n; i++)
    if (*location ? strcmp(s->v[i].of->name, location) == 0 : s->v[i].of->own) return *out = &s->v[i], PINTLE_OK;
  if (*location) return error_set(e, PINTLE_NOT_FOUND, "there is no BackupStorageLocation of that name in the configuration");
  error_set(e, PINTLE_UNSUPPORTED, "the run has no location of its own here");
  error_hint(e, "name a BackupStorageLocation of the configuration");
  return PINTLE_UNSUPPORTED;
}

/* Keys are confined to plugins/<action>/. */
static pintle_status make_key(use *u, bool prefix) {
  const chain_store *of = u->o->of;
  str key = str_of(u->key);
  if (prefix && key.len && key.ptr[key.len - 1] == '/') key.len--;
  const char *why = prefix && !u->key[0] ? NULL : path_refused(key);
  if (why) return error_set(&u->mine, PINTLE_INVALID, "the key is refused: %s", why);
  buf_printf(&u->full, "%s%splugins/%s/%s", of->prefix, of->prefix[0] ? "/" : "", u->s->action, u->key);
  return u->full.failed ? error_nomem(&u->mine) : PINTLE_OK;
}

static pintle_status begin(use *u, pintle_call *outer, const char *location, const char *doing, const char *key, bool writes, bool prefix) {
  const host_services *services = host_call_services(outer);
  *u = (use){.s = services ? services->stores : NULL, .outer = outer, .location = location ? location : "", .doing = doing};
  u->key = key ? key : "";
  bool nobody = false;
  if (!u->s || !u->s->action) return error_set(&u->mine, PINTLE_INVALID, "the call is over");
  if (!atomic_compare_exchange_strong(&u->s->busy, &nobody, true)) {
    u->s = NULL;
    return error_set(&u->mine, PINTLE_INVALID, "two threads used stores at the same time in one call");
  }
  pintle_status st = host_call_interrupted(outer);
  if (st != PINTLE_OK) return error_set(&u->mine, st, st == PINTLE_CANCELLED ? "the run was cancelled" : "the deadline has passed");
  if ((st = find(u->s, u->location, &u->o, &u->mine)) != PINTLE_OK) return st;
  u->o->outer = outer;
  if (writes && u->s->dry_run) return error_set(&u->mine, PINTLE_DENIED, "nothing is written in a dry run");
  if (writes && u->o->of->read_only) return error_set(&u->mine, PINTLE_DENIED, "the location has accessMode ReadOnly");
  if ((st = make_key(u, prefix)) != PINTLE_OK) return st;
  if (!u->o->open && (st = open_it(u->s, u->o, &u->mine)) != PINTLE_OK) return st;
  int64_t left = outer->host->remaining(outer);
  host_call_begin(u->o->call, NULL, left >= 0 ? clock_monotonic() + left : 0);
  u->call = host_call_handle(u->o->call);
  return PINTLE_OK;
}

static pintle_status end(use *u, pintle_status st) {
  error e = {0};
  if (u->call) st = host_call_end(u->o->call, st, &e);
  if (u->mine.status != PINTLE_OK) e = u->mine, st = u->mine.status;
  if (u->o) u->o->outer = NULL;
  if (u->s) atomic_store(&u->s->busy, false);
  buf_free(&u->full);
  if (st == PINTLE_OK) return st;
  if (e.status == PINTLE_OK) error_set(&e, st, "%s", error_status_name(st));
  e.status = st;
  error_wrap(&e, "location \"%s\": cannot %s %s", u->location, u->doing, u->key);
  return host_call_fail(u->outer, &e);
}

/* ---- bytes: what the plugin gave is called by our own, whose every member is ours */
typedef struct body {
  HOST_PADDED(pintle_reader) reader;
  const pintle_reader *theirs;
  int64_t n;
  use *u;
} body;

static int64_t read_body(const pintle_reader *r, void *to, size_t n) {
  body *b = r->ctx;
  if (n > INT32_MAX) n = INT32_MAX;
  int64_t got = b->theirs->read(b->theirs, to, n);
  if (got > (int64_t)n) return error_set(&b->u->mine, PINTLE_INVALID, "the plugin's reader gave more than was asked for");
  if (got < 0) return error_set(&b->u->mine, got >= INT32_MIN ? (pintle_status)got : PINTLE_FAILED, "the plugin's reader stopped");
  b->n += got;
  return got;
}

static pintle_status put(pintle_call *outer, const char *location, const char *key, const pintle_reader *theirs) {
  use u;
  body b = {.theirs = theirs, .u = &u};
  pintle_status st = begin(&u, outer, location, "put", key, true, false);
  if (st != PINTLE_OK) return end(&u, st);
  b.reader.v = (pintle_reader){.struct_size = sizeof(pintle_reader), .size = theirs->size, .ctx = &b, .read = read_body};
  st = u.o->ops->put_object(u.o->self, u.call, u.o->of->bucket, buf_z(&u.full), &b.reader.v);
  if (st == PINTLE_OK && theirs->size >= 0 && b.n != theirs->size)
    error_set(&u.mine, PINTLE_FAILED, "the store took %lld of %lld bytes and said that all is well", (long long)b.n,
              (long long)theirs->size);
  return end(&u, st);
}

typedef struct sink {
  HOST_PADDED(pintle_writer) writer;
  const pintle_writer *theirs;
  int64_t skip, left; /* left: PINTLE_NONE: all */
  use *u;
} sink;

static int64_t write_sink(const pintle_writer *w, const void *data, size_t n) {
  sink *k = w->ctx;
  if (n > INT32_MAX) n = INT32_MAX;
  if (k->skip) return n = k->skip < (int64_t)n ? (size_t)k->skip : n, k->skip -= (int64_t)n, (int64_t)n;
  if (k->left == 0) return (int64_t)n; /* a store without ranges goes on */
  if (k->left > 0 && (int64_t)n > k->left) n = (size_t)k->left;
  int64_t took = k->theirs->write(k->theirs, data, n);
  if (took < 0 || took > (int64_t)n)
    return error_set(&k->u->mine, took < 0 && took >= INT32_MIN ? (pintle_status)took : PINTLE_FAILED, "the plugin's writer stopped");
  if (k->left > 0) k->left -= took;
  return took;
}

static pintle_status get(pintle_call *outer, const char *location, const char *key, int64_t offset, const pintle_writer *theirs) {
  use u;
  sink k = {.theirs = theirs, .u = &u, .left = theirs->size};
  pintle_status st = begin(&u, outer, location, "get", key, false, false);
  if (st == PINTLE_OK && offset < 0) st = error_set(&u.mine, PINTLE_INVALID, "the offset is negative");
  if (st != PINTLE_OK || theirs->size == 0) return end(&u, st);
  const pintle_object_store *ops = u.o->ops;
  bool ranges = PINTLE_HAS(ops, get_object_range) && ops->get_object_range;
  k.writer.v =
      (pintle_writer){.struct_size = sizeof(pintle_writer), .size = ranges ? theirs->size : PINTLE_NONE, .ctx = &k, .write = write_sink};
  if (!ranges) k.skip = offset;
  st = ranges ? ops->get_object_range(u.o->self, u.call, u.o->of->bucket, buf_z(&u.full), offset, &k.writer.v)
              : ops->get_object(u.o->self, u.call, u.o->of->bucket, buf_z(&u.full), &k.writer.v);
  return end(&u, st);
}

/* ---- the others */
typedef struct listing {
  pintle_status (*each)(void *ctx, const pintle_entry *);
  void *ctx;
  use *u;
  size_t before; /* length of what the plugin does not see of a key */
} listing;

static pintle_status on_entry(void *ctx, const pintle_entry *e) {
  listing *l = ctx;
  pintle_entry mine = *e;
  if (strncmp(e->key, buf_z(&l->u->full), l->u->full.len) != 0)
    return error_set(&l->u->mine, PINTLE_FAILED, "the store listed \"%s\", which does not begin so", e->key);
  mine.key = e->key + l->before;
  pintle_status st = l->each(l->ctx, &mine);
  if (st != PINTLE_OK) error_set(&l->u->mine, st, "the listing was ended");
  return st;
}

static pintle_status list(pintle_call *outer, const char *location, const char *prefix, pintle_status (*each)(void *, const pintle_entry *),
                          void *ctx) {
  use u;
  listing l = {each, ctx, &u, 0};
  pintle_status st = begin(&u, outer, location, "list", prefix, false, true);
  if (st != PINTLE_OK) return end(&u, st);
  l.before = u.full.len - strlen(u.key);
  host_result_begin(&u.o->result, u.o->call, HOST_RESULT_ENTRY, true);
  u.o->result.entry = on_entry, u.o->result.entry_ctx = &l;
  return end(&u, u.o->ops->list_objects(u.o->self, u.call, u.o->of->bucket, buf_z(&u.full), &u.o->result.base));
}

static pintle_status removing(pintle_call *outer, const char *location, const char *key) {
  use u;
  pintle_status st = begin(&u, outer, location, "remove", key, true, false);
  return end(&u, st == PINTLE_OK ? u.o->ops->delete_object(u.o->self, u.call, u.o->of->bucket, buf_z(&u.full)) : st);
}

static const HOST_PADDED(pintle_stores) table = {
    .v = {.struct_size = sizeof(pintle_stores), .put = put, .get = get, .list = list, .remove = removing}};

const void *stores_extension(const stores_side *s, const char *id) { return s && strcmp(id, PINTLE_EXT_STORE) == 0 ? &table.v : NULL; }
