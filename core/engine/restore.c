/* restore.c -- see restore.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/restore.h"
#include "base/clock.h"
#include "engine/filter.h"
#include "engine/list.h"
#include "engine/priority.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct restore_run {
  engine_stage stage; /* the first: the flow's ctx */
  const engine_restore_options *o;
  const engine_common *c; /* o->common */
  engine_filter *filter;
  unsigned char *selected; /* by item */
  unsigned char *written;  /* by item: ENGINE_CREATED... + 1; 0 = not yet, or failed */
  uint32_t *order;
  size_t n_order, at;
  engine_list *list;
  engine_objects objects;
  uint64_t created, updated, unchanged, failed, skipped;
  bool update;
  buf text, key;
  arena scratch;
} restore_run;

/* ---- which items */
static bool is_namespace(const kube_type *t) { return strcmp(t->resource, "namespaces") == 0 && !*t->group; }

/* Done already when the backup was made (Velero RS:1141 and following). */
static const char *finished(const kube_type *t, const item_doc *d) {
  str phase = item_str(d, "/status/phase", "");
  if (strcmp(t->resource, "pods") == 0 && !*t->group) {
    if (str_is(phase, "Succeeded") || str_is(phase, "Failed")) return "the Pod has ended";
    if (item_at(d, "/metadata/annotations/kubernetes.io~1config.mirror")) return "it is a mirror Pod";
  }
  if (strcmp(t->resource, "jobs") == 0 && item_str(d, "/status/completionTime", "").len) return "the Job has completed";
  return NULL;
}

static pintle_status select_items(restore_run *r, error *e) {
  const engine_common *c = r->c;
  size_t n = kube_source_count(c->source);
  pintle_status st = PINTLE_OK;
  r->selected = calloc(n + 1, 1);
  r->written = calloc(n + 1, 1);
  if (!r->selected || !r->written) return error_nomem(e);
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    kube_entry k;
    kube_skim skim;
    kube_source_get(c->source, i, &k);
    if (!r->o->everything &&
        (is_namespace(k.type) ? !engine_filter_namespace(r->filter, k.name) : !engine_filter_takes(r->filter, k.type, k.ns, NULL)))
      continue;
    r->selected[i] = 1;
    if (r->o->everything || !engine_filter_has_labels(r->filter)) continue;
    buf_clear(&r->text);
    arena_reset(&r->scratch);
    st = kube_source_read(c->source, i, &r->text, e);
    if (st == PINTLE_OK && kube_skim_item(buf_str(&r->text), &r->scratch, &skim, NULL) == PINTLE_OK)
      r->selected[i] = engine_filter_labels(r->filter, skim.labels);
  }
  if (st != PINTLE_OK) return st;
  if (!r->o->everything) return engine_restore_order(c->source, c->types, r->selected, &r->order, &r->n_order, e);
  if (!(r->order = malloc((n + 1) * sizeof *r->order))) return error_nomem(e);
  while (r->n_order < n) r->order[r->n_order] = (uint32_t)r->n_order, r->n_order++;
  return PINTLE_OK;
}

/* ---- what the flow asks */
static size_t next_item(void *ctx) {
  restore_run *r = ctx;
  return r->at < r->n_order ? r->order[r->at++] : SIZE_MAX;
}

static pintle_status load_item(void *ctx, size_t item, engine_input *in, error *e) {
  restore_run *r = ctx;
  kube_entry k;
  kube_source_get(r->c->source, item, &k);
  in->wanted = r->c->pool.plan->n > 0;
  if (k.verbatim) return in->has_stored = true, kube_source_read(r->c->source, item, &in->text, e);
  buf_clear(&r->text);
  pintle_status st = kube_source_read(r->c->source, item, &r->text, e);
  in->has_stored = true;
  return st == PINTLE_OK ? item_minify(buf_str(&r->text), ITEM_KUBERNETES, NULL, &in->text, e) : st;
}

static size_t resolve(void *ctx, size_t parent, const chain_related *related, buf *why) {
  restore_run *r = ctx;
  (void)parent;
  size_t item = kube_source_find(r->c->source, str_of(related->id.group), str_of(related->id.resource), str_of(related->id.ns),
                                 str_of(related->id.name));
  if (item == SIZE_MAX) {
    buf_printf(why, "additional item %s %s%s%s is not in the backup", related->id.resource, related->id.ns, *related->id.ns ? "/" : "",
               related->id.name);
    return SIZE_MAX;
  }
  return r->selected[item] ? item : SIZE_MAX; /* excluded ones are left out in silence, as Velero does */
}

