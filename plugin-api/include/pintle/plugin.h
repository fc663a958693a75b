/* pintle/plugin.h -- the whole contract between pintle (the host) and a vendor's plugin.  SPDX-License-Identifier: Apache-2.0
 *
 * A plugin is a .so that links nothing of pintle and exports one const data symbol, pintle_plugin_v1 (end of this file).
 *
 * RULES (every comment below presupposes them)
 *  R1 Growth. Tables begin with struct_size, set by their author to sizeof(the table). In 1.x they grow only at the tail; nothing is
 *     moved, removed, retyped or given a new meaning; each growth enlarges sizeof (no padding is ever "used up"). What lies behind
 *     struct_size counts as 0; 0 and NULL mean "not there". Growing tables are passed by pointer: never by value, inside another, or in
 *     arrays. Frozen for 1.x: pintle_str, pintle_id, pintle_kv, the first word of a handle, struct_size at offset 0, signatures, values.
 *  R2 Old host, new plugin. The host keeps 512 zero bytes behind each table and struct it makes, so `if (h->newer)` is always safe;
 *     PINTLE_HAS says the same of any table. A plugin or action that cannot do without a newer function sets min_host_minor.
 *  R3 New values. The host passes a plugin only values that the plugin's abi_minor knows. From the plugin: an unknown status is
 *     PINTLE_FAILED, an unknown log level INFO, any other unknown value refuses that action (never the whole plugin).
 *     flags: unknown bits of the lower half are ignored, of the upper half (PINTLE_MUST_UNDERSTAND) refuse the action. Unused bits are 0.
 *  R4 Memory. What a function is given is borrowed until it returns. What a plugin passes to the host is copied before the host returns.
 *     Nobody frees the other's memory. Handles belong to one call, are never copied, and die with it, unless said otherwise.
 *  R5 Text is UTF-8. `const char *` ends with NUL; NULL reads as "". The host never passes NULL for one; its pintle_str have ptr[len] == 0.
 *     Where the host takes (ptr, len), len may be PINTLE_Z for NUL-terminated. Out-parameters of either side are untouched on error; those
 *     of a plugin are preset to 0.
 *  R6 Units. Durations are nanoseconds; times are nanoseconds since 1970 UTC, 0 = unknown; sizes are bytes.
 *  R7 Threads. [main] no other function of this .so runs. [instance] as thread_model says; the calls of one instance may come from
 *     different threads, each with 1 MiB of stack or more. Host functions may be called from any thread, one at a time per call; those
 *     tagged [any] concurrently, also while another function runs. Own threads are welcome: signals blocked, no handle used after its
 *     call returned, joined before destroy (or unload) returns.
 *  R8 A function of a plugin never throws, unwinds, longjmps, exits or aborts; leaves signals, locale, cwd, umask, environment, stdin and
 *     stdout alone; opens descriptors with CLOEXEC. The process may end at any time without finish, destroy or unload.
 *  R9 Every vtable entry may be NULL unless marked "required"; the host then behaves as Velero does for a plugin without it.
 */
#ifndef PINTLE_PLUGIN_H
#define PINTLE_PLUGIN_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define PINTLE_ABI_MAJOR 1u            /* also in the symbol's name; major 2 will use the prefix pintle2_, so one .so can serve both */
#define PINTLE_ABI_MINOR 0u            /* +1 whenever a table grows or a value is added; the changelog stands at the end of this file */
#define PINTLE_MAGIC 0x544e4950u       /* "PINT" */
#define PINTLE_Z ((size_t)-1)          /* as len: "up to the NUL" */
#define PINTLE_NONE ((int64_t)-1)      /* no deadline, unknown size, no provisioned IOPS */
#define PINTLE_MUST_UNDERSTAND 0xffff0000u
/* Is field f of *p there? p may have been made by an older header. */
#define PINTLE_HAS(p, f) ((size_t)((const char *)&(p)->f - (const char *)(p)) + sizeof((p)->f) <= (p)->struct_size && (p)->f)
#define PINTLE_EXPORT __attribute__((visibility("default"))) /* gcc and clang; Linux */
#define PINTLE_PRINTF(f, a) __attribute__((format(printf, f, a)))

