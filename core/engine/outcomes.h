/* outcomes.h -- what each item of a run came to, one JSON line an item, for the store.  SPDX-License-Identifier: Apache-2.0
 *
 * {"resource":"pods","namespace":"shop","name":"web","outcome":"stored","actions":["a.example.com/b"],"by":"...","message":"..."}: actions are those
 * that changed it, by is the one that failed it or left it out; empty members are left out. */
#ifndef PINTLE_ENGINE_OUTCOMES_H
#define PINTLE_ENGINE_OUTCOMES_H
#include "engine/flow.h"
#include "engine/journal.h"

typedef struct engine_outcomes engine_outcomes;
/* Lines go compressed into a temporary file: memory does not grow with items. */
pintle_status engine_outcomes_open(const char *temp_dir, const chain_plan *plan, engine_outcomes **out, error *e);
void engine_outcomes_add(engine_outcomes *o, const engine_event *item, const engine_done *d); /* a failure is remembered for finish */
/* The gzip stream: *fd stays o's. No line may follow. */
pintle_status engine_outcomes_finish(engine_outcomes *o, int *fd, int64_t *size, error *e);
void engine_outcomes_free(engine_outcomes *o); /* NULL is fine */
#endif
