/* flow.c -- see flow.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/flow.h"
#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>

#define WINDOW ((size_t)16 << 20)          /* bytes of texts and records that wait for their turn, as they stand in memory */
#define BACKLOG ((size_t)256 << 10)        /* bytes queued in the pool */
enum { SPARE = 128, ROUND = 256 };         /* free tickets that keep their memory; items begun before workers are heard again */
enum { UNCLAIMED = 0, GONE = UINT32_MAX }; /* in of[]: not claimed; emitted */

enum state { RUNNING, WAITING, DONE };
typedef struct ticket {
  size_t item;
  enum state state;
  bool in_use, begun, emitting;
  uint32_t depth;
  uint32_t waits; /* children not done yet */
  struct child {
    uint32_t item;
    bool waited;
  } * children;
  size_t n_children, cap_children; /* in the order asked for */
  size_t *waiters;
  size_t n_waiters, cap_waiters; /* tickets */
  uint32_t next;                 /* entry to resume with */
  chain_input in;                /* id and type; texts are in the bufs */
  buf text, stored, labels, record, id;
  bool has_labels, changed, died;
  int32_t what;
  uint32_t entry;
  size_t weight; /* its part of the window */
  const kube_type *type;
  buf ns, name, skip, trace;
  error *error;    /* NULL: none. It is large, and rare */
  arena sentences; /* holds the error and the texts of missing */
  const char **missing;
  size_t n_missing, cap_missing;
} ticket;

struct engine_flow {
  engine_flow_ops ops;
  kube_source *source;
  kube_types *types;
  worker_pool *pool;
  uint32_t *of; /* by item: ticket + 1, UNCLAIMED or GONE */
  ticket **tickets;
  size_t n_tickets;
  size_t *free_tickets;
  size_t n_free;
  size_t *order;
  size_t order_at, order_n, order_cap; /* items begun by their turn, not emitted yet */
  size_t *start;
  size_t n_start, cap_start; /* children to begin, with their parent's depth in the ticket */
  size_t *todo;
  size_t n_todo, cap_todo; /* tickets to resume */
  size_t window;
  engine_flow_stats stats;
  error failure; /* ends the run */
};

static void fail_nomem(engine_flow *f) {
  if (f->failure.status == PINTLE_OK) error_nomem(&f->failure);
}

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

static void ticket_clear(ticket *t, bool spare) {
  buf *bufs[] = {&t->text, &t->stored, &t->labels, &t->record, &t->id, &t->ns, &t->name, &t->skip, &t->trace};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) {
    if (spare || bufs[i]->cap > 64 << 10) buf_free(bufs[i]);
    else buf_clear(bufs[i]);
  }
  t->error = NULL;
  if (spare) arena_free(&t->sentences);
  else arena_reset(&t->sentences);
  t->n_missing = t->n_children = t->n_waiters = 0;
  t->in_use = t->begun = t->emitting = t->has_labels = t->changed = t->died = false;
}

static void ticket_free(ticket *t) {
  ticket_clear(t, true);
  free(t->children);
  free(t->waiters);
  free(t->missing);
  arena_free(&t->sentences);
  free(t);
}

void engine_flow_free(engine_flow *f) {
  if (!f) return;
  for (size_t i = 0; i < f->n_tickets; i++) ticket_free(f->tickets[i]);
  free(f->tickets);
  free(f->free_tickets);
  free(f->of);
  free(f->order);
  free(f->start);
  free(f->todo);
  free(f);
}

bool engine_flow_claimed(const engine_flow *f, size_t item) { return f->of[item] != UNCLAIMED; }

/* ---- tickets */
static ticket *claim(engine_flow *f, size_t item, uint32_t depth) {
  if (f->n_free == 0) {
    ticket **v = realloc(f->tickets, (f->n_tickets + 1) * sizeof *v);
    if (v) f->tickets = v;
    size_t *free_v = realloc(f->free_tickets, (f->n_tickets + 1) * sizeof *free_v);
    if (free_v) f->free_tickets = free_v;
    ticket *t = v && free_v ? calloc(1, sizeof *t) : NULL;
    if (!t) return fail_nomem(f), NULL;
    f->tickets[f->n_tickets] = t;
    f->free_tickets[f->n_free++] = f->n_tickets++;
  }
  size_t number = f->free_tickets[--f->n_free];
  ticket *t = f->tickets[number];
  t->in_use = true;
  t->item = item, t->depth = depth, t->state = RUNNING;
  t->waits = 0, t->next = 0, t->entry = UINT32_MAX, t->what = CHAIN_DONE;
  t->type = NULL;
  f->of[item] = (uint32_t)number + 1;
  return t;
}

