/* calls_later.c -- what is asked of item actions once their execute is over: Progress, Cancel, AreAdditionalItemsReady.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backup_item_action_v2.pb-c.h"
#include "base/clock.h"
#include "dropin/inside.h"
#include "dropin/operation.h"
#include "restore_item_action_v2.pb-c.h"

/* Go's zero time.Time, which Velero takes for "unknown". */
#define NO_TIME ((int64_t)-62135596800)

/* ---- one action's operation; the lane's worker serves the usual case, in which the action is offered by itself */
typedef struct later {
  dropin_call *c;
  void **state;
  const host_action *action;
  const host_plugin *plugin;
  const char *id;
  str run;
  dropin_answer *answer;
} later;

static dropin_single *open_single(const later *l, dropin_single **own, error *e) {
  dropin_single_options o = {.action = l->action};
  if (l->c->offer->action) return dropin_single_of(l->c->group, l->state, l->run, e);
  dropin_group_options(l->c->group, &o.of);
  o.of.plugin = l->plugin;
  return dropin_single_open(&o, l->run, own, e) == PINTLE_OK ? *own : NULL;
}

typedef pintle_status (*ask_fn)(const later *l, worker_single *w, pintle_call *call, const pintle_doc *run, host_result *r, void *to);

static pintle_status ask(const later *l, ask_fn fn, void *to) {
  CLEANUP(item_freep) item_doc *doc = NULL;
  dropin_single *own = NULL;
  dropin_caller caller;
  host_result *r;
  *l->answer = (dropin_answer){.wait = -1};
  error *e = &l->answer->error;
  if (item_new(&doc) != PINTLE_OK) return error_nomem(e);
  if (l->run.len && item_parse(doc, l->run, 0, NULL, e) != PINTLE_OK) return error_wrap(e, "the Backup or Restore");
  dropin_single *s = open_single(l, &own, e);
  if (!s) return e->status;
  dropin_caller_of(l->c, &caller);
  pintle_call *call = dropin_single_begin(s, &caller, HOST_RESULT_PROGRESS, &r);
  pintle_status st = fn(l, dropin_single_worker(s), call, item_handle(doc), r, to);
  st = dropin_single_end(s, st, &l->c->memory, l->answer);
  dropin_single_close(own);
  return st;
}

/* The operations that the id stands for, as pairs of action and id. */
static const char **pairs_of(dropin_call *c, const char *id, size_t *n) {
  if (!c->offer->action) return dropin_operations_split(id, &c->memory, n);
  const char **v = arena_zalloc(&c->memory, 2 * sizeof *v);
  if (!v) return NULL;
  v[0] = c->offer->action->name, v[1] = id;
  *n = 2;
  return v;
}

static bool find(later *l, const char *action) {
  l->action = l->c->offer->action, l->plugin = l->c->offer->plugin;
  if (!l->action) l->action = host_find(&l->c->d->registry, l->c->method->kind, action, &l->plugin);
  if (!l->action) error_set(&l->answer->error, PINTLE_NOT_FOUND, "there is no action %s any more", action);
  return l->action != NULL;
}

/* ---- Progress */
typedef struct progress {
  Generated__OperationProgress p;
  Google__Protobuf__Timestamp started, updated;
  bool any;
} progress;

static void set_time(Google__Protobuf__Timestamp *to, int64_t t) {
  to->seconds = t ? t / CLOCK_SECOND : NO_TIME;
  to->nanos = t ? (int32_t)(t % CLOCK_SECOND) : 0;
  if (to->nanos < 0) to->nanos += (int32_t)CLOCK_SECOND, to->seconds--;
}

static char *kept(dropin_call *c, const char *z) {
  char *copy = z && z[0] ? arena_dup(&c->memory, z) : NULL;
  return copy ? copy : (char *)(uintptr_t) "";
}

/* Several count as one: over when all are, failed when one is. */
static void add(dropin_call *c, progress *to, const pintle_progress *p) {
  bool first = !to->any;
  to->any = true;
  to->p.completed = (first || to->p.completed) && p->completed;
  to->p.ncompleted += p->n_completed;
  to->p.ntotal += p->n_total;
  if (!to->p.err[0] && p->completed) to->p.err = kept(c, p->error);
  if (!to->p.operationunits[0]) to->p.operationunits = kept(c, p->units);
  if (!to->p.description[0]) to->p.description = kept(c, p->description);
  if (first || to->started.seconds == NO_TIME) set_time(&to->started, p->started);
  set_time(&to->updated, p->updated);
}

static pintle_status ask_progress(const later *l, worker_single *w, pintle_call *call, const pintle_doc *run, host_result *r, void *to) {
  const pintle_backup_item_action *b = worker_single_backup_action(w);
  const pintle_restore_item_action *x = worker_single_restore_action(w);
  pintle_status st = b ? b->progress(w, call, l->id, run, &r->base) : x->progress(w, call, l->id, run, &r->base);
  const pintle_progress none = {.struct_size = sizeof none};
  if (st == PINTLE_OK) add(l->c, to, r->has_progress ? &r->progress : &none);
  return st;
}

/* Both kinds' answer has it in field 1. */
static void reply_progress(dropin_call *c, progress *p) {
  V2__BackupItemActionProgressResponse answer = V2__BACKUP_ITEM_ACTION_PROGRESS_RESPONSE__INIT;
  p->p.started = &p->started, p->p.updated = &p->updated;
  answer.progress = &p->p;
  dropin_reply(c, &answer);
}