typedef int32_t pintle_status;
enum { /* what the host does with it */
  PINTLE_OK = 0,
  PINTLE_FAILED = -1,       /* the item fails */
  PINTLE_INVALID = -2,      /* bad input, configuration or use of the API; never retried */
  PINTLE_NOT_FOUND = -3,
  PINTLE_CONFLICT = -4,     /* changed meanwhile (stale resourceVersion, snapshot in progress) */
  PINTLE_DENIED = -5,
  PINTLE_TRANSIENT = -6,    /* the only one the host may retry (so a repeat must be safe); see pintle_error.retry_after */
  PINTLE_CANCELLED = -7,
  PINTLE_UNSUPPORTED = -8,
  PINTLE_NOMEM = -9,
  PINTLE_TIMED_OUT = -10,
  PINTLE_EXISTS = -11
};
/* WARN counts as a warning of the run, ERROR as an error: it ends PartiallyFailed, as in Velero, but the item is kept. */
enum { PINTLE_LOG_TRACE = 0, PINTLE_LOG_DEBUG = 1, PINTLE_LOG_INFO = 2, PINTLE_LOG_WARN = 3, PINTLE_LOG_ERROR = 4 };
enum { PINTLE_SERIAL_PLUGIN = 0,   /* excludes every other call of a SERIAL_PLUGIN action of this .so */
       PINTLE_SERIAL_INSTANCE = 1, /* one call at a time per instance; the host may make several instances to go faster */
       PINTLE_PARALLEL = 2 };      /* calls overlap freely; the host may always be stricter */
enum { PINTLE_T_NULL = 0, PINTLE_T_BOOL, PINTLE_T_NUMBER, PINTLE_T_STRING, PINTLE_T_ARRAY, PINTLE_T_OBJECT };

typedef struct pintle_str { const char *ptr; size_t len; } pintle_str;       /* may hold U+0000 */
typedef struct pintle_kv { const char *key, *value; } pintle_kv;
/* group "" = core; version "" = preferred; resource is the plural; ns "" = cluster-scoped; ns as in the backup, before any mapping. */
typedef struct pintle_id { const char *group, *version, *resource, *ns, *name; } pintle_id;

/* Handles. The first word points to the functions; what follows is the host's. Plugins hold pointers, never copies. */
typedef struct pintle_call { const struct pintle_host *host; } pintle_call;              /* one call in flight */
typedef struct pintle_doc { const struct pintle_doc_api *api; } pintle_doc;              /* one JSON document */
typedef struct pintle_result { const struct pintle_result_api *api; } pintle_result;     /* where a call's results go */
typedef struct pintle_value pintle_value;                                                /* one value inside a document */

/* Plain data a plugin fills in. */
typedef struct pintle_error {
  uint32_t struct_size;
  pintle_status status;
  uint32_t flags, line;      /* PINTLE_WRAP: put message in front of this call's earlier error instead of replacing it */
  int64_t retry_after;       /* with TRANSIENT: wait at least this long; 0 = the host's choice */
  const char *message;       /* what went wrong, for a human; no secret, no newline; the host adds run, item, plugin, action */
  const char *hint;          /* what to do about it */
  const char *code;          /* the vendor's code, e.g. "InvalidSnapshot.NotFound" */
  const char *at;            /* JSON Pointer into the configuration (in create) or the item: becomes file, line, column */
  const char *file, *function; /* with line: Velero's Stack */
} pintle_error;
#define PINTLE_WRAP 1u
typedef struct pintle_progress {
  uint32_t struct_size;
  int32_t completed;         /* 1: over, well or badly */
  int64_t n_completed, n_total; /* in units; n_total 0 = unknown; equal at the good end */
  int64_t started, updated;  /* 0 = unknown; `started` moves the operation from New to InProgress */
  const char *units;         /* "bytes", "percent", ... */
  const char *description;   /* e.g. the vendor's phase */
  const char *error, *code;  /* with completed: the operation failed, this is why; the vendor's code for it */
} pintle_progress;
typedef struct pintle_entry { /* one line of a listing */
  uint32_t struct_size, flags;
  int64_t size, modified;    /* PINTLE_NONE, 0 = unknown */
  const char *key, *etag;
} pintle_entry;
typedef struct pintle_selector { /* Velero's ResourceSelector and its rules; lists end with NULL; NULL = everything */
  uint32_t struct_size, flags;
  const char *const *included_resources, *const *excluded_resources; /* "pods", "po", "ingresses.networking.k8s.io" */
  const char *const *included_namespaces, *const *excluded_namespaces; /* naming any excludes cluster-scoped items; restore: target ns */
  const char *labels;        /* k8s.io/apimachinery labels.Parse syntax */
} pintle_selector;

/* Streams. Used by one thread at a time, any thread, until the call they were given to returns. Short counts are normal. */
typedef struct pintle_reader {
  uint32_t struct_size, flags;
  int64_t size;              /* exact, or PINTLE_NONE */
  void *ctx;
  int64_t (*read)(const struct pintle_reader *, void *buf, size_t n); /* > 0 bytes; 0 end; < 0 a pintle_status: give up, return it */
} pintle_reader;
typedef struct pintle_writer {
  uint32_t struct_size, flags;
  int64_t size;              /* most that is wanted, or PINTLE_NONE */
  void *ctx;
  int64_t (*write)(const struct pintle_writer *, const void *buf, size_t n); /* > 0 taken; < 0 a pintle_status: stop at once, return it */
} pintle_writer;