static ticket *ticket_of(const engine_flow *f, size_t item) {
  uint32_t n = f->of[item];
  return n == UNCLAIMED || n == GONE ? NULL : f->tickets[n - 1];
}

static void keep_error(engine_flow *f, ticket *t, const error *e) {
  if (!t->error && !(t->error = arena_alloc(&t->sentences, sizeof *t->error))) return fail_nomem(f);
  *t->error = *e;
}

static const error *error_of(const ticket *t) {
  static const error none;
  return t->error ? t->error : &none;
}

static void add_missing(engine_flow *f, ticket *t, const char *sentence) {
  const char *copy = arena_dup(&t->sentences, sentence);
  if (!copy || !GROW(t->missing, t->n_missing, t->cap_missing)) fail_nomem(f);
  else t->missing[t->n_missing++] = copy;
}

static void wake(engine_flow *f, ticket *t) {
  for (size_t i = 0; i < t->n_waiters; i++) {
    ticket *w = f->tickets[t->waiters[i]];
    if (t->what == CHAIN_FAILED) {
      char text[1600];
      kube_entry k;
      kube_source_get(f->source, t->item, &k);
      snprintf(text, sizeof text, "additional item %s %.*s%s%.*s failed: %s", k.type->resource, (int)k.ns.len, k.ns.ptr,
               k.ns.len ? "/" : "", (int)k.name.len, k.name.ptr, error_of(t)->message);
      add_missing(f, w, text);
    }
    if (--w->waits) continue;
    if (!GROW(f->todo, f->n_todo, f->cap_todo)) fail_nomem(f);
    else f->todo[f->n_todo++] = t->waiters[i];
  }
  t->n_waiters = 0;
}

const char *engine_failed_by(const engine_done *d, const chain_plan *plan) {
  return d->what == CHAIN_FAILED && d->entry < plan->n ? plan->entries[d->entry].name : NULL;
}

