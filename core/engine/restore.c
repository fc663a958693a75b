/* restore.c -- see restore.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/restore.h"
#include "base/clock.h"
#include "engine/filter.h"
#include "engine/list.h"
#include "engine/priority.h"
#include "engine/restore_status.h"
#include "engine/run_status.h"
#include "engine/restore_volumes.h"
#include "engine/seal.h"
#include "engine/select_restore.h"
#include "kube/scan.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct restore_run {
  engine_stage stage; /* the first: the flow's ctx */
  const engine_restore_options *o;
  const engine_common *c; /* o->common */
  engine_filter *filter;
  unsigned char *selected; /* by item: ENGINE_TAKEN... */
  unsigned char *written;  /* by item: ENGINE_CREATED... + 1; FINISHED + which, LEFT_VOLUME + which; 0 = not yet, or failed */
  uint32_t *order;
  size_t n_order, at;
  engine_list *list;
  engine_seal seal;
  uint64_t created, updated, unchanged, failed, skipped;
  bool update;
  engine_status status;
  item_doc *stored;
  engine_snapshotters *snapshotters;
  restore_volumes *volumes;
  buf text;
} restore_run;

/* ---- which items */
enum { FINISHED = 100, LEFT_VOLUME = FINISHED + 50 };
static const char *const finished[] = {"the Pod has ended", "it is a mirror Pod", "the Job has completed"};

/* Was it done already when the backup was made (Velero RS isCompleted, and mirror pods)? Then FINISHED and which, else 0. */
static unsigned char is_finished(const kube_type *t, const item_doc *d) {
  if (strcmp(t->resource, "pods") == 0) {
    str phase = item_str(d, "/status/phase", "");
    if (str_is(phase, "Succeeded") || str_is(phase, "Failed")) return FINISHED;
    return item_at(d, "/metadata/annotations/kubernetes.io~1config.mirror") ? FINISHED + 1 : 0;
  }
  return item_str(d, "/status/completionTime", "").len ? FINISHED + 2 : 0;
}

/* What is_finished looks for is in the text at all: most items need no tree. */
static bool may_be_finished(const kube_type *t, str text) {
  if (strcmp(t->resource, "jobs") == 0 && strcmp(t->group, "batch") == 0) return kube_scan_may_hold(text, "\"completionTime\"");
  if (strcmp(t->resource, "pods") != 0 || *t->group) return false;
  return kube_scan_may_hold(text, "\"Succeeded\"") || kube_scan_may_hold(text, "\"Failed\"") ||
         kube_scan_may_hold(text, "\"kubernetes.io/config.mirror\"");
}

static void unknown_priority(void *ctx, const char *name) {
  const restore_run *r = ctx;
  LOG(r->c->journal, PINTLE_LOG_WARN, NULL, "restore-resource-priorities: there is no resource %s", name);
}

static pintle_status order_items(restore_run *r, error *e) {
  engine_priorities priorities;
  arena a = {0};
  pintle_status st = engine_priorities_parse(item_str(r->o->restore, ENGINE_PRIORITIES_POINTER, ""), &a, &priorities, e);
  if (st != PINTLE_OK) error_place(e, "%s", ENGINE_PRIORITIES_POINTER);
  else engine_priorities_check(&priorities, r->c->types, unknown_priority, r);
  if (st == PINTLE_OK) st = engine_restore_order(r->c->source, r->c->types, &priorities, r->selected, &r->order, &r->n_order, e);
  arena_free(&a);
  return st;
}

static pintle_status select_items(restore_run *r, error *e) {
  const engine_common *c = r->c;
  size_t n = kube_source_count(c->source);
  r->written = calloc(n + 1, 1);
  if (!r->written || item_new(&r->stored) != PINTLE_OK) return error_nomem(e);
  if (!r->o->everything) {
    pintle_status st = engine_select_restore(r->filter, c->source, &r->selected, e);
    return st == PINTLE_OK ? order_items(r, e) : st;
  }
  if (!(r->selected = malloc(n + 1)) || !(r->order = malloc((n + 1) * sizeof *r->order))) return error_nomem(e);
  memset(r->selected, ENGINE_TAKEN, n);
  while (r->n_order < n) r->order[r->n_order] = (uint32_t)r->n_order, r->n_order++;
  return PINTLE_OK;
}

