/* store.h -- a backup storage location: Velero's object layout over any ObjectStore.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_STORE_STORE_H
#define PINTLE_STORE_STORE_H
#include "base/clock.h"
#include "host/call.h"

typedef struct store store;
typedef struct store_options {
  const pintle_object_store *ops; /* built-in table or a worker's proxy */
  void *self;                     /* its instance, not owned */
  const host_services *services;
  const char *name;            /* of the location, for messages */
  const char *bucket, *prefix; /* trimmed of '/' */
  int64_t idle;                /* deadline without a byte; 0 = 5 min */
} store_options;
pintle_status store_open(const store_options *options, store **out, error *e);
void store_close(store *s);
const char *store_name(const store *s);
/* What is called until it is taken back belongs to the end of a run that is being stopped, and is let be as deletions are. */
void store_ending(store *s, bool ending);

/* ---- objects; keys are relative to the prefix and built by store_key. */
pintle_status store_put(store *s, const char *key, str data, error *e);
pintle_status store_put_fd(store *s, const char *key, int fd, int64_t size, error *e); /* from offset 0 */
/* EXISTS when it is there already. UNSUPPORTED: the store cannot (see store_claim, which always works). */
pintle_status store_put_if_absent(store *s, const char *key, str data, error *e);
pintle_status store_get(store *s, const char *key, size_t max, buf *out, error *e); /* appended */
/* Of a gzipped object the plain text; packed or plain, max bytes at most. An error in the gzip names the key. */
pintle_status store_get_gzip(store *s, const char *key, size_t max, buf *out, error *e);
/* In pieces: NOT_FOUND before the first piece. sha256 (32 bytes) and size may be NULL. */
pintle_status store_get_each(store *s, const char *key, pintle_status (*piece)(void *ctx, str data, error *e), void *ctx, int64_t *size,
                             unsigned char *sha256, error *e);
pintle_status store_get_fd(store *s, const char *key, int fd, int64_t *size, unsigned char *sha256, error *e);
pintle_status store_exists(store *s, const char *key, bool *exists, error *e);
pintle_status store_delete(store *s, const char *key, error *e); /* gone already: OK */
/* each gets keys (list) or prefixes ("backups/b1/"), relative to the location's prefix, sorted. */
pintle_status store_list(store *s, const char *prefix, pintle_status (*each)(void *ctx, const char *key, int64_t size), void *ctx,
                         error *e);
pintle_status store_prefixes(store *s, const char *prefix, pintle_status (*each)(void *ctx, const char *prefix), void *ctx, error *e);

/* ---- layout (velero-contract section 1) */
enum {
  STORE_METADATA,
  STORE_CONTENTS,
  STORE_LOG,
  STORE_RESOURCE_LIST,
  STORE_RESULTS,
  STORE_VOLUME_SNAPSHOTS,
  STORE_POD_VOLUME_BACKUPS,
  STORE_ITEM_OPERATIONS,
  STORE_VOLUME_INFO,
  STORE_MANIFEST, /* of a backup: what verify compares; of a restore: the head of such a manifest alone */
  STORE_STATE,    /* only when an action has left state for the restore */
  STORE_OUTCOMES, /* JSON lines: what each item came to (engine/outcomes.h) */
  STORE_OBJECTS
};
/* "backups/B/velero-backup.json", "backups/B/B.tar.gz", "backups/B/B-logs.gz"..., STORE_MANIFEST "backups/B/B-pintle.json.gz",
 * STORE_STATE "backups/B/B-pintle-state.json.gz", STORE_OUTCOMES "backups/B/B-pintle-items.jsonl.gz". */
void store_key_backup(const char *backup, int object, buf *out);
/* "restores/R/restore-R-logs.gz"..., STORE_VOLUME_INFO "restores/R/R-volumeinfo.json.gz", STORE_METADATA "restores/R/velero-restore.json" (pintle's own:
 * Velero keeps the Restore in the cluster only). Others: asserts. */