static engine_done done_of(const ticket *t) {
  return (engine_done){.item = t->item,
                       .what = t->what,
                       .changed = t->changed,
                       .died = t->died,
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

static void weigh(engine_flow *f, ticket *t) {
  f->window -= t->weight;
  t->weight = t->text.cap + t->stored.cap + t->record.cap;
  f->window += t->weight;
}

static void finish(engine_flow *f, ticket *t) {
  t->state = DONE;
  if (t->what == CHAIN_DONE) f->stats.done++;
  else if (t->what == CHAIN_SKIPPED) f->stats.skipped++;
  else f->stats.failed++;
  if (f->ops.complete && f->failure.status == PINTLE_OK) {
    engine_done d = done_of(t);
    f->ops.complete(f->ops.ctx, &d, &f->failure);
  }
  buf_free(&t->stored);
  weigh(f, t);
  wake(f, t);
}

/* ---- begin and resume; only from the main loop: an outcome may not submit */
static void set(buf *b, str s) {
  buf_clear(b);
  buf_adds(b, s);
}

static void describe(ticket *t, const kube_entry *k) {
  set(&t->ns, k->ns);
  set(&t->name, k->name);
  t->in.type = k->type;
  t->in.id = (pintle_id){k->type->group, k->type->version, k->type->resource, k->ns.ptr, k->name.ptr};
}

static void submit(engine_flow *f, ticket *t) {
  t->in.text = buf_str(&t->text);
  t->in.next = t->next;
  t->in.stored = t->stored.len ? buf_str(&t->stored) : (str){0};
  t->in.original_labels = t->has_labels ? buf_str(&t->labels) : (str){0};
  t->state = RUNNING;
  worker_pool_submit(f->pool, f->of[t->item] - 1, &t->in, &f->failure);
}

static void begin(engine_flow *f, ticket *t) {
  engine_input in = {0};
  kube_entry k;
  kube_source_get(f->source, t->item, &k);
  describe(t, &k);
  in.text = t->text, in.stored = t->stored; /* their memory is used again */
  error why = {0};
  pintle_status st = f->ops.load(f->ops.ctx, t->item, &in, &why);
  t->text = in.text, t->stored = in.stored;
  if (in.has_stored && t->stored.len == 0) set(&t->stored, buf_str(&t->text));
  weigh(f, t);
  if (st == PINTLE_OK && (t->text.failed || t->stored.failed || t->ns.failed || t->name.failed)) st = error_nomem(&why);
  if (st == PINTLE_NOMEM || st == PINTLE_CANCELLED) {
    f->failure = why;
  } else if (st != PINTLE_OK) {
    t->what = CHAIN_FAILED;
    keep_error(f, t, &why);
    finish(f, t);
  } else if (in.wanted) submit(f, t);
  else finish(f, t);
}

/* Would waiting for child mean waiting for oneself? */
static bool waits_for(const engine_flow *f, const ticket *child, const ticket *on, unsigned depth) {
  if (child == on || depth > 4 * ENGINE_MAX_DEPTH) return true;
  if (child->state != WAITING) return false;
  for (size_t i = 0; i < child->n_children; i++) {
    const ticket *t = child->children[i].waited ? ticket_of(f, child->children[i].item) : NULL;
    if (t && t->state != DONE && waits_for(f, t, on, depth + 1)) return true;
  }
  return false;
}

/* Every child asked for is written before its parent; whether the parent also waits for it depends on who came first, the order does not. */
static void add_child(engine_flow *f, ticket *t, size_t number, size_t item) {
  ticket *c = ticket_of(f, item);
  for (size_t i = 0; i < t->n_children; i++)
    if (t->children[i].item == item) return;
  if (item == t->item || f->of[item] == GONE) return;
  if (!c && t->depth + 1 > ENGINE_MAX_DEPTH) {
    add_missing(f, t, "additional items go deeper than 32 levels: the rest is not followed from here");
    return;
  }
  bool wait = !c || (c->state != DONE && !waits_for(f, c, t, 0)); /* a cycle is not waited for */
  if (!c && (!(c = claim(f, item, t->depth + 1)) || !GROW(f->start, f->n_start, f->cap_start))) return fail_nomem(f);
  if (!GROW(t->children, t->n_children, t->cap_children) || !GROW(c->waiters, c->n_waiters, c->cap_waiters)) return fail_nomem(f);
  if (c->state == RUNNING && !c->begun) {
    c->begun = true;
    f->start[f->n_start++] = item;
  }
  t->children[t->n_children++] = (struct child){(uint32_t)item, wait};
  if (!wait) return;
  c->waiters[c->n_waiters++] = number;
  t->waits++;
}

static void add_related(engine_flow *f, ticket *t, size_t number, const chain_outcome *o) {
  t->state = WAITING;
  for (size_t i = 0; i < o->n_related; i++) {
    buf why = {0};
    size_t item = f->ops.resolve(f->ops.ctx, t->item, &o->related[i], &why);
    if (item != SIZE_MAX) add_child(f, t, number, item);
    else if (why.len) add_missing(f, t, buf_z(&why));
    buf_free(&why);
  }
  if (t->waits) return;
  if (!GROW(f->todo, f->n_todo, f->cap_todo)) return fail_nomem(f);
  f->todo[f->n_todo++] = number;
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

static void end_run(engine_flow *f, const ticket *t, const chain_outcome *o) {
  kube_entry k;
  kube_source_get(f->source, t->item, &k);
  f->failure = o->error;
  if (f->ops.explain) f->ops.explain(f->ops.ctx, t->item, o->entry, &f->failure);
  error_wrap(&f->failure, "%s %.*s%s%.*s", k.type->resource, (int)k.ns.len, k.ns.ptr, k.ns.len ? "/" : "", (int)k.name.len, k.name.ptr);
}

void engine_flow_outcome(void *flow, uint64_t number, const worker_outcome *w) {
  engine_flow *f = flow;
  const chain_outcome *o = w->chain;
  if (number >= f->n_tickets || !f->tickets[number]->in_use) return; /* cannot be: the pool checks tickets */
  ticket *t = f->tickets[number];
  add_record(&t->record, o->record);
  if (o->changed && (o->what == CHAIN_YIELD || o->what == CHAIN_DONE)) {
    set(&t->text, o->text);
    t->changed = true;
  }
  if (o->type) t->type = o->type;
  if (o->name.len && o->what != CHAIN_FAILED) set(&t->ns, o->ns), set(&t->name, o->name);
  if (o->what == CHAIN_YIELD) {
    t->next = o->next;
    t->has_labels = o->original_labels.ptr != NULL;
    if (t->has_labels) set(&t->labels, o->original_labels);
    weigh(f, t);
    add_related(f, t, number, o);
  } else {
    t->what = o->what == CHAIN_FAIL_RUN ? CHAIN_FAILED : o->what;
    t->entry = o->entry;
    t->died = w->died;
    if (t->what == CHAIN_FAILED) keep_error(f, t, &o->error);
    if (o->skip) buf_addz(&t->skip, o->skip);
    buf_addz(&t->trace, w->backtrace);
    if (o->what == CHAIN_FAIL_RUN && f->failure.status == PINTLE_OK) end_run(f, t, o);
    finish(f, t);
  }
  if (t->text.failed || t->record.failed || t->labels.failed || t->ns.failed || t->name.failed || t->skip.failed) fail_nomem(f);
}

/* ---- emission */
static void release(engine_flow *f, ticket *t) {
  size_t number = f->of[t->item] - 1;
  f->window -= t->weight;
  t->weight = 0;
  f->of[t->item] = GONE;
  ticket_clear(t, f->n_free >= SPARE);
  f->free_tickets[f->n_free++] = number;
}

/* Is the item and all that goes before it done? */
static bool ready(const engine_flow *f, ticket *t) {
  if (t->state != DONE) return false;
  if (t->emitting) return true;
  t->emitting = true;
  bool all = true;
  for (size_t i = 0; i < t->n_children && all; i++) {
    ticket *c = ticket_of(f, t->children[i].item);
    if (c) all = ready(f, c);
  }
  t->emitting = false;
  return all;
}

static void emit(engine_flow *f, ticket *t) {
  if (t->emitting) return;
  t->emitting = true;
  for (size_t i = 0; i < t->n_children && f->failure.status == PINTLE_OK; i++) {
    ticket *c = ticket_of(f, t->children[i].item);
    if (c) emit(f, c);
  }
  if (f->failure.status != PINTLE_OK) return;
  engine_done d = done_of(t);
  if (f->ops.emit(f->ops.ctx, &d, &f->failure) != PINTLE_OK) return;
  f->stats.emitted++;
  release(f, t);
}

static void emit_ready(engine_flow *f) {
  while (f->order_at < f->order_n && f->failure.status == PINTLE_OK) {
    size_t item = f->order[f->order_at];
    ticket *t = ticket_of(f, item);
    if (t && !ready(f, t)) break;
    if (t) emit(f, t);
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
    if (f->n_todo) submit(f, f->tickets[f->todo[--f->n_todo]]);
    else {
      ticket *t = ticket_of(f, f->start[--f->n_start]);
      if (t) begin(f, t);
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
    if (!GROW(f->order, f->order_n, f->order_cap)) return fail_nomem(f), false;
    f->order[f->order_n++] = item;
    if (f->of[item] == UNCLAIMED) {
      ticket *t = claim(f, item, 0);
      if (!t) return false;
      t->begun = true;
      begin(f, t);
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
    run_waiting(f);
    bool room = false;
    if (more) more = start_some(f, &room);
    emit_ready(f);
    if (f->ops.progress) f->ops.progress(f->ops.ctx, f->stats.emitted);
    if (cancelled && worker_pool_pending(pool) == 0) break;
    if (!more && f->order_at == f->order_n && worker_pool_pending(pool) == 0 && !f->n_todo && !f->n_start) break;
    if (f->failure.status != PINTLE_OK || f->n_todo || f->n_start) continue;
    if (worker_pool_pending(pool)) worker_pool_step(pool, more && room ? 0 : CLOCK_SECOND / 5, &f->failure);
  }
  *stats = f->stats;
  if (f->failure.status != PINTLE_OK) {
    if (e) *e = f->failure;
    return f->failure.status;
  }
  return cancelled ? error_set(e, PINTLE_CANCELLED, "the run was cancelled") : PINTLE_OK;
}
