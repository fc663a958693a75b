/* pintle/testing.h -- a fake host: a plugin tested by plain function calls.  SPDX-License-Identifier: Apache-2.0
 *
 * For vendors' unit tests. Link the plugin's objects (or dlopen the .so and look up pintle_plugin_v1), link libpintle-testing.a, and call
 * the plugin as pintle would: same documents, same transactions, same rules, no cluster, no process, a clock that the test moves.
 *
 *   pintle_test_host *host = pintle_test_new(NULL);
 *   pintle_test_load(host, &pintle_plugin_v1);
 *   pintle_test_instance *a = pintle_test_create(host, PINTLE_TEST_RESTORE, "example.com/stamp", "{\"key\":\"x\"}");
 *   const pintle_test_outcome *o = pintle_test_restore(a, "{\"kind\":\"Pod\"}", NULL, 0);
 *   ck_assert_int_eq(o->status, PINTLE_OK);
 *   ck_assert_str_eq(o->patch, "[{...}]");
 *   pintle_test_free(host);
 *
 * pintle.state and pintle.store (any location, "" too) are there, in memory: what one call puts, later calls of this host read.
 * Everything that a call was lent is freed when it returns, so that AddressSanitizer finds a plugin that keeps it. One thread at a time
 * uses a pintle_test_host; the plugin's own threads may use what is tagged [any]. This library is no part of the frozen ABI. */
#ifndef PINTLE_TESTING_H
#define PINTLE_TESTING_H
#include <pintle/plugin.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_test_host pintle_test_host;
typedef struct pintle_test_instance pintle_test_instance; /* an instance of one action */

/* What kind of action; names are unique within one. */
enum {
  PINTLE_TEST_BACKUP = 0,
  PINTLE_TEST_RESTORE = 1,
  PINTLE_TEST_DELETE = 2,
  PINTLE_TEST_BLOCK = 3,
  PINTLE_TEST_SNAPSHOTTER = 4,
  PINTLE_TEST_STORE = 5
};

/* The world of the calls; all 0 is an ordinary one. Texts and lists are borrowed until pintle_test_free. */
typedef struct pintle_test_options {
  const char *run;             /* the Backup or Restore as JSON; NULL: a small one named "test" */
  const char *items, *cluster; /* JSON arrays of objects behind pintle.items/1 and pintle.cluster/1; NULL: not there. Read by _new */
  const pintle_kv *properties; /* beside "host.mode" = "test"; ends with {NULL, NULL} */
  int64_t deadline;            /* of each call; 0: none */
  uint32_t cancel_at;          /* each call is cancelled at its Nth check (cancelled, cancel_fd, pause, an extension); 0: never */
  uint32_t fail_alloc_at;      /* the Nth alloc or new_doc of each call fails; 0: none */
  size_t chunk;                /* most bytes that a stream gives or takes at once (1 finds bugs); 0: all */
  int64_t break_at;            /* streams fail with PINTLE_TRANSIENT after so many bytes; 0: never */
  int32_t verbose;             /* 1: log lines go to stderr, too */
} pintle_test_options;

/* What came of a call. Belongs to the host; valid until the next call of a function of this file that returns one. Texts are never NULL
 * unless it says so; lists are text, one line each, every line ended by \n, in the order in which they were added. */
typedef struct pintle_test_outcome {
  pintle_status status;
  uint32_t line; /* of the plugin's source, 0 = not told */
  int64_t retry_after;
  const char *message; /* of the error, wrapped ones in front: "creating x: denied"; "" when status is PINTLE_OK */
  const char *hint, *at, *code;
  const char *item;           /* the document after commit or rollback, compact; "" for calls without one */
  const char *patch;          /* RFC 6902, the edits as made; "[]" none */
  const char *additional;     /* "persistentvolumeclaims shop/data\n"; "ingresses.networking.k8s.io shop/web must-include\n" */
  const char *post_operation; /* the same shape */
  const char *notes;          /* "/spec/host: why\n" */
  const char *findings;       /* "WARN unresolved /spec/host: text\n" */
  const char *log;            /* "INFO message key=value\n" */
  const char *entries;        /* of a listing: "dir/key 42\n", size "?" when unknown */
  const char *operation;      /* NULL: none was registered */
  const char *skip;           /* NULL: the item was not skipped */
  const char *text;           /* an id, a type, a URL */
  const char *selector;       /* what the action applies to, as JSON; "" = everything. Set by create */
  const char *data;           /* of a get: the bytes, data_len of them, and a NUL */
  size_t data_len;
  int64_t wait;             /* -1: not asked; 0: the run's default; else a duration */
  int64_t iops;             /* get_volume_info */
  int32_t ready, exists;    /* are_additional_items_ready; object_exists */
  int32_t has_progress;     /* was the next one given? */
  uint32_t reports;         /* how often host->report was called */
  pintle_progress progress; /* of `progress`, else the last report */
} pintle_test_outcome;

