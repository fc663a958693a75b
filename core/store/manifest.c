/* manifest.c -- writes the list of everything that a backup consists of, one line an entry.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/archive.h"
#include "archive/digest.h"
#include "base/file.h"
#include "store/parts.h"
#include <stdlib.h>
#include <unistd.h>

enum { SPOOL = 64 << 10, LEVEL = 3 }; /* hexadecimal digits do not get smaller by trying harder */

struct store_manifest {
  char *dir;
  int fd; /* items */
  int64_t size;
  uint64_t n_objects, n_items;
  buf objects, items; /* items: not yet in fd */
  unsigned char sum[ARCHIVE_SHA256];
};

pintle_status store_manifest_new(const char *temp_dir, store_manifest **out, error *e) {
  store_manifest *m = calloc(1, sizeof *m);
  if (!m) return error_nomem(e);
  m->fd = -1;
  m->dir = strdup(temp_dir);
  pintle_status st = m->dir ? file_temporary(temp_dir, &m->fd, e) : error_nomem(e);
  if (st != PINTLE_OK) return store_manifest_free(m), st;
  *out = m;
  return PINTLE_OK;
}

void store_manifest_free(store_manifest *m) {
  if (!m) return;
  close_p(&m->fd);
  buf_free(&m->objects);
  buf_free(&m->items);
  free(m->dir);
  free(m);
}

static void add_line(buf *to, bool first, const char *what, const char *name, int64_t size, const unsigned char *sha256) {
  char hex[2 * ARCHIVE_SHA256 + 1];
  archive_hex(sha256, ARCHIVE_SHA256, hex);
  buf_printf(to, "%s{\"%s\":", first ? "" : ",\n", what);
  buf_json(to, str_of(name));
  buf_printf(to, ",\"size\":%lld,\"sha256\":\"%s\"}", (long long)size, hex);
}

pintle_status store_manifest_object(store_manifest *m, const char *key, int64_t size, const unsigned char sha256[32], error *e) {
  add_line(&m->objects, m->n_objects++ == 0, "key", key, size, sha256);
  return m->objects.failed ? error_nomem(e) : PINTLE_OK;
}

static pintle_status flush(store_manifest *m, error *e) {
  if (m->items.failed) return error_nomem(e);
  pintle_status st = file_write(m->fd, m->items.data, m->items.len, "a temporary file", e);
  m->size += (int64_t)m->items.len;
  buf_clear(&m->items);
  return st == PINTLE_OK ? st : error_wrap(e, "manifest in %s", m->dir);
}

pintle_status store_manifest_item(store_manifest *m, const char *path, int64_t size, const unsigned char sha256[32], error *e) {
  add_line(&m->items, m->n_items++ == 0, "path", path, size, sha256);
  return m->items.len < SPOOL && !m->items.failed ? PINTLE_OK : flush(m, e);
}

static pintle_status add_items(const store_manifest *m, archive_gzip *g, error *e) {
  CLEANUP(free_p) char *piece = malloc(SPOOL);
  if (!piece) return error_nomem(e);
  for (int64_t at = 0; at < m->size;) {
    size_t n = m->size - at < SPOOL ? (size_t)(m->size - at) : SPOOL;
    pintle_status st = file_pread(m->fd, piece, n, at, e);
    if (st == PINTLE_OK) st = archive_gzip_write(g, (str){piece, n}, e);
    if (st != PINTLE_OK) return st;
    at += (int64_t)n;
  }
  return PINTLE_OK;
}

/* The members of head, checked, on one line: the lines are the format's joints. */
static pintle_status add_head(str head, buf *to, error *e) {
  CLEANUP(buf_free) buf object = {0}, checked = {0};
  buf_addc(&object, '{');
  buf_adds(&object, head);
  buf_addc(&object, '}');
  if (object.failed) return error_nomem(e);
  pintle_status st = item_minify(buf_str(&object), 0, NULL, &checked, e);
  if (st != PINTLE_OK) return error_wrap(e, "manifest's head");
  buf_addz(to, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"BackupManifest\",");
  if (checked.len > 2) buf_add(to, checked.data + 1, checked.len - 2), buf_addc(to, ',');
  buf_addz(to, "\"objects\":[\n");
  return to->failed || checked.failed ? error_nomem(e) : PINTLE_OK;
}

static pintle_status write_all(const store_manifest *m, str head, archive_gzip *g, error *e) {
  CLEANUP(buf_free) buf top = {0};
  pintle_status st = add_head(head, &top, e);
  buf_adds(&top, buf_str(&m->objects));
  buf_addz(&top, m->n_objects ? "\n],\"items\":[\n" : "],\"items\":[\n");
  if (st == PINTLE_OK && top.failed) st = error_nomem(e);
  if (st == PINTLE_OK) st = archive_gzip_write(g, buf_str(&top), e);
  if (st == PINTLE_OK) st = add_items(m, g, e);
  return st == PINTLE_OK ? archive_gzip_write(g, str_of(m->n_items ? "\n]}\n" : "]}\n"), e) : st;
}

pintle_status store_manifest_put(store_manifest *m, store *s, const char *key, str head, error *e) {
  CLEANUP(close_p) int fd = -1;
  archive_gzip *g = NULL;
  int64_t size = 0;
  pintle_status st = flush(m, e);
  if (st == PINTLE_OK) st = file_temporary(m->dir, &fd, e);
  if (st == PINTLE_OK) st = archive_gzip_open(fd, 0, LEVEL, &g, e);
  if (!g) return st;
  if ((st = write_all(m, head, g, e)) != PINTLE_OK) return archive_gzip_abandon(g), st;
  if ((st = archive_gzip_close(g, &size, m->sum, e)) != PINTLE_OK) return st;
  return store_put_fd(s, key, fd, size, e);
}

void store_manifest_sum(const store_manifest *m, unsigned char sha256[32]) { memcpy(sha256, m->sum, ARCHIVE_SHA256); }
