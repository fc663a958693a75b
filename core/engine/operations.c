/* operations.c -- see operations.h: the set, and the waiting.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/operations_inside.h"
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define LOOK (CLOCK_SECOND / 5)
#define CANCEL_ALL (12 * CLOCK_SECOND)

/* ---- life */
pintle_status engine_operations_new(const engine_operations_options *options, engine_operations **out, error *e) {
  engine_operations *o = calloc(1, sizeof *o);
  if (!o) return error_nomem(e);
  o->o = *options;
  o->restore = str_is(item_str(options->run, "/kind", ""), "Restore");
  str timeout = item_str(options->run, "/spec/itemOperationTimeout", "");
  if (clock_duration(timeout, &o->timeout) != PINTLE_OK || o->timeout <= 0) o->timeout = ENGINE_OPERATION_TIMEOUT;
  pintle_status st = operations_open(o, e);
  if (st != PINTLE_OK) return engine_operations_free(o), st;
  *out = o;
  return PINTLE_OK;
}

void operation_free(operation *op) {
  worker_operation_free(op->work);
  buf_free(&op->error);
  buf_free(&op->units);
  buf_free(&op->description);
}

void engine_operations_free(engine_operations *o) {
  if (!o) return;
  o->stopping = true;
  for (size_t i = 0; i < o->n; i++) operation_free(&o->v[i]);
  operations_close(o);
  free(o->v);
  buf_free(&o->scratch);
  arena_free(&o->memory);
  free(o);
}

static bool copy_id(arena *a, const pintle_id *from, pintle_id *to) {
  *to = (pintle_id){arena_dup(a, from->group), "", arena_dup(a, from->resource), arena_dup(a, from->ns), arena_dup(a, from->name)};
  return to->group && to->resource && to->ns && to->name;
}

pintle_status engine_operations_add(engine_operations *o, const engine_subject *about, const chain_operation *given, buf *json, error *e) {
  arena *a = &o->memory;
  if (!GROW(o->v, o->n, o->cap)) return error_nomem(e);
  operation *op = &o->v[o->n];
  *op = (operation){.action = o->o.pool->plan->entries[given->entry].name,
                    .id = arena_dup(a, given->id),
                    .type = about->type,
                    .no_post = given->n_post == 0,
                    .created = clock_now()};
  op->item = (pintle_id){about->type->group, "", about->type->resource, arena_copy(a, about->ns), arena_copy(a, about->name)};
  op->post = arena_zalloc(a, (given->n_post + 1) * sizeof *op->post);
  bool well = op->id && op->item.ns && op->item.name && op->post;
  for (size_t i = 0; i < given->n_post && well; i++) well = copy_id(a, &given->post[i].id, &op->post[op->n_post++]);
  if (!well) return error_nomem(e);
  o->n++;
  operation_print(o, op, json);
  return json->failed ? error_nomem(e) : PINTLE_OK;
}

size_t engine_operations_count(const engine_operations *o) { return o->n; }

size_t engine_operations_outstanding(const engine_operations *o) {
  size_t n = 0;
  for (size_t i = 0; o && i < o->n; i++) n += !operation_over(&o->v[i]);
  return n;
}

bool engine_phase_waits(const char *phase) { return str_starts(str_of(phase), "WaitingFor") || str_starts(str_of(phase), "Finalizing"); }

/* ---- what becomes of one */
static engine_subject subject(const operation *op) { return (engine_subject){op->type, str_of(op->item.ns), str_of(op->item.name)}; }

static void tell(engine_operations *o, const operation *op) {
  buf_clear(&o->scratch);
  operation_print(o, op, &o->scratch);
  const engine_event event = {.kind = ENGINE_OPERATION, .plugin = op->action, .record = buf_str(&o->scratch)};
  if (!o->scratch.failed) engine_tell(o->o.journal, &event);
}

void operation_say(buf *to, const char *text) {
  buf_clear(to);
  buf_addz(to, text ? text : "");
}

void operation_set(engine_operations *o, operation *op, enum operation_phase phase) {
  const engine_subject about = subject(op);
  if (op->phase == phase) return;
  op->phase = phase;
  o->changed = true;
  if (phase == OPERATION_COMPLETED)
    engine_log(o->o.journal, PINTLE_LOG_INFO, &about, op->action, "operations", "operation %s is completed", op->id);
  tell(o, op);
}

static void say_failed(engine_operations *o, operation *op, bool before) {
  char text[2000];
  const engine_subject about = subject(op);
  int n = snprintf(text, sizeof text, "operation %s of action %s failed: %s", op->id, op->action, buf_z(&op->error));
  if (n < 0) return;
  if (before && engine_said_before(o->o.journal, PINTLE_LOG_ERROR, &about, str_of(text))) return;
  if (before && engine_counted_before(o->o.journal, &about, str_of(text))) return;
  engine_log(o->o.journal, PINTLE_LOG_ERROR, &about, op->action, "operations", "%s", text);
}

