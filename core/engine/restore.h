/* restore.h -- one restore: a backup through the chain into a directory.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_RESTORE_H
#define PINTLE_ENGINE_RESTORE_H
#include "engine/backup.h"
#include "engine/target.h"

typedef struct engine_restore_options {
  item_doc *restore;   /* name, uid, spec with defaults; status is written here */
  kube_source *source; /* of the backup's items; finished */
  kube_types *types;
  worker_pool_options pool; /* ctx, outcome and log are filled in here */
  store *store;             /* where restores/R/ goes; NULL: nowhere (dry run, chain run) */
  store_lock *lock;
  engine_target *target; /* NULL: a dry run; nothing is written */
  bool everything;       /* chain run: no filters, no order of priorities */
  const char *temp_dir;
  engine_journal *journal;
  engine_control control;
  void (*explain)(void *ctx, size_t item, uint32_t entry, error *e);
  void *explain_ctx;
} engine_restore_options;
/* As engine_backup: OK whenever the run came to a phase. */
pintle_status engine_restore(const engine_restore_options *options, engine_summary *out, error *e);
#endif
