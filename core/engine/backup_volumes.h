/* backup_volumes.h -- the volumes of a backup: snapshots of them, and a line for every one.  SPDX-License-Identifier: Apache-2.0
 *
 * Design section 11, promise 9; Velero pkg/backup/item_backupper.go takePVSnapshot, internal/volumehelper, internal/volume. */
#ifndef PINTLE_ENGINE_BACKUP_VOLUMES_H
#define PINTLE_ENGINE_BACKUP_VOLUMES_H
#include "engine/policy.h"
#include "engine/snapshotter.h"
#include "engine/stage.h"

typedef struct backup_volumes backup_volumes;
typedef struct backup_volumes_options {
  engine_stage *stage;
  const item_doc *backup;
  engine_policies *policies;
  const item_doc *rules;             /* what the policies are made of; NULL: none */
  engine_snapshotters *snapshotters; /* NULL: none */
  const char *const *locations;      /* VolumeSnapshotLocations in the order in which they are asked */
  size_t n_locations;
  bool dry_run; /* nothing is called */
} backup_volumes_options;
pintle_status backup_volumes_new(const backup_volumes_options *options, backup_volumes **out, error *e);
void backup_volumes_free(backup_volumes *v); /* NULL is fine */
/* An item that is in the backup, as it left the chain: of a PersistentVolume a snapshot is taken where one is wanted; claims and Pods are remembered. What
 * goes wrong with a volume is an error of the log. An error returned ends the run: memory, the lock, CANCELLED. */
pintle_status backup_volumes_item(backup_volumes *v, const engine_done *d, error *e);
/* After the last item: volumeinfo.json and volumesnapshots.json. */
pintle_status backup_volumes_finish(backup_volumes *v, buf *snapshots, engine_volume_counts *counts, error *e);
/* volumeinfo.json, after that; for engine_put_printed. */
pintle_status backup_volumes_print(void *volumes, archive_gzip *to, error *e);
#endif
