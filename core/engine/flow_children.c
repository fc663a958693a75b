/* flow_children.c -- what an item waits for: additional items, children before their parent's next action.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/flow_inside.h"
#include <stdio.h>

void flow_add_missing(engine_flow *f, flow_ticket *t, const char *sentence) {
  const char *copy = arena_dup(&t->sentences, sentence);
  if (!copy || !GROW(t->missing, t->n_missing, t->cap_missing)) flow_nomem(f);
  else t->missing[t->n_missing++] = copy;
}

void flow_wake(engine_flow *f, flow_ticket *t) {
  for (size_t i = 0; i < t->n_waiters; i++) {
    flow_ticket *w = f->tickets[t->waiters[i]];
    if (t->what == CHAIN_FAILED) {
      char text[1600];
      kube_entry k;
      kube_source_get(f->source, t->item, &k);
      snprintf(text, sizeof text, "additional item %s %.*s%s%.*s failed: %s", k.type->resource, (int)k.ns.len, k.ns.ptr,
               k.ns.len ? "/" : "", (int)k.name.len, k.name.ptr, t->error ? t->error->message : "");
      flow_add_missing(f, w, text);
    }
    if (--w->waits) continue;
    flow_go_on(f, t->waiters[i]);
  }
  t->n_waiters = 0;
}

/* Would waiting for child mean waiting for oneself? */
static bool waits_for(const engine_flow *f, const flow_ticket *child, const flow_ticket *on, unsigned depth) {
  if (child == on || depth > 4 * ENGINE_MAX_DEPTH) return true;
  if (child->state != FLOW_WAITING) return false;
  for (size_t i = 0; i < child->n_children; i++) {
    const flow_ticket *t = child->children[i].waited ? flow_ticket_of(f, child->children[i].item) : NULL;
    if (t && t->state != FLOW_DONE && waits_for(f, t, on, depth + 1)) return true;
  }
  return false;
}

/* Every child asked for is written before its parent; whether the parent also waits for it depends on who came first, the order does not. */
static void add_child(engine_flow *f, flow_ticket *t, size_t number, size_t item) {
  flow_ticket *c = flow_ticket_of(f, item);
  for (size_t i = 0; i < t->n_children; i++)
    if (t->children[i].item == item) return;
  if (item == t->item || f->of[item] == FLOW_GONE) return;
  if (!c && t->depth + 1 > ENGINE_MAX_DEPTH) {
    flow_add_missing(f, t, "additional items go deeper than 32 levels: the rest is not followed from here");
    return;
  }
  bool wait = !c || (c->state != FLOW_DONE && !waits_for(f, c, t, 0)); /* a cycle is not waited for */
  if (!c && (!(c = flow_claim(f, item, t->depth + 1)) || !GROW(f->start, f->n_start, f->cap_start))) return flow_nomem(f);
  if (!GROW(t->children, t->n_children, t->cap_children) || !GROW(c->waiters, c->n_waiters, c->cap_waiters)) return flow_nomem(f);
  if (c->state == FLOW_RUNNING && !c->begun) {
    c->begun = true;
    f->start[f->n_start++] = item;
  }
  t->children[t->n_children++] = (struct child){(uint32_t)item, wait};
  if (!wait) return;
  c->waiters[c->n_waiters++] = number;
  t->waits++;
}

void flow_add_related(engine_flow *f, flow_ticket *t, size_t number, const chain_outcome *o) {
  t->state = FLOW_WAITING;
  flow_want_ready(f, t, o);
  for (size_t i = 0; i < o->n_related; i++) {
    buf why = {0};
    size_t item = f->ops.resolve(f->ops.ctx, t->item, &o->related[i], &why);
    if (item != SIZE_MAX) flow_want_item(t, item), add_child(f, t, number, item);
    else if (why.len) flow_add_missing(f, t, buf_z(&why));
    buf_free(&why);
  }
  if (!t->waits) flow_go_on(f, number);
}
