/* items.c -- see items.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/items.h"
#include "base/clock.h"
#include "dropin/operation.h"
#include "kube/skim.h"
#include "worker/worker.h"
#include <stdlib.h>

struct dropin_items {
  dropin_items_options o;
  arena item;
  kube_types *types;
  chain_plan plan;
  worker_pool *pool;
  const char *properties[9];
  uint64_t ticket;
  /* the call at hand */
  const dropin_item *in;
  dropin_subject subject;
  bool secret, cancelled;
  arena *a;
  dropin_answer *answer;
  /* of its last stretch */
  int32_t what;
  uint32_t next;
  str labels;
  dropin_operation *operations;
  size_t n_operations;
};

/* ---- the plan */
static const char **names_of(const dropin_items_options *o, arena *a) {
  const host_plugin *p = o->plugin;
  const char **names = arena_zalloc(a, (p->n_actions + 1) * sizeof *names);
  size_t n = 0;
  for (size_t i = 0; names && i < p->n_actions; i++)
    if (p->actions[i].kind == o->kind && !p->actions[i].refused) names[n++] = p->actions[i].name;
  return names;
}

pintle_status dropin_items_plan(const dropin_items_options *o, chain_plan *out, error *e) {
  arena memory = {0};
  const char **only = o->plugin ? names_of(o, &memory) : NULL;
  if (o->plugin && !only) return error_nomem(e);
  chain_plan_options plan = {.registry = o->registry,
                             .chain = o->chain,
                             .set = o->set,
                             .kind = o->kind,
                             .only = only,
                             .environment = o->lookup,
                             .without_host_steps = true,
                             .without_missing = true};
  pintle_status st = chain_plan_make(&plan, out, e);
  for (size_t i = 0; st == PINTLE_OK && i < out->n; i++) out->entries[i].segment = 0; /* one worker in any case */
  arena_free(&memory);
  return st;
}

const chain_entry *dropin_entry_of(const chain_plan *p, const char *action) {
  for (size_t i = 0; i < p->n; i++) {
    const chain_entry *n = &p->entries[i];
    if (strcmp(n->name, action) == 0 || (n->alias && strcmp(n->alias, action) == 0)) return n;
  }
  return NULL;
}

const chain_plan *dropin_items_plan_of(const dropin_items *t) { return &t->plan; }

/* ---- what the pool tells */
static void keep_related(dropin_items *t, chain_related **to, size_t *n, const chain_related *from, size_t more) {
  if (more == 0) return;
  chain_related *v = arena_alloc(t->a, (*n + more) * sizeof *v);
  bool ok = v != NULL;
  if (ok && *n) memcpy(v, *to, *n * sizeof *v);
  for (size_t i = 0; ok && i < more; i++) {
    const pintle_id *id = &from[i].id;
    v[*n + i] = (chain_related){{arena_dup(t->a, id->group), arena_dup(t->a, id->version), arena_dup(t->a, id->resource),
                                 arena_dup(t->a, id->ns), arena_dup(t->a, id->name)},
                                from[i].flags,
                                from[i].entry};
    id = &v[*n + i].id;
    ok = id->group && id->version && id->resource && id->ns && id->name;
  }
  if (!ok) {
    error_nomem(&t->answer->error);
    return;
  }
  *to = v;
  *n += more;
}

static void keep_operations(dropin_items *t, const chain_outcome *c) {
  if (c->n_operations == 0) return;
  dropin_operation *v = arena_zalloc(t->a, (t->n_operations + c->n_operations) * sizeof *v);
  if (!v) {
    error_nomem(&t->answer->error);
    return;
  }
  if (t->n_operations) memcpy(v, t->operations, t->n_operations * sizeof *v);
  for (size_t i = 0; i < c->n_operations; i++) {
    const chain_operation *from = &c->operations[i];
    v[t->n_operations] = (dropin_operation){.entry = &t->plan.entries[from->entry], .id = arena_dup(t->a, from->id)};
    if (v[t->n_operations].id) t->n_operations++;
    else error_nomem(&t->answer->error);
    keep_related(t, &t->answer->post, &t->answer->n_post, from->post, from->n_post);
  }
  t->operations = v;
}

static const char *file_of(const dropin_items *t, uint32_t entry) {
  int32_t plugin = entry < t->plan.n ? t->plan.entries[entry].plugin : CHAIN_BUILT_IN;
  return plugin >= 0 ? t->plan.plugins[plugin].file : NULL;
}