/* ---- what the flow asks */
static size_t next_item(void *ctx) {
  restore_run *r = ctx;
  return r->at < r->n_order ? r->order[r->at++] : SIZE_MAX;
}

/* A PersistentVolume as Velero's rules have it before the actions see it. */
static pintle_status load_volume(restore_run *r, const kube_entry *k, size_t item, engine_input *in, error *e) {
  bool edited;
  int left;
  buf_clear(&r->text);
  buf_adds(&r->text, buf_str(&in->text));
  if (r->text.failed) return error_nomem(e);
  pintle_status st = restore_volumes_load(r->volumes, k->type, item, &r->text, &edited, &left, e);
  if (st != PINTLE_OK) return st;
  if (left) in->wanted = false, r->written[item] = (unsigned char)(LEFT_VOLUME + left);
  if (!edited) return PINTLE_OK;
  buf_clear(&in->stored);
  buf_adds(&in->stored, buf_str(&in->text));
  buf_clear(&in->text);
  buf_adds(&in->text, buf_str(&r->text));
  return in->text.failed || in->stored.failed ? error_nomem(e) : PINTLE_OK;
}

/* What is finished passes by the chain: no action sees it. */
static pintle_status load_item(void *ctx, size_t item, engine_input *in, error *e) {
  restore_run *r = ctx;
  kube_entry k;
  kube_source_get(r->c->source, item, &k);
  in->wanted = r->c->pool.plan->n > 0;
  in->has_stored = true;
  buf *text = k.verbatim ? &in->text : &r->text;
  buf_clear(text);
  pintle_status st = kube_source_read(r->c->source, item, text, e);
  if (st == PINTLE_OK && !k.verbatim) st = item_minify(buf_str(&r->text), ITEM_KUBERNETES, NULL, &in->text, e);
  if (st == PINTLE_OK && !r->o->everything && strcmp(k.type->resource, "persistentvolumes") == 0) return load_volume(r, &k, item, in, e);
  if (st != PINTLE_OK || r->o->everything || !may_be_finished(k.type, buf_str(&in->text))) return st;
  if (item_parse(r->stored, buf_str(&in->text), 0, NULL, NULL) == PINTLE_OK) r->written[item] = is_finished(k.type, r->stored);
  if (r->written[item]) in->wanted = false;
  return st;
}

/* Of what was not to be restored by itself the namespace may be missing. */
static void take_namespace(restore_run *r, size_t item) {
  kube_entry k;
  if (r->selected[item] == ENGINE_TAKEN) return;
  kube_source_get(r->c->source, item, &k);
  size_t ns = engine_namespace_of(r->c->source, k.ns);
  r->selected[item] = ENGINE_TAKEN;
  if (ns == SIZE_MAX || r->selected[ns] == ENGINE_TAKEN) return;
  r->selected[ns] = ENGINE_TAKEN;
  r->order[r->n_order++] = (uint32_t)ns; /* each item stands there once at most */
}

static size_t resolve(void *ctx, size_t parent, const chain_related *related, buf *why) {
  restore_run *r = ctx;
  (void)parent;
  size_t item = engine_stage_find(r->c->source, related, "additional", "backup", why);
  if (item == SIZE_MAX) return SIZE_MAX;
  bool must = (related->flags & PINTLE_MUST_INCLUDE) != 0;
  if (r->selected[item] == ENGINE_LEFT_OUT && !must) return SIZE_MAX; /* in silence, as Velero does */
  take_namespace(r, item);
  return item;
}

