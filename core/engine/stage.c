/* stage.c -- see stage.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/stage.h"
#include "base/clock.h"
#include "worker/times.h"

bool engine_stage_cancelled(void *ctx) {
  const engine_stage *s = ctx;
  return s->lost || (s->o->control.cancelled && s->o->control.cancelled(s->o->control.ctx));
}

void engine_stage_beat(engine_stage *s, uint64_t done) {
  int64_t now = clock_monotonic();
  s->done = done;
  if (now - s->told < CLOCK_SECOND / 10) return;
  s->told = now;
  engine_event event = {.kind = ENGINE_PROGRESS, .done = done, .total = s->total > done ? s->total : done};
  engine_tell(s->o->journal, &event);
  if (!s->lost && engine_record_save(&s->record, false, &s->lock_error) != PINTLE_OK) s->lost = true;
}

static void progress(void *ctx, uint64_t emitted) { engine_stage_beat(ctx, emitted); }

/* In the run record before anything waits for it. */
static pintle_status operation(void *ctx, size_t item, str ns, str name, const chain_operation *o, error *e) {
  engine_stage *s = ctx;
  CLEANUP(buf_free) buf json = {0};
  kube_entry k;
  kube_source_get(s->o->source, item, &k);
  const engine_subject about = {k.type, ns, name};
  if (!s->o->operations)
    return LOG(s->o->journal, PINTLE_LOG_WARN, &about, "operation %s was started, and nobody waits for it", o->id), PINTLE_OK;
  pintle_status st = engine_operations_add(s->o->operations, &about, o, &json, e);
  return st == PINTLE_OK ? engine_record_operation(&s->record, buf_str(&json), e) : st;
}

static void explain(void *ctx, size_t item, uint32_t entry, error *e) {
  const engine_stage *s = ctx;
  if (s->o->explain) s->o->explain(s->o->explain_ctx, item, entry, e);
}

static void outcome(void *ctx, uint64_t ticket, const worker_outcome *o) { engine_flow_outcome(((engine_stage *)ctx)->flow, ticket, o); }

static pintle_status answer(void *ctx, uint32_t entry, const ask_question *q, buf *to, error *e) {
  engine_stage *s = ctx;
  return engine_answer(&s->ask, s->o->pool.plan, entry, q, to, e);
}

static void worker_log(void *ctx, int32_t level, const char *source, const char *plugin, str message) {
  const engine_stage *s = ctx;
  engine_log(s->o->journal, level, NULL, plugin, source, "%.*s", (int)message.len, message.ptr);
}

static pintle_status open_ask(engine_stage *s, error *e) {
  const engine_state_options o = {.backup = s->ask.backup, .load = s->o->load_state, .ctx = s->o->load_state_ctx};
  s->ask.source = s->o->source;
  s->ask.types = s->o->types;
  return engine_state_new(&o, &s->ask.state, e);
}

pintle_status engine_stage_open(engine_stage *s, const engine_common *options, const engine_flow_ops *ops, error *e) {
  engine_flow_ops all = *ops;
  s->o = options;
  s->record.lock = options->lock;
  s->report = (engine_report){.journal = options->journal, .source = options->source};
  all.operation = operation;
  all.progress = progress;
  all.cancelled = engine_stage_cancelled;
  all.explain = explain;
  pintle_status st = options->store ? engine_outcomes_open(options->temp_dir, options->pool.plan, &s->report.outcomes, e) : PINTLE_OK;
  if (st == PINTLE_OK) st = engine_flow_new(&all, options->source, options->types, &s->flow, e);
  if (st == PINTLE_OK) st = open_ask(s, e);
  if (st != PINTLE_OK) return st;
  worker_pool_options pool = options->pool;
  pool.ctx = s;
  pool.outcome = outcome;
  pool.ask = answer;
  pool.log = worker_log;
  st = worker_pool_open(&pool, &s->pool, e);
  if (st == PINTLE_OK) s->by_labels = chain_plan_by_labels(options->pool.plan); /* computed ones too */
  return st;
}

pintle_status engine_stage_load(engine_stage *s, size_t item, engine_input *in, error *e) {
  kube_entry k;
  kube_skim skim = {0};
  kube_source_get(s->o->source, item, &k);
  buf *text = k.verbatim ? &in->text : &s->text;
  buf_clear(text);
  arena_reset(&s->scratch);
  pintle_status st = kube_source_read(s->o->source, item, text, e);
  if (st == PINTLE_OK && s->by_labels) st = kube_skim_item(buf_str(text), &s->scratch, &skim, e);
  if (st != PINTLE_OK) return st;
  in->wanted = chain_plan_wants(s->o->pool.plan, s->o->types, k.type, k.ns, skim.labels, k.alone);
  if (!k.verbatim) st = item_minify(buf_str(text), ITEM_KUBERNETES, NULL, &in->text, e);
  if (st == PINTLE_INVALID && e->place[0]) { /* line and column inside the item: say in which file */
    CLEANUP(buf_free) buf place = {0};
    kube_source_place(s->o->source, item, &place);
    error_wrap(e, "%s", buf_z(&place));
  }
  return st;
}