/* A document. Pointers are RFC 6901 ("" the whole, "/metadata/labels/a~1b"; see pintle_key); of duplicate keys the last counts.
 * Reading sees the edits made so far. Values and strings stay readable until the call returns (of config(): until destroy), even when an
 * edit has replaced them. Edits go to a draft that becomes real only when the call returns PINTLE_OK; a failed edit changes nothing. */
typedef struct pintle_doc_api {
  uint32_t struct_size, flags;
  /* NOT_FOUND: absent or null. INVALID: other type, or no int64 (1.0 and 1e3 are none; ask raw). */
  pintle_status (*get_str)(const pintle_doc *, const char *pointer, pintle_str *);
  pintle_status (*get_i64)(const pintle_doc *, const char *pointer, int64_t *);
  pintle_status (*get_bool)(const pintle_doc *, const char *pointer, int32_t *);
  pintle_status (*raw)(const pintle_doc *, const char *pointer, pintle_str *json);   /* JSON text as it stands, digits kept */
  /* Walking: O(1) a step. NULL: absent or null, or no more. */
  const pintle_value *(*at)(const pintle_doc *, const char *pointer);
  const pintle_value *(*first)(const pintle_doc *, const pintle_value *);            /* of an array or object */
  const pintle_value *(*next)(const pintle_doc *, const pintle_value *);
  int32_t (*type)(const pintle_doc *, const pintle_value *);                         /* PINTLE_T_*; NULL: PINTLE_T_NULL */
  pintle_status (*key)(const pintle_doc *, const pintle_value *, pintle_str *);      /* member of an object; else INVALID */
  pintle_status (*text)(const pintle_doc *, const pintle_value *, pintle_str *);     /* string: content; else its JSON text */
  /* Edits. Missing objects on the way are made; a last token "-" appends to an array. DENIED: read-only document. */
  pintle_status (*set_str)(pintle_doc *, const char *pointer, const char *, size_t len);
  pintle_status (*set_i64)(pintle_doc *, const char *pointer, int64_t);
  pintle_status (*set_bool)(pintle_doc *, const char *pointer, int32_t);
  pintle_status (*set_json)(pintle_doc *, const char *pointer, const char *json, size_t len); /* null, arrays, objects; "" = all */
  pintle_status (*remove)(pintle_doc *, const char *pointer);                        /* array elements move up; NOT_FOUND if absent */
  pintle_status (*merge)(pintle_doc *, const char *merge_patch, size_t len);         /* RFC 7396 */
  pintle_status (*patch)(pintle_doc *, const char *json_patch, size_t len);          /* RFC 6902; all or nothing */
} pintle_doc_api;

/* Results count only when the call returns PINTLE_OK: undo an operation before failing. An error from here is remembered: the call then
 * fails whatever it returns. INVALID: not a result of this kind of call. */
typedef struct pintle_result_api {
  uint32_t struct_size, flags;
  pintle_status (*additional_item)(pintle_result *, const pintle_id *, uint32_t flags); /* execute, get_related_items */
  pintle_status (*post_operation_item)(pintle_result *, const pintle_id *); /* backup: taken (again) when the operation is over */
  pintle_status (*operation)(pintle_result *, const char *operation_id);  /* once, 1..1024 bytes; CONFLICT when FINALIZING or DRY_RUN */
  pintle_status (*wait_for_additional_items)(pintle_result *, int64_t timeout); /* restore; 0 = the run's default */
  pintle_status (*skip)(pintle_result *, const char *why);   /* item left out, later actions too; restore: additional items ignored */
  pintle_status (*note)(pintle_result *, const char *pointer, const char *why); /* shown beside the change at pointer, in every report */
  pintle_status (*text)(pintle_result *, const char *, size_t len); /* the call's one string: an id, a type, a URL; never called = "" */
  pintle_status (*progress)(pintle_result *, const pintle_progress *); /* in progress; never called = not started yet */
  pintle_status (*entry)(pintle_result *, const pintle_entry *); /* listings; < 0: stop and return it */
  pintle_status (*selector)(pintle_result *, const pintle_selector *); /* in applies_to, once */
} pintle_result_api;
#define PINTLE_MUST_INCLUDE 1u /* additional_item, backup: past all filters (Velero's must-include annotation) */

