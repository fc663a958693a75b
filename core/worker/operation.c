/* operation.c -- see operation.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/operation.h"
#include "worker/single_inside.h"
#include <stdlib.h>

enum state { STARTING, RUNNING, FINISHING, OVER };
struct worker_operation {
  worker_single *single;
  host_services services; /* of the call: progress and cancellation are ours, the rest is the caller's */
  host_call *call;
  host_result result;
  single_call c;
  enum state state;
  bool cancelled;
  const char *id;
  int64_t timeout;
  arena memory;   /* of id */
  arena reported; /* of progress */
  pintle_progress progress;
  pintle_status status;
  error error;
};
_Static_assert((int)SINGLE_FDS == (int)WORKER_OPERATION_FDS, "one set of descriptors");

/* ---- what the plugin says meanwhile */
static const host_services *callers(const worker_operation *o) { return o->single->o.services; }

static void take_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  const host_services *s = callers(ctx);
  if (s && s->log) s->log(s->ctx, level, message, fields, n);
}

static void take_finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  const host_services *s = callers(ctx);
  if (s && s->finding) s->finding(s->ctx, severity, code, pointer, text);
}

static void take_count(void *ctx, const char *counter, int64_t delta) {
  const host_services *s = callers(ctx);
  if (s && s->count) s->count(s->ctx, counter, delta);
}

static void keep_progress(worker_operation *o, const pintle_progress *p) {
  arena_reset(&o->reported);
  o->progress = *p;
  o->progress.units = arena_dup(&o->reported, p->units);
  o->progress.description = arena_dup(&o->reported, p->description);
  o->progress.error = arena_dup(&o->reported, p->error);
  o->progress.code = arena_dup(&o->reported, p->code);
  if (!o->progress.units || !o->progress.description || !o->progress.error || !o->progress.code) o->progress = (pintle_progress){0};
}

static void take_report(void *ctx, const pintle_progress *p) { keep_progress(ctx, p); }
static int32_t take_cancelled(void *ctx) { return ((const worker_operation *)ctx)->cancelled; }

/* ---- life */
pintle_status worker_operation_start(const worker_single_options *options, const char *id, int64_t timeout, worker_operation **out,
                                     error *e) {
  worker_operation *o = calloc(1, sizeof *o);
  if (!o) return error_nomem(e);
  o->state = OVER;
  o->timeout = timeout;
  o->services = (host_services){
      .ctx = o, .log = take_log, .finding = take_finding, .count = take_count, .report = take_report, .cancelled = take_cancelled};
  pintle_status st;
  o->single = single_new(options, &st, e);
  if (st == PINTLE_OK && !(options->action->has & HOST_HAS_RUN_OPERATION))
    st = error_set(e, PINTLE_UNSUPPORTED, "action %s of plugin %s has no run_operation", options->action->name, options->plugin->file);
  if (st == PINTLE_OK && (!(o->id = arena_dup(&o->memory, id)) || host_call_new(&o->services, &o->call) != PINTLE_OK)) st = error_nomem(e);
  if (st == PINTLE_OK) {
    host_call_begin(o->call, NULL, clock_monotonic() + timeout);
    host_result_begin(&o->result, o->call, HOST_RESULT_PROGRESS, true);
    o->c.caller = host_call_handle(o->call);
    st = single_launch(o->single, &o->c, e);
  }
  if (st != PINTLE_OK) return worker_operation_free(o), st;
  single_begin(o->single, &o->c);
  o->state = STARTING;
  *out = o;
  return PINTLE_OK;
}

static void next_call(worker_operation *o, pintle_call *caller) {
  single_call_free(&o->c);
  o->c = (single_call){.caller = caller};
}

/* The worker is gone, or told to go. */
static void end(worker_operation *o, pintle_status st, const error *e) {
  o->status = st;
  if (st != PINTLE_OK && o->error.status == PINTLE_OK) o->error = *e;
  o->error.status = st;
}

static void started(worker_operation *o) {
  error e = {0};
  pintle_status st = single_started(o->single, &o->c, &e);
  if (st == PINTLE_OK && !(o->single->has & (1u << SINGLE_BACKUP_RUN | 1u << SINGLE_RESTORE_RUN)))
    st = error_set(&e, PINTLE_UNSUPPORTED, "action %s has no run_operation", o->single->o.action->name);
  if (st != PINTLE_OK) {
    end(o, st, &e);
    o->state = OVER;
    return;
  }
  next_call(o, host_call_handle(o->call));
  o->c.result = &o->result.base;
  o->c.args.text[0] = o->id;
  single_send_call(o->single, o->single->o.action->kind == CONF_BACKUP_ITEM_ACTION ? SINGLE_BACKUP_RUN : SINGLE_RESTORE_RUN, &o->c);
  o->c.limit = o->timeout; /* as messages name it: loading took its part */
  single_begin(o->single, &o->c);
  o->state = RUNNING;
}

static void answered(worker_operation *o) {
  error e = {0};
  pintle_status st = single_settle(o->single, &o->c);
  st = host_call_end(o->call, st, &e);
  if (o->result.has_progress) keep_progress(o, &o->result.progress);
  end(o, st, &e);
  o->state = OVER;
  if (o->single->state != SINGLE_READY) return;
  host_call_begin(o->single->own, NULL, 0);
  next_call(o, host_call_handle(o->single->own));
  single_finish(o->single, &o->c);
  single_begin(o->single, &o->c);
  o->state = FINISHING;
}

bool worker_operation_step(worker_operation *o) {
  while (o->state != OVER) {
    single_round(o->single, &o->c, 0);
    if (!o->c.done) return false;
    if (o->state == STARTING) started(o);
    else if (o->state == RUNNING) answered(o);
    else o->state = OVER; /* what finish said is in the log; the work is done */
  }
  return true;
}

void worker_operation_fds(const worker_operation *o, struct pollfd f[WORKER_OPERATION_FDS]) {
  for (size_t i = 0; i < WORKER_OPERATION_FDS; i++) f[i] = (struct pollfd){.fd = -1};
  if (o->state != OVER) single_fds(o->single, &o->c, f);
}

void worker_operation_cancel(worker_operation *o) { o->cancelled = true; }
const pintle_progress *worker_operation_progress(const worker_operation *o) { return &o->progress; }

pintle_status worker_operation_result(const worker_operation *o, error *e) {
  if (e && o->status != PINTLE_OK) *e = o->error;
  return o->status;
}

void worker_operation_free(worker_operation *o) {
  if (!o) return;
  if (o->single && o->single->state != SINGLE_NONE) {
    o->cancelled = true;
    single_kill(o->single, "it is not waited for any more");
    while (o->single->state != SINGLE_NONE && !o->c.done) single_round(o->single, &o->c, CLOCK_SECOND / 5);
  }
  single_call_free(&o->c);
  host_result_free(&o->result);
  if (o->single) single_free(o->single);
  host_call_free(o->call);
  arena_free(&o->memory);
  arena_free(&o->reported);
  free(o);
}