pintle_status engine_stage_run(engine_stage *s, error *e) {
  error finish = {0};
  pintle_status st = engine_flow_run(s->flow, s->pool, &s->stats, e);
  if (s->lost && st == PINTLE_CANCELLED) {
    *e = s->lock_error;
    st = e->status;
  }
  if (worker_pool_close(s->pool, &s->counters, &finish) != PINTLE_OK && st == PINTLE_OK)
    LOG(s->o->journal, PINTLE_LOG_ERROR, NULL, "%s", finish.message);
  engine_flow_free(s->flow); /* what is written at the end needs its memory */
  s->flow = NULL;
  if (s->o->pool.plan->finalizing) return st; /* of a few items once more: not what the run is measured by */
  engine_report_counters(s->o->journal, buf_str(&s->counters));
  engine_report_actions(s->o->journal, s->pool, &s->actions);
  return st;
}

void engine_stage_head(const engine_stage *s, buf *json) {
  buf_adds(json, s->o->head);
  buf_addz(json, s->o->head.len ? ",\"actions\":" : "\"actions\":");
  buf_add(json, s->actions.data, s->actions.len ? s->actions.len - 1 : 0);
  if (!s->actions.len) buf_addc(json, '[');
  worker_times_print(s->o->pool.times, json);
  buf_addc(json, ']');
  if (s->actions.failed) json->failed = true;
}

pintle_status engine_stage_put_outcomes(engine_stage *s, engine_objects *to, const char *key, error *e) {
  int fd = -1;
  int64_t size = 0;
  pintle_status st = engine_outcomes_finish(s->report.outcomes, &fd, &size, e);
  return st == PINTLE_OK ? engine_put_fd(to, key, fd, size, NULL, e) : st;
}

void engine_stage_free(engine_stage *s) {
  worker_pool_free(s->pool);
  engine_flow_free(s->flow);
  engine_report_free(&s->report);
  engine_ask_free(&s->ask);
  engine_record_free(&s->record);
  buf_free(&s->text);
  arena_free(&s->scratch);
  buf_free(&s->counters);
  buf_free(&s->actions);
}

size_t engine_stage_find(const kube_source *source, const chain_related *related, const char *kind, const char *where, buf *why) {
  const pintle_id *id = &related->id;
  size_t item = kube_source_find(source, str_of(id->group), str_of(id->resource), str_of(id->ns), str_of(id->name));
  if (item == SIZE_MAX) buf_printf(why, "%s item %s %s%s%s is not in the %s", kind, id->resource, id->ns, *id->ns ? "/" : "", id->name, where);
  return item;
}

void engine_stage_tell(engine_stage *s, const engine_subject *about, const engine_done *d) {
  engine_log_record(s->o->journal, about, d->record, engine_failed_by(d, s->o->pool.plan));
  for (size_t i = 0; i < d->n_missing; i++) LOG(s->o->journal, PINTLE_LOG_WARN, about, "%s", d->missing[i]);
}

void engine_stage_skipped(engine_stage *s, const engine_subject *about, const engine_done *d) {
  LOG(s->o->journal, PINTLE_LOG_INFO, about, "left out by an action: %s", d->skip);
  engine_report_item(&s->report, d, about->type, "skipped", str_of(d->skip));
}

void engine_stage_failed(engine_stage *s, const engine_subject *about, const engine_done *d, const char *prefix) {
  error failed = *d->error;
  if (d->died) explain(s, d->item, d->entry, &failed);
  engine_report_failed(&s->report, about, d, prefix, &failed);
  engine_report_item(&s->report, d, about->type, "failed", str_of(failed.message));
}

/* ---- snapshotters */
static int32_t interrupted(void *ctx) {
  engine_stage *s = ctx;
  engine_stage_beat(s, s->done);
  return engine_stage_cancelled(s);
}

static void snapshotter_log(void *ctx, int32_t level, const char *plugin, str message) {
  const engine_stage *s = ctx;
  engine_log(s->o->journal, level, NULL, plugin, "plugin", "%.*s", (int)message.len, message.ptr);
}

pintle_status engine_stage_snapshotters(engine_stage *s, const item_doc *resource, engine_open_snapshotter *open, void *open_ctx,
                                        engine_snapshotters **out, error *e) {
  const engine_snapshotters_options o = {
      .open = open, .open_ctx = open_ctx, .resource = resource, .interrupted = interrupted, .log = snapshotter_log, .ctx = s};
  return engine_snapshotters_new(&o, out, e);
}
