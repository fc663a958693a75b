/* operations_work.c -- actions asked about their operations, each in a worker of its own.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/operations_inside.h"
#include <stdlib.h>

#define CALL_TIMEOUT (60 * CLOCK_SECOND)
#define READY_TIMEOUT (10 * CLOCK_SECOND) /* it is asked again, and the run waits for the answer */
#define CANCEL_TIMEOUT (10 * CLOCK_SECOND)
#define SLOWEST (10 * CLOCK_SECOND) /* Velero's --item-operation-sync-frequency */

/* ---- services of the calls */
static void take_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  engine_operations *o = ctx;
  const char *plugin = "";
  buf_clear(&o->scratch);
  buf_adds(&o->scratch, message);
  for (size_t i = 0; i < n; i++)
    if (strcmp(fields[i].key, "plugin") == 0) plugin = fields[i].value;
    else buf_printf(&o->scratch, " %s=%s", fields[i].key, fields[i].value);
  engine_log(o->o.journal, level, NULL, plugin, "plugin", "%s", buf_z(&o->scratch));
}

static void take_finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  engine_operations *o = ctx;
  engine_log(o->o.journal, severity, NULL, "", "plugin", "%s: %s%s%s", code, text, *pointer ? " at " : "", pointer);
}

static int32_t take_cancelled(void *ctx) {
  const engine_operations *o = ctx;
  return !o->stopping && o->hooks && o->hooks->cancelled && o->hooks->cancelled(o->hooks->ctx);
}

pintle_status operations_open(engine_operations *o, error *e) {
  o->services = (host_services){.ctx = o, .log = take_log, .finding = take_finding, .cancelled = take_cancelled};
  return host_call_new(&o->services, &o->call) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
}

void operations_close(engine_operations *o) {
  for (size_t i = 0; i < o->n_actions; i++) worker_single_close(o->actions[i].single, NULL);
  free(o->actions);
  host_result_free(&o->result);
  host_call_free(o->call);
}

/* ---- the action of an operation */
static const chain_entry *entry_of(const engine_operations *o, const char *name) {
  const chain_plan *plan = o->o.pool->plan;
  for (size_t i = 0; i < plan->n; i++)
    if (strcmp(plan->entries[i].name, name) == 0 || (plan->entries[i].alias && strcmp(plan->entries[i].alias, name) == 0))
      return &plan->entries[i];
  return NULL;
}

static void make_options(const engine_operations *o, operation_action *a) {
  const worker_pool_options *p = o->o.pool;
  const host_plugin *plugin = NULL;
  const host_action *action = a->entry ? host_find(o->o.registry, a->entry->kind, a->entry->name, &plugin) : NULL;
  if (!action || a->entry->plugin < 0) {
    a->entry = NULL;
    return;
  }
  a->options = (worker_single_options){.worker = p->worker,
                                       .velero_worker = p->velero_worker,
                                       .plugin = plugin,
                                       .action = action,
                                       .config = a->entry->config,
                                       .run = p->run,
                                       .env = p->plan->plugins[a->entry->plugin].env,
                                       .environment = p->environment,
                                       .properties = p->properties,
                                       .scratch = p->scratch,
                                       .timeout = a->entry->timeout,
                                       .grace = p->grace,
                                       .stores = p->stores,
                                       .times = p->times,
                                       .services = &o->services};
}

operation_action *operation_action_of(engine_operations *o, const char *name, error *e) {
  operation_action *a = NULL;
  for (size_t i = 0; i < o->n_actions && !a; i++)
    if (strcmp(o->actions[i].name, name) == 0) a = &o->actions[i];
  if (!a) {
    if (!GROW(o->actions, o->n_actions, o->cap_actions)) return error_nomem(e), NULL;
    a = &o->actions[o->n_actions++];
    *a = (operation_action){.name = name, .entry = entry_of(o, name)};
    make_options(o, a);
  }
  if (a->entry) return a;
  error_set(e, PINTLE_NOT_FOUND, "the chain has no action %s", name);
  return NULL;
}

bool operation_runs(const operation_action *a) { return a->options.action->has & HOST_HAS_RUN_OPERATION; }

