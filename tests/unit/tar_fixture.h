/* tar_fixture.h -- tarballs that no writer would write, and what is read of them.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TAR_FIXTURE_H
#define TESTS_UNIT_TAR_FIXTURE_H
#include "archive/archive.h"
#include "archive/header.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- a small writer that refuses nothing */
static inline void octal(char *field, size_t n, uint64_t v) {
  field[--n] = 0;
  for (; n-- > 0; v >>= 3) field[n] = (char)('0' + (v & 7));
}

static inline void seal(tar_header *h) {
  octal(h->checksum, 7, tar_checksum(h, NULL));
  h->checksum[7] = ' ';
}

static inline void block(buf *tar, char type, const char *prefix, const char *name, size_t size, const char *magic) {
  tar_header h = {.typeflag = type};
  memcpy(h.name, name, strnlen(name, sizeof h.name));
  memcpy(h.prefix, prefix, strlen(prefix));
  octal(h.size, sizeof h.size, size);
  octal(h.mode, sizeof h.mode, 0755);
  memcpy(h.magic, magic, 8);
  seal(&h);
  buf_add(tar, &h, sizeof h);
}

static inline void body(buf *tar, str s) {
  buf_adds(tar, s);
  while (tar->len % TAR_BLOCK) buf_addc(tar, 0);
}

static inline void typed(buf *tar, char type, const char *name, str content) {
  block(tar, type, "", name, content.len,
        "ustar\0"
        "00");
  body(tar, content);
}

static inline void file(buf *tar, const char *name, const char *content) { typed(tar, '0', name, str_of(content)); }

static inline void record(buf *to, const char *key, str value) {
  size_t n = strlen(key) + value.len + 3;
  n += n + 1 < 10 ? 1 : n + 2 < 100 ? 2 : 3; /* no long ones */
  buf_printf(to, "%zu %s=", n, key);
  buf_adds(to, value);
  buf_addc(to, '\n');
}

static inline void pax(buf *tar, char type, const char *key, str value) {
  buf r = {0};
  record(&r, key, value);
  typed(tar, type, "PaxHeaders.0/x", buf_str(&r));
  buf_free(&r);
}

static inline void end(buf *tar) {
  static const char zeros[2 * TAR_BLOCK];
  buf_add(tar, zeros, sizeof zeros);
}

/* ---- what was read: "path=content;" of each entry */
static inline pintle_status note(void *ctx, const archive_entry *entry, error *e) {
  buf *seen = ctx;
  (void)e;
  buf_printf(seen, "%s=%.*s;", entry->path, (int)(entry->content.len > 40 ? 40 : entry->content.len), entry->content.ptr);
  return PINTLE_OK;
}

static inline pintle_status read_pieces(str data, size_t at_once, const archive_limits *limits, buf *seen, error *e) {
  archive_reader *r = NULL;
  buf_clear(seen);
  error_clear(e);
  ck_assert_int_eq(archive_reader_open("a.tar", limits, note, seen, &r, e), PINTLE_OK);
  pintle_status st = PINTLE_OK;
  while (data.len && st == PINTLE_OK) {
    size_t n = data.len < at_once ? data.len : at_once;
    CLEANUP(free_p) char *copy = malloc(n); /* so that ASan sees a step too far */
    memcpy(copy, data.ptr, n);
    st = archive_reader_feed(r, (str){copy, n}, e);
    data.ptr += n, data.len -= n;
  }
  if (st == PINTLE_OK) st = archive_reader_end(r, e);
  archive_reader_free(r);
  return st;
}

static inline void reads(const buf *tar, const char *expected) {
  static const size_t sizes[] = {1 << 20, 512, 511, 1};
  buf seen = {0}, gz = {0};
  error e;
  for (size_t i = 0; i < 4; i++) {
    pintle_status st = read_pieces(buf_str(tar), sizes[i], NULL, &seen, &e);
    ck_assert_msg(st == PINTLE_OK, "%s", e.message);
    ck_assert_str_eq(buf_z(&seen), expected);
  }
  ck_assert_int_eq(archive_gzip_text(buf_str(tar), &gz, NULL), PINTLE_OK);
  ck_assert_int_eq(read_pieces(buf_str(&gz), 7, NULL, &seen, &e), PINTLE_OK);
  ck_assert_str_eq(buf_z(&seen), expected);
  buf_free(&seen), buf_free(&gz);
}

static inline void refused(buf *tar, const archive_limits *limits, const char *why) {
  buf seen = {0};
  error e;
  pintle_status st = read_pieces(buf_str(tar), 1000, limits, &seen, &e);
  ck_assert_msg(st == PINTLE_INVALID && strstr(e.message, why) && str_starts(str_of(e.message), "a.tar: "), "%d: %s; wanted: %s", st,
                e.message, why);
  buf_free(&seen), buf_free(tar);
}

#endif