static const char *left_out(restore_run *r, const engine_done *d, const kube_entry *k) {
  item_doc *stored = NULL;
  const char *why = NULL;
  bool candidate = strcmp(k->type->resource, "pods") == 0 || strcmp(k->type->resource, "jobs") == 0;
  if (r->o->everything || !candidate) return NULL;
  buf_clear(&r->text);
  if (item_new(&stored) == PINTLE_OK && kube_source_read(r->c->source, d->item, &r->text, NULL) == PINTLE_OK &&
      item_parse(stored, buf_str(&r->text), 0, NULL, NULL) == PINTLE_OK)
    why = finished(k->type, stored);
  item_free(stored);
  return why;
}

/* Writes the item as soon as it is done, so that it is there before the parent that asked for it goes on. */
static pintle_status complete(void *ctx, const engine_done *d, error *e) {
  restore_run *r = ctx;
  kube_entry k;
  int what;
  error own = {0};
  if (d->what != CHAIN_DONE || !r->o->target) return PINTLE_OK;
  kube_source_get(r->c->source, d->item, &k);
  if (left_out(r, d, &k)) return PINTLE_OK;
  pintle_status st = engine_target_put(r->o->target, d->type, d->ns, d->name, d->text, r->update, &what, &own);
  if (st == PINTLE_OK) return r->written[d->item] = (unsigned char)(what + 1), PINTLE_OK;
  engine_subject about = {d->type, d->ns, d->name};
  LOG(r->c->journal, PINTLE_LOG_ERROR, &about, "%s", own.message);
  if (st == PINTLE_NOMEM) *e = own;
  return st == PINTLE_NOMEM ? st : PINTLE_OK;
}