/* The text to be written: of a Namespace, as in Velero, never with a status. */
static pintle_status with_status(restore_run *r, const engine_subject *about, const engine_done *d, str *text, error *e) {
  kube_entry k;
  str odd;
  *text = d->text;
  kube_source_get(r->c->source, d->item, &k);
  if (r->o->everything || (strcmp(k.type->resource, "namespaces") == 0 && !*k.type->group)) return PINTLE_OK;
  bool wanted = engine_filter_status(r->filter, k.type);
  pintle_status st = engine_status_put_back(&r->status, r->c->source, d->item, wanted, d->text, text, &odd, e);
  if (odd.len) LOG(r->c->journal, PINTLE_LOG_WARN, about, "annotation velero.io/restore-status is \"%s\", neither true nor false", odd.ptr);
  return st;
}

/* Writes the item as soon as it is done, so that it is there before the parent that asked for it goes on. */
static pintle_status complete(void *ctx, const engine_done *d, error *e) {
  restore_run *r = ctx;
  int what;
  str text;
  error own = {0};
  if (d->what != CHAIN_DONE || !r->o->target || r->written[d->item] >= FINISHED) return PINTLE_OK;
  engine_subject about = {d->type, d->ns, d->name};
  pintle_status st = with_status(r, &about, d, &text, &own);
  if (st == PINTLE_OK && !r->o->everything) st = restore_volumes_done(r->volumes, d, &text, &own);
  if (st == PINTLE_OK) st = engine_target_put(r->o->target, d->type, d->ns, d->name, text, r->update, &what, &own);
  if ((st != PINTLE_OK || what == ENGINE_EXISTS) && !r->o->everything) restore_volumes_unused(r->volumes, d->item);
  if (st == PINTLE_OK) return r->written[d->item] = (unsigned char)(what + 1), PINTLE_OK;
  LOG(r->c->journal, PINTLE_LOG_ERROR, &about, "%s", own.message);
  if (st == PINTLE_NOMEM) *e = own;
  return st == PINTLE_NOMEM ? st : PINTLE_OK;
}

/* Velero's words (RS restoreItem): one sentence where a policy is named, another where none is. */
static void tell_exists(restore_run *r, const engine_subject *about) {
  bool named = item_str(r->o->restore, "/spec/existingResourcePolicy", "").len > 0;
  LOG(r->c->journal, PINTLE_LOG_WARN, about,
      named ? "could not restore, %s \"%.*s\" already exists. Warning: the in-cluster version is different than the backed-up version"
            : "could not restore, %s:%.*s already exists. Warning: the in-cluster version is different than the backed-up version",
      about->type->kind, (int)about->name.len, about->name.ptr);
}

static pintle_status emit_done(restore_run *r, const engine_done *d, error *e) {
  engine_subject about = {d->type, d->ns, d->name};
  int left = r->written[d->item];
  const char *why = left >= LEFT_VOLUME ? restore_volumes_why[left - LEFT_VOLUME] : left >= FINISHED ? finished[left - FINISHED] : NULL;
  const char *action = "created", *outcome = "created";
  int what = r->o->target ? (int)r->written[d->item] - 1 : ENGINE_CREATED;
  if (why) {
    r->skipped++;
    LOG(r->c->journal, PINTLE_LOG_INFO, &about, "not restored: %s", why);
    engine_report_item(&r->stage.report, d, d->type, "skipped", str_of(why));
    return left >= LEFT_VOLUME ? engine_list_add(r->list, d->item, d->type, d->ns, d->name, "skipped", e) : PINTLE_OK; /* as Velero */
  }
  switch (what) {
  case ENGINE_CREATED: r->created++; break;
  case ENGINE_UPDATED: r->updated++, action = outcome = "updated"; break;
  case ENGINE_UNCHANGED: r->unchanged++, action = "skipped", outcome = "unchanged"; break;
  case ENGINE_EXISTS:
    r->skipped++, action = outcome = "skipped";
    tell_exists(r, &about);
    break;
  default: r->failed++, action = outcome = "failed"; break; /* its error was said when it could not be written */
  }
  engine_report_item(&r->stage.report, d, d->type, outcome, STR(""));
  return engine_list_add(r->list, d->item, d->type, d->ns, d->name, action, e);
}

