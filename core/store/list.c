/* list.c -- listings, sorted, with keys as the location sees them.  SPDX-License-Identifier: Apache-2.0 */
#include "store/parts.h"
#include <stdlib.h>

typedef struct line {
  char *key; /* in the arena */
  int64_t size;
} line;
typedef struct lines {
  store *store;
  arena memory;
  line *all;
  size_t n, cap, prefix;
  error failed;
} lines;

static pintle_status take(void *ctx, const pintle_entry *entry) {
  lines *l = ctx;
  atomic_store_explicit(&l->store->alive, clock_monotonic(), memory_order_relaxed);
  if (!str_starts(str_of(entry->key), l->store->prefix))
    return error_set(&l->failed, PINTLE_FAILED, "the store answered with a key that is not in this location");
  if (l->n == l->cap) {
    size_t cap = l->cap ? l->cap * 2 : 64;
    line *all = realloc(l->all, cap * sizeof *all);
    if (!all) return error_nomem(&l->failed);
    l->all = all, l->cap = cap;
  }
  char *key = arena_dup(&l->memory, entry->key + l->prefix);
  if (!key) return error_nomem(&l->failed);
  l->all[l->n++] = (line){key, entry->size};
  return PINTLE_OK;
}

static int by_key(const void *a, const void *b) { return strcmp(((const line *)a)->key, ((const line *)b)->key); }

static pintle_status collect(store *s, const char *prefix, bool common, lines *l, error *e) {
  l->store = s, l->prefix = strlen(s->prefix);
  pintle_call *call = store_begin(s, prefix, false);
  host_result_begin(&s->result, s->call, HOST_RESULT_ENTRY, false);
  s->result.entry = take, s->result.entry_ctx = l;
  pintle_status st = store_may_call(s);
  if (st == PINTLE_OK)
    st = common ? s->ops->list_common_prefixes(s->self, call, s->bucket, buf_z(&s->key), "/", &s->result.base)
                : s->ops->list_objects(s->self, call, s->bucket, buf_z(&s->key), &s->result.base);
  error theirs = {0};
  st = host_call_end(s->call, st, &theirs);
  if (l->failed.status != PINTLE_OK) theirs = l->failed, st = theirs.status;
  if (st != PINTLE_OK) {
    if (e) *e = theirs, e->status = st;
    error_wrap(e, "location %s: cannot list %s", s->name, prefix);
  } else if (l->n) qsort(l->all, l->n, sizeof *l->all, by_key);
  return st;
}

static void drop(lines *l) {
  arena_free(&l->memory);
  free(l->all);
}

pintle_status store_list(store *s, const char *prefix, pintle_status (*each)(void *ctx, const char *key, int64_t size), void *ctx,
                         error *e) {
  lines l = {0};
  pintle_status st = collect(s, prefix, false, &l, e);
  for (size_t i = 0; i < l.n && st == PINTLE_OK; i++) {
    if (i && strcmp(l.all[i].key, l.all[i - 1].key) == 0) continue;
    if ((st = each(ctx, l.all[i].key, l.all[i].size)) != PINTLE_OK) error_set(e, st, "listing of %s: stopped", prefix);
  }
  drop(&l);
  return st;
}

pintle_status store_prefixes(store *s, const char *prefix, pintle_status (*each)(void *ctx, const char *prefix), void *ctx, error *e) {
  lines l = {0};
  pintle_status st = collect(s, prefix, true, &l, e);
  for (size_t i = 0; i < l.n && st == PINTLE_OK; i++) {
    if (i && strcmp(l.all[i].key, l.all[i - 1].key) == 0) continue;
    if ((st = each(ctx, l.all[i].key)) != PINTLE_OK) error_set(e, st, "listing of %s: stopped", prefix);
  }
  drop(&l);
  return st;
}
