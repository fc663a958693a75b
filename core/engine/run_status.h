/* run_status.h -- the status of a Backup or Restore.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_RUN_STATUS_H
#define PINTLE_ENGINE_RUN_STATUS_H
#include "engine/stage.h"

typedef struct engine_run_status {
  item_doc *resource;
  bool restore;
  bool again; /* a run that goes on where another process left it: what the status says of start, expiration and volumes stays */
  const engine_operations *operations; /* NULL: none */
} engine_run_status;
/* Writes what the run has come to into the resource; why (NULL or OK: none) becomes the failureReason. summary->ended 0 is now. */
pintle_status engine_run_status_set(const engine_run_status *s, const engine_summary *summary, const error *why, error *e);
#endif
