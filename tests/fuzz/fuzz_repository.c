/* fuzz_repository.c -- plugins/nas: a repository whose store is an enemy's. The first byte says what: 'H' the JSON of a head, 'M' a marker, 'K' a wrapped
 * key, 'S' a segment, whose index and head are made to fit, 'C' and 'E' (encrypted) a whole repository, of which bytes are changed: which object, then
 * place (2 bytes) and difference, again and again.  SPDX-License-Identifier: Apache-2.0
 *
 * Nothing crashes, what is wrong is told with the object's name, and a restore stays in its root. */
#include "../unit/nas_call.h"
#include "blocks.h"
#include "repo_in.h"
#include "restore.h"
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static void must(bool right) {
  if (!right) abort();
}

/* ---- a store of a few objects */
enum { OBJECTS = 32 };
typedef struct object {
  char key[FP_OBJECT];
  uint8_t *p;
  size_t n;
} object;
typedef struct store {
  object list[OBJECTS];
  size_t n;
} store;

static object *find(store *s, const char *key) {
  for (size_t i = 0; i < s->n; i++)
    if (strcmp(s->list[i].key, key) == 0) return &s->list[i];
  return NULL;
}
static pintle_status put(void *self, pintle_call *call, const char *key, const void *data, size_t n) {
  store *s = self;
  object *o = find(s, key);
  (void)call;
  if (!o) must(s->n < OBJECTS), o = &s->list[s->n++];
  free(o->p);
  *o = (object){.p = malloc(n + 1), .n = n};
  must(o->p && snprintf(o->key, sizeof o->key, "%s", key) < FP_OBJECT);
  memcpy(o->p, data, n);
  return PINTLE_OK;
}
static pintle_status get(void *self, pintle_call *call, const char *key, int64_t offset, void *to, size_t n, size_t *got) {
  const object *o = find(self, key);
  if (!o) return pintle_fail(call, PINTLE_NOT_FOUND, "%s: no such object", key);
  must(offset >= 0);
  *got = (uint64_t)offset >= o->n ? 0 : o->n - (size_t)offset < n ? o->n - (size_t)offset : n;
  if (*got) memcpy(to, o->p + offset, *got);
  return PINTLE_OK;
}
static pintle_status list(void *self, pintle_call *call, const char *prefix, pintle_status (*each)(void *, const pintle_entry *),
                          void *ctx) {
  store *s = self;
  pintle_status st = PINTLE_OK;
  (void)call;
  for (size_t i = 0; st == PINTLE_OK && i < s->n; i++)
    if (strncmp(s->list[i].key, prefix, strlen(prefix)) == 0)
      st =
          each(ctx, &(pintle_entry){.struct_size = sizeof(pintle_entry), .size = (int64_t)s->list[i].n, .key = s->list[i].key, .etag = ""});
  return st;
}
static pintle_status drop(void *self, pintle_call *call, const char *key) {
  store *s = self;
  object *o = find(s, key);
  (void)call;
  if (o) free(o->p), *o = s->list[--s->n];
  return PINTLE_OK;
}
static fp_blobs blobs(store *s) { return (fp_blobs){s, put, get, list, drop}; }
static void clear(store *s) {
  while (s->n) free(s->list[--s->n].p);
}
static fp_repo *open_store(pintle_call *call, store *s, const fp_keys *keys, pintle_status *st) {
  fp_repo *r = NULL;
  fp_blobs b = blobs(s);
  *st = fp_repo_open(call, &b, "v", keys, &r);
  must((*st == PINTLE_OK) == (r != NULL));
  return r;
}

/* ---- one object */
static const char id[] = "000000000000001-0123456789abcdef";
static const uint8_t key_bytes[FP_KEY] = {1};

static void head(pintle_call *call, const uint8_t *data, size_t n) {
  store s = {0};
  fp_bytes b = {0};
  uint8_t sum[FP_SHA];
  char hex[2 * FP_SHA + 1];
  fp_head h, again;
  pintle_status st;
  must(fp_sha256(data, n, sum));
  fp_hex(sum, FP_SHA, hex);
  fp_bytes_addf(&b, "{\"backup\":");
  fp_bytes_add(&b, data, n);
  fp_bytes_addf(&b, ",\"sha256\":\"%s\"}\n", hex);
  must(!b.failed && put(&s, call, "fp/v/backups/000000000000001-0123456789abcdef", b.p, b.n) == PINTLE_OK);
  fp_repo *r = open_store(call, &s, NULL, &st);
  must(r != NULL);
  st = fp_repo_head(call, r, id, &h);
  must(st == PINTLE_OK || (st == PINTLE_FAILED && strstr(r->said, "fp/v/backups/")));
  if (st == PINTLE_OK) {
    must(fp_head_put(call, r, &h) == PINTLE_OK && fp_repo_head(call, r, id, &again) == PINTLE_OK);
    must(memcmp(&h.counts, &again.counts, sizeof h.counts) == 0 && h.started == again.started && h.index_size == again.index_size);
    fp_reader *from = NULL;
    must(fp_reader_open(call, r, &h, &from) != PINTLE_OK);
  }
  fp_repo_close(r);
  fp_bytes_free(&b);
  clear(&s);
}

