/* operation.h -- run_operation of an item action: blocking work, in a process of its own, without anybody waiting.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Several at once; the caller polls their descriptors and steps each. One thread. docs/single-calls.md. */
#ifndef PINTLE_WORKER_OPERATION_H
#define PINTLE_WORKER_OPERATION_H
#include "worker/single.h"
#include <poll.h>

typedef struct worker_operation worker_operation;
/* Starts the process; the rest happens in steps. options->action: an item action with run_operation. id is copied. timeout: of the operation, from
 * now; past it the plugin is told, and killed when it does not end within the grace. options->services gets log, finding and count. */
pintle_status worker_operation_start(const worker_single_options *options, const char *id, int64_t timeout, worker_operation **out,
                                     error *e);
enum { WORKER_OPERATION_FDS = 5 };
/* What to poll before the next step; look at each five times a second in any case, since deadlines pass in silence. */
void worker_operation_fds(const worker_operation *o, struct pollfd f[WORKER_OPERATION_FDS]);
/* Does what can be done without waiting. true: it is over. */
bool worker_operation_step(worker_operation *o);
/* The plugin is told to stop: it has the grace for cleaning up, then its process is killed. */
void worker_operation_cancel(worker_operation *o);
/* What it reported last, by host->report or as its result; lives until the next step. struct_size 0: nothing yet. */
const pintle_progress *worker_operation_progress(const worker_operation *o);
/* Once it is over: the status of run_operation; of a process that died FAILED, by the name of action and plugin. *e is set unless OK. */
pintle_status worker_operation_result(const worker_operation *o, error *e);
void worker_operation_free(worker_operation *o); /* kills the process if it still runs. NULL is fine */
#endif
