/* operations.h -- the asynchronous operations of a run: what actions started and somebody else goes on with.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero's operations controller (pkg/controller/backup_operations_controller.go): polled until each is Completed or Failed; cancelled and failed
 * past spec.itemOperationTimeout. Where the action has run_operation, its work is done here, in processes of its own. One thread. */
#ifndef PINTLE_ENGINE_OPERATIONS_H
#define PINTLE_ENGINE_OPERATIONS_H
#include "engine/journal.h"
#include "engine/record.h"
#include "host/registry.h"
#include "worker/worker.h"

#define ENGINE_OPERATION_TIMEOUT (4 * 3600 * CLOCK_SECOND)
enum { ENGINE_RUNNING_OPERATIONS = 4 }; /* run_operation, at once */

typedef struct engine_operations engine_operations;
typedef struct engine_operations_options {
  const item_doc *run;             /* Backup or Restore: name, uid, spec.itemOperationTimeout; outlives it, as all below does */
  const worker_pool_options *pool; /* its plan has the actions; how their processes are started */
  const host_registry *registry;
  kube_types *types;
  engine_journal *journal;
} engine_operations_options;
pintle_status engine_operations_new(const engine_operations_options *options, engine_operations **out, error *e);
void engine_operations_free(engine_operations *o); /* kills what still runs. NULL is fine */

/* One that an action has started just now; its element of itemoperations.json is appended to *json. */
pintle_status engine_operations_add(engine_operations *o, const engine_subject *about, const chain_operation *given, buf *json, error *e);
/* An itemoperations.json, or the array of a run record. Those that are over stay so. */
pintle_status engine_operations_read(engine_operations *o, str json, error *e);
/* After engine_journal_before: what an earlier process noted as Failed, and did not come to say in the results. */
void engine_operations_retell(engine_operations *o);
void engine_operations_print(const engine_operations *o, buf *json); /* "[...]\n", to the byte as Velero; NULL: "[]\n" */
/* Members of a status, ",\"backupItemOperationsAttempted\":3..."; nothing when there is no operation. NULL is fine. */
void engine_operations_status(const engine_operations *o, buf *json);
size_t engine_operations_count(const engine_operations *o);
size_t engine_operations_outstanding(const engine_operations *o); /* NULL: 0 */
/* "WaitingForPluginOperations", "Finalizing" and their PartiallyFailed: the run is not over. */
bool engine_phase_waits(const char *phase);

/* Outstanding ones whose action is not in the chain: n of them, the first named in *e (NOT_FOUND). give_up: they fail with that reason. */
pintle_status engine_operations_known(engine_operations *o, bool give_up, error *e);
typedef struct engine_operations_hooks {
  void *ctx;
  bool (*cancelled)(void *ctx);
  /* Every second, and when the state of one has changed. An error ends the waiting; nothing is cancelled then (somebody else has the run). */
  pintle_status (*beat)(void *ctx, bool changed, error *e);
} engine_operations_hooks;
/* Until all are over. CANCELLED: hooks->cancelled said so, and engine_operations_cancel was called. */
pintle_status engine_operations_wait(engine_operations *o, const engine_operations_hooks *hooks, error *e);
/* Does the action of that entry find the items ready that it asked for? true: its item goes on, also when asking failed or late is set, which are errors
 * in Velero's words (pkg/restore/restore.go); about is the item. */
bool engine_operations_ready(engine_operations *o, const engine_operations_hooks *hooks, const engine_subject *about, uint32_t entry,
                             const pintle_id *ids, size_t n, bool late);
/* Cancels what is outstanding, within about 12 s; why becomes the error of each. */
void engine_operations_cancel(engine_operations *o, const char *why);
/* Their run is deleted: what is outstanding is cancelled, each told in the log. How many could not be. */
size_t engine_operations_drop(engine_operations *o);
/* The run fails: as above, and the record says what became of each. */
void engine_operations_give_up(engine_operations *o, engine_record *record);

/* ---- items to be taken again: all of operations that are over, Failed ones too, as Velero does; each once. */
typedef struct engine_post {
  const char *group, *resource, *ns, *name;
  const char *action; /* who asked */
} engine_post;
pintle_status engine_operations_post(const engine_operations *o, arena *a, engine_post **out, size_t *n, error *e);
#endif
