/* backup.h -- a tree into a repository.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_BACKUP_H
#define FP_BACKUP_H
#include "manifest.h"

typedef struct fp_backup_options {
  fp_run_options run;
  unsigned threads;        /* that read, hash and compress; 0: 2 */
  bool no_inode, no_ctime; /* of shares where these lie: not asked whether a file is unchanged */
  bool read_all;           /* trusts no file to be unchanged */
} fp_backup_options;

/* Backs up the directory `root` (borrowed). What cannot be read is in the log, counted in head->counts.errors, and head->partial: still OK. Any
 * error: there is no backup, and the next run goes on from there. CANCELLED when the run has a tombstone or the call is cancelled. */
pintle_status fp_backup(pintle_call *call, fp_repo *repo, int root, const fp_backup_options *options, fp_head *head);
#endif
