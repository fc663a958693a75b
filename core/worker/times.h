/* times.h -- what calls came to that are no execute of an item: of stores, snapshots, operations and ItemBlockActions.  SPDX-License-Identifier: Apache-2.0
 *
 * Of one run; written by whoever makes such calls, on any thread. */
#ifndef PINTLE_WORKER_TIMES_H
#define PINTLE_WORKER_TIMES_H
#include "worker/worker.h"

typedef struct worker_times worker_times;
worker_times *worker_times_new(void); /* NULL: no memory */
void worker_times_free(worker_times *t);
typedef struct worker_time {
  const char *action, *plugin, *version, *operation; /* operation: the function's name, "put_object" */
  int64_t elapsed;
  bool error, timeout, death; /* one of them at most */
} worker_time;
/* What there is no memory for is not counted. t may be NULL. */
void worker_times_add(worker_times *t, const worker_time *call);
/* All calls of a pool, under that name. */
void worker_times_pool(worker_times *t, const worker_pool *p, const char *operation);
/* Elements as worker_pool_actions has them, with commas between and, behind what is not an opening bracket, before. t may be NULL. */
void worker_times_print(worker_times *t, buf *json);
/* Adds what an earlier process of the run had printed; "execute" is passed over. */
void worker_times_read(worker_times *t, const item_node *actions);
#endif
