/* test_store_verify.c -- a backup fetched back: what is damaged is found and named.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/file_store.h"
#include "archive/archive.h"
#include "archive/digest.h"
#include "store/store.h"
#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];
static void *self;
static store *s;
static error e;
static buf problems;
static store_verify seen;

static void setup(void) {
  strcpy(root, "/tmp/pintle-verify-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(root));
  ck_assert_int_eq(builtin_file_open(root, &self, &e), PINTLE_OK);
  store_options o = {.ops = &builtin_file_store, .self = self, .name = "loc", .prefix = "p"};
  ck_assert_int_eq(store_open(&o, &s, &e), PINTLE_OK);
}

static int gone(const char *path, const struct stat *st, int flag, struct FTW *f) {
  (void)st, (void)flag, (void)f;
  return remove(path);
}

static void teardown(void) {
  store_close(s);
  builtin_file_store.action->destroy(self);
  buf_free(&problems);
  nftw(root, gone, 16, FTW_DEPTH | FTW_PHYS);
}

static void ok(pintle_status st) { ck_assert_msg(st == PINTLE_OK, "%s %s", e.message, buf_z(&problems)); }

static void note(void *ctx, const char *where, const char *what) {
  (void)ctx;
  buf_printf(&problems, "%s: %s\n", where, what);
}

static pintle_status verified(void) {
  buf_clear(&problems);
  return store_verify_backup(s, "b1", note, NULL, &seen, &e);
}

static void finds(const char *problem) {
  pintle_status st = verified();
  ck_assert_msg(st == PINTLE_FAILED && seen.problems > 0, "%d %s; wanted %s", st, st ? e.message : "", problem);
  ck_assert_msg(strstr(buf_z(&problems), problem) != NULL, "found: %s; wanted: %s", buf_z(&problems), problem);
}

typedef struct item {
  const char *path, *content;
} item;
static const item items[] = {{"metadata/version", "1.1.0\n"},
                             {"resources/pods/namespaces/ns/a.json", "{\"kind\":\"Pod\",\"n\":1}"},
                             {"resources/pods/v1-preferredversion/namespaces/ns/a.json", "{\"kind\":\"Pod\",\"n\":1}"},
                             {"resources/pods/namespaces/ns/b.json", "{\"kind\":\"Pod\",\"n\":2}"},
                             {"resources/nodes/cluster/n.json", "{\"kind\":\"Node\",\"n\":3}"}};
enum { N = sizeof items / sizeof *items };

static void put_tarball(const item *of, size_t n, store_manifest *m) {
  archive_gzip *g = NULL;
  archive_writer *w = NULL;
  unsigned char sum[32];
  int64_t size = 0;
  int fd = memfd_create("tar", MFD_CLOEXEC);
  ok(archive_gzip_open(fd, 0, 6, &g, &e));
  ok(archive_writer_open(g, 0, &w, &e));
  for (size_t i = 0; i < n; i++) ok(archive_writer_add(w, of[i].path, str_of(of[i].content), &e));
  ok(archive_writer_close(w, NULL, &e));
  ok(archive_gzip_close(g, &size, sum, &e));
  ok(store_put_fd(s, "backups/b1/b1.tar.gz", fd, size, &e));
  if (m) ok(store_manifest_object(m, "backups/b1/b1.tar.gz", size, sum, &e));
  close(fd);
}

static void put_gz(const char *key, const char *text, store_manifest *m) {
  buf gz = {0};
  unsigned char sum[32];
  ok(archive_gzip_text(str_of(text), &gz, &e));
  ok(store_put(s, key, buf_str(&gz), &e));
  ck_assert(archive_sha256(buf_str(&gz), sum));
  if (m) ok(store_manifest_object(m, key, (int64_t)gz.len, sum, &e));
  buf_free(&gz);
}

static void put_commit(const unsigned char *sum) {
  buf text = {0};
  char hex[65] = "";
  if (sum) archive_hex(sum, 32, hex);
  buf_printf(&text,
             "{\n  \"kind\": \"Backup\",\n  \"apiVersion\": \"velero.io/v1\",\n  \"metadata\": {\"name\": \"b1\", \"annotations\": {");
  if (sum) buf_printf(&text, "\"%s\": \"%s\"", STORE_MANIFEST_ANNOTATION, hex);
  buf_printf(&text, "}}\n}\n");
  ok(store_put(s, "backups/b1/velero-backup.json", buf_str(&text), &e));
  buf_free(&text);
}

/* As the engine does it; the manifest knows `listed`, the tarball holds all. */
static void put_backup(const item *listed, size_t n_listed) {
  store_manifest *m = NULL;
  unsigned char sum[32];
  ok(store_manifest_new("/tmp", &m, &e));
  put_tarball(items, N, m);
  put_gz("backups/b1/b1-logs.gz", "time=... level=info msg=x\n", m);
  put_gz("backups/b1/b1-results.gz", "{\"errors\":{},\"warnings\":{}}\n", m);
  for (size_t i = 0; i < n_listed; i++) {
    ck_assert(archive_sha256(str_of(listed[i].content), sum));
    ok(store_manifest_item(m, listed[i].path, (int64_t)strlen(listed[i].content), sum, &e));
  }
  ok(store_manifest_put(m, s, "backups/b1/b1-pintle.json.gz", STR("\"run\": {\"uid\":\n\"u-1\"}, \"plugins\": []"), &e));
  store_manifest_sum(m, sum);
  store_manifest_free(m);
  put_commit(sum);
}