void operation_fail(engine_operations *o, operation *op, const char *format, ...) {
  char text[1500];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  operation_say(&op->error, text);
  say_failed(o, op, false);
  operation_set(o, op, OPERATION_FAILED);
}

void engine_operations_retell(engine_operations *o) {
  for (size_t i = 0; i < o->n; i++)
    if (o->v[i].phase == OPERATION_FAILED) say_failed(o, &o->v[i], true);
}

void operation_take(engine_operations *o, operation *op, const pintle_progress *p) {
  bool moved = op->n_completed != p->n_completed || op->n_total != p->n_total || strcmp(buf_z(&op->description), p->description) != 0;
  op->n_completed = p->n_completed, op->n_total = p->n_total;
  operation_say(&op->units, p->units);
  operation_say(&op->description, p->description);
  if (p->started) op->started = p->started;
  if (p->updated) op->updated = p->updated;
  if (p->completed && *p->error) operation_fail(o, op, "%s%s%s%s", p->error, *p->code ? " (" : "", p->code, *p->code ? ")" : "");
  else if (p->completed) operation_set(o, op, OPERATION_COMPLETED);
  else if (op->started && op->phase == OPERATION_NEW) operation_set(o, op, OPERATION_IN_PROGRESS);
  else if (moved) tell(o, op);
}

pintle_status engine_operations_known(engine_operations *o, bool give_up, error *e) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < o->n; i++) {
    error why = {0};
    if (operation_over(&o->v[i]) || operation_action_of(o, o->v[i].action, &why)) continue;
    if (give_up) operation_fail(o, &o->v[i], "%s", why.message);
    else if (st == PINTLE_OK) {
      st = why.status;
      if (e) *e = why;
      if (e) error_wrap(e, "operation %s", o->v[i].id);
      if (e)
        error_hint(e, "use the plugins that the run was begun with; `pintle %s continue %s --give-up` lets such operations fail",
                   o->restore ? "restore" : "backup", item_str(o->o.run, "/metadata/name", "").ptr);
    }
  }
  return st;
}

/* ---- waiting */
/* In hundredths of an operation, so that one that goes on is seen. */
static void tell_progress(const engine_operations *o) {
  uint64_t done = 0;
  for (size_t i = 0; i < o->n; i++) {
    const operation *op = &o->v[i];
    if (operation_over(op)) done += 100;
    else if (op->n_total > 0 && op->n_completed < op->n_total) done += (uint64_t)((double)op->n_completed * 100 / (double)op->n_total);
    else if (op->n_total > 0) done += 99;
  }
  const engine_event event = {.kind = ENGINE_PROGRESS, .done = done, .total = 100 * o->n};
  engine_tell(o->o.journal, &event);
}

/* What can be done now. Returns when there is more, at the latest. */
static int64_t work(engine_operations *o) {
  int64_t next = clock_monotonic() + CLOCK_SECOND;
  size_t running = 0;
  for (size_t i = 0; i < o->n; i++) running += o->v[i].work != NULL;
  for (size_t i = 0; i < o->n; i++) {
    operation *op = &o->v[i];
    error e = {0};
    if (operation_over(op)) continue;
    if (op->work) {
      operation_step(o, op);
      running -= op->work == NULL;
      continue;
    }
    const operation_action *a = operation_action_of(o, op->action, &e);
    if (a && operation_runs(a) && !op->asked) {
      if (running < ENGINE_RUNNING_OPERATIONS) operation_start(o, op), running += op->work != NULL;
      if (op->work) next = 0; /* it has descriptors now */
      continue;
    }
    if (clock_monotonic() >= op->ask_at) operation_ask(o, op);
    if (op->ask_at < next) next = op->ask_at;
    if (o->changed) return 0; /* asking may take long: what has changed is told in between */
  }
  return next;
}

/* Until a process of an operation says something, or that time has come. */
static void sleep_until(const engine_operations *o, int64_t next) {
  struct pollfd f[ENGINE_RUNNING_OPERATIONS * WORKER_OPERATION_FDS];
  nfds_t n = 0;
  for (size_t i = 0; i < o->n && n < sizeof f / sizeof *f; i++)
    if (o->v[i].work) worker_operation_fds(o->v[i].work, f + n), n += WORKER_OPERATION_FDS;
  int64_t wait = next - clock_monotonic();
  if (wait <= 0) return;
  if (wait > LOOK) wait = LOOK; /* whether the run is cancelled is only seen by asking */
  const struct timespec t = {.tv_nsec = wait};
  ppoll(f, n, &t, NULL);
}

