/* restore.h -- one restore: a backup through the chain into a directory.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_RESTORE_H
#define PINTLE_ENGINE_RESTORE_H
#include "engine/backed_volumes.h"
#include "engine/stage.h"
#include "engine/target.h"

typedef struct engine_restore_options {
  engine_common common;  /* source: the backup's items; store: where restores/R/ goes; NULL: nowhere (dry run, chain run) */
  item_doc *restore;     /* name, uid, spec with defaults; status is written here */
  engine_target *target; /* NULL: a dry run; nothing is written */
  backed_volumes *volumes; /* what the backup says of them; NULL only with everything */
  engine_open_snapshotter *open_snapshotter;
  void *open_ctx;
  bool everything; /* chain run: no filters, no order of priorities */
} engine_restore_options;
/* As engine_backup: OK whenever the run came to a phase. */
pintle_status engine_restore(const engine_restore_options *options, engine_summary *out, error *e);
#endif
