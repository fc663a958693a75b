/* ask.h -- what plugins ask the run, answered from the index and the state.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ENGINE_ASK_H
#define PINTLE_ENGINE_ASK_H
#include "engine/state.h"
#include "kube/source.h"
#include "worker/ask.h"
#include "worker/worker.h"

typedef struct engine_ask {
  const kube_source *source; /* finished */
  const kube_types *types;
  engine_state *state;
  bool backup;                           /* a backup is being made: its state may be written */
  bool (*known)(void *ctx, size_t item); /* is the item one of those that plugins may see? NULL: all are. What is built in sees all */
  void *ctx;
  /* inside: the items by resource, namespace, and as they stand in the source; made when the first listing is asked for */
  uint32_t *order;
  bool everything; /* who asks now is built in */
} engine_ask;
/* plan: of the pool whose worker asks. */
pintle_status engine_answer(engine_ask *a, const chain_plan *plan, uint32_t entry, const ask_question *q, buf *answer, error *e);
void engine_ask_free(engine_ask *a); /* the state too */
#endif
