/* record.h -- what a run has started elsewhere, kept in its run record until it is over.  SPDX-License-Identifier: Apache-2.0
 *
 * {"snapshots":[element of volumesnapshots.json...],"operations":[element of itemoperations.json...]}: who finds the record of a run that was killed
 * knows from it what to delete and what to cancel. */
#ifndef PINTLE_ENGINE_RECORD_H
#define PINTLE_ENGINE_RECORD_H
#include "store/store.h"

typedef struct engine_record {
  store_lock *lock; /* NULL: a dry run; nothing is kept */
  buf snapshots, operations, data;
  bool changed;
  int64_t saved;
} engine_record;
/* Adds one JSON object. Saved by the next engine_record_save. */
pintle_status engine_record_snapshot(engine_record *r, str json, error *e);
pintle_status engine_record_operation(engine_record *r, str json, error *e);
/* Renews the heartbeat too. Writes what is new at most once a second, or at once with `now`. CONFLICT: the lock was lost. */
pintle_status engine_record_save(engine_record *r, bool now, error *e);
void engine_record_free(engine_record *r);
#endif
