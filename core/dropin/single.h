/* single.h -- one action called function by function in a worker of its own: what a lane for stores, snapshotters and operations does.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One thread. Knows worker, no gRPC. */
#ifndef PINTLE_DROPIN_SINGLE_H
#define PINTLE_DROPIN_SINGLE_H
#include "dropin/items.h"
#include "worker/single.h"

typedef struct dropin_single_options {
  dropin_items_options of; /* plugin is given, kind is the action's */
  const host_action *action;
  const pintle_kv *init; /* stores, snapshotters: Velero's Init map; copied */
  size_t n_init;
} dropin_single_options;

typedef struct dropin_single dropin_single;
/* run: item actions; empty else. Errors name the action. */
pintle_status dropin_single_open(const dropin_single_options *o, str run, dropin_single **out, error *e);
void dropin_single_close(dropin_single *s); /* NULL is fine */
worker_single *dropin_single_worker(const dropin_single *s);
/* Every call stands between these two. allowed: HOST_RESULT_* of *result. */
pintle_call *dropin_single_begin(dropin_single *s, const dropin_caller *caller, uint32_t allowed, host_result **result);
/* The status that counts; *answer has error, file, function and line, the texts in *a. */
pintle_status dropin_single_end(dropin_single *s, pintle_status st, arena *a, dropin_answer *answer);

/* The checked configuration of an action, as JSON; for stores and snapshotters with the Init map over it. */
pintle_status dropin_single_config(const dropin_single_options *o, buf *json, error *e);
#endif