START_TEST(a_whole_backup_verifies) {
  put_backup(items, N);
  pintle_status st = verified();
  ck_assert_msg(st == PINTLE_OK, "%s: %s", e.message, buf_z(&problems));
  ck_assert_uint_eq(seen.objects, 5);
  ck_assert_uint_eq(seen.items, 4);
  ck_assert_uint_gt(seen.bytes, 500);
  ck_assert_uint_eq(seen.problems, 0);
  ck_assert(seen.has_manifest);
}
END_TEST

START_TEST(the_manifest_is_one_json_document) {
  buf gz = {0}, text = {0};
  item_doc *d = NULL;
  put_backup(items, N);
  ok(store_get(s, "backups/b1/b1-pintle.json.gz", 1 << 20, &gz, &e));
  ok(archive_gunzip_text(buf_str(&gz), 1 << 20, &text, &e));
  ok(item_new(&d));
  ok(item_parse(d, buf_str(&text), ITEM_UNIQUE_KEYS, NULL, &e));
  ck_assert(str_is(item_str(d, "/kind", ""), "BackupManifest") && str_is(item_str(d, "/run/uid", ""), "u-1"));
  ck_assert_uint_eq(item_count(item_at(d, "/objects")), 3);
  ck_assert_uint_eq(item_count(item_at(d, "/items")), N);
  ck_assert(str_is(item_str(d, "/items/4/path", ""), "resources/nodes/cluster/n.json"));
  item_free(d);
  buf_free(&gz), buf_free(&text);
}
END_TEST

START_TEST(every_flipped_bit_is_found_and_named) {
  static const char *const keys[] = {"backups/b1/b1.tar.gz", "backups/b1/b1-logs.gz", "backups/b1/b1-results.gz",
                                     "backups/b1/b1-pintle.json.gz"};
  put_backup(items, N);
  for (size_t k = 0; k < 4; k++) {
    char path[200];
    unsigned char c;
    struct stat st;
    snprintf(path, sizeof path, "%s/p/%s", root, keys[k]);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_eq(fstat(fd, &st), 0);
    for (off_t at = 0; at < st.st_size; at += 3) {
      ck_assert_int_eq(pread(fd, &c, 1, at), 1);
      c ^= (unsigned char)(1 << at % 8);
      ck_assert_int_eq(pwrite(fd, &c, 1, at), 1);
      finds(keys[k]);
      c ^= (unsigned char)(1 << at % 8);
      ck_assert_int_eq(pwrite(fd, &c, 1, at), 1);
    }
    close(fd);
  }
  ok(verified());
}
END_TEST

