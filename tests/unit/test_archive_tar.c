/* test_archive_tar.c -- tar entries as Go's archive/tar writes them.  SPDX-License-Identifier: Apache-2.0
 *
 * "--write FILE" writes the sample for tests/interop/tar, which has Go write the same entries and compares every byte. */
#include "archive/archive.h"
#include "archive/digest.h"
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHEN ((int64_t)1779264000 * 1000000000) /* 2026-05-20T08:00:00Z */

/* check's own macros do not work outside of a test */
static void must(bool ok) {
  if (!ok) abort();
}

static void add(archive_writer *w, const char *path, size_t size) {
  buf content = {0};
  for (size_t i = 0; i < size; i++) buf_addc(&content, (char)('a' + i % 26));
  must(archive_writer_add(w, path, buf_str(&content), NULL) == PINTLE_OK);
  buf_free(&content);
}

/* directory/directory/.../file of that many bytes altogether, parts of `part` bytes */
static void add_long(archive_writer *w, size_t length, size_t part) {
  buf path = {0};
  while (path.len < length) buf_addc(&path, path.len % (part + 1) == part && path.len + 1 < length ? '/' : 'n');
  add(w, buf_z(&path), 3);
  buf_free(&path);
}

static void write_sample(int fd) {
  archive_gzip *g = NULL;
  archive_writer *w = NULL;
  uint64_t entries = 0;
  static const size_t sizes[] = {0, 1, 511, 512, 513, 100000};
  must(archive_gzip_open(fd, 2, 6, &g, NULL) == PINTLE_OK);
  must(archive_writer_open(g, WHEN + 499999999, &w, NULL) == PINTLE_OK);
  must(archive_writer_add(w, "metadata/version", STR("1.1.0\n"), NULL) == PINTLE_OK);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char path[64];
    snprintf(path, sizeof path, "resources/pods/namespaces/ns/size-%zu.json", sizes[i]);
    add(w, path, sizes[i]);
  }
  for (size_t n = 98; n <= 262; n++) add_long(w, n, 30); /* prefix and name, and then no longer */
  for (size_t n = 98; n <= 320; n += 3) add_long(w, n, 99), add_long(w, n, 100), add_long(w, n, 154), add_long(w, n, 300);
  add_long(w, 4000, 200);
  add(w, "resources/roles.rbac.authorization.k8s.io/namespaces/ns/caf\xc3\xa9:reader.json", 10);
  add(w, "\xe6\x97\xa5\xe6\x9c\xac/\xe8\xaa\x9e.json", 513);
  add(w, "\xf0\x9f\x98\x80", 0);
  add(w, "resources/clusterroles.rbac.authorization.k8s.io/cluster/system:controller:a b=c.json", 2);
  must(archive_writer_close(w, &entries, NULL) == PINTLE_OK);
  must(entries > 300);
  must(archive_gzip_close(g, NULL, NULL, NULL) == PINTLE_OK);
}

static buf plain_sample(void) {
  struct stat st;
  buf in = {0}, out = {0};
  int fd = memfd_create("tar", MFD_CLOEXEC);
  write_sample(fd);
  ck_assert_int_eq(fstat(fd, &st), 0);
  ck_assert(buf_reserve(&in, (size_t)st.st_size));
  ck_assert_int_eq(pread(fd, in.data, (size_t)st.st_size, 0), st.st_size);
  in.len = (size_t)st.st_size;
  ck_assert_int_eq(archive_gunzip_text(buf_str(&in), 64 << 20, &out, NULL), PINTLE_OK);
  buf_free(&in);
  close(fd);
  return out;
}

START_TEST(the_first_header_is_as_velero_writes_it) {
  buf tar = plain_sample();
  ck_assert_uint_eq(tar.len % 512, 0);
  ck_assert_str_eq(tar.data, "metadata/version");
  ck_assert_mem_eq(tar.data + 100,
                   "0000755\0"
                   "0000000\0"
                   "0000000\0"
                   "00000000006\0"
                   "15203265000\0",
                   48);
  ck_assert_int_eq(tar.data[156], '0');
  ck_assert_mem_eq(tar.data + 257,
                   "ustar\0"
                   "00\0",
                   9);
  ck_assert_mem_eq(tar.data + 512, "1.1.0\n\0", 7);
  buf_free(&tar);
}
END_TEST

START_TEST(all_of_it_is_what_go_1_26_wrote) { /* compared byte for byte by tests/interop/tar when this sum was taken */
  buf tar = plain_sample();
  unsigned char sum[32];
  char hex[65];
  ck_assert(archive_sha256(buf_str(&tar), sum));
  archive_hex(sum, 32, hex);
  ck_assert_str_eq(hex, "cc60ec41b1de7447016650251ae496deb79db2ac9b4f9054d7bef33d19fa77c4");
  buf_free(&tar);
}
END_TEST