static pintle_status single(operation_action *a, error *e) {
  return a->single ? PINTLE_OK : worker_single_open(&a->options, &a->single, e);
}

/* ---- how far is it? */
static pintle_status call_progress(engine_operations *o, operation_action *a, const char *id) {
  pintle_call *call = host_call_handle(o->call);
  const pintle_backup_item_action *b = worker_single_backup_action(a->single);
  const pintle_restore_item_action *r = worker_single_restore_action(a->single);
  if (b && b->progress) return b->progress(a->single, call, id, NULL, &o->result.base);
  if (r && r->progress) return r->progress(a->single, call, id, NULL, &o->result.base);
  return pintle_fail(call, PINTLE_UNSUPPORTED, "action %s has neither progress nor run_operation", a->name);
}

static void next_time(operation *op, int64_t at_least) {
  op->pause = op->pause ? op->pause * 3 / 2 : CLOCK_SECOND / 10;
  if (op->pause > SLOWEST) op->pause = SLOWEST;
  op->ask_at = clock_monotonic() + (at_least > op->pause ? at_least : op->pause);
}

static bool late(const engine_operations *o, const operation *op) { return clock_now() > op->created + o->timeout; }

static void time_out(engine_operations *o, operation *op) {
  error e = {0};
  if (!operation_cancel(o, op, clock_monotonic() + CANCEL_TIMEOUT, &e))
    engine_log(o->o.journal, PINTLE_LOG_WARN, NULL, "", "operations", "operation %s cannot be cancelled: %s", op->id, e.message);
  operation_fail(o, op, "Asynchronous action timed out"); /* Velero's words */
}

void operation_ask(engine_operations *o, operation *op) {
  error e = {0};
  operation_action *a = operation_action_of(o, op->action, &e);
  pintle_status st = a ? single(a, &e) : PINTLE_NOT_FOUND;
  int64_t retry = 0;
  if (st == PINTLE_OK) {
    host_call_begin(o->call, NULL, clock_monotonic() + CALL_TIMEOUT);
    host_result_begin(&o->result, o->call, HOST_RESULT_PROGRESS, true);
    st = call_progress(o, a, op->id);
    st = host_call_end(o->call, st, &e);
    retry = host_call_origin(o->call)->retry_after;
  }
  if (st == PINTLE_CANCELLED && take_cancelled(o)) return;
  if (st == PINTLE_OK && o->result.has_progress) operation_take(o, op, &o->result.progress);
  else if (st != PINTLE_OK && st != PINTLE_TRANSIENT) operation_fail(o, op, "%s", e.message);
  if (operation_over(op)) return;
  if (late(o, op)) time_out(o, op);
  else next_time(op, retry < SLOWEST * 6 ? retry : SLOWEST * 6);
}

/* ---- are they ready? */
static void not_ready(engine_operations *o, const engine_subject *about, const error *e) {
  CLEANUP(buf_free) buf gr = {0};
  kube_type_gr(about->type, &gr);
  if (e)
    engine_log(o->o.journal, PINTLE_LOG_ERROR, about, "", "operations", "error verifying additional items are ready to use: %s",
               e->message);
  else
    engine_log(o->o.journal, PINTLE_LOG_ERROR, about, "", "operations", "additional items for %s/%.*s%s%.*s are not ready to use.",
               buf_z(&gr), (int)about->ns.len, about->ns.ptr, about->ns.len ? "/" : "", (int)about->name.len, about->name.ptr);
}

static pintle_status call_ready(engine_operations *o, operation_action *a, const pintle_id *ids, size_t n, int32_t *ready, error *e) {
  pintle_status st = single(a, e);
  const pintle_restore_item_action *r = st == PINTLE_OK ? worker_single_restore_action(a->single) : NULL;
  if (st != PINTLE_OK) return st;
  if (!r || !r->are_additional_items_ready) return *ready = 1, PINTLE_OK;
  host_call_begin(o->call, NULL, clock_monotonic() + READY_TIMEOUT);
  st = r->are_additional_items_ready(a->single, host_call_handle(o->call), ids, n, NULL, ready);
  return host_call_end(o->call, st, e);
}