void dropin_progress(dropin_call *c, void **state) {
  dropin_answer answer = {.wait = -1};
  later l = {.c = c, .state = state, .run = c->field[3], .answer = &answer};
  progress sum = {
      .p = GENERATED__OPERATION_PROGRESS__INIT, .started = GOOGLE__PROTOBUF__TIMESTAMP__INIT, .updated = GOOGLE__PROTOBUF__TIMESTAMP__INIT};
  set_time(&sum.started, 0);
  set_time(&sum.updated, 0);
  size_t n = 0;
  const char **v = pairs_of(c, dropin_text(c, 2), &n);
  if (dropin_refuse_bad(c)) return;
  if (!v) error_set(&answer.error, PINTLE_INVALID, "this is no operation of ours");
  for (size_t i = 0; v && i < n; i += 2) {
    const pintle_progress over = {.struct_size = sizeof over, .completed = 1}, waiting = {.struct_size = sizeof waiting};
    l.id = v[i + 1];
    if (!find(&l, v[i])) break;
    pintle_status st = PINTLE_OK;
    if (!(l.action->has & HOST_HAS_PROGRESS)) add(c, &sum, &over); /* its work was done inside execute */
    else st = ask(&l, ask_progress, &sum);
    if (st == PINTLE_TRANSIENT) add(c, &sum, &waiting), error_clear(&answer.error); /* Velero would call it failed */
    else if (st != PINTLE_OK) break;
  }
  if (answer.error.status != PINTLE_OK) dropin_fail(c, &answer);
  else reply_progress(c, &sum);
}

/* ---- Cancel */
static pintle_status ask_cancel(const later *l, worker_single *w, pintle_call *call, const pintle_doc *run, host_result *r, void *to) {
  (void)r, (void)to;
  const pintle_backup_item_action *b = worker_single_backup_action(w);
  const pintle_restore_item_action *x = worker_single_restore_action(w);
  return b ? b->cancel(w, call, l->id, run) : x->cancel(w, call, l->id, run);
}

void dropin_cancel(dropin_call *c, void **state) {
  dropin_answer answer = {.wait = -1}, first = {.wait = -1};
  later l = {.c = c, .state = state, .run = c->field[3], .answer = &answer};
  size_t n = 0;
  const char **v = pairs_of(c, dropin_text(c, 2), &n);
  if (dropin_refuse_bad(c)) return;
  if (!v) error_set(&first.error, PINTLE_INVALID, "this is no operation of ours");
  for (size_t i = 0; v && i < n; i += 2) {
    l.id = v[i + 1];
    bool there = find(&l, v[i]);
    if (there && (!(l.action->has & HOST_HAS_CANCEL) || ask(&l, ask_cancel, NULL) == PINTLE_OK)) continue;
    if (first.error.status == PINTLE_OK) first = answer; /* the others are cancelled all the same */
  }
  if (first.error.status != PINTLE_OK) dropin_fail(c, &first);
  else dropin_reply_empty(c);
}

/* ---- AreAdditionalItemsReady: of the whole chain when all of its actions are */
typedef struct items {
  pintle_id *v;
  size_t n;
  bool ready;
} items;

static pintle_status ask_ready(const later *l, worker_single *w, pintle_call *call, const pintle_doc *run, host_result *r, void *to) {
  (void)l, (void)r;
  items *x = to;
  int32_t ready = 0;
  pintle_status st = worker_single_restore_action(w)->are_additional_items_ready(w, call, x->v, x->n, run, &ready);
  x->ready = x->ready && ready;
  return st;
}

static bool read_items(dropin_call *c, items *to) {
  str m = velero_call_first(c->call);
  V2__RestoreItemActionItemsReadyRequest *r = v2__restore_item_action_items_ready_request__unpack(NULL, m.len, (const uint8_t *)m.ptr);
  if (!r) return false;
  bool ok = (to->v = arena_zalloc(&c->memory, (r->n_additionalitems + 1) * sizeof *to->v)) != NULL;
  for (size_t i = 0; ok && i < r->n_additionalitems; i++) {
    const Generated__ResourceIdentifier *from = r->additionalitems[i];
    pintle_id *id = &to->v[to->n++];
    *id = (pintle_id){arena_dup(&c->memory, from->group), "", arena_dup(&c->memory, from->resource),
                      arena_dup(&c->memory, from->namespace_), arena_dup(&c->memory, from->name)};
    ok = id->group && id->resource && id->ns && id->name;
  }
  v2__restore_item_action_items_ready_request__free_unpacked(r, NULL);
  return ok;
}

static void ask_all(later *l, items *to) {
  const host_registry *r = &l->c->d->registry;
  for (size_t i = 0; i < r->n_plugins; i++)
    for (size_t k = 0; !r->plugins[i].reason && k < r->plugins[i].n_actions && to->ready && l->answer->error.status == PINTLE_OK; k++) {
      const host_action *x = &r->plugins[i].actions[k];
      bool mine = !l->c->offer->action || x == l->c->offer->action;
      l->plugin = &r->plugins[i], l->action = x;
      if (mine && !x->refused && x->kind == CONF_RESTORE_ITEM_ACTION && x->has & HOST_HAS_READY) ask(l, ask_ready, to);
    }
}

void dropin_ready(dropin_call *c, void **state) {
  V2__RestoreItemActionItemsReadyResponse reply = V2__RESTORE_ITEM_ACTION_ITEMS_READY_RESPONSE__INIT;
  dropin_answer answer = {.wait = -1};
  later l = {.c = c, .state = state, .run = c->field[2], .answer = &answer};
  items x = {.ready = true};
  if (!read_items(c, &x)) {
    dropin_refuse(c, GRPC_INTERNAL, "the request is no message");
    return;
  }
  ask_all(&l, &x);
  reply.ready = x.ready;
  if (answer.error.status != PINTLE_OK) dropin_fail(c, &answer);
  else dropin_reply(c, &reply);
}
