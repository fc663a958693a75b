/* stored.c -- what is in a store: listed, fetched, deleted.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/gunzip.h"
#include "run/inside.h"
#include <stdio.h>
#include <stdlib.h>

enum { MAX_RESOURCE = 16 << 20 };

typedef struct names {
  char **v;
  size_t n;
  bool failed;
  const char *strip;
} names;

static pintle_status add_name(void *ctx, const char *prefix) {
  names *l = ctx;
  size_t skip = strlen(l->strip), n = strlen(prefix);
  char **v = n > skip + 1 ? realloc(l->v, (l->n + 1) * sizeof *v) : NULL;
  if (n <= skip + 1) return PINTLE_OK;
  if (v) l->v = v;
  char *name = v ? strndup(prefix + skip, n - skip - 1) : NULL; /* "backups/b1/" */
  if (!name) return l->failed = true, PINTLE_NOMEM;
  l->v[l->n++] = name;
  return PINTLE_OK;
}

void run_key(bool restore, const char *name, int object, buf *out) {
  buf_clear(out);
  if (restore) store_key_restore(name, object, out);
  else store_key_backup(name, object, out);
}

pintle_status run_read_resource(store *s, bool restore, const char *name, item_doc *d, error *e) {
  buf key = {0}, text = {0};
  run_key(restore, name, STORE_METADATA, &key);
  pintle_status st = key.failed ? error_nomem(e) : store_get(s, key.data, MAX_RESOURCE, &text, e);
  if (st == PINTLE_OK) st = item_parse(d, buf_str(&text), 0, NULL, e);
  if (st == PINTLE_OK && !str_is(item_str(d, "/metadata/name", ""), name))
    st = error_set(e, PINTLE_INVALID, "%s names \"%s\", not \"%s\"", key.data, item_str(d, "/metadata/name", "").ptr, name);
  buf_free(&key);
  buf_free(&text);
  return st;
}

/* A run that has a record but no commit object: still going, interrupted or failed. */
static pintle_status add_runs(store *s, bool restore, const char *only, const names *known,
                              void (*each)(void *ctx, const item_doc *resource), void *ctx, error *e) {
  arena a = {0};
  store_run *runs = NULL;
  size_t n = 0;
  pintle_status st = store_runs(s, &a, &runs, &n, e);
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    item_doc *d = NULL;
    char time[32];
    bool committed = false;
    if (strcmp(runs[i].kind, restore ? "restore" : "backup") != 0 || (only && strcmp(runs[i].name, only) != 0)) continue;
    for (size_t k = 0; k < known->n; k++) committed |= strcmp(known->v[k], runs[i].name) == 0;
    if (committed) continue;
    bool alive = strcmp(runs[i].phase, "InProgress") == 0 && clock_now() - runs[i].heartbeat < 120 * CLOCK_SECOND;
    const char *phase = strcmp(runs[i].phase, "InProgress") != 0 ? runs[i].phase : alive ? "InProgress" : "Interrupted";
    st = restore ? run_new_restore(runs[i].name, &d, e) : run_new_backup(runs[i].name, &d, e);
    if (st == PINTLE_OK) st = item_set(d, "/status/phase", str_of(phase));
    bool timed = runs[i].started > 0; /* an unreadable record has no time */
    if (st == PINTLE_OK && timed) st = item_set(d, "/status/startTimestamp", str_of(clock_rfc3339(runs[i].started, time)));
    if (st == PINTLE_OK && timed) st = item_set(d, "/metadata/creationTimestamp", str_of(clock_rfc3339(runs[i].started, time)));
    if (st == PINTLE_OK) each(ctx, d);
    item_free(d);
  }
  arena_free(&a);
  return st;
}