bool engine_operations_ready(engine_operations *o, const engine_operations_hooks *hooks, const engine_subject *about, uint32_t entry,
                             const pintle_id *ids, size_t n, bool late) {
  error e = {0};
  int32_t ready = 0;
  if (late) return not_ready(o, about, NULL), true;
  operation_action *a = operation_action_of(o, o->o.pool->plan->entries[entry].name, &e);
  o->hooks = hooks;
  pintle_status st = a ? call_ready(o, a, ids, n, &ready, &e) : PINTLE_NOT_FOUND;
  bool cancelled = st == PINTLE_CANCELLED && take_cancelled(o);
  o->hooks = NULL;
  if (st == PINTLE_OK || st == PINTLE_TRANSIENT || cancelled) return ready != 0;
  return not_ready(o, about, &e), true;
}

/* ---- run_operation */
void operation_start(engine_operations *o, operation *op) {
  error e = {0};
  int64_t left = op->created + o->timeout - clock_now();
  operation_action *a = operation_action_of(o, op->action, &e);
  if (left <= 0) {
    time_out(o, op);
    return;
  }
  pintle_status st = a ? worker_operation_start(&a->options, op->id, left, &op->work, &e) : PINTLE_NOT_FOUND;
  if (st != PINTLE_OK) {
    operation_fail(o, op, "%s", e.message);
    return;
  }
  op->started = op->updated = clock_now();
  operation_set(o, op, OPERATION_IN_PROGRESS);
}

void operation_step(engine_operations *o, operation *op) {
  bool over = worker_operation_step(op->work);
  const pintle_progress *p = worker_operation_progress(op->work);
  error e = {0};
  if (p->struct_size) {
    pintle_progress now = *p;
    now.started = op->started;
    now.completed = 0; /* its return ends it */
    if (now.n_completed != op->n_completed || now.n_total != op->n_total) now.updated = clock_now();
    operation_take(o, op, &now);
  }
  if (!over) return;
  pintle_status st = worker_operation_result(op->work, &e);
  const operation_action *a = st == PINTLE_UNSUPPORTED ? operation_action_of(o, op->action, &e) : NULL;
  op->updated = clock_now();
  if (a && a->options.action->has & HOST_HAS_PROGRESS) op->asked = true, next_time(op, 0);
  else if (st == PINTLE_TIMED_OUT && late(o, op)) operation_fail(o, op, "Asynchronous action timed out: %s", e.message);
  else if (st != PINTLE_OK) operation_fail(o, op, "%s", e.message);
  else if (p->struct_size && p->completed && *p->error) operation_fail(o, op, "%s", p->error);
  else operation_set(o, op, OPERATION_COMPLETED);
  worker_operation_free(op->work);
  op->work = NULL;
}

/* ---- cancel */
static pintle_status call_cancel(engine_operations *o, operation_action *a, const char *id) {
  pintle_call *call = host_call_handle(o->call);
  const pintle_backup_item_action *b = worker_single_backup_action(a->single);
  const pintle_restore_item_action *r = worker_single_restore_action(a->single);
  if (b && b->cancel) return b->cancel(a->single, call, id, NULL);
  if (r && r->cancel) return r->cancel(a->single, call, id, NULL);
  return PINTLE_OK;
}

bool operation_cancel(engine_operations *o, const operation *op, int64_t by, error *e) {
  int64_t limit = clock_monotonic() + CANCEL_TIMEOUT;
  bool before = o->stopping;
  operation_action *a = operation_action_of(o, op->action, e);
  if (!a) return false;
  if (!(a->options.action->has & HOST_HAS_CANCEL)) return true;
  o->stopping = true;
  pintle_status st = single(a, e);
  if (st == PINTLE_OK) {
    host_call_begin(o->call, NULL, by < limit ? by : limit);
    st = call_cancel(o, a, op->id);
    st = host_call_end(o->call, st, e);
  }
  o->stopping = before;
  return st == PINTLE_OK || st == PINTLE_NOT_FOUND;
}
