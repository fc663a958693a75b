/* snapshot_take.h -- one snapshot of one PersistentVolume, as Velero's takePVSnapshot does it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_SNAPSHOT_TAKE_H
#define PINTLE_ENGINE_SNAPSHOT_TAKE_H
#include "engine/snapshotter.h"
#include "engine/stage.h"
#include "engine/volume_lines.h"

typedef struct snapshot_taker {
  engine_stage *stage;
  const item_doc *backup;
  engine_snapshotters *snapshotters;
  const char *const *locations;
  size_t n_locations;
  buf list; /* elements of volumesnapshots.json */
  buf id, type, snapshot, json;
  arena memory;              /* of the snapshot in hand */
  uint64_t failed_locations; /* bits: its error was told */
  bool told_moving;
  uint64_t attempted; /* in the list */
} snapshot_taker;
/* *taken: somebody knew the volume; then *out says what came of it (phase Completed or Failed, and an error in the log), valid until the next one.
 * Else why says why not. The run record knows of the snapshot before it is asked for, and its id before anything else happens. An error ends the run:
 * memory, CANCELLED, CONFLICT (the lock). */
pintle_status snapshot_take(snapshot_taker *t, item_doc *pv, const engine_subject *about, volume_snapshot *out, bool *taken, char *why,
                            size_t size, error *e);
/* What a dry run says instead. */
void snapshot_take_tell(const snapshot_taker *t, const engine_subject *about);
void snapshot_taker_free(snapshot_taker *t);
/* The zone of a PersistentVolume: its labels, else its node affinity; appended to an emptied *out. */
void snapshot_zone(const item_doc *pv, buf *out);
#endif
