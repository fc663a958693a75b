/* relations.c -- see relations.h: the pass of the ItemBlockActions over the items.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/relations.h"
#include "base/clock.h"
#include "worker/times.h"
#include <stdlib.h>

#define BACKLOG ((size_t)256 << 10) /* bytes queued in the pool */
enum { ROUND = 256 };               /* items handed over before workers are heard again */

/* ---- what was said */
pintle_status engine_relations_add(engine_relations *r, size_t n_items, size_t item, const uint32_t *related, size_t n, error *e) {
  size_t before;
  if (n == 0) return PINTLE_OK;
  uint32_t *first = r->first ? r->first : calloc(n_items, sizeof *first);
  if (!first) return error_nomem(e);
  r->first = first;
  engine_related(r, item, &before);
  size_t needed = r->n + 1 + before + n; /* a run that grows is written again: only actions with a worker of their own add to one */
  if (needed >= UINT32_MAX) return error_set(e, PINTLE_UNSUPPORTED, "the items have more than 4,294,967,294 relations");
  if (needed > r->cap) {
    size_t cap = needed + needed / 2 + 1024;
    uint32_t *runs = realloc(r->runs, cap * sizeof *runs);
    if (!runs) return error_nomem(e);
    r->runs = runs, r->cap = cap;
  }
  uint32_t *run = r->runs + r->n;
  if (before) memcpy(run + 1, r->runs + first[item], before * sizeof *run);
  memcpy(run + 1 + before, related, n * sizeof *run);
  run[0] = (uint32_t)(before + n);
  first[item] = (uint32_t)r->n + 1;
  r->n = needed;
  return PINTLE_OK;
}

const uint32_t *engine_related(const engine_relations *r, size_t item, size_t *n) {
  *n = 0;
  if (!r->first || !r->first[item]) return NULL;
  const uint32_t *run = r->runs + r->first[item] - 1;
  *n = run[0];
  return run + 1;
}

void engine_relations_free(engine_relations *r) {
  free(r->first);
  free(r->runs);
  *r = (engine_relations){0};
}

/* ---- the asking */
typedef struct resumed {
  uint32_t item, next;
} resumed;
struct engine_asking {
  engine_relations_options o;
  const engine_common *c;
  worker_pool *pool;
  engine_relations *out;
  unsigned char *asked; /* a bit an item */
  size_t n, at;
  bool by_labels;
  resumed *more; /* items that joined, or that came back to go on in another worker */
  size_t n_more, cap_more;
  uint32_t *found; /* of one outcome */
  size_t cap_found;
  buf text;
  arena scratch;
  error failure;
};

static engine_subject subject_of(const engine_asking *a, size_t item) {
  kube_entry k;
  kube_source_get(a->c->source, item, &k);
  return (engine_subject){k.type, k.ns, k.name};
}

static bool ask_again(engine_asking *a, size_t item, uint32_t next) {
  if (!GROW(a->more, a->n_more, a->cap_more)) return error_nomem(&a->failure), false;
  a->more[a->n_more++] = (resumed){(uint32_t)item, next};
  return true;
}

static void take_related(engine_asking *a, size_t item, const engine_subject *about, const chain_outcome *o) {
  size_t n = 0;
  if (o->n_related > a->cap_found) {
    uint32_t *v = realloc(a->found, o->n_related * sizeof *v);
    if (!v) return (void)error_nomem(&a->failure);
    a->found = v, a->cap_found = o->n_related;
  }
  for (size_t i = 0; i < o->n_related; i++) {
    chain_related related = o->related[i];
    CLEANUP(buf_free) buf why = {0};
    related.flags = 0;
    size_t other = a->o.resolve(a->o.ctx, item, &related, &why);
    if (other == SIZE_MAX && why.len) LOG(a->c->journal, PINTLE_LOG_INFO, about, "%s", buf_z(&why));
    if (other == SIZE_MAX || other == item) continue;
    a->found[n++] = (uint32_t)other;
    if (a->o.selected[other]) continue;
    a->o.selected[other] = 1;
    if (!ask_again(a, other, 0)) return;
  }
  engine_relations_add(a->out, a->n, item, a->found, n, &a->failure);
}

