/* test_archive_damage.c -- bombs, cut and flipped archives.  SPDX-License-Identifier: Apache-2.0 */
#include "tar_fixture.h"
#include <sys/mman.h>
#include <unistd.h>

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
  Suite *s = suite_create("archive_damage");
  TCase *t = tcase_create("damage");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, bombs_are_refused_and_our_own_density_is_not);
  tcase_add_test(t, no_truncation_goes_unnoticed);
  tcase_add_test(t, no_flipped_bit_changes_what_is_read);
  tcase_add_test(t, no_flipped_bit_of_a_plain_tar_harms);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
