/* claim.c -- a run's name belongs to it: not taken in the store, not taken by another run.  SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"
#include <stdio.h>
#include <unistd.h>

static pintle_status remove_key(void *ctx, const char *key, int64_t size) {
  (void)size;
  return store_delete(ctx, key, NULL);
}

pintle_status run_claim(store *s, bool restore, const item_doc *resource, store_lock **lock, error *e) {
  const char *name = item_str(resource, "/metadata/name", "").ptr, *what = restore ? "restore" : "backup";
  char host[256] = "";
  arena a = {0};
  store_run old = {0};
  buf key = {0};
  bool exists = false;
  gethostname(host, sizeof host - 1);
  const store_run run = {.kind = what, .name = name, .uid = item_str(resource, "/metadata/uid", "").ptr, .phase = "InProgress", .started = clock_now(),
                         .heartbeat = clock_now(), .host = host, .pid = getpid(), .data = STR("{}")};
  run_key(restore, name, STORE_METADATA, &key);
  pintle_status st = key.failed ? error_nomem(e) : store_run_begin(s, &run, &a, &old, lock, e);
  if (st == PINTLE_OK) st = store_exists(s, key.data, &exists, e); /* only now: a run that held the name may have committed until then */
  if (st == PINTLE_OK && exists) {
    st = error_set(e, PINTLE_EXISTS, "%s \"%s\" already exists in location %s", what, name, store_name(s));
    error_hint(e, "choose another name, or delete it with `pintle %s delete %s`", what, name);
  }
  if (st == PINTLE_OK && old.phase) { /* an earlier run of that name ended without its commit: nothing of it counts */
    buf_clear(&key);
    buf_printf(&key, "%ss/%s/", what, name);
    st = store_list(s, buf_z(&key), remove_key, s, e);
  }
  buf_free(&key);
  arena_free(&a);
  return st;
}
