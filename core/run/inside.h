/* inside.h -- what the files of run/ share.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_RUN_INSIDE_H
#define PINTLE_RUN_INSIDE_H
#include "builtin/file_store.h"
#include "chain/location.h"
#include "chain/stores.h"
#include "engine/finish.h"
#include "run/archived.h"
#include "run/run.h"
#include "run/scratch.h"
#include "worker/single.h"
#include "worker/times.h"

struct run_store {
  const char *name;
  const pintle_object_store *ops; /* the built-in one, or a worker's */
  void *self;
  store *store;
};
struct run_early_line {
  struct run_early_line *next;
  int32_t level;
  const char *plugin, *text;
};
struct run_context {
  run_options o;
  conf_set set;
  arena memory;
  bool probed;
  host_registry registry;
  run_location *locations;
  size_t n_locations;
  struct run_store *stores;
  size_t n_stores;
  worker_single **snapshotters;
  size_t n_snapshotters, cap_snapshotters;
  host_services services;        /* of calls of stores */
  const engine_control *control; /* of the run going on; NULL */
  engine_journal *journal;       /* where their lines go; NULL: no run is going on */
  struct run_early_line *early;  /* what they said before it was there */
  size_t n_early;
  conf_environment environment;
  worker_times *times; /* of calls of stores, snapshotters, operations and ItemBlockActions */
  const char *own_location; /* of the run: the last that run_store opened; NULL: none yet */
  bool has_stores;
  chain_stores private_stores; /* for plugins that open stores; made when such a plugin is met */
  char *scratch; /* directory of credential files; NULL: none yet */
  unsigned n_credentials;
};
extern const char run_version[];

/* context.c: lines of stores go there from now on; NULL: to nobody. */
void run_hear(run_context *c, engine_journal *journal);
/* What c->times holds, as an event, when a run is over. journal may be NULL. */
void run_tell_times(const run_context *c, engine_journal *journal);
/* The journal of a backup or restore, which hears the stores from now on. */
pintle_status run_journal_open(run_context *c, const run_request *request, bool restore, engine_journal **out, error *e);
/* locations.c */
pintle_status run_read_locations(run_context *c, error *e);
/* DENIED when the location of that store has accessMode ReadOnly: no backup is made in it or deleted from it (restores write what they did). */
pintle_status run_writable(const run_context *c, const store *s, error *e);
void run_close_stores(run_context *c);

/* plugin_single.c: the action behind a provider (chain_provider), in a worker of its own, configured by the chain file and by d, a BackupStorageLocation (then
 * l is it) or another document with spec.provider, spec.config and spec.credential. Errors have their place. */
pintle_status run_plugin_single(run_context *c, uint32_t kind, const conf_chain *chain, const char *name, const conf_document *d,
                                const run_location *l, worker_single **out, error *e);

/* The locations, for plugins that open stores. */
pintle_status run_private_stores(run_context *c, const chain_stores **out, error *e);

/* claim.c: refuses a name that is taken (EXISTS) or running (CONFLICT); what an interrupted run of that name left is removed. */
pintle_status run_claim(store *s, bool restore, const item_doc *resource, store_lock **lock, error *e);
/* The lock of a run that goes on where another process left it. CONFLICT as above. */
pintle_status run_claim_again(store *s, bool restore, const item_doc *resource, store_lock **lock, error *e);
/* finish.c: the stages after the items, of a run whose resource in the store says that it waits. request->from: where items are taken again from;
 * NULL: the backup. give_up: operations whose action is not in the chain fail; else they are an error and nothing is done. */
pintle_status run_finish(run_context *c, const run_request *request, store *s, store_lock *lock, bool restore, bool give_up,
                         engine_summary *out, error *e);
/* stored.c: store_key_backup or store_key_restore, into an emptied *out. */
void run_key(bool restore, const char *name, int object, buf *out);
/* The Backup or Restore of that name as stored. NOT_FOUND: not committed. */
pintle_status run_read_resource(store *s, bool restore, const char *name, item_doc *d, error *e);

/* modifiers.c: the resource modifiers that spec.resourceModifier names, checked, as the configuration of their step (builtin/modifiers.h); nothing is
 * appended where it names none. */
pintle_status run_modifiers(const run_context *c, const item_doc *restore, buf *config, error *e);
/* policies.c: the volume policies that spec.resourcePolicy names, checked; *out is empty (n 0) where it names none. */
pintle_status run_policies(const run_context *c, const item_doc *backup, conf_set *out, error *e);

/* snapshot_locations.c: the VolumeSnapshotLocations of the configuration. complete checks spec.volumeSnapshotLocations of a backup by Velero's rules
 * and adds the only one of each provider that it does not name. open is what engine_snapshotters_options wants, ctx a run_context. */
pintle_status run_snapshot_locations_complete(run_context *c, item_doc *backup, error *e);
pintle_status run_open_snapshotter(void *context, const char *location, const pintle_volume_snapshotter **ops, void **self, error *e);

/* What an interrupted restore made: told, since only a person can say what is to become of it. */
void run_tell_volumes(const run_delete_request *request, str record, engine_journal *j);

