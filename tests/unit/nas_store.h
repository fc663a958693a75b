/* nas_store.h -- a store in memory that a test can watch, stop and damage; and small backups in it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef NAS_STORE_H
#define NAS_STORE_H
#include "blocks.h"
#include "nas_call.h"
#include "repo_in.h"
#include <check.h>
#include <stdio.h>

typedef struct nas_object {
  char key[192];
  uint8_t *p;
  size_t n;
  int64_t modified;
} nas_object;

typedef struct nas_store {
  nas_object *list;
  size_t n, room;
  int64_t ahead; /* added to the time of what is put */
  long calls;    /* so far */
  long fail_at;  /* this call, and all after it, fail; 0: none */
  long hook_at;  /* before this call, `hook` runs (once) */
  void (*hook)(struct nas_store *, pintle_call *, void *ctx);
  void *hook_ctx;
  void (*yield)(void *ctx); /* before each call */
  void *yield_ctx;
} nas_store;

static inline nas_object *nas_find(nas_store *s, const char *key) {
  for (size_t i = 0; i < s->n; i++)
    if (strcmp(s->list[i].key, key) == 0) return &s->list[i];
  return NULL;
}

/* How many keys have that in them? */
static inline size_t nas_count(nas_store *s, const char *part) {
  size_t n = 0;
  for (size_t i = 0; i < s->n; i++) n += strstr(s->list[i].key, part) != NULL;
  return n;
}

static inline pintle_status nas_step(nas_store *s, pintle_call *call) {
  s->calls++;
  if (s->yield) s->yield(s->yield_ctx);
  if (s->hook && s->calls == s->hook_at) {
    void (*hook)(nas_store *, pintle_call *, void *) = s->hook;
    s->hook = NULL;
    hook(s, call, s->hook_ctx);
  }
  return s->fail_at && s->calls >= s->fail_at ? pintle_fail(call, PINTLE_TRANSIENT, "the store is gone") : PINTLE_OK;
}

static inline pintle_status nas_put(void *self, pintle_call *call, const char *key, const void *data, size_t n) {
  nas_store *s = self;
  pintle_status st = nas_step(s, call);
  if (st != PINTLE_OK) return st;
  nas_object *o = nas_find(s, key);
  if (!o && s->n == s->room) ck_assert((s->list = realloc(s->list, (s->room = 2 * s->room + 64) * sizeof *s->list)) != NULL);
  if (!o) *(o = &s->list[s->n++]) = (nas_object){0};
  free(o->p);
  snprintf(o->key, sizeof o->key, "%s", key);
  ck_assert((o->p = malloc(n + 1)) != NULL);
  memcpy(o->p, data, n);
  o->n = n, o->modified = fp_now() + s->ahead;
  return PINTLE_OK;
}

static inline pintle_status nas_get(void *self, pintle_call *call, const char *key, int64_t offset, void *to, size_t n, size_t *got) {
  nas_store *s = self;
  pintle_status st = nas_step(s, call);
  if (st != PINTLE_OK) return st;
  const nas_object *o = nas_find(s, key);
  if (!o) return pintle_fail(call, PINTLE_NOT_FOUND, "%s: no such object", key);
  *got = (size_t)offset >= o->n ? 0 : o->n - (size_t)offset < n ? o->n - (size_t)offset : n;
  if (*got) memcpy(to, o->p + offset, *got);
  return PINTLE_OK;
}

static inline pintle_status nas_list(void *self, pintle_call *call, const char *prefix,
                                     pintle_status (*each)(void *ctx, const pintle_entry *), void *ctx) {
  nas_store *s = self;
  pintle_status st = nas_step(s, call);
  for (size_t i = 0; st == PINTLE_OK && i < s->n; i++)
    if (strncmp(s->list[i].key, prefix, strlen(prefix)) == 0)
      st = each(ctx, &(pintle_entry){.struct_size = sizeof(pintle_entry),
                                     .size = (int64_t)s->list[i].n,
                                     .key = s->list[i].key,
                                     .etag = "",
                                     .modified = s->list[i].modified});
  return st;
}

static inline pintle_status nas_remove(void *self, pintle_call *call, const char *key) {
  nas_store *s = self;
  pintle_status st = nas_step(s, call);
  nas_object *o = st == PINTLE_OK ? nas_find(s, key) : NULL;
  if (!o) return st;
  free(o->p);
  *o = s->list[--s->n];
  return PINTLE_OK;
}

static inline fp_blobs nas_blobs(nas_store *s) { return (fp_blobs){s, nas_put, nas_get, nas_list, nas_remove}; }

static inline nas_store nas_copy(const nas_store *s) {
  nas_store c = {.n = s->n, .room = s->n + 64, .ahead = s->ahead};
  ck_assert((c.list = malloc(c.room * sizeof *c.list)) != NULL);
  for (size_t i = 0; i < s->n; i++) {
    c.list[i] = s->list[i];
    ck_assert((c.list[i].p = malloc(s->list[i].n + 1)) != NULL);
    memcpy(c.list[i].p, s->list[i].p, s->list[i].n);
  }
  return c;
}

static inline void nas_store_free(nas_store *s) {
  for (size_t i = 0; i < s->n; i++) free(s->list[i].p);
  free(s->list);
  *s = (nas_store){0};
}

