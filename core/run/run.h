/* run.h -- a run from resource to status: the door for the command line, and later for a server.  SPDX-License-Identifier: Apache-2.0
 *
 * A run takes a resource and returns its status; everything it says comes as events (engine/journal.h). Nothing here reads argv or the environment,
 * prints or exits. */
#ifndef PINTLE_RUN_RUN_H
#define PINTLE_RUN_RUN_H
#include "engine/backup.h"
#include "engine/restore.h"

typedef struct run_options {
  const char *config;             /* file or directory; NULL: none */
  const char *chain;              /* name of a PluginChain; NULL: annotation pintle.io/chain, the only one, "default" */
  const char *const *plugin_dirs; /* NULL-ended */
  const char *worker;             /* path of pintle-worker */
  const char *velero_worker;      /* path of pintle-worker-velero; NULL: executables in the plugin directories are passed over */
  const char *temp_dir;
  const char *const *environment; /* NAME=VALUE, NULL-ended: what workers may get a part of, and {fromEnv} reads */
  unsigned concurrency;           /* item workers */
  const char *stop_before;        /* name of an action; NULL */
  int64_t copy_timeout; /* of a call that reads or copies a volume's data; 0 = 1 h. A chain's timeout of that action goes before it */
  bool json_log;
} run_options;

typedef struct run_context run_context;
pintle_status run_open(const run_options *options, run_context **out, error *e); /* reads and checks the configuration */
void run_close(run_context *c);
const run_options *run_options_of(const run_context *c);
const conf_set *run_config(const run_context *c); /* never NULL; may be empty */
/* The chain of that resource (annotation), or the context's when resource is NULL. Lives as long as the context. */
pintle_status run_chain(run_context *c, const item_doc *resource, const conf_chain **out, error *e);
/* Probes the plugin directories at the first call. */
pintle_status run_plugins(run_context *c, const host_registry **out, error *e);

/* ---- locations: BackupStorageLocations of the configuration; none at all: "default", a pintle.io/file store in ./pintle-store. */
typedef struct run_location {
  const char *name, *provider, *bucket, *prefix, *access_mode, *place; /* place: "chain.yaml:3:1" or "built in" */
  bool is_default;
} run_location;
size_t run_locations(run_context *c, const run_location **out);
/* name NULL or "": the default one. NOT_FOUND with the nearest right name. The store lives as long as the context. */
pintle_status run_store(run_context *c, const char *name, store **out, error *e);

/* ---- resources. A new Backup or Restore is a document with apiVersion, kind, metadata.name and namespace "velero"; spec is the caller's. complete
 * fills in uid, creationTimestamp, Velero's defaults and labels (velero-contract section 3.7), and checks the whole (conf_check's rules). */
pintle_status run_new_backup(const char *name, item_doc **out, error *e);
pintle_status run_new_restore(const char *name, item_doc **out, error *e);
pintle_status run_complete(run_context *c, item_doc *resource, error *e);

typedef struct run_request {
  item_doc *resource;   /* completed here; its status is written */
  const char *from;     /* backup: directory, file, or "-". restore: NULL (the store's backup spec.backupName), or a tarball or directory */
  const char *to;       /* restore: directory */
  const char *location; /* restore: where the backup is and where the restore's objects go; NULL: the default */
  bool dry_run;
  engine_listener listener;
  engine_control control;
} run_request;
/* Errors with a status other than OK: it did not start (usage, configuration, name taken, lock). OK: see summary->phase; *e says why Failed. */
pintle_status run_backup(run_context *c, const run_request *request, engine_summary *out, error *e);
pintle_status run_restore(run_context *c, const run_request *request, engine_summary *out, error *e);

/* Goes on with a run whose items are stored and whose operations were outstanding when its process ended: waits for them, takes items again, and makes
 * it final. Any machine that reaches the store can, with the same plugins. NOT_FOUND: there is none; INVALID: it is over, or was interrupted before
 * its items were stored. */
typedef struct run_continue_request {
  bool restore;
  const char *name, *location;
  const char *from; /* backup: where items are taken again from; NULL: the backup itself */
  bool give_up;     /* operations whose action is not here count as failed; else that is NOT_FOUND and nothing is done */
  engine_listener listener;
  engine_control control;
} run_continue_request;
/* *resource, the caller's, as it is then; NULL when it could not be read. */
pintle_status run_continue(run_context *c, const run_continue_request *request, item_doc **resource, engine_summary *out, error *e);

