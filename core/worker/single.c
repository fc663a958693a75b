/* single.c -- the life of a worker for single calls; see single.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/single_inside.h"
#include "worker/stores.h"
#include <stdlib.h>
#include <unistd.h>

#define STORE_IDLE (300 * CLOCK_SECOND)
#define SNAPSHOT_TIMEOUT (600 * CLOCK_SECOND)
#define ITEM_TIMEOUT (60 * CLOCK_SECOND)
#define GRACE (10 * CLOCK_SECOND)
#define GO_GRACE CLOCK_SECOND /* a Go plugin is not told of its deadline, so it does not clean up */

static const chain_stores *stores_of(const worker_single *s) {
  return host_asks_for(s->o.plugin, PINTLE_EXT_STORE) ? s->o.stores : NULL;
}

static bool env_wanted(const void *ctx, const char *variable) {
  const worker_single *s = ctx;
  const char *const *lists[] = {s->o.plugin->env, s->o.env};
  for (size_t i = 0; i < 2; i++)
    for (const char *const *name = lists[i]; name && *name; name++)
      if (proc_variable_is(*name, variable)) return true;
  return stores_env_wanted(stores_of(s), variable);
}

static void send_setup(worker_single *s) {
  buf body = {0};
  const single_setup setup = {.kind = s->o.action->kind,
                              .fd = s->o.plugin->fd,
                              .plugin = s->o.plugin->name,
                              .file = s->o.plugin->file,
                              .action = s->o.action->name,
                              .scratch = s->o.scratch ? s->o.scratch : "",
                              .config = s->o.config,
                              .run = s->o.run,
                              .properties = s->o.properties,
                              .put_stores = stores_of(s)};
  single_put_setup(&body, &setup);
  if (body.failed) s->out.failed = true;
  else single_queue(s, WIRE_SINGLE, buf_str(&body));
  if (body.data) explicit_bzero(body.data, body.cap); /* it may hold secrets */
  buf_free(&body);
}

pintle_status single_launch(worker_single *s, single_call *c, error *e) {
  enum { MOST = 128 };
  int fds[MOST] = {s->o.plugin->fd};
  size_t n = 1;
  if (!stores_fds(stores_of(s), fds, &n, MOST)) return error_set(e, PINTLE_UNSUPPORTED, "a run may have at most %d locations", MOST - 1);
  const proc_options o = {
      .worker = s->o.worker, .environment = s->o.environment, .wanted = env_wanted, .ctx = s, .fds = fds, .n_fds = n};
  pintle_status st = proc_start(&o, &s->proc, e);
  if (st != PINTLE_OK) return st;
  c->what = "load";
  s->state = SINGLE_STARTING;
  error_clear(&s->failure);
  send_setup(s);
  return PINTLE_OK;
}

pintle_status single_started(worker_single *s, const single_call *c, error *e) {
  const error *why = s->failure.status != PINTLE_OK ? &s->failure : &c->answer.error;
  if (s->out.data) explicit_bzero(s->out.data, s->out.cap);
  if (s->state == SINGLE_READY) return PINTLE_OK;
  if (e) *e = *why;
  return s->failure.status != PINTLE_OK ? s->failure.status : c->answer.status;
}

static pintle_status start(worker_single *s, pintle_call *caller, error *e) {
  single_call c = {.caller = caller};
  pintle_status st = single_launch(s, &c, e);
  if (st != PINTLE_OK) return st;
  single_wait(s, &c);
  st = single_started(s, &c, e);
  single_call_free(&c);
  return st;
}

/* It died while nobody called it. */
static void bury_idle(worker_single *s, pintle_call *caller) {
  struct pollfd f = {s->proc.pidfd, POLLIN, 0};
  single_call c = {.what = "", .caller = caller};
  if (poll(&f, 1, 0) > 0) single_buried(s, &c);
  single_call_free(&c);
}

pintle_status single_ready(worker_single *s, pintle_call *caller, error *e) {
  if (s->state == SINGLE_READY) bury_idle(s, caller);
  if (s->state == SINGLE_READY) single_recycle(s, caller);
  if (s->state == SINGLE_READY) {
    uint64_t count;
    atomic_store(&s->proc.page->cancel, 0);
    if (read(s->proc.cancel_fd, &count, sizeof count) < 0) return PINTLE_OK; /* nothing to take back */
    return PINTLE_OK;
  }
  if (s->strikes >= SINGLE_STRIKES)
    return error_set(e, PINTLE_FAILED, "action %s of plugin %s is quarantined after %d crashes or deadlines; the last time it %s",
                     s->o.action->name, s->o.plugin->file, SINGLE_STRIKES, s->last_end);
  return start(s, caller, e);
}

