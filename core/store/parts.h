/* parts.h -- what the files of this room share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_STORE_PARTS_H
#define PINTLE_STORE_PARTS_H
#include "store/store.h"
#include <stdatomic.h>

struct store {
  const pintle_object_store *ops;
  void *self;
  host_services services; /* the caller's, with our deadline of idleness */
  const host_services *theirs;
  host_call *call;
  host_result result;
  int64_t idle;
  _Atomic int64_t alive;        /* clock_monotonic of the last sign of life */
  _Atomic int64_t stopped_at;   /* when the run was cancelled; 0: it is not */
  bool late;                    /* the call in flight began after that: it cleans up */
  bool ending; /* every call belongs to the end of the run */
  char *name, *bucket, *prefix; /* prefix "" or with '/' behind */
  buf key;                      /* of the call in flight */
};
/* Begins a call for prefix + key, in s->key; then: may it be made? NOMEM; CANCELLED: the run was stopped, and this does not clean up after it (deletions,
 * run records and a restore's own objects do), or the time for that is over. */
pintle_call *store_begin(store *s, const char *key, bool cleans);
pintle_status store_may_call(store *s);
/* Sleeps, in pieces, so that a cancelled run goes on at once: CANCELLED. */
pintle_status store_pause(store *s, int64_t duration, error *e);

#define STORE_RUNS "plugins/pintle.io/runs/"
#endif