pintle_status run_list(run_context *c, store *s, bool restores, const char *name, void (*each)(void *ctx, const item_doc *resource),
                       void (*bad)(void *ctx, const char *name, const error *e), void *ctx, error *e) {
  const char *prefix = restores ? "restores/" : "backups/";
  names all = {.strip = prefix}, committed = {0};
  item_doc *d = NULL;
  bool found = false;
  (void)c;
  pintle_status st = item_new(&d) == PINTLE_OK ? store_prefixes(s, prefix, add_name, &all, e) : error_nomem(e);
  committed.v = calloc(all.n + 1, sizeof *committed.v);
  if (!committed.v || all.failed) st = error_nomem(e);
  for (size_t i = 0; i < all.n && st == PINTLE_OK; i++) {
    error one = {0};
    if (name && strcmp(all.v[i], name) != 0) continue;
    pintle_status got = run_read_resource(s, restores, all.v[i], d, &one);
    if (got == PINTLE_NOT_FOUND) continue; /* not committed */
    committed.v[committed.n++] = all.v[i];
    found = true;
    if (got == PINTLE_OK) each(ctx, d);
    else bad(ctx, all.v[i], &one);
  }
  if (st == PINTLE_OK && !(name && found)) st = add_runs(s, restores, name, &committed, each, ctx, e);
  for (size_t i = 0; i < all.n; i++) free(all.v[i]);
  free(all.v);
  free(committed.v);
  item_free(d);
  return st;
}

typedef struct unpacking {
  archive_gunzip *gunzip;
  pintle_status (*piece)(void *ctx, str data, error *e);
  void *ctx;
  bool refused; /* by piece */
  error damage; /* of the gzip stream */
} unpacking;

static pintle_status unpacked(void *ctx, str data, error *e) {
  unpacking *u = ctx;
  pintle_status st = u->piece(u->ctx, data, e);
  u->refused = st != PINTLE_OK;
  return st;
}

static pintle_status packed(void *ctx, str data, error *e) {
  unpacking *u = ctx;
  pintle_status st = archive_gunzip_feed(u->gunzip, data, e);
  if (st != PINTLE_OK && !u->refused) u->damage = *e;
  return st;
}

pintle_status run_object(run_context *c, store *s, bool restore, const char *name, int object, bool gunzip,
                         pintle_status (*piece)(void *ctx, str data, error *e), void *ctx, error *e) {
  CLEANUP(buf_free) buf key = {0};
  unpacking u = {.piece = piece, .ctx = ctx};
  (void)c;
  run_key(restore, name, object, &key);
  if (key.failed) return error_nomem(e);
  if (!gunzip) return store_get_each(s, key.data, piece, ctx, NULL, NULL, e);
  pintle_status st = archive_gunzip_open(0, unpacked, &u, &u.gunzip, e);
  if (st == PINTLE_OK) st = store_get_each(s, key.data, packed, &u, NULL, NULL, e);
  if (st == PINTLE_OK) st = archive_gunzip_end(u.gunzip, &u.damage);
  if (u.damage.status != PINTLE_OK && e) *e = u.damage, error_wrap(e, "%s is damaged", key.data);
  archive_gunzip_free(u.gunzip);
  return st;
}

/* ---- the head of a manifest */
enum { MAX_HEAD = 1 << 20 };

typedef struct first_line {
  buf text;
  bool whole;
} first_line;

/* The items' lines behind it are of no use here: the stream is broken off, which is no error then. */
static pintle_status take_first_line(void *ctx, str data, error *e) {
  first_line *l = ctx;
  const char *end = memchr(data.ptr, '\n', data.len);
  buf_add(&l->text, data.ptr, end ? (size_t)(end - data.ptr) : data.len);
  l->whole = end != NULL;
  if (l->text.failed) return error_nomem(e);
  if (l->text.len > MAX_HEAD) return error_set(e, PINTLE_INVALID, "its first line is too long");
  return end ? error_set(e, PINTLE_CANCELLED, "read") : PINTLE_OK;
}

pintle_status run_report(run_context *c, store *s, bool restore, const char *name, item_doc *out, error *e) {
  first_line l = {0};
  pintle_status st = run_object(c, s, restore, name, STORE_MANIFEST, true, take_first_line, &l, e);
  if (l.whole) st = PINTLE_OK;
  if (str_ends(buf_str(&l.text), ",\"objects\":[")) buf_addz(&l.text, "]}"); /* a manifest's first line: so it is a whole document */
  if (st == PINTLE_OK) st = l.text.failed ? error_nomem(e) : item_parse(out, buf_str(&l.text), 0, NULL, e);
  buf_free(&l.text);
  return st;
}