/* What a plugin may ask of the host, through call->host. Keep the pointer if you like: it outlives the plugin. */
typedef struct pintle_host {
  uint32_t struct_size, abi_minor;
  const char *name, *version;                                /* "pintle", "1.0.3" */
  /* Records the error of this call and returns its status: `return fail(...)`. Extensions record theirs, docs and results do not. */
  pintle_status (*fail)(pintle_call *, const pintle_error *);
  /* [any] call may be NULL (background threads). No secrets. Fields become structured log fields. */
  void (*log_line)(pintle_call *, int32_t level, const char *msg, size_t len, const pintle_kv *fields, size_t n_fields);
  /* [any] 0 go on; 1 cancelled; 2 past the deadline. Once it was told (here, or by CANCELLED or TIMED_OUT from pause or an extension), a
   * plugin has 10 s in which all functions work again, to clean up and return. */
  int32_t (*cancelled)(pintle_call *);
  int32_t (*cancel_fd)(pintle_call *);                       /* [any] readable once cancelled() != 0, for poll and curl_multi; -1: none */
  int64_t (*remaining)(pintle_call *);                       /* [any] time to the deadline, or PINTLE_NONE */
  pintle_status (*pause)(pintle_call *, int64_t duration);   /* sleeps; CANCELLED or TIMED_OUT as soon as that is so */
  void (*report)(pintle_call *, const pintle_progress *);    /* a long call lives: progress for people, restarts the idle deadline */
  void *(*alloc)(pintle_call *, size_t);                     /* zeroed, aligned to 16, gone when the call returns; NULL: no memory */
  const pintle_doc *(*config)(pintle_call *);                /* this action's options: checked, typed, defaults filled in; lives until destroy */
  /* "host.mode" standalone|velero|test, "run.kind" Backup|Restore, "run.name", "run.uid", "run.dir" (scratch directory of this action),
   * "velero.namespace", "features" (comma list), "source.kind" cluster|files, "target.version" (1.36), "item.volume-action" (what the
   * run's volume policies say: snapshot|fs-backup|skip|custom). NOT_FOUND: unknown here */
  pintle_status (*property)(pintle_call *, const char *name, pintle_str *);
  /* A scratch document, NULL = {}: to read a vendor's answer, to build JSON without a JSON library. INVALID: text is not JSON. */
  pintle_status (*new_doc)(pintle_call *, const char *json, size_t len, pintle_doc **);
  /* Adds to a counter of the run, summed over all instances and processes. One that create() added 0 to and that is 0 at the end of the
   * run is reported as a warning ("this rule never matched"). */
  void (*count)(pintle_call *, const char *counter, int64_t delta);
  /* One line of the run's report: what was not resolved, lost or is doubtful. severity PINTLE_LOG_INFO|WARN|ERROR (WARN and ERROR count as
   * log_line's do); code: a short machine-readable word, e.g. "unresolved"; pointer into the item or ""; text for a human, no secret. */
  void (*finding)(pintle_call *, int32_t severity, const char *code, const char *pointer, const char *text);
  const void *(*extension)(const struct pintle_host *, const char *id); /* [any] a table below or in a later header; NULL: not here */
} pintle_host;

/* ------------------------------------------------------------------------------------------------- what a plugin provides */
typedef struct pintle_option { /* one key of the configuration; in Velero a key of spec.config or of the plugin's ConfigMap */
  uint32_t struct_size, flags; /* PINTLE_REQUIRED, PINTLE_SECRET (never logged, printed or diffed) */
  int32_t type, reserved;      /* PINTLE_OPT_*: how text is read and which JSON type config() shows */
  const char *name, *fallback; /* fallback: as the user would write it; NULL: absent when not given */
  const char *choices;         /* "a|b|c" or NULL */
  const char *help;
} pintle_option;
enum { PINTLE_OPT_STRING = 0, PINTLE_OPT_BOOL = 1 /* Go's ParseBool */, PINTLE_OPT_INT = 2, PINTLE_OPT_DURATION = 3 /* "30s" -> ns */,
       PINTLE_OPT_SIZE = 4 /* "4Mi" -> bytes */, PINTLE_OPT_JSON = 5 /* any nested value; the plugin checks it, error.at points into it */ };
#define PINTLE_REQUIRED 1u
#define PINTLE_SECRET 2u

/* What all kinds share. create is Velero's constructor and Init in one: there is one instance for each kind, distinct configuration, run
 * and worker (per-run caches may live in it; items of one item block reach one instance in order); a new Init makes a new instance, the
 * old one is destroyed when idle. create and destroy run one at a time per .so. Keep no mutable statics. */