/* ---- chain run: manifests through the chain; results come as ENGINE_ITEM events with text and record. */
typedef struct run_chain_request {
  uint32_t kind;           /* CONF_BACKUP_ITEM_ACTION or CONF_RESTORE_ITEM_ACTION */
  const char *const *only; /* NULL-ended action names; NULL: all, with host steps */
  const char *from;        /* file, directory, tarball, "-"; NULL with from_backup */
  const char *from_backup, *location;
  bool execute;       /* false: dry run */
  item_doc *resource; /* the Backup or Restore that actions see; NULL: one made up */
  engine_listener listener;
  engine_control control;
} run_chain_request;
pintle_status run_chain_items(run_context *c, const run_chain_request *request, engine_summary *out, error *e);
/* What two chains make of the same items. */
typedef struct run_chain_result {
  const char *outcome; /* "created": it comes out; "skipped", "failed" */
  str message, text;   /* why; JSON of what comes out */
} run_chain_result;
typedef struct run_chain_difference {
  const kube_type *type; /* as the new chain has it, or the old one where it fails */
  str ns, name;
  const char *place;
  run_chain_result old, new;
} run_chain_difference;
typedef struct run_chain_comparison {
  uint64_t items, different;
  engine_summary old, new;
} run_chain_comparison;
/* Puts the items of request (its listener hears of the reading only) through the chain of old, then through that of new; each item whose outcome, message or
 * content differs is handed to each, in new's order. Results of old wait in a temporary file; memory: 8 bytes an item. */
pintle_status run_chain_compare(run_context *old, run_context *new, const run_chain_request *request,
                                void (*each)(void *ctx, const run_chain_difference *d), void *ctx, run_chain_comparison *out, error *e);
/* The plan as `chain show` prints it. */
pintle_status run_plan(run_context *c, uint32_t kind, const char *const *only, chain_plan *out, error *e);
/* For each item of a source: every clause that failed for each action. each gets sentences. */
pintle_status run_explain(run_context *c, uint32_t kind, const char *from, const char *from_backup, const char *location,
                          void (*each)(void *ctx, const kube_entry *item, const chain_entry *action, bool matches, str why), void *ctx,
                          error *e);

/* ---- what is in a store */
/* Each backup's (restore's) resource as stored, by name; of an interrupted run a document with status.phase "Interrupted". A damaged one is handed to
 * bad with its name and the others go on. */
pintle_status run_list(run_context *c, store *s, bool restores, const char *name, void (*each)(void *ctx, const item_doc *resource),
                       void (*bad)(void *ctx, const char *name, const error *e), void *ctx, error *e);
/* Deletes a backup or restore. A backup's restores are deleted first, then its items go to the DeleteItemActions, its snapshots are deleted, of an interrupted one
 * those in its run record; then objects and record. Where an action or a snapshot fails, *kept is set: the backup stays, and each error is an event. NOT_FOUND; CONFLICT while
 * it is running; DENIED where the location is read-only. */
typedef struct run_delete_request {
  store *store;
  bool restore;
  const char *name;
  bool force; /* delete it all the same when actions, snapshots or plugins are missing or fail */
  /* Not NULL: a dry run. Nothing is deleted, cancelled or called; each step is told: "delete snapshot s-1 of PersistentVolume pv-1", ... */
  void (*would)(void *ctx, const char *what);
  void *would_ctx;
  engine_listener listener;
  engine_control control;
} run_delete_request;
pintle_status run_delete(run_context *c, const run_delete_request *request, bool *kept, error *e);
/* Files of other formats: exports a backup's object unpacked or as it is. */
pintle_status run_object(run_context *c, store *s, bool restore, const char *name, int object, bool gunzip,
                         pintle_status (*piece)(void *ctx, str data, error *e), void *ctx, error *e);
/* What pintle keeps of a run beside Velero's objects: {"pintle", "run", "chain", "plugins", "actions"} (worker_pool_actions). NOT_FOUND: Velero's. */
pintle_status run_report(run_context *c, store *s, bool restore, const char *name, item_doc *out, error *e);
/* One JSON line of an event: {"apiVersion":"pintle.io/v1alpha1","kind":"Event","type":"Log",...}\n */
void run_event_print(const engine_event *event, buf *out);
#endif