static void explain(const engine_asking *a, size_t item, uint32_t entry, error *e) {
  if (a->o.explain) a->o.explain(a->o.explain_ctx, item, entry, e);
}

/* The item is backed up all the same; what cannot be read is reported when that is tried. */
static void tell_failed(engine_asking *a, size_t item, const engine_subject *about, const worker_outcome *w) {
  const chain_outcome *o = w->chain;
  error failed = o->error;
  if (failed.status == PINTLE_CANCELLED || (!w->died && o->calls == 0)) return;
  if (w->died) explain(a, item, o->entry, &failed);
  LOG(a->c->journal, PINTLE_LOG_ERROR, about, "which items are in one block with it is not known: %s%s%s%s", failed.message,
      *failed.hint ? " (" : "", failed.hint, *failed.hint ? ")" : "");
  if (*w->backtrace) LOG(a->c->journal, PINTLE_LOG_INFO, about, "backtrace: %s", w->backtrace);
}

static void outcome(void *ctx, uint64_t item, const worker_outcome *w) {
  engine_asking *a = ctx;
  const chain_outcome *o = w->chain;
  if (item >= a->n || a->failure.status != PINTLE_OK) return;
  engine_subject about = subject_of(a, item);
  engine_log_record(a->c->journal, &about, o->record, NULL);
  take_related(a, item, &about, o);
  if (o->what == CHAIN_YIELD) ask_again(a, item, o->next);
  else if (o->what == CHAIN_FAILED) tell_failed(a, item, &about, w);
  else if (o->what == CHAIN_FAIL_RUN && a->failure.status == PINTLE_OK) {
    a->failure = o->error;
    explain(a, item, o->entry, &a->failure);
    error_wrap(&a->failure, "%s %.*s%s%.*s", about.type->resource, (int)about.ns.len, about.ns.ptr, about.ns.len ? "/" : "",
               (int)about.name.len, about.name.ptr);
  }
}

static pintle_status answer(void *ctx, uint32_t entry, const ask_question *q, buf *to, error *e) {
  engine_asking *a = ctx;
  return engine_answer(&a->o.stage->ask, a->o.pool.plan, entry, q, to, e);
}

static void worker_log(void *ctx, int32_t level, const char *source, const char *plugin, str message) {
  const engine_asking *a = ctx;
  engine_log(a->c->journal, level, NULL, plugin, source, "%.*s", (int)message.len, message.ptr);
}

/* Is the item for any of the actions? Its text is read where labels decide. */
static bool wanted(engine_asking *a, size_t item, kube_entry *k) {
  kube_skim skim = {0};
  kube_source_get(a->c->source, item, k);
  if (a->by_labels) {
    buf_clear(&a->text);
    arena_reset(&a->scratch);
    if (kube_source_read(a->c->source, item, &a->text, NULL) != PINTLE_OK) return false;
    if (kube_skim_item(buf_str(&a->text), &a->scratch, &skim, NULL) != PINTLE_OK) return false;
  }
  return chain_plan_wants(a->o.pool.plan, a->c->types, k->type, k->ns, skim.labels, k->alone);
}

static void ask(engine_asking *a, size_t item, uint32_t next) {
  kube_entry k;
  unsigned char bit = (unsigned char)(1u << item % 8);
  if (next == 0 && (a->asked[item / 8] & bit || !wanted(a, item, &k))) return;
  a->asked[item / 8] |= bit;
  kube_source_get(a->c->source, item, &k);
  if (next || !a->by_labels) {
    buf_clear(&a->text);
    if (kube_source_read(a->c->source, item, &a->text, NULL) != PINTLE_OK) return; /* its turn as an item comes, and then it is reported */
  }
  const chain_input in = {.id = {k.type->group, k.type->version, k.type->resource, k.ns.ptr, k.name.ptr},
                          .type = k.type,
                          .text = buf_str(&a->text),
                          .next = next};
  worker_pool_submit(a->pool, item, 0, &in, &a->failure);
}

