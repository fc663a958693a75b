/* delete.c -- see delete.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/delete.h"
#include "base/clock.h"

typedef struct delete_run {
  engine_stage stage; /* the first: the flow's ctx */
  const engine_common *c;
  void (*seen)(void *ctx, str record);
  void *ctx;
  size_t at;
  uint64_t failed;
} delete_run;

static size_t next_item(void *ctx) {
  delete_run *r = ctx;
  return r->at < kube_source_count(r->c->source) ? r->at++ : SIZE_MAX;
}

static pintle_status load_item(void *ctx, size_t item, engine_input *in, error *e) {
  return engine_stage_load(&((delete_run *)ctx)->stage, item, in, e);
}

static size_t resolve(void *ctx, size_t parent, const chain_related *related, buf *why) {
  (void)ctx, (void)parent, (void)related, (void)why;
  return SIZE_MAX;
}

static pintle_status emit(void *ctx, const engine_done *d, error *e) {
  delete_run *r = ctx;
  kube_entry k;
  (void)e;
  kube_source_get(r->c->source, d->item, &k);
  const engine_subject about = {k.type, k.ns, k.name};
  engine_stage_tell(&r->stage, &about, d);
  if (r->seen) r->seen(r->ctx, d->record);
  if (d->what != CHAIN_FAILED) return PINTLE_OK;
  r->failed++;
  engine_stage_failed(&r->stage, &about, d, "");
  return PINTLE_OK;
}

pintle_status engine_delete_items(const engine_common *common, void (*seen)(void *ctx, str record), void *ctx, uint64_t *failed, error *e) {
  delete_run r = {.c = common, .seen = seen, .ctx = ctx, .stage = {.started = clock_now(), .total = kube_source_count(common->source)}};
  const engine_flow_ops ops = {.ctx = &r, .next = next_item, .load = load_item, .resolve = resolve, .emit = emit};
  pintle_status st = engine_stage_open(&r.stage, common, &ops, e);
  if (st == PINTLE_OK) st = engine_stage_run(&r.stage, e);
  *failed = r.failed;
  engine_stage_free(&r.stage);
  return st;
}
