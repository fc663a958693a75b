/* flow_ready.c -- items whose action waits until its additional items are ready: asked once a second, others go on meanwhile.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "engine/flow_inside.h"

#define RESOURCE_TIMEOUT (600 * CLOCK_SECOND) /* Velero's --resource-timeout */
#define LONGEST (24 * 3600 * CLOCK_SECOND)

void flow_want_ready(engine_flow *f, flow_ticket *t, const chain_outcome *o) {
  t->asking = NULL;
  if (o->wait < 0 || o->n_related == 0 || !f->ops.ready) return;
  flow_asking *a = arena_zalloc(&t->sentences, sizeof *a);
  if (!a || !(a->items = arena_alloc(&t->sentences, o->n_related * sizeof *a->items))) return flow_nomem(f);
  a->entry = o->related[0].entry;
  a->timeout = o->wait == 0 ? RESOURCE_TIMEOUT : o->wait < LONGEST ? o->wait : LONGEST;
  t->asking = a;
}

void flow_want_item(flow_ticket *t, size_t item) {
  if (t->asking) t->asking->items[t->asking->n++] = item;
}

static void resume(engine_flow *f, size_t number) {
  if (!GROW(f->todo, f->n_todo, f->cap_todo)) return flow_nomem(f);
  f->todo[f->n_todo++] = number;
}

void flow_go_on(engine_flow *f, size_t number) {
  flow_asking *a = f->tickets[number]->asking;
  if (!a) return resume(f, number);
  if (!GROW(f->asking, f->n_asking, f->cap_asking)) return flow_nomem(f);
  f->asking[f->n_asking++] = number;
  a->at = clock_monotonic();
  a->until = a->at + a->timeout;
}

static bool ready(engine_flow *f, const flow_ticket *t, int64_t now) {
  flow_asking *a = t->asking;
  const engine_question q = {.item = t->item, .entry = a->entry, .children = a->items, .n = a->n, .late = now >= a->until};
  if (f->ops.ready(f->ops.ctx, &q) || q.late) return true;
  now = clock_monotonic();
  a->at = now + CLOCK_SECOND < a->until ? now + CLOCK_SECOND : a->until;
  return false;
}

void flow_ask(engine_flow *f) {
  for (size_t i = 0; i < f->n_asking;) {
    size_t number = f->asking[i];
    flow_ticket *t = f->tickets[number];
    int64_t now = clock_monotonic();
    if (now < t->asking->at || !ready(f, t, now)) {
      i++;
      continue;
    }
    t->asking = NULL;
    f->asking[i] = f->asking[--f->n_asking];
    resume(f, number);
  }
}

int64_t flow_next_question(const engine_flow *f, int64_t wait) {
  int64_t now = clock_monotonic();
  for (size_t i = 0; i < f->n_asking; i++) {
    int64_t left = f->tickets[f->asking[i]]->asking->at - now;
    if (left < wait) wait = left > 0 ? left : 0;
  }
  return wait;
}
