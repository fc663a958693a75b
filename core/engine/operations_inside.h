/* operations_inside.h -- what the files of the operations share.  SPDX-License-Identifier: Apache-2.0
 *
 * operations.c has the set and the waiting, operations_json.c what is kept of it, operations_work.c asks and cancels. */
#ifndef PINTLE_ENGINE_OPERATIONS_INSIDE_H
#define PINTLE_ENGINE_OPERATIONS_INSIDE_H

#include "base/clock.h"
#include "engine/operations.h"
#include "worker/operation.h"

enum operation_phase { OPERATION_NEW, OPERATION_IN_PROGRESS, OPERATION_COMPLETED, OPERATION_FAILED };
extern const char *const operation_phases[];

typedef struct operation {
  const char *action, *id; /* strings in the arena */
  pintle_id item;          /* version "" */
  const kube_type *type;   /* NULL: unknown */
  pintle_id *post;
  size_t n_post;
  bool no_post; /* null in JSON, as Go prints a nil slice */
  enum operation_phase phase;
  buf error, units, description;
  int64_t n_completed, n_total;
  int64_t created, started, updated; /* 0: not yet */
  int64_t ask_at, pause;             /* when it is asked next, and how long after that: clock_monotonic */
  worker_operation *work;            /* run_operation in progress */
  bool asked;                        /* run_operation has left it to progress */
} operation;

/* One action, asked about its operations in a worker of its own. */
typedef struct operation_action {
  const char *name;
  const chain_entry *entry; /* NULL: not in the chain */
  worker_single_options options;
  worker_single *single; /* NULL: not started yet */
} operation_action;

struct engine_operations {
  engine_operations_options o;
  bool restore;
  int64_t timeout;
  arena memory;
  operation *v;
  size_t n, cap;
  operation_action *actions;
  size_t n_actions, cap_actions;
  host_services services;
  host_call *call;
  host_result result;
  const engine_operations_hooks *hooks; /* while waiting */
  bool stopping;                        /* calls are those that clean up: the run's cancellation does not end them */
  bool changed;
  buf scratch;
};

static inline bool operation_over(const operation *op) { return op->phase >= OPERATION_COMPLETED; }
void operation_free(operation *op);

/* operations_json.c */
void operation_print(const engine_operations *o, const operation *op, buf *json);
/* operations.c */
void operation_say(buf *to, const char *text); /* replaces the text */
void operation_set(engine_operations *o, operation *op, enum operation_phase phase);
/* It is over, badly: said in the log and counted as an error. */
PINTLE_PRINTF(3, 4) void operation_fail(engine_operations *o, operation *op, const char *format, ...);
void operation_take(engine_operations *o, operation *op, const pintle_progress *p); /* how far it is; may end it */

/* operations_work.c */
pintle_status operations_open(engine_operations *o, error *e);
void operations_close(engine_operations *o);
operation_action *operation_action_of(engine_operations *o, const char *name, error *e); /* NOT_FOUND and its like in *e: NULL */
bool operation_runs(const operation_action *a);                                             /* by run_operation */
void operation_ask(engine_operations *o, operation *op);
void operation_start(engine_operations *o, operation *op);
void operation_step(engine_operations *o, operation *op);
/* Told to end; false and *e: it could not be. by: until when, clock_monotonic. */
bool operation_cancel(engine_operations *o, const operation *op, int64_t by, error *e);
#endif
