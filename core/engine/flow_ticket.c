/* flow_ticket.c -- items on their way: tickets and their memory.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/flow_inside.h"
#include <stdlib.h>

enum { SPARE = 128 }; /* free tickets that keep their memory */

void flow_nomem(engine_flow *f) {
  if (f->failure.status == PINTLE_OK) error_nomem(&f->failure);
}

static void ticket_clear(flow_ticket *t, bool spare) {
  buf *bufs[] = {&t->text, &t->stored, &t->labels,        &t->record,           &t->id, &t->ns, &t->name,
                 &t->skip, &t->trace,  &t->volume_action, &t->volume_parameters};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) {
    if (spare || bufs[i]->cap > 64 << 10) buf_free(bufs[i]);
    else buf_clear(bufs[i]);
  }
  t->error = NULL;
  t->asking = NULL;
  if (spare) arena_free(&t->sentences);
  else arena_reset(&t->sentences);
  t->n_missing = t->n_children = t->n_waiters = 0;
  t->edited = 0;
  t->in_use = t->begun = t->emitting = t->has_labels = t->changed = t->died = false;
}

void flow_ticket_free(flow_ticket *t) {
  ticket_clear(t, true);
  free(t->children);
  free(t->waiters);
  free(t->missing);
  arena_free(&t->sentences);
  free(t);
}

/* ---- tickets */
flow_ticket *flow_claim(engine_flow *f, size_t item, uint32_t depth) {
  if (f->n_free == 0) {
    flow_ticket **v = realloc(f->tickets, (f->n_tickets + 1) * sizeof *v);
    if (v) f->tickets = v;
    size_t *free_v = realloc(f->free_tickets, (f->n_tickets + 1) * sizeof *free_v);
    if (free_v) f->free_tickets = free_v;
    flow_ticket *t = v && free_v ? calloc(1, sizeof *t) : NULL;
    if (!t) return flow_nomem(f), NULL;
    f->tickets[f->n_tickets] = t;
    f->free_tickets[f->n_free++] = f->n_tickets++;
  }
  size_t number = f->free_tickets[--f->n_free];
  flow_ticket *t = f->tickets[number];
  t->in_use = true;
  t->block = f->ops.block ? f->ops.block(f->ops.ctx, item) : 0;
  t->item = item, t->depth = depth, t->state = FLOW_RUNNING;
  t->waits = 0, t->next = 0, t->entry = UINT32_MAX, t->what = CHAIN_DONE;
  t->type = NULL;
  f->of[item] = (uint32_t)number + 1;
  return t;
}

flow_ticket *flow_ticket_of(const engine_flow *f, size_t item) {
  uint32_t n = f->of[item];
  return n == FLOW_UNCLAIMED || n == FLOW_GONE ? NULL : f->tickets[n - 1];
}

void flow_keep_error(engine_flow *f, flow_ticket *t, const error *e) {
  if (!t->error && !(t->error = arena_alloc(&t->sentences, sizeof *t->error))) return flow_nomem(f);
  *t->error = *e;
}

static const error *error_of(const flow_ticket *t) {
  static const error none;
  return t->error ? t->error : &none;
}

const char *engine_failed_by(const engine_done *d, const chain_plan *plan) {
  return d->what == CHAIN_FAILED && d->entry < plan->n ? plan->entries[d->entry].name : NULL;
}

engine_done flow_done_of(const flow_ticket *t) {
  return (engine_done){.item = t->item,
                       .what = t->what,
                       .changed = t->changed,
                       .died = t->died,
                       .edited = t->edited,
                       .entry = t->entry,
                       .type = t->type ? t->type : t->in.type,
                       .ns = buf_str(&t->ns),
                       .name = buf_str(&t->name),
                       .text = buf_str(&t->text),
                       .record = buf_str(&t->record),
                       .skip = t->skip.len ? t->skip.data : "",
                       .backtrace = t->trace.len ? t->trace.data : "",
                       .error = error_of(t),
                       .missing = t->missing,
                       .n_missing = t->n_missing};
}

void flow_weigh(engine_flow *f, flow_ticket *t) {
  f->window -= t->weight;
  t->weight = t->text.cap + t->stored.cap + t->record.cap;
  f->window += t->weight;
}

void flow_release(engine_flow *f, flow_ticket *t) {
  size_t number = f->of[t->item] - 1;
  f->window -= t->weight;
  t->weight = 0;
  f->of[t->item] = FLOW_GONE;
  ticket_clear(t, f->n_free >= SPARE);
  f->free_tickets[f->n_free++] = number;
}
