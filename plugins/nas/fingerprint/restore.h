/* restore.h -- a backup into a directory.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_RESTORE_H
#define FP_RESTORE_H
#include "blocks.h"

typedef struct fp_restored {
  uint64_t entries, files, bytes;
  uint64_t errors; /* names that are not as they were; each is in the log */
} fp_restored;

/* Writes a backup below `root` (borrowed; nothing is written outside, whatever the backup or what is there says). What is in the way of a name
 * is replaced, other names stay. Every block's hash is checked, and the file's. A name that cannot be written is counted, the rest goes on; not OK:
 * the backup cannot be read, or cancelled. Owners are set where the process may. */
pintle_status fp_restore(pintle_call *call, fp_repo *repo, const fp_head *head, int root, fp_restored *out);
/* beat is called every 256 names and 64 blocks, on this thread; NULL: not. Not OK from it ends the restore. */
typedef pintle_status (*fp_restore_beat)(void *ctx, pintle_call *call, const fp_restored *so_far);
pintle_status fp_restore_told(pintle_call *call, fp_repo *repo, const fp_head *head, int root, fp_restored *out, fp_restore_beat beat,
                              void *ctx);
#endif
