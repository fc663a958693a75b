/* test_archive_read.c -- tarballs of all kinds and of bad will.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/archive.h"
#include "archive/header.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- a small writer that refuses nothing */
static void octal(char *field, size_t n, uint64_t v) {
  field[--n] = 0;
  for (; n-- > 0; v >>= 3) field[n] = (char)('0' + (v & 7));
}

static void seal(tar_header *h) {
  octal(h->checksum, 7, tar_checksum(h, NULL));
  h->checksum[7] = ' ';
}

static void block(buf *tar, char type, const char *prefix, const char *name, size_t size, const char *magic) {
  tar_header h = {.typeflag = type};
  memcpy(h.name, name, strnlen(name, sizeof h.name));
  memcpy(h.prefix, prefix, strlen(prefix));
  octal(h.size, sizeof h.size, size);
  octal(h.mode, sizeof h.mode, 0755);
  memcpy(h.magic, magic, 8);
  seal(&h);
  buf_add(tar, &h, sizeof h);
}

static void body(buf *tar, str s) {
  buf_adds(tar, s);
  while (tar->len % TAR_BLOCK) buf_addc(tar, 0);
}

static void typed(buf *tar, char type, const char *name, str content) {
  block(tar, type, "", name, content.len,
        "ustar\0"
        "00");
  body(tar, content);
}

static void file(buf *tar, const char *name, const char *content) { typed(tar, '0', name, str_of(content)); }

static void record(buf *to, const char *key, str value) {
  size_t n = strlen(key) + value.len + 3;
  n += n + 1 < 10 ? 1 : n + 2 < 100 ? 2 : 3; /* no long ones */
  buf_printf(to, "%zu %s=", n, key);
  buf_adds(to, value);
  buf_addc(to, '\n');
}

static void pax(buf *tar, char type, const char *key, str value) {
  buf r = {0};
  record(&r, key, value);
  typed(tar, type, "PaxHeaders.0/x", buf_str(&r));
  buf_free(&r);
}

static void end(buf *tar) {
  static const char zeros[2 * TAR_BLOCK];
  buf_add(tar, zeros, sizeof zeros);
}

/* ---- what was read: "path=content;" of each entry */
static pintle_status note(void *ctx, const archive_entry *entry, error *e) {
  buf *seen = ctx;
  (void)e;
  buf_printf(seen, "%s=%.*s;", entry->path, (int)(entry->content.len > 40 ? 40 : entry->content.len), entry->content.ptr);
  return PINTLE_OK;
}

