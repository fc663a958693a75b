/* flow.c -- the loop: items begin in source order and leave in it.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "engine/flow_inside.h"
#include <stdlib.h>
#include <time.h>

#define WINDOW ((size_t)4 << 20)    /* bytes of texts and records that wait for their turn, as they stand in memory */
#define BACKLOG ((size_t)256 << 10) /* bytes queued in the pool */
enum { ROUND = 256 };               /* items begun before workers are heard again */

pintle_status engine_flow_new(const engine_flow_ops *ops, kube_source *source, kube_types *types, engine_flow **out, error *e) {
  engine_flow *f = calloc(1, sizeof *f);
  if (!f) return error_nomem(e);
  f->ops = *ops, f->source = source, f->types = types;
  f->of = calloc(kube_source_count(source) + 1, sizeof *f->of);
  if (!f->of) {
    free(f);
    return error_nomem(e);
  }
  *out = f;
  return PINTLE_OK;
}

void engine_flow_free(engine_flow *f) {
  if (!f) return;
  for (size_t i = 0; i < f->n_tickets; i++) flow_ticket_free(f->tickets[i]);
  free(f->tickets);
  free(f->free_tickets);
  free(f->of);
  free(f->order);
  free(f->start);
  free(f->todo);
  free(f->asking);
  free(f);
}

bool engine_flow_claimed(const engine_flow *f, size_t item) { return f->of[item] != FLOW_UNCLAIMED; }

/* ---- emission */
/* Is the item and all that goes before it done? */
static bool ready(const engine_flow *f, flow_ticket *t) {
  if (t->state != FLOW_DONE) return false;
  if (t->emitting) return true;
  t->emitting = true;
  bool all = true;
  for (size_t i = 0; i < t->n_children && all; i++) {
    flow_ticket *c = flow_ticket_of(f, t->children[i].item);
    if (c) all = ready(f, c);
  }
  t->emitting = false;
  return all;
}

static void emit(engine_flow *f, flow_ticket *t) {
  if (t->emitting) return;
  t->emitting = true;
  for (size_t i = 0; i < t->n_children && f->failure.status == PINTLE_OK; i++) {
    flow_ticket *c = flow_ticket_of(f, t->children[i].item);
    if (c) emit(f, c);
  }
  if (f->failure.status != PINTLE_OK) return;
  engine_done d = flow_done_of(t);
  if (f->ops.emit(f->ops.ctx, &d, &f->failure) != PINTLE_OK) return;
  f->stats.emitted++;
  flow_release(f, t);
}

/* All of a block is done when an item of another one is emitted. */
static void pass_block(engine_flow *f, size_t item) {
  uint32_t block = f->ops.block ? f->ops.block(f->ops.ctx, item) : 0;
  if (f->block && f->block != block) worker_pool_end_block(f->pool, f->block);
  f->block = block;
}

static void emit_ready(engine_flow *f) {
  while (f->order_at < f->order_n && f->failure.status == PINTLE_OK) {
    size_t item = f->order[f->order_at];
    flow_ticket *t = flow_ticket_of(f, item);
    if (t && !ready(f, t)) break;
    if (t) emit(f, t);
    pass_block(f, item);
    f->order_at++;
  }
  if (f->order_at == f->order_n) f->order_at = f->order_n = 0;
  else if (f->order_at > 1024) {
    memmove(f->order, f->order + f->order_at, (f->order_n - f->order_at) * sizeof *f->order);
    f->order_n -= f->order_at;
    f->order_at = 0;
  }
}

/* ---- the loop */
static void run_waiting(engine_flow *f) {
  while ((f->n_todo || f->n_start) && f->failure.status == PINTLE_OK) {
    if (f->n_todo) flow_submit(f, f->tickets[f->todo[--f->n_todo]]);
    else {
      flow_ticket *t = flow_ticket_of(f, f->start[f->start_at++]);
      if (f->start_at == f->n_start) f->start_at = f->n_start = 0;
      if (t) flow_begin(f, t);
    }
  }
}

/* Items that no action wants are done at once, so what can be written is written in between. *room: there is room for still more. */
static bool start_some(engine_flow *f, bool *room) {
  for (unsigned n = 0; f->failure.status == PINTLE_OK; n++) {
    *room = f->window < WINDOW && worker_pool_backlog(f->pool) < BACKLOG && f->order_n - f->order_at < 4096;
    if (!*room || n == ROUND) return true;
    size_t item = f->ops.next(f->ops.ctx);
    if (item == SIZE_MAX) return false;
    if (!GROW(f->order, f->order_n, f->order_cap)) return flow_nomem(f), false;
    f->order[f->order_n++] = item;
    if (f->of[item] == FLOW_UNCLAIMED) {
      flow_ticket *t = flow_claim(f, item, 0);
      if (!t) return false;
      t->begun = true;
      flow_begin(f, t);
    }
    run_waiting(f);
    emit_ready(f);
  }
  return true;
}

pintle_status engine_flow_run(engine_flow *f, worker_pool *pool, engine_flow_stats *stats, error *e) {
  bool more = true, cancelled = false;
  f->pool = pool;
  while (f->failure.status == PINTLE_OK) {
    if (!cancelled && f->ops.cancelled && f->ops.cancelled(f->ops.ctx)) {
      cancelled = true;
      more = false;
      worker_pool_cancel(pool);
    }
    flow_ask(f);
    run_waiting(f);
    bool room = false;
    if (more) more = start_some(f, &room);
    emit_ready(f);
    if (f->ops.progress) f->ops.progress(f->ops.ctx, f->stats.emitted);
    if (cancelled && worker_pool_pending(pool) == 0) break;
    if (!more && f->order_at == f->order_n && worker_pool_pending(pool) == 0 && !f->n_todo && !f->n_start && !f->n_asking) break;
    if (f->failure.status != PINTLE_OK || f->n_todo || f->n_start) continue;
    int64_t wait = more && room ? 0 : flow_next_question(f, CLOCK_SECOND / 5);
    if (worker_pool_pending(pool)) worker_pool_step(pool, wait, &f->failure);
    else if (f->n_asking) nanosleep(&(struct timespec){.tv_nsec = wait}, NULL);
  }
  *stats = f->stats;
  if (f->failure.status != PINTLE_OK) {
    if (e) *e = f->failure;
    return f->failure.status;
  }
  return cancelled ? error_set(e, PINTLE_CANCELLED, "the run was cancelled") : PINTLE_OK;
}
