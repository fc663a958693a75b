/* recycle.c -- a worker whose memory has grown too far finishes, and another takes its place.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/pool.h"

static void tell(worker_pool *p, const pool_proc *w, bool only) {
  uint32_t by = atomic_load(&w->page->grown_by), grown = atomic_load(&w->page->grown);
  const char *more = only ? "; it holds the only instance of an action and goes on" : "; a new one takes its place";
  if (by && by <= p->o.plan->n)
    pool_log(p, PINTLE_LOG_WARN, pool_plugin_of(p, by - 1), "worker %d has grown by %u MiB, most of it in action %s%s", (int)w->pid, grown,
             p->o.plan->entries[by - 1].name, more);
  else pool_log(p, PINTLE_LOG_WARN, "", "worker %d has grown by %u MiB%s", (int)w->pid, grown, more);
}

void pool_recycle(worker_pool *p, pool_proc *w) {
  if (atomic_load(&w->page->grown) < PAGE_GROWTH || w->state != POOL_READY || w->gone || w->killed_at) return;
  if (!w->told_grown) tell(p, w, w->segment != 0);
  w->told_grown = true;
  if (w->segment) return; /* PINTLE_ONE_INSTANCE: what it knows would be lost */
  w->outgrown = true;
  if (w->with.first) return;
  w->state = POOL_FINISHING;
  w->seen_at = clock_monotonic();
  pool_send(p, w, WIRE_FINISH, STR(""));
}
