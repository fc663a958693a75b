/* claim.c -- a run's name belongs to it: not taken in the store, not taken by another run.  SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"
#include <stdio.h>
#include <unistd.h>

static pintle_status remove_key(void *ctx, const char *key, int64_t size) {
  (void)size;
  return store_delete(ctx, key, NULL);
}

/* Its snapshots, a restore's volumes, are known to nobody else: they are not forgotten for a new run of that name. */
static pintle_status left_snapshots(store *s, bool restore, const store_run *old, error *e) {
  const char *what = restore ? "restore" : "backup";
  CLEANUP(item_freep) item_doc *data = NULL;
  if (item_new(&data) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(data, old->data, 0, NULL, e);
  size_t n = st == PINTLE_OK ? item_count(item_at(data, "/snapshots")) : 0;
  size_t operations = 0; /* those that are outstanding */
  for (const item_node *o = st == PINTLE_OK ? item_first(item_at(data, "/operations")) : NULL; o; o = item_next(o)) {
    str phase = item_string(item_member(item_member(o, STR("status")), STR("phase")));
    operations += !phase.ptr || str_is(phase, "New") || str_is(phase, "InProgress");
  }
  if (st != PINTLE_OK || (!n && !operations)) return st == PINTLE_INVALID ? PINTLE_OK : st;
  error_set(e, PINTLE_EXISTS, "an interrupted %s \"%s\" in location %s left %s", what, old->name, store_name(s),
            !n        ? "operations of plugins"
            : restore ? "volumes that were made from snapshots"
                      : "snapshots of volumes");
  error_hint(e, "choose another name, or %s with `pintle %s delete %s`", restore && n ? "see which" : "delete them", what, old->name);
  return PINTLE_EXISTS;
}

static pintle_status take_over(store *s, bool restore, const store_run *old, store_lock **lock, error *e) {
  pintle_status st = left_snapshots(s, restore, old, e);
  if (st == PINTLE_OK) return store_run_update(*lock, STR("{}"), e);
  store_run_end(*lock, "Interrupted", NULL);
  *lock = NULL;
  return st;
}

/* The uid tells one process from another. */
static pintle_status begin(store *s, bool restore, const item_doc *resource, const char *uid, arena *a, store_run *old, store_lock **lock,
                           error *e) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  const store_run run = {.kind = restore ? "restore" : "backup",
                         .name = item_str(resource, "/metadata/name", "").ptr,
                         .uid = uid,
                         .phase = "InProgress",
                         .started = clock_now(),
                         .heartbeat = clock_now(),
                         .host = host,
                         .pid = getpid()};
  return store_run_begin(s, &run, a, old, lock, e);
}

pintle_status run_claim_again(store *s, bool restore, const item_doc *resource, store_lock **lock, error *e) {
  char uid[100];
  snprintf(uid, sizeof uid, "%.60s-%llx", item_str(resource, "/metadata/uid", "run").ptr, (unsigned long long)clock_now());
  return begin(s, restore, resource, uid, NULL, NULL, lock, e);
}

pintle_status run_claim(store *s, bool restore, const item_doc *resource, store_lock **lock, error *e) {
  const char *name = item_str(resource, "/metadata/name", "").ptr, *what = restore ? "restore" : "backup";
  arena a = {0};
  store_run old = {0};
  buf key = {0};
  bool exists = false;
  run_key(restore, name, STORE_METADATA, &key);
  pintle_status st =
      key.failed ? error_nomem(e) : begin(s, restore, resource, item_str(resource, "/metadata/uid", "").ptr, &a, &old, lock, e);
  if (st == PINTLE_OK) st = store_exists(s, key.data, &exists, e); /* only now: a run that held the name may have committed until then */
  if (st == PINTLE_OK && exists) {
    st = error_set(e, PINTLE_EXISTS, "%s \"%s\" already exists in location %s", what, name, store_name(s));
    error_hint(e, "choose another name, or delete it with `pintle %s delete %s`", what, name);
  }
  if (st == PINTLE_OK && old.phase) st = take_over(s, restore, &old, lock, e);
  if (st == PINTLE_OK && old.phase) { /* an earlier run of that name ended without its commit: nothing of it counts */
    buf_clear(&key);
    buf_printf(&key, "%ss/%s/", what, name);
    st = store_list(s, buf_z(&key), remove_key, s, e);
  }
  buf_free(&key);
  arena_free(&a);
  return st;
}
