/* single_side.c -- a worker for single calls: one instance of one action, called again and again.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/single_side.h"
#include "base/clock.h"
#include "base/file.h"
#include "conf/chain.h"
#include "worker/crash.h"
#include <fcntl.h>
#include <signal.h>

#define FINISH_TIMEOUT (60 * CLOCK_SECOND)
#define REPORT_EVERY (CLOCK_SECOND / 10)

/* ---- what the plugin asks of its host */
static void tell(single *s, const buf *b) {
  if (!b->failed) single_send(s, WIRE_TELL, buf_str(b), STR(""));
}

static void take_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) { /* [any] */
  single *s = ctx;
  buf line = {0};
  single_put_log(&line, s->number, level, message, fields, n);
  tell(s, &line);
  buf_free(&line);
}

static void take_count(void *ctx, const char *counter, int64_t delta) { /* [any] */
  single *s = ctx;
  buf line = {0};
  single_put_count(&line, s->number, counter, delta);
  tell(s, &line);
  buf_free(&line);
}

static void take_finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  single *s = ctx;
  buf_clear(&s->told);
  single_put_finding(&s->told, s->number, severity, code, pointer, text);
  tell(s, &s->told);
}

static void take_report(void *ctx, const pintle_progress *p) {
  single *s = ctx;
  int64_t now = clock_monotonic();
  atomic_fetch_add_explicit(&s->side->page->moved, 1, memory_order_relaxed);
  if (now < s->reported_at + REPORT_EVERY && !p->completed) return; /* for people: not every byte */
  s->reported_at = now;
  buf_clear(&s->told);
  single_put_report(&s->told, s->number, p);
  tell(s, &s->told);
}

static bool directory(single *s, str *value) {
  if (!s->dir) {
    CLEANUP(buf_free) buf path = {0};
    buf_printf(&path, "%s/%s", s->setup.scratch, s->setup.action);
    for (size_t i = strlen(s->setup.scratch) + 1; i < path.len; i++)
      if (path.data[i] == '/') path.data[i] = '_';
    if (path.failed || file_mkdirs(AT_FDCWD, path.data, NULL) != PINTLE_OK) return false;
    s->dir = arena_copy(&s->memory, buf_str(&path));
  }
  *value = str_of(s->dir);
  return s->dir != NULL;
}

static pintle_status take_property(void *ctx, const char *name, str *value) {
  single *s = ctx;
  const char *const *lists[] = {s->number ? s->args.properties : NULL, s->setup.properties};
  for (size_t i = 0; i < 2; i++)
    for (const char *const *p = lists[i]; p && p[0] && p[1]; p += 2)
      if (strcmp(p[0], name) == 0) return *value = str_of(p[1]), PINTLE_OK;
  return strcmp(name, "run.dir") == 0 && s->setup.scratch[0] && directory(s, value) ? PINTLE_OK : PINTLE_NOT_FOUND;
}

static const void *take_extension(void *ctx, const char *id) { return stores_extension(((single *)ctx)->stores, id); }
static int32_t take_cancelled(void *ctx) { return side_cancelled(((single *)ctx)->side); }
static int take_cancel_fd(void *ctx) { return side_cancel_fd(((single *)ctx)->side); }

/* ---- one call */
static pintle_status call_store(single *s, pintle_call *call, single_answer *a) {
  const pintle_object_store *o = s->instance.tables->ops.store;
  const char *const *t = s->args.text;
  void *self = s->instance.self;
  pintle_result *result = &s->result.base;
  int32_t exists = 0;
  pintle_status st;
  switch (s->args.function) {
  case SINGLE_PUT_OBJECT: return o->put_object(self, call, t[0], t[1], &s->reader.v);
  case SINGLE_PUT_OBJECT_IF_ABSENT: return o->put_object_if_absent(self, call, t[0], t[1], &s->reader.v);
  case SINGLE_OBJECT_EXISTS:
    st = o->object_exists(self, call, t[0], t[1], &exists);
    a->n = exists;
    return st;
  case SINGLE_GET_OBJECT: return o->get_object(self, call, t[0], t[1], &s->writer.v);
  case SINGLE_GET_OBJECT_RANGE: return o->get_object_range(self, call, t[0], t[1], s->args.n, &s->writer.v);
  case SINGLE_LIST_COMMON_PREFIXES: return o->list_common_prefixes(self, call, t[0], t[1], t[2], result);
  case SINGLE_LIST_OBJECTS: return o->list_objects(self, call, t[0], t[1], result);
  case SINGLE_DELETE_OBJECT: return o->delete_object(self, call, t[0], t[1]);
  case SINGLE_CREATE_SIGNED_URL: return o->create_signed_url(self, call, t[0], t[1], s->args.n, result);
  case SINGLE_STAT_OBJECT: return o->stat_object(self, call, t[0], t[1], result);
  default: return PINTLE_UNSUPPORTED;
  }
}

