/* backup_run.h -- a backup in progress; inside the engine.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_BACKUP_RUN_H
#define PINTLE_ENGINE_BACKUP_RUN_H
#include "archive/archive.h"
#include "engine/backup.h"
#include "engine/backup_volumes.h"
#include "engine/list.h"
#include "engine/seal.h"

typedef struct backup_run {
  engine_stage stage; /* the first: the flow's ctx */
  const engine_backup_options *o;
  const engine_common *c; /* o->common */
  engine_filter *filter;
  engine_policies *policies;
  unsigned char *selected; /* by item: 0 no, 1 taken, 2 stored, 3 stored because an action asked for it */
  engine_asking *asking;   /* the ItemBlockActions; NULL: no item is for them */
  engine_blocks blocks;
  size_t at; /* in blocks.order, or in the source */
  uint64_t stored, failed;
  bool relating; /* the ItemBlockActions are asked */
  int tar_fd;
  archive_gzip *gzip;
  archive_writer *tar; /* NULL in a dry run */
  int64_t tar_size;
  unsigned char tar_sha[32];
  engine_seal seal;
  engine_list *list;
  buf path, gr;
  engine_snapshotters *snapshotters;
  backup_volumes *volumes;
} backup_run;

/* commit.c: objects, read back, velero-backup.json last; sets out->phase. */
pintle_status backup_commit(backup_run *r, engine_summary *out, error *e);
/* Writes status into the Backup resource. e: why it failed; may be NULL. */
void backup_status(backup_run *r, const engine_summary *out, const error *e);
#endif