static pintle_status each_state(void *ctx, const fp_state *s) {
  (void)ctx;
  must(strlen(s->id) == FP_ID - 1 && strlen(s->name) < FP_NAME);
  return PINTLE_OK;
}

static void marker(pintle_call *call, const uint8_t *data, size_t n) {
  store s = {0};
  fp_state state;
  fp_run *run = NULL;
  fp_gc gone;
  pintle_status st;
  put(&s, call, "fp/v/run/000000000000001-0123456789abcdef", data, n);
  fp_repo *r = open_store(call, &s, NULL, &st);
  must(r != NULL);
  st = fp_repo_state(call, r, id, &state);
  must(st == PINTLE_OK || (st == PINTLE_FAILED && strstr(r->said, "fp/v/run/")));
  must(fp_repo_runs(call, r, each_state, NULL) == PINTLE_OK);
  must(fp_run_begin(call, r, &(fp_run_options){.name = "velero-x"}, &run) == PINTLE_OK);
  fp_run_free(run);
  fp_repo_gc(call, r, &gone);
  fp_repo_close(r);
  clear(&s);
}

static void wrapped(pintle_call *call, const uint8_t *data, size_t n) {
  store s = {0};
  pintle_status st;
  put(&s, call, "fp/v/keys/000000000000001-0123456789abcdef", data, n);
  fp_repo *r = open_store(call, &s, &(fp_keys){.key = key_bytes}, &st);
  must(st == PINTLE_DENIED || st == PINTLE_FAILED); /* nobody guesses a tag */
  fp_repo_close(r);
  clear(&s);
}

/* ---- a backup that was written by an enemy */
static int drop_name(const char *path, const struct stat *s, int flag, struct FTW *f) {
  (void)s, (void)flag, (void)f;
  return remove(path);
}

static pintle_status told(void *ctx, const fp_bad *b) {
  ++*(size_t *)ctx;
  must(b->why[0] && (b->path[0] || strstr(b->key, "fp/v/")));
  return PINTLE_OK;
}