static pintle_status call_snapshotter(single *s, pintle_call *call, single_answer *a) {
  const pintle_volume_snapshotter *v = s->instance.tables->ops.snapshotter;
  const char *const *t = s->args.text;
  void *self = s->instance.self;
  pintle_result *result = &s->result.base;
  switch (s->args.function) {
  case SINGLE_GET_VOLUME_ID: return v->get_volume_id(self, call, item_handle(s->doc), result);
  case SINGLE_SET_VOLUME_ID: return v->set_volume_id(self, call, item_handle(s->doc), t[0]);
  case SINGLE_GET_VOLUME_INFO: return a->n = PINTLE_NONE, v->get_volume_info(self, call, t[0], t[1], &a->n, result);
  case SINGLE_CREATE_SNAPSHOT: return v->create_snapshot(self, call, t[0], t[1], s->args.tags, s->args.n_tags, result);
  case SINGLE_CREATE_VOLUME_FROM_SNAPSHOT: return v->create_volume_from_snapshot(self, call, t[0], t[1], t[2], s->args.n, result);
  case SINGLE_DELETE_SNAPSHOT: return v->delete_snapshot(self, call, t[0]);
  case SINGLE_VERIFY_SNAPSHOT: return s->verify->verify_snapshot(self, call, t[0]);
  default: return PINTLE_UNSUPPORTED;
  }
}

/* The caller's document, else the one of the set-up. */
static const pintle_doc *run_of(const single *s) { return item_handle(s->args.doc.len ? s->doc : s->run); }

static pintle_status call_backup_action(single *s, pintle_call *call) {
  const pintle_backup_item_action *b = s->instance.tables->ops.backup;
  const char *id = s->args.text[0];
  void *self = s->instance.self;
  switch (s->args.function) {
  case SINGLE_BACKUP_PROGRESS: return b->progress(self, call, id, run_of(s), &s->result.base);
  case SINGLE_BACKUP_CANCEL: return b->cancel(self, call, id, run_of(s));
  case SINGLE_BACKUP_RUN: return b->run_operation(self, call, id, run_of(s), &s->result.base);
  default: return PINTLE_UNSUPPORTED;
  }
}

static pintle_status call_restore_action(single *s, pintle_call *call, single_answer *a) {
  const pintle_restore_item_action *r = s->instance.tables->ops.restore;
  const char *id = s->args.text[0];
  void *self = s->instance.self;
  int32_t ready = 0;
  pintle_status st;
  switch (s->args.function) {
  case SINGLE_RESTORE_PROGRESS: return r->progress(self, call, id, run_of(s), &s->result.base);
  case SINGLE_RESTORE_CANCEL: return r->cancel(self, call, id, run_of(s));
  case SINGLE_RESTORE_READY:
    st = r->are_additional_items_ready(self, call, s->args.ids, s->args.n_ids, run_of(s), &ready);
    a->n = ready;
    return st;
  case SINGLE_RESTORE_RUN: return r->run_operation(self, call, id, run_of(s), &s->result.base);
  default: return PINTLE_UNSUPPORTED;
  }
}

static pintle_status call_function(single *s, pintle_call *call, single_answer *a) {
  switch (s->setup.kind) {
  case CONF_OBJECT_STORE: return call_store(s, call, a);
  case CONF_VOLUME_SNAPSHOTTER: return call_snapshotter(s, call, a);
  case CONF_BACKUP_ITEM_ACTION: return call_backup_action(s, call);
  case CONF_RESTORE_ITEM_ACTION: return call_restore_action(s, call, a);
  default: return PINTLE_UNSUPPORTED;
  }
}

static pintle_status take_document(single *s, uint32_t flags, error *e) {
  item_reset(s->doc);
  if (s->args.doc.len == 0) return PINTLE_OK;
  pintle_status st = item_parse(s->doc, s->args.doc, 0, NULL, e);
  item_set_readonly(s->doc, !(flags & SINGLE_EDITS));
  if (flags & SINGLE_EDITS) item_begin(s->doc);
  return st;
}