START_TEST(what_is_missing_is_named) {
  put_backup(items, N);
  ok(store_delete(s, "backups/b1/b1-logs.gz", &e));
  finds("backups/b1/b1-logs.gz: it is missing");
  put_backup(items, N);
  ok(store_delete(s, "backups/b1/b1.tar.gz", &e));
  finds("backups/b1/b1.tar.gz: it is missing");
  put_backup(items, N);
  ok(store_delete(s, "backups/b1/b1-pintle.json.gz", &e));
  finds("backups/b1/b1-pintle.json.gz: it is missing");
  ck_assert(!seen.has_manifest);
  put_backup(items, N);
  ok(store_delete(s, "backups/b1/velero-backup.json", &e));
  ck_assert_int_eq(verified(), PINTLE_NOT_FOUND); /* then there is no backup */
  ck_assert_int_eq(store_verify_backup(s, "../b1", note, NULL, &seen, &e), PINTLE_INVALID);
}
END_TEST

START_TEST(tarball_and_manifest_must_agree) {
  item more[N + 1], other[N];
  memcpy(more, items, sizeof items), memcpy(other, items, sizeof items);
  more[N] = (item){"resources/pods/namespaces/ns/lost.json", "{}"};
  other[3].content = "{\"kind\":\"Pod\",\"n\":4}";
  put_backup(items, N - 1);
  finds("resources/nodes/cluster/n.json: it is in the tarball, but not in the manifest\n");
  ck_assert_uint_eq(seen.problems, 1);
  put_backup(more, N + 1);
  finds("resources/pods/namespaces/ns/lost.json: it is in the manifest, but not in the tarball\n");
  ck_assert_uint_eq(seen.problems, 1);
  put_backup(other, N);
  finds("resources/pods/namespaces/ns/b.json: its SHA-256 differs from the manifest's\n");
  put_backup(items + 1, N - 1); /* metadata/version is no item: it need not be listed */
  ok(verified());
  more[N] = items[1];
  put_backup(more, N + 1);
  finds("lists an item twice");
}
END_TEST

START_TEST(a_manifest_that_was_replaced_is_found) {
  put_backup(items, N);
  unsigned char zero[32] = {0};
  put_commit(zero);
  finds("b1-pintle.json.gz: its SHA-256 is not the one that velero-backup.json names");
  put_commit(NULL); /* one without the annotation is taken as it is */
  ok(verified());
#define BEGIN "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"BackupManifest\",\"objects\":[\n"
  static const char *const broken[] = {
      "{}",
      "",
      (BEGIN "],\"items\":[\n"),
      (BEGIN "],\"items\":[\n{\"path\":\"x\",\"size\":1,\"sha256\":\"12\"}\n]}\n"),
      (BEGIN "],\"items\":[\n]}\n]}\n"),
      (BEGIN "{\"key\":\"k\",\"size\":1},\n],\"items\":[\n]}\n"),
  };
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
    put_gz("backups/b1/b1-pintle.json.gz", broken[i], NULL);
    finds("the manifest is malformed");
  }
}
END_TEST

