/* stage.h -- the items stage, as backup and restore have it in common.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_STAGE_H
#define PINTLE_ENGINE_STAGE_H
#include "engine/ask.h"
#include "engine/flow.h"
#include "engine/journal.h"
#include "engine/objects.h"
#include "engine/operations.h"
#include "engine/record.h"
#include "engine/report.h"
#include "engine/snapshotter.h"

typedef struct engine_control { /* asked now and then by any run */
  bool (*cancelled)(void *ctx);
  bool (*may_commit)(void *ctx); /* before the commit object: is this run still the one? NULL = yes */
  void *ctx;
} engine_control;

typedef struct engine_volume_counts {
  uint64_t attempted, completed; /* snapshots */
  uint64_t unsaved;              /* volumes whose data was not saved, though no policy says skip or custom */
} engine_volume_counts;

typedef struct engine_summary {
  const char *phase; /* Completed, PartiallyFailed, Failed */
  uint64_t total, done, skipped, failed;
  uint64_t warnings, errors;
  uint64_t created, updated, unchanged; /* restore */
  int64_t contents_size;                /* bytes of the tarball */
  engine_volume_counts volumes;         /* backup */
  int64_t started, ended;
} engine_summary;

/* What every run is given. */
typedef struct engine_common {
  kube_source *source; /* finished */
  kube_types *types;
  worker_pool_options pool; /* ctx, outcome, ask and log are filled in here */
  store *store;             /* NULL: nothing is written there (dry run, chain run) */
  store_lock *lock;         /* renewed; NULL in a dry run */
  const char *temp_dir;
  engine_journal *journal;
  engine_control control;
  str head;                      /* JSON members: pintle, run, chain, plugins; for the manifest */
  engine_operations *operations; /* what actions start is added; NULL: a dry run, in which none can be started */
  void (*explain)(void *ctx, size_t item, uint32_t entry, error *e); /* adds the line that repeats a crash to e->hint; may be NULL */
  void *explain_ctx;
  pintle_status (*load_state)(void *ctx, buf *json, error *e); /* as engine_state_options; NULL: there is no backup that may have one */
  void *load_state_ctx;
} engine_common;

typedef struct engine_stage {
  const engine_common *o;
  engine_flow *flow;
  worker_pool *pool;
  engine_record record;
  engine_report report;
  engine_ask ask; /* before open: backup, known, ctx */
  engine_flow_stats stats;
  uint64_t total; /* items that are to be done, for the progress */
  int64_t started, told;
  uint64_t done; /* the progress told last */
  bool lost;     /* the lock */
  error lock_error;
  bool by_labels; /* an action selects by labels */
  buf text;       /* used again for each item, as is the arena */
  arena scratch;
  buf counters;   /* JSON: of the ItemBlockActions, which are often the same actions; after engine_stage_run, of all */
  buf actions;    /* after engine_stage_run: as worker_pool_actions has them */
} engine_stage;
/* ops with next, load, resolve, complete and emit; what else the flow asks is answered here. The stage is the first member of what ops->ctx points to.
 * Starts the first worker. */
pintle_status engine_stage_open(engine_stage *s, const engine_common *options, const engine_flow_ops *ops, error *e);
/* The item's text as it enters the chain, and whether an action wants it. An error in the item names its file. */
pintle_status engine_stage_load(engine_stage *s, size_t item, engine_input *in, error *e);
/* All items through the chain; the workers are gone after it, the counters of their actions are told. */
pintle_status engine_stage_run(engine_stage *s, error *e);
void engine_stage_free(engine_stage *s);
/* The head of the manifest: what the run was given, and what its actions came to. After engine_stage_run. */
void engine_stage_head(const engine_stage *s, buf *json);
/* Puts the lines of the outcomes at key; once, after engine_stage_run. */
pintle_status engine_stage_put_outcomes(engine_stage *s, engine_objects *to, const char *key, error *e);
bool engine_stage_cancelled(void *stage); /* or the lock is lost */
/* The heartbeat is renewed, and where the run has come to is told, ten times a second at most. */
void engine_stage_beat(engine_stage *s, uint64_t done);
/* For ops->resolve: the item that an action names; SIZE_MAX: "KIND item pods shop/a is not in the WHERE" is appended to *why. */
size_t engine_stage_find(const kube_source *source, const chain_related *related, const char *kind, const char *where, buf *why);
/* What the flow has to say of an item before what came of it: lines and findings of its record, children that are missing. */
void engine_stage_tell(engine_stage *s, const engine_subject *about, const engine_done *d);
/* An item that an action left out, or failed: line and event. prefix stands in front of the error. */
void engine_stage_skipped(engine_stage *s, const engine_subject *about, const engine_done *d);
void engine_stage_failed(engine_stage *s, const engine_subject *about, const engine_done *d, const char *prefix);
/* VolumeSnapshotters of this run: its heartbeat is renewed and cancellation seen while a call lasts, lines go to its journal. The stage must stay where
 * it is. */
typedef pintle_status engine_open_snapshotter(void *ctx, const char *location, const pintle_volume_snapshotter **ops, void **self,
                                              error *e);
pintle_status engine_stage_snapshotters(engine_stage *s, const item_doc *resource, engine_open_snapshotter *open, void *open_ctx,
                                        engine_snapshotters **out, error *e);
#endif