/* Velero's Stack: the place in the plugin's source, or of a dead worker the plugin's file and its innermost frame. */
static void keep_failure(dropin_items *t, const worker_outcome *o) {
  const chain_outcome *c = o->chain;
  dropin_answer *to = t->answer;
  const char *frame = o->backtrace, *end = strstr(frame, " < ");
  to->error = c->error;
  if (to->error.status == PINTLE_OK) to->error.status = PINTLE_FAILED;
  to->file = c->file && c->file[0] ? arena_dup(t->a, c->file) : file_of(t, c->entry);
  to->function = c->function && c->function[0] ? arena_dup(t->a, c->function)
                 : frame[0]                    ? arena_copy(t->a, (str){frame, end ? (size_t)(end - frame) : strlen(frame)})
                                               : NULL;
  to->line = c->line;
}

static void keep_text(dropin_items *t, const chain_outcome *c) {
  if (!c->changed) return;
  const char *text = arena_copy(t->a, c->text);
  if (!text) error_nomem(&t->answer->error);
  else t->answer->text = (str){text, c->text.len}, t->answer->changed = true;
}

static void outcome(void *ctx, uint64_t ticket, const worker_outcome *o) {
  dropin_items *t = ctx;
  const chain_outcome *c = o->chain;
  (void)ticket;
  t->what = c->what;
  t->next = c->next;
  bool failed = c->what == CHAIN_FAILED || c->what == CHAIN_FAIL_RUN;
  dropin_report(t->o.log, &t->subject, c->record, t->answer->text, failed, t->secret);
  if (failed) {
    keep_failure(t, o);
    return;
  }
  keep_text(t, c);
  if (c->what == CHAIN_SKIPPED) t->answer->skip = c->skip && c->skip[0] ? arena_dup(t->a, c->skip) : "no reason given";
  keep_related(t, &t->answer->related, &t->answer->n_related, c->related, c->n_related);
  for (size_t i = 0; i < c->n_related; i++) t->answer->must_include |= c->related[i].flags & PINTLE_MUST_INCLUDE;
  if (c->wait >= 0 && c->wait > t->answer->wait) t->answer->wait = c->wait;
  keep_operations(t, c);
  if (c->original_labels.ptr) t->labels = (str){arena_copy(t->a, c->original_labels), c->original_labels.len};
}

/* Its own lines are no errors: the call that they belong to returns one. */
static void pool_line(void *ctx, int32_t level, const char *source, const char *plugin, str message) {
  const dropin_items *t = ctx;
  const dropin_subject subject = {.plugin = str_of(plugin)};
  const pintle_kv fields[] = {{"source", source}};
  if (strcmp(source, "pintle") == 0 && level > PINTLE_LOG_WARN) level = PINTLE_LOG_WARN;
  dropin_say(t->o.log, level, &subject, message, fields, 1);
}

/* ---- life */
static pintle_status open_pool(dropin_items *t, str run, error *e) {
  const char *properties[] = {"host.mode", "velero", "source.kind", "cluster", "features", t->o.features ? t->o.features : "", NULL};
  memcpy(t->properties, properties, sizeof properties);
  const worker_pool_options o = {.worker = t->o.self,
                                 .concurrency = 1,
                                 .plan = &t->plan,
                                 .types = t->types,
                                 .run = run,
                                 .mode = "velero",
                                 .scratch = t->o.scratch,
                                 .stores = t->o.stores,
                                 .properties = t->properties,
                                 .environment = t->o.environment,
                                 .strikes = t->o.strikes,
                                 .n_strikes = t->o.n_strikes,
                                 .ctx = t,
                                 .outcome = outcome,
                                 .log = pool_line};
  return worker_pool_open(&o, &t->pool, e);
}

pintle_status dropin_items_open(const dropin_items_options *o, str run, dropin_items **out, error *e) {
  dropin_items *t = calloc(1, sizeof *t);
  if (!t) return error_nomem(e);
  t->o = *o;
  pintle_status st = kube_types_new(&t->types) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
  if (st == PINTLE_OK) st = dropin_items_plan(&t->o, &t->plan, e);
  if (st == PINTLE_OK && t->plan.n) st = open_pool(t, run, e);
  if (st == PINTLE_OK) *out = t;
  else dropin_items_close(t);
  return st;
}

void dropin_items_close(dropin_items *t) {
  CLEANUP(buf_free) buf counters = {0};
  error e = {0};
  if (!t) return;
  if (t->pool && worker_pool_close(t->pool, &counters, &e) != PINTLE_OK)
    dropin_say(t->o.log, PINTLE_LOG_WARN, NULL, str_of(e.message), NULL, 0);
  worker_pool_free(t->pool);
  chain_plan_free(&t->plan);
  kube_types_free(t->types);
  arena_free(&t->item);
  free(t);
}