static pintle_status read_pieces(str data, size_t at_once, const archive_limits *limits, buf *seen, error *e) {
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

static void reads(const buf *tar, const char *expected) {
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

static void refused(buf *tar, const archive_limits *limits, const char *why) {
  buf seen = {0};
  error e;
  pintle_status st = read_pieces(buf_str(tar), 1000, limits, &seen, &e);
  ck_assert_msg(st == PINTLE_INVALID && strstr(e.message, why) && str_starts(str_of(e.message), "a.tar: "), "%d: %s; wanted: %s", st,
                e.message, why);
  buf_free(&seen), buf_free(tar);
}

START_TEST(every_dialect_is_read) {
  buf t = {0};
  char long_name[150], expected[400];
  memset(long_name, 'n', 149), long_name[149] = 0, long_name[5] = '/';
  file(&t, "metadata/version", "1.1.0\n");
  file(&t, "./resources/pods/namespaces/a/p.json", "{}"); /* Velero 1.0: no version directory */
  block(&t, '0', "resources/pods/v1-preferredversion", "cluster/x.json", 1,
        "ustar\0"
        "00");
  body(&t, STR("1"));
  pax(&t, 'x', "path", STR("caf\xc3\xa9"));
  file(&t, "caf", "2");
  typed(&t, 'L', "././@LongLink", (str){long_name, 150});
  block(&t, '0', "", long_name, 1, "ustar  \0");
  body(&t, STR("3"));
  typed(&t, '5', "./", STR(""));
  typed(&t, '5', "some/dir/", STR(""));
  block(&t, 0, "", "old/dir/", 0, "\0\0\0\0\0\0\0"); /* before POSIX */
  block(&t, 0, "", "old/dir/f", 1, "\0\0\0\0\0\0\0");
  body(&t, STR("4"));
  pax(&t, 'g', "comment", STR("abcdef")); /* git archive */
  file(&t, "f", "first"), file(&t, "f", "second"), file(&t, "empty", "");
  end(&t), end(&t); /* filled up to a record */
  snprintf(expected, sizeof expected,
           "metadata/version=1.1.0\n;resources/pods/namespaces/a/p.json={};resources/pods/v1-preferredversion/cluster/x.json=1;"
           "caf\xc3\xa9=2;%s=3;old/dir/f=4;f=first;f=second;empty=;",
           long_name);
  reads(&t, expected);
  buf_free(&t);
}
END_TEST

/* The longest names of each way to write them. */
START_TEST(long_names_are_read) {
  static const size_t lengths[] = {99, 100, 101, 255, 256, 257, 4095, 4096};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    char name[4097], record_key[] = "path";
    size_t n = lengths[i];
    buf t = {0}, seen = {0}, r = {0}, want = {0};
    error e;
    for (size_t k = 0; k < n; k++) name[k] = k % 50 == 49 && k + 1 < n ? '/' : (char)('a' + k % 26);
    name[n] = 0;
    buf_printf(&r, "%zu %s=%s\n", n + 7 + (n + 10 < 100 ? 2 : n + 10 < 1000 ? 3 : 4), record_key, name);
    typed(&t, 'x', "PaxHeaders.0/x", buf_str(&r)), file(&t, "short", "pax");
    typed(&t, 'L', "././@LongLink", (str){name, n + 1}), file(&t, "short", "gnu");
    buf_printf(&want, "%s=pax;%s=gnu;", name, name);
    if (n == 256) { /* all that a prefix of 155 bytes and a name of 100 hold */
      char prefix[156];
      snprintf(prefix, sizeof prefix, "%.155s", name), name[155] = '/';
      block(&t, '0', prefix, name + 156, 1,
            "ustar\0"
            "00"),
          body(&t, STR("u"));
      buf_printf(&want, "%s=u;", name);
    }
    end(&t);
    pintle_status st = read_pieces(buf_str(&t), 1000, NULL, &seen, &e);
    ck_assert_msg(st == PINTLE_OK, "%zu: %s", n, e.message);
    ck_assert_str_eq(buf_z(&seen), buf_z(&want));
    buf_free(&t), buf_free(&seen), buf_free(&r), buf_free(&want);
  }
}
END_TEST

START_TEST(an_archive_is_read_from_a_file) {
  buf t = {0}, seen = {0};
  error e;
  file(&t, "a", "1"), end(&t);
  int fd = memfd_create("tar", MFD_CLOEXEC);
  ck_assert_int_eq(write(fd, t.data, t.len), (ssize_t)t.len);
  lseek(fd, 0, SEEK_SET);
  ck_assert_int_eq(archive_read(fd, "x", NULL, note, &seen, &e), PINTLE_OK);
  ck_assert_str_eq(buf_z(&seen), "a=1;");
  ck_assert_int_eq(archive_read(fd, "x", NULL, note, &seen, &e), PINTLE_INVALID); /* at its end: empty */
  close(fd);
  ck_assert_int_eq(archive_read(-1, "x", NULL, note, &seen, &e), PINTLE_FAILED);
  buf_free(&t), buf_free(&seen);
}
END_TEST

static pintle_status enough(void *ctx, const archive_entry *entry, error *e) {
  (void)entry;
  return ++*(int *)ctx == 2 ? error_set(e, PINTLE_CANCELLED, "enough") : PINTLE_OK;
}

START_TEST(the_reader_of_entries_may_stop) {
  buf t = {0};
  archive_reader *r = NULL;
  error e;
  int n = 0;
  file(&t, "a", "1"), file(&t, "b", "1"), file(&t, "c", "1"), end(&t);
  ck_assert_int_eq(archive_reader_open("x", NULL, enough, &n, &r, &e), PINTLE_OK);
  ck_assert_int_eq(archive_reader_feed(r, buf_str(&t), &e), PINTLE_CANCELLED);
  ck_assert_str_eq(e.message, "enough");
  ck_assert_int_eq(n, 2);
  archive_reader_free(r), buf_free(&t);
}
END_TEST

START_TEST(hostile_names_are_refused) {
  static const struct {
    const char *name, *why;
  } names[] = {{"../etc/passwd", "\"..\""}, {"a/../../b", "\"..\""}, {"./..", "\"..\""}, {"..", "\"..\""},
               {"/etc/passwd", "absolute"}, {".//etc", "absolute"},  {"a//b", "empty"},  {"a/./b", "\".\""},
               {"a\\b", "backslash"},       {"a\xff", "UTF-8"},      {"", "empty"},      {"a/", "empty"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    buf t = {0};
    file(&t, "good", "1"), file(&t, names[i].name, "x"), end(&t);
    refused(&t, NULL, names[i].why);
    pax(&t, 'x', "path", str_of(names[i].name)), file(&t, "harmless", "x"), end(&t);
    refused(&t, NULL, names[i].why);
  }
  buf t = {0};
  typed(&t, '5', "../dir/", STR("")), end(&t);
  refused(&t, NULL, "entry ../dir/: its name is refused");
  block(&t, '0', "..", "x", 0,
        "ustar\0"
        "00"),
      end(&t); /* by way of the prefix */
  refused(&t, NULL, "\"..\"");
  pax(&t, 'x', "path", (str){"good\0/../../evil", 16}), file(&t, "good", "x"), end(&t);
  refused(&t, NULL, "NUL");
  typed(&t, 'L', "././@LongLink", (str){"good\0/../evil\0", 14}), file(&t, "good", "x"), end(&t);
  refused(&t, NULL, "NUL");
  char *huge = calloc(1, 5001);
  memset(huge, 'n', 5000);
  typed(&t, 'L', "././@LongLink", (str){huge, 5001}), file(&t, "n", "x"), end(&t);
  refused(&t, NULL, "longer than 4096");
  free(huge);
}
END_TEST

START_TEST(what_is_no_file_is_refused) {
  static const struct {
    char type;
    const char *why;
  } types[] = {{'1', "hard link"}, {'2', "symbolic link"}, {'3', "character device"}, {'4', "block device"},
               {'6', "FIFO"},      {'7', "of a type"},     {'S', "sparse"},           {'K', "link"},
               {'V', "of a type"}, {'\x7f', "of a type"}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    buf t = {0};
    file(&t, "good", "1"), typed(&t, types[i].type, "bad-one", STR("")), end(&t);
    refused(&t, NULL, types[i].why);
  }
  buf t = {0};
  pax(&t, 'x', "GNU.sparse.major", STR("1")), file(&t, "f", "x"), end(&t);
  refused(&t, NULL, "sparse");
  typed(&t, '5', "d/", STR("content")), end(&t);
  refused(&t, NULL, "directory with a content");
}
END_TEST

START_TEST(lies_are_refused) {
  buf t = {0}, r = {0};
  archive_limits small = {.max_entry = 100};
  pax(&t, 'x', "size", STR("3")), file(&t, "f", "12345"), end(&t);
  refused(&t, NULL, "disagree");
  pax(&t, 'x', "size", STR("99999999999999999999")), file(&t, "f", "12345"), end(&t);
  refused(&t, NULL, "no number");
  pax(&t, 'x', "size", STR("-5")), file(&t, "f", "12345"), end(&t);
  refused(&t, NULL, "no number");
  block(&t, '0', "", "f", 5000,
        "ustar\0"
        "00"),
      body(&t, STR("short")), end(&t);
  refused(&t, NULL, "truncated");
  block(&t, '0', "", "f", 101,
        "ustar\0"
        "00"),
      end(&t);
  refused(&t, &small, "entry f: it has 101 bytes, more than 100");
  block(&t, '0', "", "f", 077777777777,
        "ustar\0"
        "00"),
      end(&t);
  refused(&t, NULL, "more than 16777216");
  block(&t, '0', "", "f", 0,
        "ustar\0"
        "00"); /* base-256, negative */
  memset(t.data + 124, 0xff, 12), seal((tar_header *)(void *)t.data), end(&t);
  refused(&t, NULL, "no number");
  block(&t, 'x', "", "p", 1 << 21,
        "ustar\0"
        "00"),
      end(&t);
  refused(&t, NULL, "larger than 1 MiB");
  static const char *const malformed[] = {
      "5 a=", "99 path=x\n", "path=x\n", "10 path=xy", "4 a\n", "7 =abc\n", "0 a=b\n", "-1 a=b\n", "9999999999999999999999 a=b\n"};
  for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
    typed(&t, 'x', "p", str_of(malformed[i])), file(&t, "f", "x"), end(&t);
    refused(&t, NULL, "malformed");
  }
  record(&r, "path", STR("abcdefgh")), record(&r, "path", STR("abcdefgi"));
  typed(&t, 'x', "p", buf_str(&r)), file(&t, "f", "x"), end(&t);
  refused(&t, NULL, "two paths");
  pax(&t, 'x', "path", STR("abcdefgh")), typed(&t, 'L', "l", STR("other")), file(&t, "f", "x"), end(&t);
  refused(&t, NULL, "two headers");
  pax(&t, 'g', "path", STR("abcdefgh")), file(&t, "f", "x"), end(&t);
  refused(&t, NULL, "global");
  pax(&t, 'x', "path", STR("abcdefgh")), end(&t);
  refused(&t, NULL, "without an entry");
  file(&t, "f", "x"), t.data[3] ^= 1, end(&t);
  refused(&t, NULL, "no tar");
  file(&t, "f", "x"), file(&t, "g", "x"), t.data[1024 + 3] ^= 1, end(&t);
  refused(&t, NULL, "damaged");
  buf_free(&r);
}
END_TEST

START_TEST(the_end_is_the_end) {
  buf t = {0}, gz = {0}, again = {0};
  file(&t, "f", "x"), end(&t), file(&t, "smuggled", "x"), end(&t);
  refused(&t, NULL, "behind the end of the tar");
  file(&t, "f", "x"), body(&t, (str){"\0", 1}); /* one zero block */
  file(&t, "smuggled", "x"), end(&t);
  refused(&t, NULL, "goes on behind its end");
  file(&t, "f", "x"), end(&t), t.len -= 512;
  refused(&t, NULL, "truncated after 1 entries");
  file(&t, "f", "x"), end(&t);
  ck_assert_int_eq(archive_gzip_text(buf_str(&t), &gz, NULL), PINTLE_OK);
  ck_assert_int_eq(archive_gzip_text(buf_str(&gz), &again, NULL), PINTLE_OK);
  refused(&again, NULL, "no tar"); /* gzip within gzip */
  buf_addc(&gz, 'x');
  refused(&gz, NULL, "behind the end of the gzip");
  buf_addz(&gz, "\x1f");
  refused(&gz, NULL, "no archive");
  refused(&gz, NULL, "no archive"); /* nothing at all */
  buf_free(&t);
}
END_TEST

static pintle_status count(void *ctx, const archive_entry *entry, error *e) {
  (void)e;
  *(size_t *)ctx += entry->content.len;
  return PINTLE_OK;
}

/* An archive of n files of size bytes, gzipped as we do it. */
static int written(size_t n, size_t size, char fill) {
  archive_gzip *g = NULL;
  archive_writer *w = NULL;
  CLEANUP(free_p) char *content = malloc(size + 1);
  int fd = memfd_create("tar", MFD_CLOEXEC);
  memset(content, fill, size);
  ck_assert_int_eq(archive_gzip_open(fd, 2, 6, &g, NULL), PINTLE_OK);
  ck_assert_int_eq(archive_writer_open(g, 0, &w, NULL), PINTLE_OK);
  for (size_t i = 0; i < n; i++) {
    char path[64];
    snprintf(path, sizeof path, "f%zu", i);
    for (size_t k = 64; fill == 0 && k < size; k += 150) content[k] = (char)(i * 31 + k); /* so that it packs some 50 to 1 */
    ck_assert_int_eq(archive_writer_add(w, path, (str){content, size}, NULL), PINTLE_OK);
  }
  ck_assert_int_eq(archive_writer_close(w, NULL, NULL), PINTLE_OK);
  ck_assert_int_eq(archive_gzip_close(g, NULL, NULL, NULL), PINTLE_OK);
  lseek(fd, 0, SEEK_SET);
  return fd;
}

START_TEST(bombs_are_refused_and_our_own_density_is_not) {
  error e;
  size_t total = 0;
  int bomb = written(10, 10 << 20, 'A'), dense = written(3000, 30000, 0);
  ck_assert_int_eq(archive_read(bomb, "bomb", NULL, count, &total, &e), PINTLE_INVALID); /* 100 MiB, 1000 to 1 */
  ck_assert_ptr_nonnull(strstr(e.message, "more than 200 times"));
  ck_assert_uint_lt(total, 80 << 20);
  archive_limits loose = {.max_ratio = 2000}, total_limit = {.max_ratio = 2000, .max_total = 50 << 20};
  total = 0, lseek(bomb, 0, SEEK_SET);
  ck_assert_int_eq(archive_read(bomb, "bomb", &loose, count, &total, &e), PINTLE_OK);
  ck_assert_uint_eq(total, 100 << 20);
  total = 0, lseek(bomb, 0, SEEK_SET);
  ck_assert_int_eq(archive_read(bomb, "bomb", &total_limit, count, &total, &e), PINTLE_INVALID);
  ck_assert_uint_eq(total, 50 << 20);
  total = 0;
  off_t packed = lseek(dense, 0, SEEK_END);
  lseek(dense, 0, SEEK_SET);
  ck_assert_msg(archive_read(dense, "dense", NULL, count, &total, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_uint_eq(total, 90000000);
  ck_assert_int_gt(90000000 / packed, 45);
  archive_limits few = {.max_entries = 2999};
  lseek(dense, 0, SEEK_SET);
  ck_assert_int_eq(archive_read(dense, "dense", &few, count, &total, &e), PINTLE_INVALID);
  close(bomb), close(dense);
}
END_TEST

static buf small_gz(buf *seen) {
  buf t = {0}, gz = {0};
  error e;
  file(&t, "metadata/version", "1.1.0\n");
  for (int i = 0; i < 12; i++) {
    char name[64], content[200];
    snprintf(name, sizeof name, "resources/pods/namespaces/ns-%d/p.json", i * 977);
    snprintf(content, sizeof content, "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"uid\":\"%d-%d\"}}", i * 7919, i * 104729);
    file(&t, name, content);
  }
  end(&t);
  ck_assert_int_eq(archive_gzip_text(buf_str(&t), &gz, NULL), PINTLE_OK);
  ck_assert_int_eq(read_pieces(buf_str(&gz), 100, NULL, seen, &e), PINTLE_OK);
  buf_free(&t);
  return gz;
}

START_TEST(no_truncation_goes_unnoticed) {
  buf whole = {0}, seen = {0}, gz = small_gz(&whole), t = {0};
  error e;
  for (size_t n = 0; n < gz.len; n++) ck_assert_int_eq(read_pieces((str){gz.data, n}, 4096, NULL, &seen, &e), PINTLE_INVALID);
  ck_assert_int_eq(archive_gunzip_text(buf_str(&gz), 1 << 20, &t, NULL), PINTLE_OK);
  for (size_t n = 0; n < t.len; n += 64) /* plain tar: also at the edges of entries */
    ck_assert_int_eq(read_pieces((str){t.data, n}, 4096, NULL, &seen, &e), PINTLE_INVALID);
  buf_free(&whole), buf_free(&seen), buf_free(&gz), buf_free(&t);
}
END_TEST

START_TEST(no_flipped_bit_changes_what_is_read) {
  buf whole = {0}, seen = {0}, gz = small_gz(&whole);
  error e;
  size_t harmless = 0;
  for (size_t i = 0; i < gz.len * 8; i++) {
    gz.data[i / 8] ^= (char)(1 << i % 8);
    if (read_pieces(buf_str(&gz), 4096, NULL, &seen, &e) == PINTLE_OK) {
      ck_assert(str_eq(buf_str(&seen), buf_str(&whole)));
      harmless++;
    }
    gz.data[i / 8] ^= (char)(1 << i % 8);
  }
  ck_assert_uint_le(harmless, 8 * 7); /* FTEXT, time, XFL and OS in the header */
  buf_free(&whole), buf_free(&seen), buf_free(&gz);
}
END_TEST

/* Nothing guards the contents of a plain tar; yet no flipped bit may crash the reader or lead it elsewhere. */
static pintle_status safe(void *ctx, const archive_entry *entry, error *e) {
  (void)ctx, (void)e;
  ck_assert(entry->path[0] && entry->path[0] != '/' && !strstr(entry->path, "..") && !strchr(entry->path, '\\'));
  return PINTLE_OK;
}

static void flip_all(buf *t) {
  error e;
  for (size_t i = 0; i < t->len * 8; i++) {
    archive_reader *r = NULL;
    t->data[i / 8] ^= (char)(1 << i % 8);
    CLEANUP(free_p) char *copy = malloc(t->len);
    memcpy(copy, t->data, t->len);
    ck_assert_int_eq(archive_reader_open("a.tar", NULL, safe, NULL, &r, &e), PINTLE_OK);
    pintle_status st = archive_reader_feed(r, (str){copy, t->len}, &e);
    if (st == PINTLE_OK) st = archive_reader_end(r, &e);
    ck_assert(st == PINTLE_OK || st == PINTLE_INVALID);
    archive_reader_free(r);
    t->data[i / 8] ^= (char)(1 << i % 8);
  }
}

START_TEST(no_flipped_bit_of_a_plain_tar_harms) {
  buf t = {0};
  pax(&t, 'x', "path", STR("resources/pods/namespaces/a/p.json")), file(&t, "p.json", "{}");
  typed(&t, 'L', "././@LongLink", STR("resources/pods/namespaces/a/q.json")), file(&t, "q.json", "{}");
  block(&t, '0', "resources/pods", "cluster/r.json", 2,
        "ustar\0"
        "00"),
      body(&t, STR("{}")), end(&t);
  flip_all(&t);
  for (size_t n = 0; n < t.len; n++) { /* and every truncation */
    buf seen = {0};
    error e;
    ck_assert_int_eq(read_pieces((str){t.data, n}, 4096, NULL, &seen, &e), PINTLE_INVALID);
    buf_free(&seen);
  }
  buf_free(&t);
}
END_TEST

int main(void) {
  Suite *s = suite_create("archive_read");
  TCase *t = tcase_create("read");
  suite_add_tcase(s, t);
  tcase_set_timeout(t, 120);
  tcase_add_test(t, every_dialect_is_read);
  tcase_add_test(t, long_names_are_read);
  tcase_add_test(t, no_flipped_bit_of_a_plain_tar_harms);
  tcase_add_test(t, an_archive_is_read_from_a_file);
  tcase_add_test(t, the_reader_of_entries_may_stop);
  tcase_add_test(t, hostile_names_are_refused);
  tcase_add_test(t, what_is_no_file_is_refused);
  tcase_add_test(t, lies_are_refused);
  tcase_add_test(t, the_end_is_the_end);
  tcase_add_test(t, bombs_are_refused_and_our_own_density_is_not);
  tcase_add_test(t, no_truncation_goes_unnoticed);
  tcase_add_test(t, no_flipped_bit_changes_what_is_read);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