static pintle_status call_plugin(single *s, const single_function *f, single_answer *a, buf *patch) {
  pintle_call *call = host_call_handle(s->call);
  host_call_begin(s->call, s->instance.config, s->args.deadline);
  host_result_begin(&s->result, s->call,
                    (f->flags & SINGLE_LISTS ? HOST_RESULT_ENTRY : 0) | (f->flags & SINGLE_TEXT ? HOST_RESULT_TEXT : 0) |
                        (f->flags & SINGLE_STATE ? HOST_RESULT_PROGRESS : 0),
                    true);
  s->result.entry = single_entry, s->result.entry_ctx = s;
  single_stream_begin(s);
  manners_enter(s->manners, 0);
  side_enter(s->side, 0, f->name, s->args.deadline);
  pintle_status st = call_function(s, call, a);
  side_leave(s->side);
  manners_leave(s->manners);
  single_stream_end(s);
  st = host_call_end(s->call, st, &a->error);
  a->origin = *host_call_origin(s->call);
  if (f->flags & SINGLE_EDITS && st == PINTLE_OK && (st = item_commit(s->doc, patch)) != PINTLE_OK) error_nomem(&a->error);
  else if (f->flags & SINGLE_EDITS && st != PINTLE_OK) item_rollback(s->doc);
  return st;
}

static bool answer(single *s, single_answer *a) {
  buf body = {0};
  single_put_answer(&body, a);
  bool sent = !body.failed && single_send(s, WIRE_ANSWER, buf_str(&body), STR(""));
  buf_free(&body);
  return sent;
}

static bool serve(single *s, str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  buf patch = {0};
  arena_reset(&s->call_memory);
  if (single_get_args(&r, &s->call_memory, s->setup.kind, &s->args) != PINTLE_OK) return false;
  if (!(s->has & 1u << s->args.function)) return false;
  const single_function *f = &single_functions[s->args.function];
  single_answer a = {.number = s->args.number};
  s->number = s->args.number;
  s->side->ticket = s->args.number;
  a.status = take_document(s, f->flags, &a.error);
  if (a.status == PINTLE_OK) {
    a.status = call_plugin(s, f, &a, &patch);
    a.moved = s->moved;
    a.has_text = s->result.text.ptr != NULL;
    a.text = s->result.text;
    a.has_state = a.status == PINTLE_OK && s->result.has_progress;
    a.state = s->result.progress;
    a.patch = buf_str(&patch);
  }
  s->number = 0;
  manners_frame(s->manners);
  bool sent = !patch.failed && answer(s, &a);
  buf_free(&patch);
  return sent;
}

/* ---- life */
static bool broken(single *s, error *e) {
  side *to = s->side;
  buf_clear(&to->body);
  wire_u32(&to->body, 0);
  wire_error(&to->body, e);
  return single_send(s, WIRE_BROKEN, buf_str(&to->body), STR(""));
}

static pintle_status take_run(single *s, error *e) {
  if (item_new(&s->run) != PINTLE_OK) return error_nomem(e);
  pintle_status st = s->setup.run.len ? item_parse(s->run, s->setup.run, 0, NULL, e) : PINTLE_OK;
  item_set_readonly(s->run, true);
  return st;
}

static pintle_status load(single *s, error *e) {
  const host_opener *o = s->opener;
  int64_t limit = o ? o->timeout : HOST_LOAD_TIMEOUT, deadline = clock_monotonic() + limit;
  side_enter(s->side, 0, "load", deadline);
  pintle_status st = o ? o->open(o->ctx, s->setup.fd, s->setup.plugin, &s->module, e)
                       : host_module_open(s->setup.fd, s->setup.plugin, &s->module, e);
  side_leave(s->side);
  if (st != PINTLE_OK) return st;
  deadline = clock_monotonic() + limit;
  side_enter(s->side, 0, "create", deadline);
  st = host_instance_create(s->module, s->setup.kind, s->setup.action, s->setup.config, s->call, deadline, &s->instance, e);
  if (st == PINTLE_OK) s->has = single_has(s->setup.kind, s->instance.tables->ops.any);
  if (st == PINTLE_OK && s->setup.kind == CONF_VOLUME_SNAPSHOTTER) s->verify = single_verify_of(s->instance.tables->action, s->instance.self);
  if (s->verify) s->has |= 1u << SINGLE_VERIFY_SNAPSHOT;
  side_leave(s->side);
  return st;
}