void store_key_restore(const char *restore, int object, buf *out);
bool store_valid_name(str name); /* DNS-1123 subdomain, as Kubernetes wants for a Backup's name */

/* ---- manifest: what `verify` compares (design section 11, promise 3) */
typedef struct store_manifest store_manifest;
/* Lines are spooled to a temporary file: memory does not grow with items. head: JSON object members about run, plugins, chain, without braces. */
pintle_status store_manifest_new(const char *temp_dir, store_manifest **out, error *e);
void store_manifest_free(store_manifest *m);
pintle_status store_manifest_object(store_manifest *m, const char *key, int64_t size, const unsigned char sha256[32], error *e);
pintle_status store_manifest_item(store_manifest *m, const char *path, int64_t size, const unsigned char sha256[32], error *e);
/* {"apiVersion":"pintle.io/v1alpha1","kind":"BackupManifest",HEAD,"objects":[{"key","size","sha256"}],"items":[...]} gzipped and put at key. */
pintle_status store_manifest_put(store_manifest *m, store *s, const char *key, str head, error *e);

/* After store_manifest_put: the SHA-256 of that object. The commit, velero-backup.json, carries it in hex as this annotation. */
void store_manifest_sum(const store_manifest *m, unsigned char sha256[32]);
#define STORE_MANIFEST_ANNOTATION "pintle.io/manifest-sha256"

typedef struct store_verify {
  uint64_t objects, items, bytes; /* checked */
  uint64_t problems;
  bool has_manifest; /* false: a backup of Velero's own: gzip, tar and JSON were checked, and it says so */
  bool waits;        /* operations are outstanding, or it is being finalized: then too only gzip, tar and JSON can be checked */
  char phase[64];    /* as the backup says */
} store_verify;
/* Fetches everything back. problem is called for each difference (key or item path, what). FAILED when there was one. */
pintle_status store_verify_backup(store *s, const char *backup, void (*problem)(void *ctx, const char *where, const char *what), void *ctx,
                                  store_verify *out, error *e);

/* ---- run records: plugins/pintle.io/runs/<kind>-<name>.json (kind "backup", "restore", "delete"); also the lock between two runs */
typedef struct store_run {
  const char *kind, *name, *uid, *phase; /* phase "InProgress", "Finished", "Failed" */
  int64_t started, heartbeat;
  const char *host;
  int64_t pid; /* for people */
  str data; /* JSON object of the engine's: snapshots, operations; "{}". store_run_begin with {NULL, 0}: a dead one's that is taken over */
} store_run;
typedef struct store_lock store_lock;
/* Writes the record first; by put_object_if_absent where the store has it, else by a claim that is written, listed and withdrawn. CONFLICT: another
 * live run has it (heartbeat younger than 2 min; its host, pid and age are in the message). A dead one's record is taken over: *interrupted (may be NULL)
 * tells its phase and data in *a. */
pintle_status store_run_begin(store *s, const store_run *run, arena *a, store_run *interrupted, store_lock **out, error *e);
/* Renews the heartbeat when it is older than 20 s, or always with data (NULL ptr = keep the old). CONFLICT: the lock was lost. */
pintle_status store_run_update(store_lock *l, str data, error *e);
/* A call that may take that long follows (a large object put or verified): the heartbeat is written so far ahead, at most 6 h. The next update
 * brings it back. CONFLICT as above. */
pintle_status store_run_expect(store_lock *l, int64_t duration, error *e);
#define STORE_RUN_DEAD (120 * CLOCK_SECOND)
#define STORE_RUN_AHEAD (6 * 3600 * CLOCK_SECOND)
/* Removes the record; frees l. keep: leaves it with that phase. */
pintle_status store_run_end(store_lock *l, const char *keep_phase, error *e);
/* All records, dead ones too: what `backup get` shows as Interrupted. */
pintle_status store_runs(store *s, arena *a, store_run **out, size_t *n, error *e);
#endif