typedef struct pintle_action {
  uint32_t struct_size, flags; /* PINTLE_PURE, PINTLE_OPEN_CONFIG, PINTLE_OBEYS_DRY_RUN */
  int32_t thread_model, priority; /* lower runs first; then by name; the chain file overrides */
  uint32_t min_host_minor, reserved;
  int64_t timeout;             /* deadline of one call unless configured (streams: of idleness); 0 = the host's */
  const char *name;            /* required. "dns.subdomain/name", unique within its kind */
  const char *summary, *url;   /* required one line; its page */
  const pintle_option *const *options; /* NULL-ended. Known without being listed: bucket, prefix, caCert, credentialsFile of Velero */
  pintle_status (*create)(void *module, pintle_call *, void **self); /* on failure free what you made: destroy is not called */
  pintle_status (*finish)(void *self, pintle_call *); /* [instance] the run is over: flush, log, count; then destroy */
  void (*destroy)(void *self); /* never beside another call of this instance; free() will do */
  const void *(*extension)(void *self, const char *id); /* [instance] what the host may ask of this action; NULL: unknown */
} pintle_action;
#define PINTLE_PURE 1u        /* item calls only read and edit: may be repeated, run in a dry run, run twice by `pintle plugin check` */
#define PINTLE_OPEN_CONFIG 2u /* keys that no option declares are welcome (Velero's change-storage-class ConfigMap) */
#define PINTLE_OBEYS_DRY_RUN 4u /* execute looks at PINTLE_DRY_RUN; without this or PURE it is not called in a dry run */
#define PINTLE_ONE_INSTANCE 8u /* one worker process holds the run's only instance of this action */

typedef struct pintle_input {  /* made by the host */
  uint32_t struct_size, flags; /* PINTLE_FINALIZING, PINTLE_DRY_RUN */
  const pintle_id *id;         /* resource "" where the host cannot tell (Velero sends apiVersion and kind only) */
  const pintle_doc *run;       /* velero.io/v1 Backup or Restore; always there: metadata.{name,namespace,uid}, spec, status.{phase,startTimestamp} */
  const pintle_doc *item_from_backup; /* restore: as stored, with status; else NULL */
} pintle_input;
#define PINTLE_FINALIZING 1u  /* backup phase Finalizing*: post-operation items are taken again; start no operation */
#define PINTLE_DRY_RUN 2u     /* edit as usual, touch nothing outside */

/* Runs for each matching item of a backup. Edits may change name and namespace. Not called beside itself for one item. */
typedef struct pintle_backup_item_action {
  uint32_t struct_size, flags;
  const pintle_action *action;    /* required */
  const pintle_selector *selector; /* AppliesTo as data; NULL = everything */
  pintle_status (*applies_to)(void *self, pintle_call *, pintle_result *selector); /* [instance] AppliesTo from configuration; once */
  pintle_status (*execute)(void *self, pintle_call *, pintle_doc *item, const pintle_input *, pintle_result *); /* [instance] required */
  /* [instance] Also in another process, years of uptime later: the id says all. INVALID: not an id of mine. TRANSIENT: asked again
   * later; any other error ends the operation as failed. Make ids from run.uid and the item's uid, so that a repeat finds its twin. */
  pintle_status (*progress)(void *self, pintle_call *, const char *operation_id, const pintle_doc *backup, pintle_result *);
  pintle_status (*cancel)(void *self, pintle_call *, const char *operation_id, const pintle_doc *backup); /* [instance] after a timeout */
  /* [instance] Does the work of an operation that execute only registered: blocking, in a process of its own, cancellable; progress goes
   * through host->report. Its return ends the operation, well or badly. NULL: the vendor's system works and progress polls it. */
  pintle_status (*run_operation)(void *self, pintle_call *, const char *operation_id, const pintle_doc *backup, pintle_result *);
} pintle_backup_item_action;

/* Runs for each matching item of a restore, after Velero's metadata reset. Edits may change apiVersion, kind, namespace and name. */
typedef struct pintle_restore_item_action {
  uint32_t struct_size, flags;
  const pintle_action *action;    /* required */
  const pintle_selector *selector; /* this and the next four: as in pintle_backup_item_action */
  pintle_status (*applies_to)(void *self, pintle_call *, pintle_result *selector); /* [instance] */
  pintle_status (*execute)(void *self, pintle_call *, pintle_doc *item, const pintle_input *, pintle_result *); /* [instance] required */
  pintle_status (*progress)(void *self, pintle_call *, const char *operation_id, const pintle_doc *restore, pintle_result *); /* [instance] */
  pintle_status (*cancel)(void *self, pintle_call *, const char *operation_id, const pintle_doc *restore); /* [instance] */
  /* [instance] asked once a second after wait_for_additional_items; ids are those of execute that exist now. Failing is no reason
   * not to restore the item: it is reported, as is the end of the wait without ready. */
  pintle_status (*are_additional_items_ready)(void *self, pintle_call *, const pintle_id *ids, size_t n, const pintle_doc *restore,
                                              int32_t *ready);
  /* [instance] as in pintle_backup_item_action */
  pintle_status (*run_operation)(void *self, pintle_call *, const char *operation_id, const pintle_doc *restore, pintle_result *);
} pintle_restore_item_action;