/* Everything in it as if so many seconds older. */
static inline void nas_age(nas_store *s, int64_t seconds) {
  for (size_t i = 0; i < s->n; i++) {
    nas_object *o = &s->list[i];
    o->modified -= seconds * FP_SECOND;
    char *beat = strstr(o->key, "/run/") ? memmem(o->p, o->n, "\"beat\":", 7) : NULL;
    long long was = beat ? strtoll(beat + 7, NULL, 10) : 0;
    char text[32];
    if (beat && snprintf(text, sizeof text, "%019lld", (long long)(was - seconds * FP_SECOND)) == 19) {
      ck_assert(text[0] == '1'); /* as many digits as before */
      memcpy(beat + 7, text, 19);
    }
  }
}

/* ---- small backups: files "f000".., whose content follows from a number each; 0: there is no such file. A number of 1000 and more is a file of
 * several blocks. */
enum { NAS_FILES = 8 };
typedef struct nas_tree {
  unsigned content[NAS_FILES];
} nas_tree;

static inline size_t nas_size(unsigned number) { return number >= 1000 ? FP_BLOCK_MAX + number : 100 + number * 37 % 5000; }
static inline void nas_fill(uint8_t *to, size_t n, unsigned number) {
  uint32_t x = number * 2654435761u + 1;
  for (size_t i = 0; i < n; i++) x = x * 1664525 + 1013904223, to[i] = (uint8_t)(x >> 24);
}

static inline pintle_status nas_file(pintle_call *call, fp_run *run, unsigned i, unsigned number, uint8_t *room) {
  fp_blocks *b = NULL;
  fp_block blocks[4];
  fp_made made = {0};
  char path[16];
  size_t n = nas_size(number), done = 0;
  int length = snprintf(path, sizeof path, "f%03u", i);
  fp_entry e = {.path = path,
                .path_len = (size_t)length,
                .type = FP_FILE,
                .mode = 0644,
                .size = n,
                .target = "",
                .ino = number,
                .blocks = blocks,
                .nlink = 1};
  pintle_status st = fp_blocks_of(call, run, &b);
  if (st == PINTLE_OK) st = fp_blocks_learn_parents(call, b);
  fp_maker *m = st == PINTLE_OK ? fp_maker_new(b) : NULL;
  nas_fill(room, n, number);
  if (m) fp_maker_sha_begin(m);
  while (st == PINTLE_OK && done < n) {
    size_t part = n - done < FP_BLOCK_MAX ? n - done : FP_BLOCK_MAX;
    fp_maker_sha_add(m, room + done, part);
    st = fp_maker_make(m, room + done, part, &made);
    if (st == PINTLE_OK) st = fp_blocks_place(call, b, &made, &blocks[e.n_blocks++]);
    done += part;
  }
  if (st == PINTLE_OK) st = fp_maker_sha_end(m, e.sha);
  fp_made_free(&made);
  fp_maker_free(m);
  return st == PINTLE_OK ? fp_run_append(call, run, &e) : st;
}

/* A whole backup; id may be NULL. */
static inline pintle_status nas_make(pintle_call *call, fp_repo *r, const nas_tree *t, char id[FP_ID]) {
  fp_run *run = NULL;
  fp_head h;
  uint8_t *room = malloc(2 * FP_BLOCK_MAX);
  pintle_status st = fp_run_begin(call, r, &(fp_run_options){.name = "velero-x", .source = "test"}, &run);
  fp_entry root = {.path = "", .type = FP_DIR, .mode = 0755, .target = ""};
  if (st == PINTLE_OK) st = fp_run_append(call, run, &root);
  for (unsigned i = 0; st == PINTLE_OK && i < NAS_FILES; i++)
    if (t->content[i]) st = nas_file(call, run, i, t->content[i], room);
  if (st == PINTLE_OK) st = fp_run_commit(call, run, &(fp_counts){0}, false, &h);
  if (st == PINTLE_OK && id) memcpy(id, h.id, FP_ID);
  fp_run_free(run);
  free(room);
  return st;
}

/* Is the backup that tree, to the byte? */
static inline void nas_expect(pintle_call *call, fp_repo *r, const char *id, const nas_tree *t) {
  fp_head h;
  fp_reader *from = NULL;
  fp_source *source = fp_source_new(r);
  const fp_entry *e = NULL;
  uint8_t *room = malloc(2 * FP_BLOCK_MAX);
  ck_assert_int_eq(fp_repo_head(call, r, id, &h), PINTLE_OK);
  ck_assert_int_eq(fp_reader_open(call, r, &h, &from), PINTLE_OK);
  ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
  ck_assert(e && e->path_len == 0 && e->type == FP_DIR);
  for (unsigned i = 0; i < NAS_FILES; i++) {
    char path[16];
    size_t done = 0;
    if (!t->content[i]) continue;
    snprintf(path, sizeof path, "f%03u", i);
    ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
    ck_assert(e && strcmp(e->path, path) == 0);
    ck_assert_uint_eq(e->size, nas_size(t->content[i]));
    nas_fill(room, e->size, t->content[i]);
    for (size_t k = 0; k < e->n_blocks; k++) {
      const void *data = NULL;
      ck_assert_int_eq(fp_source_get(call, source, &e->blocks[k], &data), PINTLE_OK);
      ck_assert(memcmp(data, room + done, e->blocks[k].size) == 0);
      done += e->blocks[k].size;
    }
    ck_assert_uint_eq(done, e->size);
  }
  ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
  ck_assert(!e);
  fp_reader_close(from);
  fp_source_free(source);
  free(room);
}

static inline pintle_status nas_open(pintle_call *call, nas_store *s, const fp_keys *keys, fp_repo **r) {
  fp_blobs blobs = nas_blobs(s);
  return fp_repo_open(call, &blobs, "v", keys, r);
}
#endif