void dropin_items_idle(dropin_items *t) {
  error ignored;
  if (t->pool) worker_pool_step(t->pool, 0, &ignored);
}

bool dropin_items_usable(const dropin_items *t) {
  error ignored;
  return !t->cancelled && (!t->pool || worker_pool_step(t->pool, 0, &ignored) == PINTLE_OK);
}

/* ---- one item */
static const char *or_empty(str s) { return s.ptr ? s.ptr : ""; }

/* What it is, and what it was called when it was stored. */
static pintle_status identify(dropin_items *t, const dropin_item *in, chain_input *to, error *e) {
  kube_skim now, stored;
  CLEANUP(buf_free) buf resource = {0};
  pintle_status st = kube_skim_item(in->item, &t->item, &now, e);
  if (st != PINTLE_OK) return error_wrap(e, "the item");
  stored = now;
  if (in->stored.len && kube_skim_item(in->stored, &t->item, &stored, e) != PINTLE_OK) stored = now;
  const kube_type *type = kube_types_of(t->types, now.api_version, now.kind, now.ns.len > 0);
  if (!type) return error_set(e, PINTLE_INVALID, "the item: %s %s is no kind", or_empty(now.api_version), or_empty(now.kind));
  kube_type_gr(type, &resource);
  t->subject = (dropin_subject){.resource = {arena_copy(&t->item, buf_str(&resource)), resource.len}, .ns = now.ns, .name = now.name};
  if (!t->subject.resource.ptr) return error_nomem(e);
  t->secret = strcmp(type->kind, "Secret") == 0 && type->group[0] == 0;
  to->type = type;
  to->id = (pintle_id){type->group, type->version, type->origin == KUBE_GUESSED ? "" : type->resource, or_empty(stored.ns),
                       or_empty(stored.name)};
  return PINTLE_OK;
}

/* Looked at each second at least; the pool has one worker, and is of no use then. */
static void look_at_caller(dropin_items *t) {
  const dropin_caller *c = &t->in->caller;
  if (t->cancelled || !c->cancelled || !c->cancelled(c->ctx)) return;
  t->cancelled = true;
  worker_pool_cancel(t->pool);
}

/* Stretch after stretch: who names items goes on at once, since Velero takes them only when the whole call is over. */
static pintle_status run_stretches(dropin_items *t, chain_input *in, error *e) {
  do {
    t->what = -1;
    t->labels = (str){NULL, 0};
    pintle_status st = worker_pool_submit(t->pool, ++t->ticket, 0, in, e);
    while (st == PINTLE_OK && t->what < 0)
      if ((st = worker_pool_step(t->pool, CLOCK_SECOND, e)) == PINTLE_OK && t->what < 0) look_at_caller(t);
    if (st != PINTLE_OK) return st;
    in->text = t->answer->text;
    in->next = t->next;
    in->original_labels = t->labels;
  } while (t->what == CHAIN_YIELD && t->answer->error.status == PINTLE_OK);
  return PINTLE_OK;
}

void dropin_items_apply(dropin_items *t, const dropin_item *in, arena *a, dropin_answer *answer) {
  *answer = (dropin_answer){.text = in->item, .wait = -1};
  chain_input input = {.text = in->item, .run = in->run, .chosen = in->chosen};
  arena_reset(&t->item);
  t->in = in, t->a = a, t->answer = answer;
  t->operations = NULL, t->n_operations = 0;
  const chain_entry *entry = in->action ? dropin_entry_of(&t->plan, in->action) : NULL;
  if (in->action && entry) input.only = true, input.next = entry->index;
  if (!t->pool || (in->action && !entry)) return; /* this chain has no such action */
  if (t->o.kind == CONF_RESTORE_ITEM_ACTION && in->stored.len) input.stored = in->stored;
  error e = {0};
  pintle_status st = identify(t, in, &input, &e);
  if (st == PINTLE_OK) st = run_stretches(t, &input, &e);
  if (st != PINTLE_OK) {
    answer->error = e;
    if (e.status == PINTLE_OK) answer->error.status = PINTLE_FAILED;
  } else if (answer->error.status == PINTLE_OK && !answer->skip)
    answer->operation = dropin_operations_run(&t->o, &t->subject, t->operations, t->n_operations, in, a);
  if (!answer->operation) answer->post = NULL, answer->n_post = 0;
}