static pintle_status emit(void *ctx, const engine_done *d, error *e) {
  restore_run *r = ctx;
  kube_entry k;
  kube_source_get(r->c->source, d->item, &k);
  engine_subject about = {k.type, k.ns, k.name};
  engine_stage_tell(&r->stage, &about, d);
  if (d->what == CHAIN_DONE) return emit_done(r, d, e);
  if (d->what == CHAIN_SKIPPED) return r->skipped++, engine_stage_skipped(&r->stage, &about, d), PINTLE_OK;
  char prefix[300];
  snprintf(prefix, sizeof prefix, "error preparing %s: ", k.type->resource);
  engine_stage_failed(&r->stage, &about, d, prefix);
  r->failed++;
  return engine_list_add(r->list, d->item, k.type, k.ns, k.name, "failed", e);
}

/* Only items that exist are told to the action. */
static bool ready(void *ctx, const engine_question *q) {
  restore_run *r = ctx;
  const engine_operations_hooks hooks = {.ctx = r, .cancelled = engine_stage_cancelled};
  kube_entry k;
  size_t n = 0;
  if (!r->c->operations) return true; /* a dry run: nothing is there */
  pintle_id *ids = malloc((q->n + 1) * sizeof *ids);
  for (size_t i = 0; ids && i < q->n; i++) {
    if (!r->written[q->children[i]]) continue;
    kube_source_get(r->c->source, q->children[i], &k);
    ids[n++] = (pintle_id){k.type->group, k.type->version, k.type->resource, k.ns.ptr, k.name.ptr};
  }
  kube_source_get(r->c->source, q->item, &k);
  const engine_subject about = {k.type, k.ns, k.name};
  bool go = !ids || engine_operations_ready(r->c->operations, &hooks, &about, q->entry, ids, n, q->late);
  free(ids);
  return go;
}

/* ---- the run */
static pintle_status prepare(restore_run *r, error *e) {
  const engine_flow_ops ops = {
      .ctx = r, .next = next_item, .load = load_item, .resolve = resolve, .complete = complete, .emit = emit, .ready = ready};
  pintle_status st = engine_filter_restore(r->o->restore, r->c->types, &r->filter, e);
  if (st == PINTLE_OK) st = select_items(r, e);
  if (st == PINTLE_OK) st = engine_list_new(r->c->source, &r->list, e);
  r->stage.total = r->n_order;
  if (st == PINTLE_OK) st = engine_stage_open(&r->stage, r->c, &ops, e);
  if (st == PINTLE_OK)
    st = engine_stage_snapshotters(&r->stage, r->o->restore, r->o->open_snapshotter, r->o->open_ctx, &r->snapshotters, e);
  const restore_volumes_options volumes = {.stage = &r->stage,
                                           .restore = r->o->restore,
                                           .target = r->o->target,
                                           .backed = r->o->volumes,
                                           .snapshotters = r->snapshotters};
  return st == PINTLE_OK ? restore_volumes_new(&volumes, &r->volumes, e) : st;
}

static void run_free(restore_run *r) {
  restore_volumes_free(r->volumes);
  engine_snapshotters_free(r->snapshotters);
  engine_stage_free(&r->stage);
  engine_filter_free(r->filter);
  engine_list_free(r->list);
  engine_seal_free(&r->seal);
  free(r->selected);
  free(r->written);
  free(r->order);
  buf_free(&r->text);
  engine_status_free(&r->status);
  item_free(r->stored);
}

static void set_status(restore_run *r, const engine_summary *out, const error *why) {
  const engine_run_status status = {.resource = r->o->restore, .restore = true, .operations = r->c->operations};
  engine_run_status_set(&status, out, why, NULL);
}

static pintle_status put_report(restore_run *r, error *e) {
  CLEANUP(buf_free) buf json = {0};
  buf_addz(&json, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"RestoreReport\",");
  engine_stage_head(&r->stage, &json);
  buf_addz(&json, "}\n");
  return json.failed ? error_nomem(e) : engine_seal_text(&r->seal, STORE_MANIFEST, buf_str(&json), e);
}