/* Runs for each matching item when a backup is deleted; the item is as stored. Errors are reported and the other items go on; standalone, the backup is then kept (Velero, as host, deletes it). */
typedef struct pintle_delete_item_action {
  uint32_t struct_size, flags;
  const pintle_action *action;    /* required */
  const pintle_selector *selector;
  pintle_status (*applies_to)(void *self, pintle_call *, pintle_result *selector); /* [instance] */
  pintle_status (*execute)(void *self, pintle_call *, const pintle_doc *item, const pintle_input *); /* [instance] required */
} pintle_delete_item_action;

/* [instance] Names the items that must be backed up in one block with this one, before anything is backed up. */
typedef struct pintle_item_block_action {
  uint32_t struct_size, flags;
  const pintle_action *action;    /* required */
  const pintle_selector *selector;
  pintle_status (*applies_to)(void *self, pintle_call *, pintle_result *selector); /* [instance] */
  pintle_status (*get_related_items)(void *self, pintle_call *, const pintle_doc *item, const pintle_input *, pintle_result *); /* required */
} pintle_item_block_action;

/* All [instance] and required; ids and types go to result->text, opaque to the host. iops: > 0, or PINTLE_NONE (preset; on the wire 0). */
typedef struct pintle_volume_snapshotter {
  uint32_t struct_size, flags;
  const pintle_action *action;
  pintle_status (*get_volume_id)(void *self, pintle_call *, const pintle_doc *pv, pintle_result *id); /* OK and no text: not mine */
  pintle_status (*set_volume_id)(void *self, pintle_call *, pintle_doc *pv, const char *volume_id); /* may also rename the PV */
  pintle_status (*get_volume_info)(void *self, pintle_call *, const char *volume_id, const char *volume_az, int64_t *iops, pintle_result *type);
  /* Same volume and tags again: the same snapshot, if the vendor can tell. tags: velero.io/backup, velero.io/pv, the user's. */
  pintle_status (*create_snapshot)(void *self, pintle_call *, const char *volume_id, const char *volume_az, const pintle_kv *tags,
                                   size_t n_tags, pintle_result *snapshot_id);
  pintle_status (*create_volume_from_snapshot)(void *self, pintle_call *, const char *snapshot_id, const char *volume_type,
                                               const char *volume_az, int64_t iops, pintle_result *volume_id);
  pintle_status (*delete_snapshot)(void *self, pintle_call *, const char *snapshot_id); /* OK when it is gone already */
} pintle_volume_snapshotter;

/* All [instance]. Listings (result->entry) follow the store's pages and deliver every key, in any order but "dir/" after what is in it. */
typedef struct pintle_object_store {
  uint32_t struct_size, flags;
  const pintle_action *action;
  /* Required: Velero's seven. */
  pintle_status (*put_object)(void *self, pintle_call *, const char *bucket, const char *key, const pintle_reader *body); /* whole or not */
  pintle_status (*object_exists)(void *self, pintle_call *, const char *bucket, const char *key, int32_t *exists); /* absent is OK and 0 */
  pintle_status (*get_object)(void *self, pintle_call *, const char *bucket, const char *key, const pintle_writer *); /* NOT_FOUND */
  pintle_status (*list_common_prefixes)(void *self, pintle_call *, const char *bucket, const char *prefix, const char *delimiter,
                                        pintle_result *prefixes);
  pintle_status (*list_objects)(void *self, pintle_call *, const char *bucket, const char *prefix, pintle_result *keys);
  pintle_status (*delete_object)(void *self, pintle_call *, const char *bucket, const char *key); /* OK when it is gone already */
  pintle_status (*create_signed_url)(void *self, pintle_call *, const char *bucket, const char *key, int64_t ttl, pintle_result *url); /* GET */
  /* Ours: NULL = the host makes do with the seven. */
  pintle_status (*stat_object)(void *self, pintle_call *, const char *bucket, const char *key, pintle_result *entry); /* one, or NOT_FOUND */
  pintle_status (*get_object_range)(void *self, pintle_call *, const char *bucket, const char *key, int64_t offset,
                                    const pintle_writer *); /* writer->size bytes from offset, fewer at the end */
  /* As put_object, but EXISTS, and nothing written, when the key is there already (If-None-Match: *). NULL: runs are kept apart by claims. */
  pintle_status (*put_object_if_absent)(void *self, pintle_call *, const char *bucket, const char *key, const pintle_reader *body);
} pintle_object_store;

