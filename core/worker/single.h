/* single.h -- an action called singly: one instance in a worker of its own, behind its kind's own table.  SPDX-License-Identifier: Apache-2.0
 *
 * An ObjectStore or VolumeSnapshotter of a plugin that looks like a built-in one, and what is asked of an item action after execute (progress, cancel,
 * are_additional_items_ready): the functions of the table that worker_single_store and its like give, called with the worker_single as self, go to
 * the worker and back. Errors, lines, counts, progress, bytes and entries reach the caller's pintle_call,
 * reader, writer and result as if the plugin ran here. What the plugin can do to us is die or be killed: then the call fails by its name, and the
 * next call starts a new worker; after the third time the action is quarantined. docs/single-calls.md.
 *
 * One call at a time: a second thread waits. PR_SET_PDEATHSIG: the worker ends with the thread that started it. */
#ifndef PINTLE_WORKER_SINGLE_H
#define PINTLE_WORKER_SINGLE_H
#include "host/call.h"
#include "host/descriptor.h"

typedef struct worker_single worker_single;
struct chain_stores;
typedef struct worker_single_options {
  const char *worker;             /* path of pintle-worker */
  const char *velero_worker;      /* path of pintle-worker-velero, for a Go plugin of Velero; else not looked at */
  const host_plugin *plugin;      /* of a host_registry, and one of its actions; they outlive the worker_single */
  const host_action *action;      /* an ObjectStore, VolumeSnapshotter, BackupItemAction or RestoreItemAction; others are UNSUPPORTED */
  str config;                     /* JSON as conf_options made it */
  str run; /* item actions: JSON of the Backup or Restore, for calls whose document is NULL. Copied. Others: {0} */
  const char *const *env;         /* names of variables beside the plugin's own (chain file); may be NULL */
  const char *const *environment; /* NAME=VALUE of this process */
  const char *const *properties;  /* name, value, ..., NULL: for create; a call's own caller is asked first. May be NULL */
  const char *scratch;            /* run.dir is made in it; NULL: the plugin has none */
  int64_t timeout; /* of a call, for stores without a sign of life; 0 = the action's, else 5 min for stores, 10 min for snapshots, 60 s for item
                      actions. run_operation has its caller's deadline only */
  int64_t copy_timeout; /* of create_snapshot, create_volume_from_snapshot and verify_snapshot, which may read or copy a volume's data; 0 = timeout */
  int64_t grace;   /* for cleaning up after it was told to stop; 0 = 10 s */
  const struct chain_stores *stores; /* as in worker_pool_options */
  struct worker_times *times;    /* each call is added to it (worker/times.h); may be NULL */
  const host_services *services; /* for what belongs to no call: lines of create and finish, of stdout and stderr in between. May be NULL */
} worker_single_options;

/* Starts the worker and waits until the instance is there. Errors: e->place is the JSON Pointer into the configuration that the plugin gave. */
pintle_status worker_single_open(const worker_single_options *options, worker_single **out, error *e);
/* finish() and the end of the process. Frees s in any case. NULL is fine. */
pintle_status worker_single_close(worker_single *s, error *e);
/* NULL when it is of the other kind. Functions that the plugin lacks are NULL. action->destroy closes s. */
const pintle_object_store *worker_single_store(const worker_single *s);
const pintle_volume_snapshotter *worker_single_snapshotter(const worker_single *s);
/* Without applies_to and execute, which only run in a chain. The run's document may be NULL: then it is options->run. */
const pintle_backup_item_action *worker_single_backup_action(const worker_single *s);
const pintle_restore_item_action *worker_single_restore_action(const worker_single *s);
int worker_single_pid(const worker_single *s); /* -1: none runs now */
#endif
