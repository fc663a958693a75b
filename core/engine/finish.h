/* finish.h -- the stages after the items: operations waited for, items taken again, the end committed.  SPDX-License-Identifier: Apache-2.0
 *
 * Everything is in the store: any process may do it, the one that began the run or another one after a crash. */
#ifndef PINTLE_ENGINE_FINISH_H
#define PINTLE_ENGINE_FINISH_H
#include "engine/stage.h"

typedef struct engine_finish_options {
  engine_common common; /* source NULL; pool: for the operations; operations: read from the store */
  item_doc *resource;   /* as the store has it, phase WaitingForPluginOperations*, Finalizing*; changed as the run goes on */
  bool restore;
  str manifest_head; /* JSON members of the manifest, or of a restore's report; "": there is none */
  str actions;       /* its elements of "actions" that stay as they are, with commas; those of common.pool.times follow */
  bool foreign; /* a backup of Velero's: it has no manifest, and gets none */
  unsigned gzip_threads;
  /* Backup, when items are to be taken again: fills in source, types and the pool of a finalizing plan. */
  pintle_status (*items)(void *ctx, engine_common *c, error *e);
  void *ctx;
} engine_finish_options;
/* OK: see summary->phase. Completed, PartiallyFailed; Failed: it was cancelled while operations were outstanding, which were cancelled too; one that
 * waits (engine_phase_waits): it could not go on, *e says why, and may be continued. */
pintle_status engine_finish(const engine_finish_options *options, engine_summary *out, error *e);
#endif