typedef struct pintle_plugin {    /* read without calling any code of the plugin; lists are NULL-ended and constant */
  uint32_t struct_size, magic, abi_major, abi_minor, min_host_minor, flags; /* PINTLE_PLUGIN_HEAD sets the first four */
  const char *name, *version, *vendor, *url; /* name and version required */
  pintle_status (*load)(pintle_call *, void **module); /* [main] library globals (curl_global_init); *module goes to every create */
  void (*unload)(void *module);                        /* [main] after the last destroy, only after an OK load */
  const pintle_backup_item_action *const *backup_item_actions;
  const pintle_restore_item_action *const *restore_item_actions;
  const pintle_delete_item_action *const *delete_item_actions;
  const pintle_item_block_action *const *item_block_actions;
  const pintle_volume_snapshotter *const *volume_snapshotters;
  const pintle_object_store *const *object_stores;
  const char *const *env;         /* names of environment variables that its process gets ("HTTPS_PROXY", "AWS_*"); NULL-ended */
} pintle_plugin;
#define PINTLE_PLUGIN_HEAD (uint32_t)sizeof(pintle_plugin), PINTLE_MAGIC, PINTLE_ABI_MAJOR, PINTLE_ABI_MINOR
#ifndef PINTLE_ENTRY
#define PINTLE_ENTRY pintle_plugin_v1 /* tests that link several plugins into one program rename it */
#endif
extern PINTLE_EXPORT const pintle_plugin PINTLE_ENTRY;

/* ------------------------------------------------------------------- extensions of the host (each grows as any other table) */
/* host->extension("pintle.cluster/1"): the Kubernetes API server of the run, with its client, credentials and cache. NULL without one.
 * host->extension("pintle.items/1"): the items of this run's input (the backup restored, the files backed up). create adds an item to the
 * run when it reads files; every other write is UNSUPPORTED. Both: writes are DENIED in a dry run. Documents live until the call returns. */
typedef struct pintle_objects {
  uint32_t struct_size, flags;
  pintle_status (*get)(pintle_call *, const pintle_id *, const pintle_doc **); /* NOT_FOUND */
  /* name and ns "" = all. each() gets documents that live until it returns; what it returns, if not OK, ends the listing and is returned. */
  pintle_status (*list)(pintle_call *, const pintle_id *what, const char *label_selector, const char *field_selector,
                        pintle_status (*each)(void *ctx, const pintle_doc *), void *ctx); /* on the calling thread */
  pintle_status (*create)(pintle_call *, const pintle_id *what, const pintle_doc *, const pintle_doc **created); /* generateName; EXISTS */
  pintle_status (*update)(pintle_call *, const pintle_id *, const pintle_doc *, const pintle_doc **updated); /* CONFLICT: read again */
  pintle_status (*patch)(pintle_call *, const pintle_id *, const char *content_type, const char *, size_t len, const pintle_doc **patched);
  pintle_status (*remove)(pintle_call *, const pintle_id *); /* NOT_FOUND */
  /* The resource and scope of a kind; NOT_FOUND: the server does not serve it. api_version "apps/v1". */
  pintle_status (*find_kind)(pintle_call *, const char *api_version, const char *kind, pintle_str *resource, int32_t *namespaced);
} pintle_objects;

/* host->extension("pintle.store/1"): an ObjectStore that the configuration names ("" = the run's own), confined to plugins/<action>/. */
typedef struct pintle_stores {
  uint32_t struct_size, flags;
  pintle_status (*put)(pintle_call *, const char *location, const char *key, const pintle_reader *);
  pintle_status (*get)(pintle_call *, const char *location, const char *key, int64_t offset, const pintle_writer *); /* to writer->size */
  pintle_status (*list)(pintle_call *, const char *location, const char *prefix,
                        pintle_status (*each)(void *ctx, const pintle_entry *), void *ctx);
  pintle_status (*remove)(pintle_call *, const char *location, const char *key);
} pintle_stores;

/* host->extension("pintle.state/1"): small values, shared by every instance of this action. */
typedef struct pintle_state { /* scope 0: this run, all workers; 1: the backup: written while backing up, read when restored or deleted */
  uint32_t struct_size, flags;
  pintle_status (*get)(pintle_call *, int32_t scope, const char *key, pintle_str *);
  pintle_status (*put)(pintle_call *, int32_t scope, const char *key, const char *, size_t len);
  pintle_status (*put_if_absent)(pintle_call *, int32_t scope, const char *key, const char *, size_t len); /* EXISTS: somebody was first */
} pintle_state;

