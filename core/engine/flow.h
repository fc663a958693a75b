/* flow.h -- items through the pool and out again in order, children before their parent's next action.  SPDX-License-Identifier: Apache-2.0
 *
 * The sole owner of the table of claimed items (design section 3). Single-threaded. Texts in memory: a window of 4 MiB. */
#ifndef PINTLE_ENGINE_FLOW_H
#define PINTLE_ENGINE_FLOW_H
#include "kube/source.h"
#include "worker/worker.h"

enum { ENGINE_MAX_DEPTH = 32 };

typedef struct engine_input {
  buf text;   /* the item as it enters the chain; when wanted is false, as it leaves */
  buf stored; /* restore: as stored; empty = the same as text */
  buf volume_action, volume_parameters; /* as in chain_input */
  bool has_stored, wanted;
} engine_input;

/* The last word on an item. */
typedef struct engine_done {
  size_t item;
  int32_t what; /* CHAIN_DONE, CHAIN_SKIPPED, CHAIN_FAILED */
  bool changed, died;
  uint32_t entry; /* SKIPPED, FAILED: whose doing; UINT32_MAX: nobody's */
  const kube_type *type;
  str ns, name, text, record;
  uint64_t edited; /* bit n: entry n of the plan changed it; of those behind the 64th nothing is said */
  const char *skip, *backtrace;
  const error *error;
  const char *const *missing;
  size_t n_missing; /* children that failed or were not followed, as sentences */
} engine_done;

/* The name of the action that the item failed by; NULL: it did not fail, or by nobody's doing. */
const char *engine_failed_by(const engine_done *d, const chain_plan *plan);

/* An action wants the items it asked for to be ready before its item goes on. */
typedef struct engine_question {
  size_t item;
  uint32_t entry;
  const size_t *children; /* in the source: those that could be resolved */
  size_t n;
  bool late; /* its time is over */
} engine_question;

typedef struct engine_flow_ops {
  void *ctx;
  size_t (*next)(void *ctx);                                                 /* index in the source; SIZE_MAX: no more */
  uint32_t (*block)(void *ctx, size_t item);                                 /* its item block, 0: none; those of one follow one another. May be NULL */
  pintle_status (*load)(void *ctx, size_t item, engine_input *in, error *e); /* an error fails this item only (NOMEM, CANCELLED: the run) */
  /* The item that an action asked for, or SIZE_MAX with why (a sentence, or "" when it is left out in silence) in *why. */
  size_t (*resolve)(void *ctx, size_t parent, const chain_related *related, buf *why);
  pintle_status (*complete)(void *ctx, const engine_done *done,
                            error *e);                                 /* as soon as it is done, before its parent goes on; may be NULL */
  pintle_status (*emit)(void *ctx, const engine_done *done, error *e); /* in source order, children first; an error ends the run */
  /* As soon as an action has started one, whatever becomes of its item; ns and name as they are now. May be NULL. */
  pintle_status (*operation)(void *ctx, size_t item, str ns, str name, const chain_operation *operation, error *e);
  /* Asked at once when they are done, then once a second; true: it goes on. When late it does so anyway. NULL: nobody waits. */
  bool (*ready)(void *ctx, const engine_question *q);
  void (*progress)(void *ctx, uint64_t emitted);
  bool (*cancelled)(void *ctx);
  void (*explain)(void *ctx, size_t item, uint32_t entry, error *e); /* an action ends the run: adds what to do to e->hint; may be NULL */
} engine_flow_ops;
typedef struct engine_flow_stats {
  uint64_t emitted, done, skipped, failed;
} engine_flow_stats;
typedef struct engine_flow engine_flow;
/* pool may be made after this (its outcome callback is engine_flow_outcome with the flow as ctx) and is given to run. */
pintle_status engine_flow_new(const engine_flow_ops *ops, kube_source *source, kube_types *types, engine_flow **out, error *e);
void engine_flow_outcome(void *flow, uint64_t ticket, const worker_outcome *o);
/* FAILED with the action's error when an action with onError FailRun failed; CANCELLED. */
pintle_status engine_flow_run(engine_flow *f, worker_pool *pool, engine_flow_stats *stats, error *e);
void engine_flow_free(engine_flow *f);
/* Was this item claimed (begun, by its turn or pulled)? */
bool engine_flow_claimed(const engine_flow *f, size_t item);
#endif