START_TEST(a_name_that_readers_would_refuse_is_not_written) {
  static const char *const names[] = {"", "/a", "../a", "a/../b", "a//b", "a/", "./a", "a/.", "a\\b", "a\xff", "a\xed\xa0\x80"};
  archive_gzip *g = NULL;
  archive_writer *w = NULL;
  error e;
  int fd = memfd_create("tar", MFD_CLOEXEC);
  ck_assert_int_eq(archive_gzip_open(fd, 0, 6, &g, NULL), PINTLE_OK);
  ck_assert_int_eq(archive_writer_open(g, WHEN, &w, NULL), PINTLE_OK);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    ck_assert_int_eq(archive_writer_add(w, names[i], STR("{}"), &e), PINTLE_INVALID);
  uint64_t entries = 9;
  ck_assert_int_eq(archive_writer_close(w, &entries, NULL), PINTLE_OK);
  ck_assert_uint_eq(entries, 0);
  archive_gzip_abandon(g);
  close(fd);
}
END_TEST

static const char *made(const char *gr, const char *version, bool preferred, const char *ns, str name, buf *b) {
  buf_clear(b);
  archive_path_make(str_of(gr), str_of(version), preferred, str_of(ns), name, b);
  return buf_z(b);
}

START_TEST(paths_are_made_and_understood) {
  buf b = {0};
  archive_path p;
  ck_assert_str_eq(made("pods", "", false, "ns", STR("a"), &b), "resources/pods/namespaces/ns/a.json");
  ck_assert_str_eq(made("nodes", "v1", true, "", STR("a"), &b), "resources/nodes/v1-preferredversion/cluster/a.json");
  ck_assert_str_eq(made("deployments.apps", "v1beta1", false, "ns", STR("a"), &b),
                   "resources/deployments.apps/v1beta1/namespaces/ns/a.json");
  ck_assert(archive_path_parse("resources/deployments.apps/v1-preferredversion/namespaces/ns/a.b.json", &p));
  ck_assert(str_is(p.group_resource, "deployments.apps") && str_is(p.version, "v1") && p.preferred && str_is(p.ns, "ns") &&
            str_is(p.name, "a.b"));
  ck_assert(archive_path_parse("resources/nodes/cluster/a.json", &p));
  ck_assert(p.version.len == 0 && !p.preferred && p.ns.len == 0 && str_is(p.name, "a"));
  ck_assert(archive_path_parse("resources/pods/namespaces/cluster/a.json", &p) && str_is(p.ns, "cluster") && p.version.len == 0);
  ck_assert(archive_path_parse("resources/nodes/v1/cluster/a.json", &p) && str_is(p.version, "v1") && !p.preferred);
  static const char *const none[] = {"metadata/version",
                                     "resources/pods/namespaces/a.json",
                                     "resources/pods/namespaces/ns/a",
                                     "resources//cluster/a.json",
                                     "resources/pods/namespaces/ns/.json",
                                     "resources/pods/other/ns/a.json",
                                     "resources/pods/v1/x/namespaces/ns/a.json",
                                     "resources/pods/-preferredversion/cluster/a.json",
                                     "resources/nodes/cluster/a.json/",
                                     "",
                                     "resources/a/b/c/cluster/a.json"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) ck_assert_msg(!archive_path_parse(none[i], &p), "%s", none[i]);
  buf_free(&b);
}
END_TEST

START_TEST(a_long_name_becomes_its_beginning_and_a_sum) {
  char name[300];
  buf b = {0};
  memset(name, 'x', sizeof name);
  const char *file = strrchr(made("pods", "", false, "ns", (str){name, 250}, &b), '/') + 1;
  ck_assert_uint_eq(strlen(file), 255);
  file = strrchr(made("pods", "", false, "ns", (str){name, 251}, &b), '/') + 1;
  ck_assert_uint_eq(strlen(file), 200 + 1 + 12 + 5);
  ck_assert_mem_eq(file, name, 200);
  ck_assert_str_eq(file + 200, "~90d738c31c5e.json");
  memcpy(name + 198, "\xe6\x97\xa5", 3); /* a character over the cut goes whole */
  file = strrchr(made("pods", "", false, "ns", (str){name, 251}, &b), '/') + 1;
  ck_assert_int_eq(file[198], '~');
  buf_free(&b);
}
END_TEST

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--write") == 0) {
    int fd = open(argv[2], O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0) return perror(argv[2]), 1;
    write_sample(fd);
    return close(fd) != 0;
  }
  Suite *s = suite_create("archive_tar");
  TCase *t = tcase_create("tar");
  suite_add_tcase(s, t);
  tcase_add_test(t, the_first_header_is_as_velero_writes_it);
  tcase_add_test(t, all_of_it_is_what_go_1_26_wrote);
  tcase_add_test(t, a_name_that_readers_would_refuse_is_not_written);
  tcase_add_test(t, paths_are_made_and_understood);
  tcase_add_test(t, a_long_name_becomes_its_beginning_and_a_sum);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