/* -------------------------------------------------------------------------------------------- helpers (PINTLE_NO_HELPERS: none) */
#ifndef PINTLE_NO_HELPERS
#include <stdarg.h>
#include <stdio.h>
/* `return pintle_fail(call, PINTLE_INVALID, "no such export: %s", x);` at is error.at, NULL for pintle_fail. */
PINTLE_PRINTF(8, 9) static inline pintle_status pintle_fail_(pintle_call *c, pintle_status st, uint32_t flags, const char *at,
                                                            const char *file, uint32_t line, const char *function, const char *format, ...) {
  char text[1024];
  pintle_error e = {(uint32_t)sizeof(pintle_error), st, flags, line, 0, text, NULL, NULL, at, file, function};
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  return c->host->fail(c, &e);
}
#define pintle_fail(call, st, ...) pintle_fail_(call, st, 0, NULL, __FILE__, (uint32_t)__LINE__, __func__, __VA_ARGS__)
#define pintle_fail_at(call, st, at, ...) pintle_fail_(call, st, 0, at, __FILE__, (uint32_t)__LINE__, __func__, __VA_ARGS__)
#define pintle_wrap(call, st, ...) pintle_fail_(call, st, PINTLE_WRAP, NULL, __FILE__, (uint32_t)__LINE__, __func__, __VA_ARGS__)
PINTLE_PRINTF(3, 4) static inline void pintle_log(pintle_call *c, int32_t level, const char *format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  c->host->log_line(c, level, text, PINTLE_Z, NULL, 0);
}
/* base + "/" + key with ~ and / escaped, in buf: for annotations, labels, ConfigMap keys. "!", which every function refuses, if too long. */
static inline const char *pintle_key(char *buf, size_t size, const char *base, const char *key) {
  size_t n = 0;
  for (; *base && n + 4 < size; base++) buf[n++] = *base;
  if (n < size) buf[n++] = '/';
  for (; *key && n + 4 < size; key++) {
    buf[n++] = (char)(*key == '/' ? '~' : *key);
    if (*key == '~' || *key == '/') buf[n++] = (char)(*key == '~' ? '0' : '1');
  }
  if (*base || *key || n >= size) return "!";
  buf[n] = 0;
  return buf;
}
static inline pintle_status pintle_get_str(const pintle_doc *d, const char *pointer, pintle_str *s) { return d->api->get_str(d, pointer, s); }
static inline pintle_status pintle_set_str(pintle_doc *d, const char *pointer, const char *s) { return d->api->set_str(d, pointer, s, PINTLE_Z); }
/* The string at pointer, or fallback (also when it is no string). Lives as any string of the document. */
static inline const char *pintle_str_or(const pintle_doc *d, const char *pointer, const char *fallback) {
  pintle_str s;
  return d && d->api->get_str(d, pointer, &s) == PINTLE_OK ? s.ptr : fallback;
}
#endif

/* Layout of 1.0: a stray #pragma pack or compiler flag is an error here, not a crash in the field. */
#ifdef __cplusplus
#define PINTLE_ASSERT_ static_assert
#define PINTLE_ALIGNOF_ alignof
#else
#define PINTLE_ASSERT_ _Static_assert
#define PINTLE_ALIGNOF_ _Alignof
#endif
#if UINTPTR_MAX > 0xffffffffu /* LP64 */
PINTLE_ASSERT_(sizeof(pintle_str) == 16 && sizeof(pintle_kv) == 16 && sizeof(pintle_id) == 40 && sizeof(pintle_call) == 8 &&
               sizeof(pintle_error) == 72 && sizeof(pintle_progress) == 72 && sizeof(pintle_entry) == 40 && sizeof(pintle_selector) == 48 &&
               sizeof(pintle_reader) == 32 && sizeof(pintle_writer) == 32 && sizeof(pintle_input) == 32, "data of 1.0");
PINTLE_ASSERT_(sizeof(pintle_doc_api) == 144 && sizeof(pintle_result_api) == 88 && sizeof(pintle_host) == 136 &&
               sizeof(pintle_objects) == 64 && sizeof(pintle_stores) == 40 && sizeof(pintle_state) == 32, "host's tables of 1.0");
PINTLE_ASSERT_(sizeof(pintle_option) == 48 && sizeof(pintle_action) == 96 && sizeof(pintle_backup_item_action) == 64 &&
               sizeof(pintle_restore_item_action) == 72 && sizeof(pintle_delete_item_action) == 40 && sizeof(pintle_item_block_action) == 40 &&
               sizeof(pintle_volume_snapshotter) == 64 && sizeof(pintle_object_store) == 96 && sizeof(pintle_plugin) == 128, "plugin 1.0");
#endif
PINTLE_ASSERT_(offsetof(pintle_plugin, name) == 24 && PINTLE_ALIGNOF_(pintle_plugin) == PINTLE_ALIGNOF_(void *), "no #pragma pack");
#ifdef __cplusplus
}
#endif
/* CHANGELOG  1.0 (2026-11): everything. A function that is no longer wanted stays, keeps working, and is named here with its successor. */
#endif
