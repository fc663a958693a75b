/* flow_item.c -- one item begins, goes on, and ends.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/flow_inside.h"

static void set(buf *b, str s) {
  buf_clear(b);
  buf_adds(b, s);
}

static void describe(flow_ticket *t, const kube_entry *k) {
  set(&t->ns, k->ns);
  set(&t->name, k->name);
  t->in.type = k->type;
  t->in.id = (pintle_id){k->type->group, k->type->version, k->type->resource, k->ns.ptr, k->name.ptr};
}

void flow_submit(engine_flow *f, flow_ticket *t) {
  t->in.text = buf_str(&t->text);
  t->in.next = t->next;
  t->in.stored = t->stored.len ? buf_str(&t->stored) : (str){0};
  t->in.original_labels = t->has_labels ? buf_str(&t->labels) : (str){0};
  t->in.volume_action = buf_str(&t->volume_action), t->in.volume_parameters = buf_str(&t->volume_parameters);
  t->state = FLOW_RUNNING;
  worker_pool_submit(f->pool, f->of[t->item] - 1, t->block, &t->in, &f->failure);
}

static void finish(engine_flow *f, flow_ticket *t) {
  t->state = FLOW_DONE;
  if (t->what == CHAIN_DONE) f->stats.done++;
  else if (t->what == CHAIN_SKIPPED) f->stats.skipped++;
  else f->stats.failed++;
  if (f->ops.complete && f->failure.status == PINTLE_OK) {
    engine_done d = flow_done_of(t);
    f->ops.complete(f->ops.ctx, &d, &f->failure);
  }
  buf_free(&t->stored);
  flow_weigh(f, t);
  flow_wake(f, t);
}

void flow_begin(engine_flow *f, flow_ticket *t) {
  engine_input in = {0};
  kube_entry k;
  kube_source_get(f->source, t->item, &k);
  describe(t, &k);
  in.text = t->text, in.stored = t->stored, in.volume_action = t->volume_action,
  in.volume_parameters = t->volume_parameters; /* their memory is used again */
  error why = {0};
  pintle_status st = f->ops.load(f->ops.ctx, t->item, &in, &why);
  t->text = in.text, t->stored = in.stored, t->volume_action = in.volume_action, t->volume_parameters = in.volume_parameters;
  if (in.has_stored && t->stored.len == 0) set(&t->stored, buf_str(&t->text));
  flow_weigh(f, t);
  if (st == PINTLE_OK && (t->text.failed || t->stored.failed || t->ns.failed || t->name.failed)) st = error_nomem(&why);
  if (st == PINTLE_NOMEM || st == PINTLE_CANCELLED) {
    f->failure = why;
  } else if (st != PINTLE_OK) {
    t->what = CHAIN_FAILED;
    flow_keep_error(f, t, &why);
    finish(f, t);
  } else if (in.wanted) flow_submit(f, t);
  else finish(f, t);
}

/* Joins two JSON arrays. */
static void add_record(buf *to, str record) {
  if (record.len < 3) return;
  if (to->len > 2) {
    to->data[to->len - 1] = ',';
    record.ptr++, record.len--;
  }
  buf_adds(to, record);
}

static void end_run(engine_flow *f, const flow_ticket *t, const chain_outcome *o) {
  kube_entry k;
  kube_source_get(f->source, t->item, &k);
  f->failure = o->error;
  if (f->ops.explain) f->ops.explain(f->ops.ctx, t->item, o->entry, &f->failure);
  error_wrap(&f->failure, "%s %.*s%s%.*s", k.type->resource, (int)k.ns.len, k.ns.ptr, k.ns.len ? "/" : "", (int)k.name.len, k.name.ptr);
}

static void tell_operations(engine_flow *f, const flow_ticket *t, const chain_outcome *o) {
  for (size_t i = 0; i < o->n_operations && f->ops.operation && f->failure.status == PINTLE_OK; i++)
    f->ops.operation(f->ops.ctx, t->item, buf_str(&t->ns), buf_str(&t->name), &o->operations[i], &f->failure);
}

void engine_flow_outcome(void *flow, uint64_t number, const worker_outcome *w) {
  engine_flow *f = flow;
  const chain_outcome *o = w->chain;
  if (number >= f->n_tickets || !f->tickets[number]->in_use) return; /* cannot be: the pool checks tickets */
  flow_ticket *t = f->tickets[number];
  add_record(&t->record, o->record);
  if (o->changed && (o->what == CHAIN_YIELD || o->what == CHAIN_DONE)) {
    set(&t->text, o->text);
    t->changed = true;
  }
  for (size_t i = 0; i < o->n_times; i++)
    if (o->times[i].edited && o->times[i].entry < 64) t->edited |= UINT64_C(1) << o->times[i].entry;
  if (o->type) t->type = o->type;
  if (o->name.len && o->what != CHAIN_FAILED) set(&t->ns, o->ns), set(&t->name, o->name);
  tell_operations(f, t, o);
  if (o->what == CHAIN_YIELD) {
    t->next = o->next;
    t->has_labels = o->original_labels.ptr != NULL;
    if (t->has_labels) set(&t->labels, o->original_labels);
    flow_weigh(f, t);
    flow_add_related(f, t, number, o);
  } else {
    t->what = o->what == CHAIN_FAIL_RUN ? CHAIN_FAILED : o->what;
    t->entry = o->entry;
    t->died = w->died;
    if (t->what == CHAIN_FAILED) flow_keep_error(f, t, &o->error);
    if (o->skip) buf_addz(&t->skip, o->skip);
    buf_addz(&t->trace, w->backtrace);
    if (o->what == CHAIN_FAIL_RUN && f->failure.status == PINTLE_OK) end_run(f, t, o);
    finish(f, t);
  }
  if (t->text.failed || t->record.failed || t->labels.failed || t->ns.failed || t->name.failed || t->skip.failed) flow_nomem(f);
}
