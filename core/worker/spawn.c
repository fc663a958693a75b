/* spawn.c -- starts a worker process: its own group, its own environment, nothing else of ours open.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/pool.h"
#include "worker/stores.h"
#include <stdlib.h>

typedef struct segment_env {
  const worker_pool *pool;
  uint32_t segment;
} segment_env;

/* NULL: no plugin of this segment asks for them. */
static const chain_stores *stores_of(const worker_pool *p, uint32_t segment) {
  const chain_plan *plan = p->o.plan;
  for (size_t i = 0; i < plan->n; i++)
    if (plan->entries[i].segment == segment && plan->entries[i].plugin >= 0 && plan->plugins[plan->entries[i].plugin].stores) return p->o.stores;
  return NULL;
}

/* What the plugins of this segment declare or the chain file adds (both are in the plan). */
static bool env_wanted(const void *ctx, const char *variable) {
  const segment_env *s = ctx;
  const chain_plan *plan = s->pool->o.plan;
  for (size_t i = 0; i < plan->n; i++) {
    const chain_entry *entry = &plan->entries[i];
    if (entry->segment != s->segment || entry->plugin < 0) continue;
    for (const char *const *name = plan->plugins[entry->plugin].env; name && *name; name++)
      if (proc_variable_is(*name, variable)) return true;
  }
  return stores_env_wanted(stores_of(s->pool, s->segment), variable);
}

const char *pool_worker_of(const worker_pool *p, uint32_t segment) {
  const chain_plan *plan = p->o.plan;
  for (size_t i = 0; segment && i < plan->n_plugins; i++)
    if (plan->plugins[i].velero && plan->plugins[i].segment == segment) return p->o.velero_worker;
  return p->o.worker;
}

void pool_proc_free(pool_proc *w) {
  for (pool_item *i; (i = pool_pop(&w->with));) free(i);
  for (pool_item *i; (i = pool_pop(&w->own));) free(i);
  proc_close(&w->proc);
  buf *bufs[] = {&w->out, &w->in, &w->joined, &w->lines[0], &w->lines[1]};
  for (size_t i = 0; i < 5; i++) buf_free(bufs[i]);
  free(w);
}

static void send_setup(worker_pool *p, pool_proc *w) {
  buf body = {0};
  uint32_t n = 0;
  buf_adds(&body, buf_str(&p->setup));
  wire_u32(&body, w->segment);
  wire_u32(&body, p->o.stop_before);
  stores_put(&body, stores_of(p, w->segment));
  for (size_t i = 0; i < p->o.plan->n; i++) n += p->stats[i].quarantined;
  wire_u32(&body, n);
  for (uint32_t i = 0; i < p->o.plan->n; i++)
    if (p->stats[i].quarantined) wire_u32(&body, i);
  if (body.failed) w->out.failed = true;
  else pool_send(p, w, WIRE_SETUP, buf_str(&body));
  if (body.data) explicit_bzero(body.data, body.cap); /* it may hold secrets */
  buf_free(&body);
}

pintle_status pool_spawn(worker_pool *p, uint32_t segment, error *e) {
  const segment_env env = {p, segment};
  enum { MOST = 128 };
  int fds[MOST];
  size_t n = 0;
  if (p->o.plan->n_plugins > 64)
    return error_set(e, PINTLE_UNSUPPORTED, "a chain may load at most 64 plugins, this one has %zu", p->o.plan->n_plugins);
  while (n < p->o.plan->n_plugins) fds[n] = p->o.plan->plugins[n].fd, n++;
  if (!stores_fds(stores_of(p, segment), fds, &n, MOST))
    return error_set(e, PINTLE_UNSUPPORTED, "a run may have at most %d plugins and locations", MOST);
  const proc_options o = {
      .worker = pool_worker_of(p, segment), .environment = p->o.environment, .wanted = env_wanted, .ctx = &env, .fds = fds, .n_fds = n};
  if (!o.worker) return error_set(e, PINTLE_UNSUPPORTED, "Go plugins of Velero cannot be run here");
  pool_proc *w = calloc(1, sizeof *w);
  if (!w) return error_nomem(e);
  pintle_status st = proc_start(&o, &w->proc, e);
  if (st != PINTLE_OK) return free(w), st;
  w->segment = segment;
  w->seen_at = clock_monotonic();
  send_setup(p, w);
  w->next = p->procs;
  p->procs = w;
  return PINTLE_OK;
}