START_TEST(a_backup_of_veleros_own_is_checked_as_far_as_it_goes) {
  put_tarball(items, N, NULL);
  put_commit(NULL);
  put_gz("backups/b1/b1-results.gz", "{\"errors\":{}}", NULL);
  put_gz("backups/b1/b1-logs.gz", "no JSON", NULL);
  ok(verified());
  ck_assert(!seen.has_manifest);
  ck_assert_uint_eq(seen.objects, 4);
  ck_assert_uint_eq(seen.items, 4);
  put_gz("backups/b1/b1-results.gz", "{\"errors\":", NULL);
  finds("backups/b1/b1-results.gz: it is no JSON");
  put_gz("backups/b1/b1-results.gz", "{}", NULL);
  static const item bad[] = {{"resources/pods/namespaces/ns/a.json", "{\"kind\":"}, {"resources/pods/namespaces/ns/b.json", "{}"}};
  put_tarball(bad, 2, NULL);
  finds("resources/pods/namespaces/ns/a.json: line 1, column");
  ck_assert_uint_eq(seen.problems, 1);
  ok(store_put(s, "backups/b1/b1.tar.gz", STR("garbage"), &e));
  finds("backups/b1/b1.tar.gz: ");
  put_tarball(items, N, NULL);
  ok(store_put(s, "backups/b1/velero-backup.json", STR("{\"kind\":\"Backup\",\"metadata\":{\"name\":\"b2\"}}"), &e));
  finds("velero-backup.json: its metadata.name is not the backup's name");
  ok(store_put(s, "backups/b1/velero-backup.json", STR("{\"kind\":"), &e));
  finds("velero-backup.json: ");
}
END_TEST

START_TEST(a_broken_head_is_not_written) {
  store_manifest *m = NULL;
  ok(store_manifest_new("/tmp", &m, &e));
  ck_assert_int_eq(store_manifest_put(m, s, "backups/b1/b1-pintle.json.gz", STR("\"run\": "), &e), PINTLE_INVALID);
  store_manifest_free(m);
  store_manifest_free(NULL);
  ck_assert_int_ne(store_manifest_new("/nonexistent", &m, &e), PINTLE_OK);
}
END_TEST

START_TEST(a_large_manifest_is_read_back) {
  store_manifest *m = NULL;
  archive_gzip *g = NULL;
  archive_writer *w = NULL;
  unsigned char sum[32];
  int64_t size = 0;
  int fd = memfd_create("tar", MFD_CLOEXEC);
  ok(store_manifest_new("/tmp", &m, &e));
  ok(archive_gzip_open(fd, 2, 1, &g, &e));
  ok(archive_writer_open(g, 0, &w, &e));
  for (int i = 0; i < 5000; i++) {
    char path[100], content[64];
    snprintf(path, sizeof path, "resources/pods/namespaces/ns-%d/pod-\"%d.json", i % 17, i);
    snprintf(content, sizeof content, "{\"i\":%d}", i);
    ok(archive_writer_add(w, path, str_of(content), &e));
    ck_assert(archive_sha256(str_of(content), sum));
    ok(store_manifest_item(m, path, (int64_t)strlen(content), sum, &e));
  }
  ok(archive_writer_close(w, NULL, &e));
  ok(archive_gzip_close(g, &size, sum, &e));
  ok(store_put_fd(s, "backups/b1/b1.tar.gz", fd, size, &e));
  ok(store_manifest_object(m, "backups/b1/b1.tar.gz", size, sum, &e));
  ok(store_manifest_put(m, s, "backups/b1/b1-pintle.json.gz", STR(""), &e));
  store_manifest_sum(m, sum);
  store_manifest_free(m);
  put_commit(sum);
  pintle_status st = verified();
  ck_assert_msg(st == PINTLE_OK, "%s", buf_z(&problems));
  ck_assert_uint_eq(seen.items, 5000);
  close(fd);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("store_verify");
  TCase *t = tcase_create("verify");
  suite_add_tcase(suite, t);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 120);
  tcase_add_test(t, a_whole_backup_verifies);
  tcase_add_test(t, the_manifest_is_one_json_document);
  tcase_add_test(t, every_flipped_bit_is_found_and_named);
  tcase_add_test(t, what_is_missing_is_named);
  tcase_add_test(t, tarball_and_manifest_must_agree);
  tcase_add_test(t, a_manifest_that_was_replaced_is_found);
  tcase_add_test(t, a_backup_of_veleros_own_is_checked_as_far_as_it_goes);
  tcase_add_test(t, a_broken_head_is_not_written);
  tcase_add_test(t, a_large_manifest_is_read_back);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