static void read_back(pintle_call *call, fp_repo *r, const char *of, bool restored) {
  char dir[] = "/tmp/pintle-fuzz-XXXXXX";
  fp_verified v;
  fp_restored done;
  fp_head h;
  size_t n = 0;
  struct stat s;
  pintle_status st = fp_repo_verify(call, r, of, told, &n, &v);
  must(st != PINTLE_OK || v.bad == n);
  if (!restored || fp_repo_head(call, r, of, &h) != PINTLE_OK) return;
  must(mkdtemp(dir) != NULL);
  int root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(root >= 0);
  fp_restore(call, r, &h, root, &done);
  must(fchmod(root, 0700) == 0 && fstat(root, &s) == 0);
  close(root);
  nftw(dir, drop_name, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static void segment(pintle_call *call, const uint8_t *data, size_t n) {
  store s = {0};
  pintle_status st;
  fp_repo *r = open_store(call, &s, NULL, &st);
  fp_unpacker u = {0};
  fp_index x = {0};
  fp_bytes index = {0};
  fp_head h = {.started = 1};
  fp_segment_ref ref = {{0}, 0, 0};
  must(r != NULL);
  memcpy(h.id, id, FP_ID);
  if (fp_unpack_begin(&u, data, n, &r->runs)) {
    for (ref.entries = u.left; fp_unpack_next(&u) == 1; h.counts.entries++)
      for (size_t i = 0; i < u.entry.n_blocks; i++)
        if (u.entry.blocks[i].pack < 1000) must(fp_index_use(&x, u.entry.blocks[i].run, u.entry.blocks[i].pack));
  }
  fp_unpacker_free(&u);
  must(fp_repo_put_box(call, r, "fp/v/seg/000000000000001-0123456789abcdef/0", 'S', data, n, ref.sha, &ref.size) == PINTLE_OK);
  must(fp_index_add(&x, &ref) && fp_index_write(&x, &r->runs, &index));
  must(fp_repo_put_box(call, r, "fp/v/seg/000000000000001-0123456789abcdef/index", 'I', index.p, index.n, h.index_sha, &h.index_size) ==
       PINTLE_OK);
  must(fp_head_put(call, r, &h) == PINTLE_OK);
  read_back(call, r, id, true);
  fp_index_free(&x);
  fp_bytes_free(&index);
  fp_repo_close(r);
  clear(&s);
}

/* ---- a good repository that is damaged */
static void make(pintle_call *call, store *s, const fp_keys *keys, char of[FP_ID]) {
  pintle_status st;
  fp_repo *r = open_store(call, s, keys, &st);
  fp_run *run = NULL;
  fp_blocks *b = NULL;
  fp_made made = {0};
  fp_block block;
  fp_head h;
  must(r && fp_run_begin(call, r, &(fp_run_options){.name = "velero-x", .source = "fuzz"}, &run) == PINTLE_OK);
  must(fp_run_append(call, run, &(fp_entry){.path = "", .type = FP_DIR, .mode = 0755, .target = ""}) == PINTLE_OK);
  must(fp_blocks_of(call, run, &b) == PINTLE_OK);
  fp_maker *m = fp_maker_new(b);
  for (int i = 0; i < 3; i++) {
    char path[8], data[600];
    for (size_t k = 0; k < sizeof data; k++) data[k] = (char)(i == 2 ? k * k * 2654435761u >> 9 : 'a' + k % 7 + (size_t)i);
    must(m && fp_maker_make(m, data, sizeof data, &made) == PINTLE_OK && fp_blocks_place(call, b, &made, &block) == PINTLE_OK);
    fp_entry e = {.path = path,
                  .path_len = (size_t)snprintf(path, sizeof path, "f%d", i),
                  .type = FP_FILE,
                  .mode = 0644,
                  .size = sizeof data,
                  .target = "",
                  .blocks = &block,
                  .n_blocks = 1};
    memcpy(e.sha, block.sha, FP_SHA);
    must(fp_run_append(call, run, &e) == PINTLE_OK);
  }
  must(fp_run_commit(call, run, &(fp_counts){0}, false, &h) == PINTLE_OK);
  memcpy(of, h.id, FP_ID);
  fp_made_free(&made);
  fp_maker_free(m);
  fp_run_free(run);
  fp_repo_close(r);
}

static void damaged(pintle_call *call, const uint8_t *data, size_t n, bool encrypted) {
  static store whole[2];
  static char of[2][FP_ID];
  const fp_keys keys = {.key = encrypted ? key_bytes : NULL};
  store s = {0};
  fp_gc gone;
  pintle_status st;
  if (!whole[encrypted].n) make(call, &whole[encrypted], &keys, of[encrypted]);
  for (size_t i = 0; i < whole[encrypted].n; i++)
    put(&s, call, whole[encrypted].list[i].key, whole[encrypted].list[i].p, whole[encrypted].list[i].n);
  object *o = &s.list[n ? data[0] % s.n : 0];
  for (size_t i = 1; i + 2 < n; i += 3) {
    size_t at = (data[i] + 256u * data[i + 1]) % (o->n + 1);
    if (at == o->n || (data[i + 2] == 0 && at)) o->n = at; /* cut off */
    else o->p[at] ^= data[i + 2];
    if (!o->n) break;
  }
  fp_repo *r = open_store(call, &s, &keys, &st);
  must(r || st == PINTLE_DENIED || st == PINTLE_FAILED);
  if (r) read_back(call, r, of[encrypted], false);
  if (r) fp_repo_gc(call, r, &gone);
  fp_repo_close(r);
  clear(&s);
}

typedef struct input {
  const uint8_t *data;
  size_t n;
} input;

static pintle_status body(pintle_call *call, void *ctx) {
  const input *i = ctx;
  const uint8_t *data = i->data + 1;
  size_t n = i->n - 1;
  if (*i->data == 'H') head(call, data, n);
  if (*i->data == 'M') marker(call, data, n);
  if (*i->data == 'K') wrapped(call, data, n);
  if (*i->data == 'S') segment(call, data, n);
  if (*i->data == 'C' || *i->data == 'E') damaged(call, data, n, *i->data == 'E');
  return PINTLE_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  input i = {data, n};
  if (n) must(nas_in_call(body, &i, NULL) == PINTLE_OK);
  return 0;
}
