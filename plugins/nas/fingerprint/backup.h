/* backup.h -- a tree into a repository.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_BACKUP_H
#define FP_BACKUP_H
#include "exclude.h"
#include "manifest.h"
#include "share.h"

typedef struct fp_backup_options {
  fp_run_options run;
  unsigned threads; /* that read, hash and compress; 0: 2 */
  bool no_inode,
      no_ctime;    /* of shares where these lie: not asked whether a file is unchanged. no_inode: names are one file's only if their size
                              and mtime agree, too */
  bool read_all;   /* trusts no file to be unchanged */
  unsigned sample; /* of the files that look unchanged, so many in 10,000 are read all the same (1 %: 100), others each time. If the content
                              is another one: a warning, counts.silent, and what is there now is backed up */
  const fp_share *share; /* read instead of root (borrowed); NULL: none */
  fp_excludes exclude; /* what is left out; check each pattern with fp_exclude_wrong */
} fp_backup_options;

/* Backs up the directory `root` (borrowed). What cannot be read is in the log, counted in head->counts.errors, and head->partial: still OK. Any
 * error: there is no backup, and the next run goes on from there. CANCELLED when the run has a tombstone or the call is cancelled. */
pintle_status fp_backup(pintle_call *call, fp_repo *repo, int root, const fp_backup_options *options, fp_head *head);
#endif
