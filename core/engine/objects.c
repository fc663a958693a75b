/* objects.c -- see objects.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/objects.h"
#include "archive/archive.h"
#include "archive/digest.h"
#include "base/file.h"
#include <stdlib.h>

static pintle_status remember(engine_objects *o, const char *key, int64_t size, const unsigned char *sha256, error *e) {
  if (!GROW(o->v, o->n, o->cap)) return error_nomem(e);
  engine_object *one = &o->v[o->n];
  if (!(one->key = arena_dup(&o->keys, key))) return error_nomem(e);
  one->size = size;
  memcpy(one->sha256, sha256, sizeof one->sha256);
  o->n++;
  return PINTLE_OK;
}

pintle_status engine_objects_keep(engine_objects *o, const char *key, int64_t size, const unsigned char *sha256, error *e) {
  return remember(o, key, size, sha256, e);
}

pintle_status engine_put_text(engine_objects *o, const char *key, str data, bool gz, error *e) {
  buf packed = {0};
  unsigned char sha256[32];
  pintle_status st = gz ? archive_gzip_text(data, &packed, e) : PINTLE_OK;
  str body = gz ? buf_str(&packed) : data;
  if (st == PINTLE_OK && !archive_sha256(body, sha256)) st = error_set(e, PINTLE_FAILED, "SHA-256 is not available");
  if (st == PINTLE_OK) st = remember(o, key, (int64_t)body.len, sha256, e); /* before it is written, so that it can be taken back */
  if (st == PINTLE_OK) st = store_put(o->store, key, body, e);
  buf_free(&packed);
  return st;
}

static pintle_status digest_fd(int fd, int64_t size, unsigned char sha256[32], error *e) {
  archive_digest d = {0};
  char *piece = malloc(256 << 10);
  pintle_status st = piece ? archive_digest_begin(&d, e) : error_nomem(e);
  for (int64_t at = 0; at < size && st == PINTLE_OK;) {
    size_t n = size - at < 256 << 10 ? (size_t)(size - at) : 256 << 10;
    st = file_pread(fd, piece, n, at, e);
    if (st == PINTLE_OK && !archive_digest_add(&d, piece, n)) st = error_set(e, PINTLE_FAILED, "SHA-256 is not available");
    at += (int64_t)n;
  }
  if (st == PINTLE_OK && !archive_digest_end(&d, sha256)) st = error_set(e, PINTLE_FAILED, "SHA-256 is not available");
  archive_digest_free(&d);
  free(piece);
  return st;
}

pintle_status engine_put_fd(engine_objects *o, const char *key, int fd, int64_t size, const unsigned char *sha256, error *e) {
  unsigned char own[32];
  pintle_status st = PINTLE_OK;
  if (!sha256) st = digest_fd(fd, size, own, e), sha256 = own;
  if (st == PINTLE_OK) st = remember(o, key, size, sha256, e);
  return st == PINTLE_OK ? store_put_fd(o->store, key, fd, size, e) : st;
}

static pintle_status forget(void *ctx, str data, error *e) {
  (void)ctx, (void)data, (void)e;
  return PINTLE_OK;
}

pintle_status engine_put_printed(engine_objects *o, const char *key, const char *temp_dir,
                                 pintle_status (*print)(void *ctx, archive_gzip *to, error *e), void *ctx, error *e) {
  CLEANUP(close_p) int fd = -1;
  archive_gzip *g = NULL;
  int64_t size;
  unsigned char sha[32];
  pintle_status st = file_temporary(temp_dir, &fd, e);
  if (st == PINTLE_OK) st = archive_gzip_open(fd, 0, 0, &g, e);
  if (st == PINTLE_OK && (st = print(ctx, g, e)) != PINTLE_OK) return archive_gzip_abandon(g), st;
  if (st == PINTLE_OK) st = archive_gzip_close(g, &size, sha, e);
  return st == PINTLE_OK ? engine_put_fd(o, key, fd, size, sha, e) : st;
}

pintle_status engine_objects_verify(const engine_objects *o, error *e) {
  for (size_t i = 0; i < o->n; i++) {
    int64_t size = 0;
    unsigned char sha256[32];
    pintle_status st = store_get_each(o->store, o->v[i].key, forget, NULL, &size, sha256, e);
    if (st != PINTLE_OK) return error_wrap(e, "reading back %s", o->v[i].key);
    if (size != o->v[i].size || memcmp(sha256, o->v[i].sha256, 32) != 0) {
      error_set(e, PINTLE_FAILED, "%s was read back as %lld bytes that differ from the %lld bytes written", o->v[i].key, (long long)size,
                (long long)o->v[i].size);
      error_hint(e, "the store does not keep what it is given; the backup is not marked Completed");
      return PINTLE_FAILED;
    }
  }
  return PINTLE_OK;
}

void engine_objects_take_back(engine_objects *o) {
  for (size_t i = o->n; i-- > 0;) store_delete(o->store, o->v[i].key, NULL);
}

const engine_object *engine_objects_last(const engine_objects *o) { return o->n ? &o->v[o->n - 1] : NULL; }

void engine_objects_free(engine_objects *o) {
  free(o->v);
  arena_free(&o->keys);
  *o = (engine_objects){0};
}