/* False: there is nothing more to ask at the moment. */
static bool ask_next(engine_asking *a) {
  if (a->n_more) {
    resumed r = a->more[--a->n_more];
    ask(a, r.item, r.next);
    return true;
  }
  while (a->at < a->n && !a->o.selected[a->at]) a->at++;
  if (a->at == a->n) return false;
  ask(a, a->at++, 0);
  return true;
}

static bool has_room(const engine_asking *a) { return worker_pool_backlog(a->pool) < BACKLOG; }

static bool any_wanted(engine_asking *a) {
  kube_entry k;
  const chain_plan *p = a->o.pool.plan;
  for (size_t i = 0; i < p->n; i++)
    if (p->entries[i].has & HOST_HAS_APPLIES_TO) return true; /* what it selects is known when it is loaded */
  for (size_t i = 0; i < a->n; i++)
    if (a->o.selected[i] && wanted(a, i, &k)) return true;
  return false;
}

void engine_relations_close(engine_asking *a) {
  if (!a) return;
  worker_pool_free(a->pool);
  free(a->asked);
  free(a->more);
  free(a->found);
  buf_free(&a->text);
  arena_free(&a->scratch);
  free(a);
}

pintle_status engine_relations_open(const engine_relations_options *o, engine_asking **out, error *e) {
  *out = NULL;
  if (!o->pool.plan || o->pool.plan->n == 0) return PINTLE_OK;
  engine_asking *a = calloc(1, sizeof *a);
  if (!a) return error_nomem(e);
  a->o = *o;
  a->c = o->stage->o;
  a->n = kube_source_count(a->c->source);
  a->o.pool.ctx = a, a->o.pool.outcome = outcome, a->o.pool.ask = answer, a->o.pool.log = worker_log;
  a->by_labels = chain_plan_by_labels(a->o.pool.plan);
  if (!any_wanted(a)) return engine_relations_close(a), PINTLE_OK;
  a->asked = calloc(a->n / 8 + 1, 1);
  pintle_status st = a->asked ? worker_pool_open(&a->o.pool, &a->pool, e) : error_nomem(e);
  if (st != PINTLE_OK) return engine_relations_close(a), st;
  a->by_labels = chain_plan_by_labels(a->o.pool.plan); /* computed ones too */
  *out = a;
  return PINTLE_OK;
}

pintle_status engine_relations_ask(engine_asking *a, engine_relations *out, error *e) {
  bool more = true, cancelled = false;
  error finish = {0};
  if (!a) return PINTLE_OK;
  a->out = out;
  while (a->failure.status == PINTLE_OK) {
    if (!cancelled && engine_stage_cancelled(a->o.stage)) {
      cancelled = true;
      worker_pool_cancel(a->pool);
    }
    more = !cancelled;
    for (int i = 0; i < ROUND && more && a->failure.status == PINTLE_OK && has_room(a); i++) more = ask_next(a);
    if (worker_pool_pending(a->pool) == 0 && !more) break;
    engine_stage_beat(a->o.stage, 0);
    if (a->failure.status == PINTLE_OK && worker_pool_pending(a->pool))
      worker_pool_step(a->pool, more && has_room(a) ? 0 : CLOCK_SECOND / 5, &a->failure);
  }
  if (worker_pool_close(a->pool, &a->o.stage->counters, &finish) != PINTLE_OK && a->failure.status == PINTLE_OK)
    LOG(a->c->journal, PINTLE_LOG_ERROR, NULL, "%s", finish.message);
  worker_times_pool(a->o.pool.times, a->pool, "get_related_items");
  if (a->failure.status != PINTLE_OK) return *e = a->failure, a->failure.status;
  if (!cancelled) return PINTLE_OK;
  if (a->o.stage->lost) return *e = a->o.stage->lock_error, e->status;
  return error_set(e, PINTLE_CANCELLED, "the run was cancelled");
}
