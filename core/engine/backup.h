/* backup.h -- one backup: a source through the chain into Velero's object layout.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_BACKUP_H
#define PINTLE_ENGINE_BACKUP_H
#include "engine/blocks.h"
#include "engine/filter.h"
#include "engine/policy.h"
#include "engine/stage.h"

typedef struct engine_backup_options {
  engine_common common;           /* store NULL: a dry run; nothing is written anywhere */
  worker_pool_options block_pool; /* of the ItemBlockActions, as common.pool; plan NULL: none */
  void *explain_block_ctx;        /* common.explain's for an action of block_pool */
  item_doc *backup;               /* name, uid, spec with defaults, labels, annotations; status is written here */
  const item_doc *policies;       /* as conf_check_policies found it right; NULL: none */
  engine_open_snapshotter *open_snapshotter;
  void *open_ctx;
  const char *const *snapshot_locations; /* VolumeSnapshotLocations, in the order in which they are asked */
  size_t n_snapshot_locations;
  unsigned gzip_threads;
} engine_backup_options;
/* The status is OK whenever the run came to a phase, Failed too (then *e says why); anything else: it did not start, nothing was written.
 * Order of writing: tarball, log and all others, manifest; all read back and compared; then velero-backup.json, the commit. A run that fails takes its
 * objects back. */
pintle_status engine_backup(const engine_backup_options *options, engine_summary *out, error *e);
#endif