static pintle_status watch(single *s, error *e) {
  s->entry = (chain_entry){.kind = s->setup.kind, .name = s->setup.action};
  s->plugin = (chain_plugin){.name = s->setup.plugin, .file = s->setup.file};
  s->plan = (chain_plan){.entries = &s->entry, .n = 1, .plugins = &s->plugin, .n_plugins = 1};
  return manners_plan(s->manners, &s->plan) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
}

/* A store's plugin was loaded in the middle of a call: it may have put its own. */
static void own_handlers(void *ctx) {
  const single *s = ctx;
  crash_handlers(s->side->page);
  signal(SIGPIPE, SIG_IGN);
}

static bool set_up(single *s, str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  error e = {0};
  s->services = (host_services){.ctx = s,
                                .log = take_log,
                                .finding = take_finding,
                                .count = take_count,
                                .report = take_report,
                                .property = take_property,
                                .extension = take_extension,
                                .cancelled = take_cancelled,
                                .cancel_fd = take_cancel_fd};
  s->stray = (host_services){.ctx = s->side, .log = side_stray_log};
  host_stray_log(&s->stray);
  pintle_status st = single_get_setup(&r, &s->memory, &s->setup);
  if (st != PINTLE_OK) error_set(&e, PINTLE_FAILED, "the supervisor's set-up cannot be read");
  if (st == PINTLE_OK) st = stores_side_new(&s->setup.stores, false, own_handlers, s, &s->stores, &e);
  stores_side_action(s->stores, s->setup.action);
  s->services.stores = s->stores;
  if (st == PINTLE_OK && (item_new(&s->doc) != PINTLE_OK || host_call_new(&s->services, &s->call) != PINTLE_OK)) st = error_nomem(&e);
  if (st == PINTLE_OK) st = take_run(s, &e);
  if (st == PINTLE_OK) st = watch(s, &e);
  if (st == PINTLE_OK) st = load(s, &e);
  if (st != PINTLE_OK) return broken(s, &e), false;
  crash_handlers(s->side->page); /* again: a constructor or load() may have put its own */
  signal(SIGPIPE, SIG_IGN);
  manners_ready(s->manners);
  return single_send(s, WIRE_READY, (str){(const char *)&s->has, sizeof s->has}, STR(""));
}

static void finish(single *s) {
  error e = {0};
  buf body = {0};
  int64_t deadline = clock_monotonic() + FINISH_TIMEOUT;
  side_enter(s->side, 0, "finish", deadline);
  host_instance_finish(&s->instance, s->call, deadline, &e);
  side_leave(s->side);
  side_enter(s->side, 0, "destroy", deadline);
  host_instance_destroy(&s->instance);
  host_module_close(s->module);
  s->module = NULL;
  stores_side_free(s->stores);
  s->stores = NULL;
  side_leave(s->side);
  manners_finish(s->manners);
  wire_error(&body, &e);
  if (!body.failed) single_send(s, WIRE_FINISHED, buf_str(&body), STR(""));
  buf_free(&body);
}

static bool run(single *s) {
  enum wire_type type;
  str body;
  while (!s->side->lost && side_receive(s->side, &type, &body)) {
    if (type == WIRE_CALL && !serve(s, body)) return false;
    if (type == WIRE_FINISH) return finish(s), true;
    if (type != WIRE_CALL && type != WIRE_DATA && type != WIRE_CREDIT && type != WIRE_END) return false; /* those are late */
  }
  return false;
}

int single_serve(side *from, manners *watched, str setup, const host_opener *opener) {
  single s = {.side = from, .manners = watched, .opener = opener};
  pthread_mutex_init(&s.sending, NULL);
  bool well = set_up(&s, setup) && run(&s);
  host_stray_log(NULL);
  host_result_free(&s.result);
  if (!s.module) host_call_free(s.call); /* it holds the table that an open module may still use */
  item_free(s.doc);
  item_free(s.run);
  buf_free(&s.pending);
  buf_free(&s.told);
  arena_free(&s.call_memory);
  arena_free(&s.memory);
  pthread_mutex_destroy(&s.sending);
  return well ? 0 : 1;
}
