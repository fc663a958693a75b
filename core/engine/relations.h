/* relations.h -- which items of a backup belong with which, as its ItemBlockActions say.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_RELATIONS_H
#define PINTLE_ENGINE_RELATIONS_H
#include "engine/stage.h"

/* By item the items that its actions named, in order: 4 bytes an item and 4 a relation. Zeroed: none at all. */
typedef struct engine_relations {
  uint32_t *first; /* by item: index of its run in runs + 1; 0: none */
  uint32_t *runs;  /* how many, then the items */
  size_t n, cap;
} engine_relations;
pintle_status engine_relations_add(engine_relations *r, size_t n_items, size_t item, const uint32_t *related, size_t n, error *e);
const uint32_t *engine_related(const engine_relations *r, size_t item, size_t *n); /* n 0: none */
void engine_relations_free(engine_relations *r);

typedef struct engine_relations_options {
  engine_stage *stage;      /* open: what the run has; its heartbeat goes on */
  worker_pool_options pool; /* of the ItemBlockActions; ctx, outcome and log are filled in here */
  void (*explain)(void *ctx, size_t item, uint32_t entry, error *e);
  void *explain_ctx;
  unsigned char *selected; /* by item; what is related and may be taken joins: 1 */
  /* As in engine_flow_ops. */
  size_t (*resolve)(void *ctx, size_t parent, const chain_related *related, buf *why);
  void *ctx;
} engine_relations_options;
typedef struct engine_asking engine_asking;
/* Loads the actions, so that one that cannot be loaded ends the run before it starts. *out is NULL when no item is for any of them: then nothing is
 * started and nothing is to be done. */
pintle_status engine_relations_open(const engine_relations_options *options, engine_asking **out, error *e);
/* Asks the actions about each selected item that they select, and about those that join, once each, on all workers. An action that fails is an error
 * in the log and the others go on (Velero pkg/backup/backup.go executeItemBlockActions). FAILED: one with onError FailRun; CANCELLED. a may be NULL. */
pintle_status engine_relations_ask(engine_asking *a, engine_relations *out, error *e);
void engine_relations_close(engine_asking *a);
#endif