/* object_list.c: a backup's object that is a JSON array (or null), parsed; NULL when it is not there. */
pintle_status run_object_list(run_context *c, store *s, const char *backup, int object, item_doc **out, error *e);
/* object_each.c: the same, of any length, an element at a time: text is what was parsed. Without the object nothing is called. */
pintle_status run_object_each(run_context *c, store *s, const char *backup, int object,
                              pintle_status (*each)(void *ctx, const item_doc *element, str text, error *e), void *ctx, error *e);
/* The same from DIRECTORY/BACKUP-….json.gz, where a directory holds a backup's objects. */
pintle_status run_file_each(const char *directory, const char *backup, int object,
                            pintle_status (*each)(void *ctx, const item_doc *element, str text, error *e), void *ctx, error *e);

/* delete.c: a step of a dry run. */
PINTLE_PRINTF(2, 3) void run_would(const run_delete_request *request, const char *format, ...);
/* delete_items.c: what of a backup lies elsewhere. Errors that it survives are told to the journal and counted in *failed. actions: the names of the
 * DeleteItemActions at hand as they are kept in an annotation of the backup, "action=plugin.so,...". */
#define RUN_DELETE_ACTIONS "/metadata/annotations/pintle.io~1delete-item-actions"
pintle_status run_keep_delete_actions(run_context *c, item_doc *backup, error *e);
pintle_status run_delete_items(run_context *c, const run_delete_request *request, const item_doc *backup, engine_journal *j,
                               store_lock *lock, uint64_t *failed, error *e);
/* delete_operations.c: what is outstanding by itemoperations.json, or by an interrupted run's record, is cancelled. */
pintle_status run_delete_operations(run_context *c, const run_delete_request *request, bool committed, str record, engine_journal *j,
                                    uint64_t *failed, error *e);
/* delete_snapshots.c: those of volumesnapshots.json and of an interrupted run's record (JSON object, "" for none). */
pintle_status run_delete_snapshots(run_context *c, const run_delete_request *request, const item_doc *backup, str record, engine_journal *j,
                                   store_lock *lock, uint64_t *failed, error *e);

/* input.c: the items of a run, read and indexed. */
typedef struct run_input {
  kube_types *types;
  kube_source *source;
  engine_journal *journal;
  const engine_control *control;
  const char *name; /* for places */
  store *store;     /* with backup: where the items come from; NULL: from files */
  const char *backup;
  const char *form; /* "backup", "directory" or "file": the property source.form */
  char *directory, *in_directory; /* a directory with the objects of a backup, and its name; else NULL */
  run_archived archived;
  bool quiet; /* it is read for the second time: what was said of it then is not said again */
} run_input;
pintle_status run_input_open(run_context *c, engine_journal *j, const engine_control *control, run_input *out, error *e);
pintle_status run_input_path(run_context *c, run_input *in, const char *path, error *e); /* file, directory, "-", tarball */
pintle_status run_input_backup(run_context *c, run_input *in, store *s, const char *backup, error *e);
pintle_status run_input_finish(run_input *in, error *e);
void run_input_close(run_input *in);
/* For engine_restore_options.load_state; ctx is a run_input. */
pintle_status run_input_state(void *ctx, buf *json, error *e);

/* setup.c: plan, pool options and all that a run of the chain needs beside its items. */
typedef struct run_setup {
  run_context *c;
  const conf_chain *chain;
  chain_plan plan;
  worker_pool_options pool;
  const char *properties[32];
  char *scratch; /* directory, removed by run_setup_close */
  buf resource;  /* JSON */
  buf head;
  const kube_source *source;
  const char *phase;             /* "backup", "restore": for the line that repeats a crash */
  engine_operations *operations; /* NULL in a dry run */
} run_setup;
typedef struct run_setup_options {
  uint32_t kind;
  const char *const *only;
  bool dry_run, without_host_steps;
  bool stop_elsewhere;     /* the action to stop before may be of another plan */
  const run_setup *blocks; /* of a backup: the ItemBlockActions, made before; NULL: none */
  bool finalizing;         /* items are taken again: no operation is started */
} run_setup_options;
pintle_status run_setup_open(run_context *c, const run_setup_options *options, const item_doc *resource, const run_input *input,
                             run_setup *out, error *e);
void run_setup_close(run_setup *s);
/* chain.c: parts of a run of the chain alone. resource is the request's, or *made (to be freed), completed. */
pintle_status run_chain_resource(run_context *c, const run_chain_request *request, item_doc **made, item_doc **resource, error *e);
pintle_status run_chain_journal(const run_context *c, const run_chain_request *request, engine_journal **out, error *e);
pintle_status run_chain_read(run_context *c, const run_chain_request *request, engine_journal *j, run_input *in, error *e);
pintle_status run_chain_put(run_context *c, const run_chain_request *request, item_doc *resource, const run_input *in, engine_journal *j,
                            engine_summary *out, error *e);
void run_explain_crash(void *setup, size_t item, uint32_t entry, error *e);
#endif
