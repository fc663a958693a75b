/* backup.h -- one backup: a source through the chain into Velero's object layout.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_BACKUP_H
#define PINTLE_ENGINE_BACKUP_H
#include "engine/filter.h"
#include "engine/flow.h"
#include "engine/journal.h"
#include "store/store.h"

typedef struct engine_control { /* asked now and then by any run */
  bool (*cancelled)(void *ctx);
  bool (*may_commit)(void *ctx); /* before the commit object: is this run still the one? NULL = yes */
  void *ctx;
} engine_control;

typedef struct engine_summary {
  const char *phase; /* Completed, PartiallyFailed, Failed */
  uint64_t total, done, skipped, failed;
  uint64_t warnings, errors;
  uint64_t created, updated, unchanged; /* restore */
  int64_t contents_size;                /* bytes of the tarball */
  int64_t started, ended;
} engine_summary;

typedef struct engine_backup_options {
  item_doc *backup;    /* name, uid, spec with defaults, labels, annotations; status is written here */
  kube_source *source; /* finished */
  kube_types *types;
  worker_pool_options pool; /* ctx, outcome and log are filled in here */
  store *store;             /* NULL: a dry run; nothing is written anywhere */
  store_lock *lock;         /* renewed; NULL in a dry run */
  const char *temp_dir;
  unsigned gzip_threads;
  engine_journal *journal;
  engine_control control;
  str manifest_head;                                                 /* JSON members: plugins, chain */
  void (*explain)(void *ctx, size_t item, uint32_t entry, error *e); /* adds the line that repeats a crash to e->hint; may be NULL */
  void *explain_ctx;
} engine_backup_options;
/* The status is OK whenever the run came to a phase, Failed too (then *e says why); anything else: it did not start, nothing was written.
 * Order of writing: tarball, log and all others, manifest; all read back and compared; then velero-backup.json, the commit. A run that fails takes its
 * objects back. */
pintle_status engine_backup(const engine_backup_options *options, engine_summary *out, error *e);
#endif