/* Velero's five objects (velero-contract section 1), pintle's two, then the Restore itself, which Velero keeps in the cluster only. */
static pintle_status put_objects(restore_run *r, const buf *volumes, engine_summary *out, const error *why, error *e) {
  engine_seal *seal = &r->seal;
  pintle_status st = engine_seal_log(seal, e);
  if (st == PINTLE_OK) st = engine_seal_results(seal, e);
  if (st == PINTLE_OK) st = engine_list_put(r->list, &seal->objects, engine_seal_key(seal, STORE_RESOURCE_LIST), r->c->temp_dir, e);
  if (st == PINTLE_OK) st = engine_seal_operations(seal, e);
  if (st == PINTLE_OK) st = engine_seal_text(seal, STORE_VOLUME_INFO, buf_str(volumes), e);
  if (st == PINTLE_OK) st = engine_stage_put_outcomes(&r->stage, &seal->objects, engine_seal_key(seal, STORE_OUTCOMES), e);
  if (st == PINTLE_OK) st = put_report(r, e);
  out->ended = clock_now();
  set_status(r, out, why);
  return st == PINTLE_OK ? engine_seal_commit(seal, e) : st;
}

pintle_status engine_restore(const engine_restore_options *options, engine_summary *out, error *e) {
  restore_run r = {
      .o = options,
      .c = &options->common,
      .stage.started = clock_now(),
      .seal = {.c = &options->common, .resource = options->restore, .restore = true, .objects = {.store = options->common.store}}};
  engine_journal *j = r.c->journal;
  CLEANUP(buf_free) buf volumes = {0};
  r.update = str_is(item_str(options->restore, "/spec/existingResourcePolicy", ""), "update");
  *out = (engine_summary){.phase = "Failed", .started = r.stage.started};
  pintle_status st = prepare(&r, e);
  if (st != PINTLE_OK) return run_free(&r), st;
  engine_phase(j, "InProgress");
  LOG(j, PINTLE_LOG_INFO, NULL, "Restoring %zu items", r.n_order);
  if (r.n_order == 0 && kube_source_count(r.c->source) > 0)
    LOG(j, PINTLE_LOG_WARN, NULL, "zero items to be restored: the filters leave none of %zu", kube_source_count(r.c->source));
  st = engine_stage_run(&r.stage, e);
  if (st == PINTLE_OK && options->target) st = engine_target_sync(options->target, e);
  if (st == PINTLE_OK) st = restore_volumes_finish(r.volumes, &volumes, e);
  else buf_addz(&volumes, "[]\n");
  out->created = r.created, out->updated = r.updated, out->unchanged = r.unchanged;
  out->done = r.created + r.updated + r.unchanged, out->skipped = r.skipped, out->failed = r.failed;
  out->total = r.n_order > r.stage.stats.emitted ? r.n_order : r.stage.stats.emitted;
  out->warnings = engine_warnings(j), out->errors = engine_errors(j);
  bool waits = st == PINTLE_OK && engine_operations_outstanding(r.c->operations) > 0;
  if (waits) out->phase = out->errors ? "WaitingForPluginOperationsPartiallyFailed" : "WaitingForPluginOperations";
  else out->phase = st != PINTLE_OK ? "Failed" : out->errors ? "PartiallyFailed" : "Completed";
  out->ended = clock_now();
  const error *why = st == PINTLE_OK ? NULL : e;
  set_status(&r, out, why);
  if (r.c->store) {
    error put_error = {0};
    pintle_status put = put_objects(&r, &volumes, out, why, &put_error);
    if (put != PINTLE_OK && st == PINTLE_OK) *e = put_error, out->phase = "Failed";
    if (put != PINTLE_OK) engine_seal_take_back(&r.seal);
  }
  if (strcmp(out->phase, "Failed") == 0) engine_operations_give_up(r.c->operations, &r.stage.record);
  engine_phase(j, out->phase);
  run_free(&r);
  return PINTLE_OK;
}
