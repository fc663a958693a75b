/* local.c -- --concurrency 0: the chain in this process, for debuggers and allocation tests. No isolation, no enforced deadlines.
 * SPDX-License-Identifier: Apache-2.0 */
#include "worker/ask.h"
#include "worker/pool.h"
#include "worker/stores.h"
#include <stdlib.h>

static void enter(void *ctx, const chain_entry *entry, const char *what, int64_t deadline) {
  worker_pool *p = ctx;
  (void)what;
  stores_side_action(p->local_stores, entry->name);
  atomic_store(&p->local_page.stack[0].entry, entry->index);
  atomic_store(&p->local_page.stack[0].deadline, deadline);
}

static void leave(void *ctx) {
  worker_pool *p = ctx;
  uint32_t entry = atomic_load(&p->local_page.stack[0].entry);
  int64_t deadline = atomic_load(&p->local_page.stack[0].deadline);
  if (deadline && clock_monotonic() > deadline && entry < p->o.plan->n) {
    pool_log(p, PINTLE_LOG_WARN, pool_plugin_of(p, entry), "action %s went past its deadline (reported only: --concurrency 0)",
             p->o.plan->entries[entry].name);
  }
}

static int32_t cancelled(void *ctx) {
  worker_pool *p = ctx;
  return atomic_load(&p->local_page.cancel) ? 1 : 0;
}

static void stray_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  worker_pool *p = ctx;
  (void)fields, (void)n;
  if (p->o.log) p->o.log(p->o.ctx, level, "plugin", "", message);
}

static pintle_status ask(void *ctx, pintle_call *call, const chain_entry *entry, str question, buf *answer, error *e) {
  (void)call;
  return pool_answer(ctx, entry->index, question, answer, e);
}

static const void *extension(void *ctx, const char *id) {
  const worker_pool *p = ctx;
  const void *table = stores_extension(p->local_stores, id);
  return table ? table : ask_extension(id);
}

pintle_status pool_local_open(worker_pool *p, error *e) {
  const chain_entry *failed = NULL;
  buf selectors = {0};
  chain_options o = {.plan = p->o.plan,
                     .types = p->o.types,
                     .run = p->o.run,
                     .mode = p->o.mode,
                     .scratch = p->o.scratch,
                     .properties = p->o.properties,
                     .enter = enter,
                     .leave = leave,
                     .stray_log = stray_log,
                     .cancelled = cancelled,
                     .extension = extension,
                     .ask = ask,
                     .ctx = p};
  for (size_t i = 0; i < p->o.plan->n_plugins; i++)
    if (p->o.plan->plugins[i].velero)
      return error_set(e, PINTLE_UNSUPPORTED, "plugin %s is a Go plugin of Velero, which needs a worker: not with --concurrency 0",
                       p->o.plan->plugins[i].file);
  for (size_t i = 0; i < p->o.plan->n; i++) p->o.plan->entries[i].segment = 0; /* one process, one instance each */
  pintle_status st = p->o.stores ? stores_side_new(p->o.stores, p->o.plan->dry_run, NULL, NULL, &p->local_stores, e) : PINTLE_OK;
  o.stores = p->local_stores;
  if (st == PINTLE_OK) st = chain_open(&o, &p->local, &failed, e);
  if (st != PINTLE_OK && failed) chain_plan_place(failed, e);
  if (st != PINTLE_OK) return st;
  chain_selectors(p->local, &selectors);
  st = selectors.failed ? error_nomem(e) : chain_plan_selectors(p->o.plan, buf_str(&selectors), e);
  buf_free(&selectors);
  return st;
}

void pool_local_apply(worker_pool *p, pool_item *item) {
  wire_reader r = {item->data, item->data + item->len, false};
  uint64_t ticket;
  chain_input in;
  chain_outcome o = {.what = CHAIN_FAILED, .entry = UINT32_MAX, .wait = -1};
  arena a = {0}; /* not the scratch: an outcome may submit the next item before this one returns */
  if (message_get_item(&r, &a, p->o.types, &ticket, &in) != PINTLE_OK) error_nomem(&o.error);
  else chain_apply(p->local, &in, &o);
  pool_outcome(p, item, &o, false, "");
  arena_free(&a);
}

pintle_status pool_local_close(worker_pool *p, error *e) {
  buf counters = {0};
  pintle_status st = p->local ? chain_close(p->local, &counters, e) : PINTLE_OK;
  p->local = NULL;
  stores_side_free(p->local_stores);
  p->local_stores = NULL;
  if (counters.len && pool_count(p, buf_str(&counters), e) != PINTLE_OK && st == PINTLE_OK) st = PINTLE_FAILED;
  buf_free(&counters);
  return st;
}