/* ---- the host. NULL options: all 0. NULL is returned when memory is gone or `items` or `cluster` is no array of objects. */
pintle_test_host *pintle_test_new(const pintle_test_options *options);
void pintle_test_free(pintle_test_host *host);                /* destroys what is left, unloads; NULL is fine */
pintle_test_options *pintle_test_set(pintle_test_host *host); /* change the world between calls: pintle_test_set(h)->chunk = 1 */
const pintle_test_outcome *pintle_test_last(const pintle_test_host *host);
int64_t pintle_test_now(const pintle_test_host *host); /* the fake clock; pause moves it */
void pintle_test_advance(pintle_test_host *host, int64_t duration);
const pintle_host *pintle_test_table(const pintle_test_host *host); /* what plugins see */

/* ---- the plugin. load checks the descriptor as the host does, and stricter: what would set an action aside fails. One a host. */
const pintle_test_outcome *pintle_test_load(pintle_test_host *host, const pintle_plugin *plugin);
/* config: the options as config() shows them, e.g. {"poll":5000000000}; NULL = {}. It is checked against nothing and no fallback is filled
 * in. NULL: create or applies_to failed, see pintle_test_last. */
pintle_test_instance *pintle_test_create(pintle_test_host *host, int kind, const char *name, const char *config);
const pintle_test_outcome *pintle_test_finish(pintle_test_instance *a);
void pintle_test_destroy(pintle_test_instance *a);

/* ---- counters, summed over all calls. -1: never touched. */
int64_t pintle_test_counter(const pintle_test_host *host, const char *name);
const char *pintle_test_counters(pintle_test_host *host);  /* "name = 3\n", sorted */
const char *pintle_test_unmatched(pintle_test_host *host); /* names, one a line, that create added 0 to and that are still 0 */

/* ---- items. flags: PINTLE_FINALIZING, PINTLE_DRY_RUN. The id is made from the item (kind to resource by rule of thumb). */
const pintle_test_outcome *pintle_test_backup(pintle_test_instance *a, const char *item, uint32_t flags);
/* stored: item_from_backup; NULL = as item */
const pintle_test_outcome *pintle_test_restore(pintle_test_instance *a, const char *item, const char *stored, uint32_t flags);
const pintle_test_outcome *pintle_test_delete(pintle_test_instance *a, const char *item, uint32_t flags);
const pintle_test_outcome *pintle_test_related(pintle_test_instance *a, const char *item, uint32_t flags); /* get_related_items */
/* ---- their operations: of a backup or restore action. UNSUPPORTED when the function is NULL. */
const pintle_test_outcome *pintle_test_progress(pintle_test_instance *a, const char *operation_id);
const pintle_test_outcome *pintle_test_cancel(pintle_test_instance *a, const char *operation_id);
const pintle_test_outcome *pintle_test_run_operation(pintle_test_instance *a, const char *operation_id);
const pintle_test_outcome *pintle_test_ready(pintle_test_instance *a, const pintle_id *ids, size_t n);

/* ---- a VolumeSnapshotter; outcome->text has the id or type. tags may be NULL with n_tags 0. */
const pintle_test_outcome *pintle_test_get_volume_id(pintle_test_instance *a, const char *pv);
const pintle_test_outcome *pintle_test_set_volume_id(pintle_test_instance *a, const char *pv, const char *volume_id);
const pintle_test_outcome *pintle_test_get_volume_info(pintle_test_instance *a, const char *volume_id, const char *az);
const pintle_test_outcome *pintle_test_create_snapshot(pintle_test_instance *a, const char *volume_id, const char *az,
                                                       const pintle_kv *tags, size_t n_tags);
const pintle_test_outcome *pintle_test_create_volume(pintle_test_instance *a, const char *snapshot_id, const char *type, const char *az,
                                                     int64_t iops);
const pintle_test_outcome *pintle_test_delete_snapshot(pintle_test_instance *a, const char *snapshot_id);

/* ---- an ObjectStore. put: len may be PINTLE_Z; sized 0: the reader does not tell its size. */
const pintle_test_outcome *pintle_test_put(pintle_test_instance *a, const char *bucket, const char *key, const void *data, size_t len,
                                           int sized);
const pintle_test_outcome *pintle_test_put_if_absent(pintle_test_instance *a, const char *bucket, const char *key, const void *data,
                                                     size_t len, int sized);
const pintle_test_outcome *pintle_test_get(pintle_test_instance *a, const char *bucket, const char *key);
/* n: PINTLE_NONE = to the end */
const pintle_test_outcome *pintle_test_get_range(pintle_test_instance *a, const char *bucket, const char *key, int64_t offset, int64_t n);
const pintle_test_outcome *pintle_test_exists(pintle_test_instance *a, const char *bucket, const char *key);
const pintle_test_outcome *pintle_test_stat(pintle_test_instance *a, const char *bucket, const char *key);
const pintle_test_outcome *pintle_test_list(pintle_test_instance *a, const char *bucket, const char *prefix);
const pintle_test_outcome *pintle_test_prefixes(pintle_test_instance *a, const char *bucket, const char *prefix, const char *delimiter);
const pintle_test_outcome *pintle_test_delete_object(pintle_test_instance *a, const char *bucket, const char *key);
const pintle_test_outcome *pintle_test_signed_url(pintle_test_instance *a, const char *bucket, const char *key, int64_t ttl);

#ifdef __cplusplus
}
#endif
#endif
