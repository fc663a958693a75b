/* tar.c -- writes tar entries with the bytes of Go's archive/tar.  SPDX-License-Identifier: Apache-2.0
 *
 * What Velero's server writes and every reader of its tarballs is used to: USTAR; the prefix field for ASCII names of over 100 bytes that can be
 * split; else a PAX header in front. The fields that Go leaves NUL stay NUL, those that it prints as zero are printed. */
#include "archive/archive.h"
#include "archive/header.h"
#include "base/clock.h"
#include "base/path.h"
#include <stdio.h>
#include <stdlib.h>

struct archive_writer {
  archive_gzip *to;
  uint64_t mtime; /* seconds */
  uint64_t entries;
  buf work;
};
#define MAX_OCTAL11 ((uint64_t)077777777777)

pintle_status archive_writer_open(archive_gzip *to, int64_t mtime, archive_writer **out, error *e) {
  archive_writer *w = calloc(1, sizeof *w);
  if (!w) return error_nomem(e);
  w->to = to;
  w->mtime = mtime > 0 ? (uint64_t)((mtime + CLOCK_SECOND / 2) / CLOCK_SECOND) : 0;
  *out = w;
  return PINTLE_OK;
}

static void octal(char *field, size_t size, uint64_t value) {
  field[size - 1] = 0;
  for (size_t i = size - 1; i-- > 0; value >>= 3) field[i] = (char)('0' + (value & 7));
}

static void put_text(char *field, size_t size, str text) { memcpy(field, text.ptr, text.len < size ? text.len : size); }

static void seal(tar_header *h) {
  memcpy(h->magic, "ustar", 6);
  memcpy(h->version, "00", 2);
  unsigned sum = tar_checksum(h, NULL);
  octal(h->checksum, 7, sum);
  h->checksum[7] = ' ';
}

static bool ascii(str s) {
  for (size_t i = 0; i < s.len; i++)
    if ((unsigned char)s.ptr[i] >= 0x80) return false;
  return true;
}

/* Go's splitUSTARPath: the last slash at which the prefix still fits. */
static bool split(str path, str *prefix, str *name) {
  size_t i = path.len > sizeof((tar_header *)0)->prefix + 1 ? sizeof((tar_header *)0)->prefix + 1 : path.len;
  if (path.len <= sizeof((tar_header *)0)->name || !ascii(path)) return false;
  while (i > 0 && path.ptr[i - 1] != '/') i--;
  if (i < 2 || path.len - i > sizeof((tar_header *)0)->name || path.len == i) return false;
  *prefix = (str){path.ptr, i - 1};
  *name = (str){path.ptr + i, path.len - i};
  return true;
}

static void pad(buf *b, size_t size) {
  static const char zeros[TAR_BLOCK];
  buf_add(b, zeros, (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

/* Only the ASCII part of a name goes into the fields of a header that has PAX records; they are for old readers. */
static void add_ascii(buf *to, str s) {
  for (size_t i = 0; i < s.len; i++)
    if ((unsigned char)s.ptr[i] < 0x80) buf_addc(to, s.ptr[i]);
}

static void pax_record(buf *to, const char *key, str value) {
  size_t bare = strlen(key) + value.len + 3, n = bare + (size_t)snprintf(NULL, 0, "%zu", bare);
  n = bare + (size_t)snprintf(NULL, 0, "%zu", n);
  buf_printf(to, "%zu %s=", n, key);
  buf_adds(to, value);
  buf_addc(to, '\n');
}

/* "dir/PaxHeaders.0/file", as path.Join makes it, cut to the field. */
static bool add_pax(buf *to, str path) {
  tar_header h = {.typeflag = 'x'};
  CLEANUP(buf_free) buf name = {0}, record = {0};
  size_t i = path.len;
  while (i > 0 && path.ptr[i - 1] != '/') i--;
  add_ascii(&name, (str){path.ptr, i});
  buf_addz(&name, "PaxHeaders.0/");
  add_ascii(&name, (str){path.ptr + i, path.len - i});
  pax_record(&record, "path", path);
  if (name.failed || record.failed) return false;
  str shown = buf_str(&name);
  if (shown.len > sizeof h.name) shown.len = sizeof h.name;
  while (shown.len && shown.ptr[shown.len - 1] == '/') shown.len--;
  put_text(h.name, sizeof h.name, shown);
  octal(h.mode, sizeof h.mode, 0);
  octal(h.uid, sizeof h.uid, 0);
  octal(h.gid, sizeof h.gid, 0);
  octal(h.size, sizeof h.size, record.len);
  octal(h.mtime, sizeof h.mtime, 0);
  seal(&h);
  buf_add(to, &h, sizeof h);
  buf_adds(to, buf_str(&record));
  pad(to, record.len);
  return !to->failed;
}

static void put_name(tar_header *h, str name) {
  size_t n = sizeof h->name;
  put_text(h->name, n, name);
  if (name.len <= n || h->name[n - 1] != '/') return; /* a cut name that ends so would look like a directory's */
  while (n > 0 && h->name[n - 1] == '/') n--;
  h->name[n] = 0; /* Go ends it here and leaves what is behind */
}

static bool add_header(archive_writer *w, str path, size_t size) {
  tar_header h = {.typeflag = '0'};
  CLEANUP(buf_free) buf shown = {0};
  str prefix = STR(""), name = path;
  bool splits = split(path, &prefix, &name), pax = !splits && (path.len > sizeof h.name || !ascii(path));
  if (pax && !add_pax(&w->work, path)) return false;
  add_ascii(&shown, name);
  if (shown.failed) return false;
  put_name(&h, buf_str(&shown));
  put_text(h.prefix, sizeof h.prefix, prefix);
  octal(h.mode, sizeof h.mode, 0755);
  octal(h.uid, sizeof h.uid, 0);
  octal(h.gid, sizeof h.gid, 0);
  octal(h.size, sizeof h.size, size);
  octal(h.mtime, sizeof h.mtime, w->mtime);
  octal(h.devmajor, sizeof h.devmajor, 0);
  octal(h.devminor, sizeof h.devminor, 0);
  h.typeflag = '0';
  seal(&h);
  buf_add(&w->work, &h, sizeof h);
  return !w->work.failed;
}

pintle_status archive_writer_add(archive_writer *w, const char *path, str content, error *e) {
  const char *why = path_refused(str_of(path));
  if (why) return error_set(e, PINTLE_INVALID, "cannot name an entry of the archive \"%s\": %s", path, why);
  if (content.len > MAX_OCTAL11 || w->mtime > MAX_OCTAL11) return error_set(e, PINTLE_INVALID, "%s: too large for a tar entry", path);
  buf_clear(&w->work);
  if (!add_header(w, str_of(path), content.len)) return error_nomem(e);
  pintle_status st = archive_gzip_write(w->to, buf_str(&w->work), e);
  if (st == PINTLE_OK) st = archive_gzip_write(w->to, content, e);
  buf_clear(&w->work);
  pad(&w->work, content.len);
  if (st == PINTLE_OK) st = w->work.failed ? error_nomem(e) : archive_gzip_write(w->to, buf_str(&w->work), e);
  if (st == PINTLE_OK) w->entries++;
  return st;
}

pintle_status archive_writer_close(archive_writer *w, uint64_t *entries, error *e) {
  static const char zeros[2 * TAR_BLOCK];
  pintle_status st = archive_gzip_write(w->to, (str){zeros, sizeof zeros}, e);
  if (entries) *entries = w->entries;
  buf_free(&w->work);
  free(w);
  return st;
}