static pintle_status emit_done(restore_run *r, const engine_done *d, const kube_entry *k, error *e) {
  engine_subject about = {d->type, d->ns, d->name};
  const char *why = left_out(r, d, k), *action = "created", *outcome = "created";
  int what = r->o->target ? (int)r->written[d->item] - 1 : ENGINE_CREATED;
  if (why) {
    r->skipped++;
    LOG(r->c->journal, PINTLE_LOG_INFO, &about, "not restored: %s", why);
    return engine_report_item(&r->stage.report, d, d->type, "skipped", str_of(why)), PINTLE_OK;
  }
  switch (what) {
  case ENGINE_CREATED: r->created++; break;
  case ENGINE_UPDATED: r->updated++, action = outcome = "updated"; break;
  case ENGINE_UNCHANGED: r->unchanged++, action = "skipped", outcome = "unchanged"; break;
  case ENGINE_EXISTS:
    r->skipped++, action = outcome = "skipped";
    LOG(r->c->journal, PINTLE_LOG_WARN, &about,
        "could not restore, %s:%.*s already exists. Warning: the version in the target is different than the backed-up version",
        d->type->kind, (int)d->name.len, d->name.ptr);
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
  if (d->what == CHAIN_DONE) return emit_done(r, d, &k, e);
  if (d->what == CHAIN_SKIPPED) return r->skipped++, engine_stage_skipped(&r->stage, &about, d), PINTLE_OK;
  char prefix[300];
  snprintf(prefix, sizeof prefix, "error preparing %s: ", k.type->resource);
  engine_stage_failed(&r->stage, &about, d, prefix);
  r->failed++;
  return engine_list_add(r->list, d->item, k.type, k.ns, k.name, "failed", e);
}

/* ---- the run */
static pintle_status prepare(restore_run *r, error *e) {
  const engine_flow_ops ops = {.ctx = r, .next = next_item, .load = load_item, .resolve = resolve, .complete = complete, .emit = emit};
  pintle_status st = engine_filter_restore(r->o->restore, r->c->types, &r->filter, e);
  if (st == PINTLE_OK) st = select_items(r, e);
  if (st == PINTLE_OK) st = engine_list_new(r->c->source, &r->list, e);
  r->stage.total = r->n_order;
  return st == PINTLE_OK ? engine_stage_open(&r->stage, r->c, &ops, e) : st;
}

static void run_free(restore_run *r) {
  engine_stage_free(&r->stage);
  engine_filter_free(r->filter);
  engine_list_free(r->list);
  engine_objects_free(&r->objects);
  free(r->selected);
  free(r->written);
  free(r->order);
  buf *bufs[] = {&r->text, &r->key};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
  arena_free(&r->scratch);
}

static void set_status(restore_run *r, const engine_summary *out, const error *e) {
  char text[32];
  buf b = {0};
  buf_printf(&b, "{\"phase\":\"%s\",\"startTimestamp\":\"%s\"", out->phase, clock_rfc3339(out->started, text));
  buf_printf(&b, ",\"completionTimestamp\":\"%s\"", clock_rfc3339(out->ended, text));
  if (e && e->status != PINTLE_OK) buf_addz(&b, ",\"failureReason\":"), buf_json(&b, str_of(e->message));
  if (out->warnings) buf_printf(&b, ",\"warnings\":%llu", (unsigned long long)out->warnings);
  if (out->errors) buf_printf(&b, ",\"errors\":%llu", (unsigned long long)out->errors);
  buf_printf(&b, ",\"progress\":{\"totalItems\":%llu,\"itemsRestored\":%llu}}", (unsigned long long)out->total,
             (unsigned long long)out->done);
  if (!b.failed) item_set_json(r->o->restore, "/status", buf_str(&b));
  buf_free(&b);
}

static const char *key_of(restore_run *r, int object) {
  buf_clear(&r->key);
  store_key_restore(item_str(r->o->restore, "/metadata/name", "").ptr, object, &r->key);
  return buf_z(&r->key);
}

/* Velero's five objects (velero-contract section 1), then the Restore itself, which Velero keeps in the cluster only. */
static pintle_status put_objects(restore_run *r, engine_summary *out, error *e) {
  int fd;
  int64_t size;
  buf json = {0};
  pintle_status st = engine_journal_finish(r->c->journal, &fd, &size, e);
  if (st == PINTLE_OK) st = engine_put_fd(&r->objects, key_of(r, STORE_LOG), fd, size, NULL, e);
  if (st == PINTLE_OK) st = engine_results(r->c->journal, &json, e);
  if (st == PINTLE_OK) st = engine_put_text(&r->objects, key_of(r, STORE_RESULTS), buf_str(&json), true, e);
  if (st == PINTLE_OK) st = engine_list_put(r->list, &r->objects, key_of(r, STORE_RESOURCE_LIST), r->c->temp_dir, e);
  if (st == PINTLE_OK) st = engine_put_text(&r->objects, key_of(r, STORE_ITEM_OPERATIONS), STR("[]\n"), true, e);
  if (st == PINTLE_OK) st = engine_put_text(&r->objects, key_of(r, STORE_VOLUME_INFO), STR("[]\n"), true, e);
  buf_clear(&json);
  out->ended = clock_now();
  set_status(r, out, NULL);
  if (st == PINTLE_OK && item_print(r->o->restore, NULL, ITEM_PRINT_PRETTY | ITEM_PRINT_GO, &json) != PINTLE_OK) st = error_nomem(e);
  buf_addc(&json, '\n');
  if (st == PINTLE_OK && json.failed) st = error_nomem(e);
  if (st == PINTLE_OK) st = engine_put_text(&r->objects, key_of(r, STORE_METADATA), buf_str(&json), false, e);
  buf_free(&json);
  return st;
}

pintle_status engine_restore(const engine_restore_options *options, engine_summary *out, error *e) {
  restore_run r = {.o = options, .c = &options->common, .stage.started = clock_now(), .objects = {.store = options->common.store}};
  engine_journal *j = r.c->journal;
  r.update = str_is(item_str(options->restore, "/spec/existingResourcePolicy", ""), "update");
  *out = (engine_summary){.phase = "Failed", .started = r.stage.started};
  pintle_status st = prepare(&r, e);
  if (st != PINTLE_OK) return run_free(&r), st;
  engine_phase(j, "InProgress");
  LOG(j, PINTLE_LOG_INFO, NULL, "Restoring %zu items", r.n_order);
  st = engine_stage_run(&r.stage, e);
  if (st == PINTLE_OK && options->target) st = engine_target_sync(options->target, e);
  out->created = r.created, out->updated = r.updated, out->unchanged = r.unchanged;
  out->done = r.created + r.updated + r.unchanged, out->skipped = r.skipped, out->failed = r.failed;
  out->total = r.n_order > r.stage.stats.emitted ? r.n_order : r.stage.stats.emitted;
  out->warnings = engine_warnings(j), out->errors = engine_errors(j);
  out->phase = st != PINTLE_OK ? "Failed" : out->errors ? "PartiallyFailed" : "Completed";
  out->ended = clock_now();
  set_status(&r, out, st == PINTLE_OK ? NULL : e);
  if (r.c->store) {
    error put_error = {0};
    pintle_status put = put_objects(&r, out, &put_error);
    if (put != PINTLE_OK && st == PINTLE_OK) *e = put_error, out->phase = "Failed";
    if (put != PINTLE_OK) engine_objects_take_back(&r.objects);
  }
  engine_phase(j, out->phase);
  run_free(&r);
  return PINTLE_OK;
}