/* ---- open and close */
static pintle_status take_options(worker_single *s, const worker_single_options *o, error *e) {
  uint32_t kind = o->action->kind;
  s->o = *o;
  bool item = kind == CONF_BACKUP_ITEM_ACTION || kind == CONF_RESTORE_ITEM_ACTION;
  if (kind != CONF_OBJECT_STORE && kind != CONF_VOLUME_SNAPSHOTTER && !item)
    return error_set(e, PINTLE_UNSUPPORTED, "action %s: a %s is not called singly", o->action->name, conf_kind_names[kind % CONF_KINDS]);
  if (o->plugin->reason || o->action->refused || o->plugin->fd < 0)
    return error_set(e, PINTLE_UNSUPPORTED, "action %s of plugin %s cannot be used: %s", o->action->name, o->plugin->file,
                     o->plugin->reason    ? o->plugin->reason
                     : o->action->refused ? o->action->refused
                                          : "it is not loaded");
  const char *worker = o->plugin->velero ? o->velero_worker : o->worker;
  if (!worker) return error_set(e, PINTLE_UNSUPPORTED, "no worker is known for plugin %s", o->plugin->file);
  s->o.worker = arena_dup(&s->memory, worker);
  s->o.scratch = o->scratch ? arena_dup(&s->memory, o->scratch) : NULL;
  s->o.config.ptr = arena_copy(&s->memory, o->config);
  s->o.run.ptr = arena_copy(&s->memory, o->run);
  if (!s->o.worker || (o->scratch && !s->o.scratch) || !s->o.config.ptr || !s->o.run.ptr) return error_nomem(e);
  s->grace = o->grace > 0 ? o->grace : o->plugin->velero ? GO_GRACE : GRACE;
  s->timeout = o->timeout > 0 ? o->timeout : o->action->timeout > 0 ? o->action->timeout : 0;
  if (s->timeout == 0) s->timeout = kind == CONF_OBJECT_STORE ? STORE_IDLE : item ? ITEM_TIMEOUT : SNAPSHOT_TIMEOUT;
  return host_call_new(o->services, &s->own) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
}

void single_free(worker_single *s) {
  if (s->o.config.ptr && s->own) explicit_bzero((char *)(uintptr_t)s->o.config.ptr, s->o.config.len);
  host_call_free(s->own);
  arena_free(&s->memory);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

worker_single *single_new(const worker_single_options *options, pintle_status *st, error *e) {
  pthread_mutexattr_t checked;
  worker_single *s = calloc(1, sizeof *s);
  if (!s) return *st = error_nomem(e), NULL;
  pthread_mutexattr_init(&checked);
  pthread_mutexattr_settype(&checked, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&s->lock, &checked);
  pthread_mutexattr_destroy(&checked);
  s->proc.pid = s->proc.pidfd = s->proc.sock = s->proc.cancel_fd = s->proc.logs[0] = s->proc.logs[1] = -1;
  *st = take_options(s, options, e);
  if (*st == PINTLE_OK) return s;
  single_free(s);
  return NULL;
}

pintle_status worker_single_open(const worker_single_options *options, worker_single **out, error *e) {
  pintle_status st;
  worker_single *s = single_new(options, &st, e);
  if (!s) return st;
  host_call_begin(s->own, NULL, 0);
  st = start(s, host_call_handle(s->own), e);
  host_call_end(s->own, st, NULL);
  if (st != PINTLE_OK) return single_free(s), st;
  single_tables(s);
  *out = s;
  return PINTLE_OK;
}

void single_finish(worker_single *s, single_call *c) {
  c->what = "finish";
  s->state = SINGLE_FINISHING;
  error_clear(&s->failure);
  atomic_store(&s->proc.page->cancel, 0);
  single_queue(s, WIRE_FINISH, STR(""));
}

pintle_status worker_single_close(worker_single *s, error *e) {
  pintle_status st = PINTLE_OK;
  if (!s) return PINTLE_OK;
  host_call_begin(s->own, NULL, 0);
  single_call c = {.caller = host_call_handle(s->own)};
  if (s->state == SINGLE_READY) bury_idle(s, c.caller);
  if (s->state == SINGLE_READY) {
    single_finish(s, &c);
    single_wait(s, &c);
    st = c.died ? c.answer.status : s->failure.status;
    if (e && st != PINTLE_OK) *e = c.died ? c.answer.error : s->failure;
  }
  single_call_free(&c);
  host_call_end(s->own, PINTLE_OK, NULL);
  single_free(s);
  return st;
}

int worker_single_pid(const worker_single *s) { return s->state == SINGLE_NONE ? -1 : s->proc.pid; }