static pintle_status wait_all(engine_operations *o, error *e) {
  const engine_operations_hooks *h = o->hooks;
  int64_t told = 0;
  pintle_status st = PINTLE_OK;
  while (engine_operations_outstanding(o) && st == PINTLE_OK) {
    if (h->cancelled && h->cancelled(h->ctx)) {
      engine_operations_cancel(o, "the run was cancelled");
      return error_set(e, PINTLE_CANCELLED, "the run was cancelled");
    }
    int64_t next = work(o), now = clock_monotonic();
    if (o->changed || now - told >= CLOCK_SECOND) {
      bool changed = o->changed;
      told = now, o->changed = false;
      tell_progress(o);
      if (h->beat) st = h->beat(h->ctx, changed, e);
    }
    if (st == PINTLE_OK) sleep_until(o, next);
  }
  return st;
}

pintle_status engine_operations_wait(engine_operations *o, const engine_operations_hooks *hooks, error *e) {
  o->hooks = hooks;
  pintle_status st = wait_all(o, e);
  o->hooks = NULL;
  return st;
}

/* ---- the end before the end */
void engine_operations_cancel(engine_operations *o, const char *why) {
  int64_t by = clock_monotonic() + CANCEL_ALL;
  if (!o || engine_operations_outstanding(o) == 0) return;
  o->stopping = true;
  for (size_t i = 0; i < o->n; i++)
    if (o->v[i].work) worker_operation_cancel(o->v[i].work), worker_operation_step(o->v[i].work);
  for (size_t i = 0; i < o->n; i++) {
    operation *op = &o->v[i];
    error e = {0};
    if (operation_over(op)) continue;
    if (operation_cancel(o, op, by, &e)) operation_fail(o, op, "%s", why);
    else operation_fail(o, op, "%s, and it could not be cancelled: %s", why, e.message);
  }
  for (bool busy = true; busy && clock_monotonic() < by;) {
    busy = false;
    for (size_t i = 0; i < o->n; i++)
      if (o->v[i].work && worker_operation_step(o->v[i].work)) worker_operation_free(o->v[i].work), o->v[i].work = NULL;
      else busy |= o->v[i].work != NULL;
    if (busy) sleep_until(o, by);
  }
  o->stopping = false;
}

size_t engine_operations_drop(engine_operations *o) {
  int64_t each = 10 * CLOCK_SECOND;
  size_t left = 0;
  for (size_t i = 0; i < o->n; i++) {
    operation *op = &o->v[i];
    const engine_subject about = subject(op);
    error e = {0};
    if (operation_over(op)) continue;
    bool well = operation_cancel(o, op, clock_monotonic() + each, &e);
    if (well) engine_log(o->o.journal, PINTLE_LOG_INFO, &about, op->action, "operations", "operation %s is cancelled", op->id);
    else
      engine_log(o->o.journal, PINTLE_LOG_ERROR, &about, op->action, "operations", "operation %s cannot be cancelled: %s", op->id,
                 e.message);
    left += !well;
  }
  return left;
}

void engine_operations_give_up(engine_operations *o, engine_record *record) {
  CLEANUP(buf_free) buf json = {0};
  if (!o || o->n == 0) return;
  engine_operations_cancel(o, "the run has failed");
  buf_clear(&record->operations);
  for (size_t i = 0; i < o->n; i++) {
    buf_clear(&json);
    operation_print(o, &o->v[i], &json);
    engine_record_operation(record, buf_str(&json), NULL);
  }
  engine_record_save(record, true, NULL);
}

/* ---- items to be taken again */
pintle_status engine_operations_post(const engine_operations *o, arena *a, engine_post **out, size_t *n, error *e) {
  size_t all = 0;
  *n = 0;
  for (size_t i = 0; i < o->n; i++) all += o->v[i].n_post;
  engine_post *v = arena_zalloc(a, (all + 1) * sizeof *v);
  if (!v) return error_nomem(e);
  for (size_t i = 0; i < o->n; i++)
    for (size_t k = 0; k < o->v[i].n_post; k++) {
      const pintle_id *id = &o->v[i].post[k];
      bool known = false;
      for (size_t j = 0; j < *n && !known; j++)
        known = strcmp(v[j].name, id->name) == 0 && strcmp(v[j].ns, id->ns) == 0 && strcmp(v[j].resource, id->resource) == 0 &&
                strcmp(v[j].group, id->group) == 0;
      if (!known) v[(*n)++] = (engine_post){id->group, id->resource, id->ns, id->name, o->v[i].action};
    }
  *out = v;
  return PINTLE_OK;
}
