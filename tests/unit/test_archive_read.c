/* test_archive_read.c -- tarballs of all kinds and of bad will.  SPDX-License-Identifier: Apache-2.0 */
#include "tar_fixture.h"
#include <sys/mman.h>
#include <unistd.h>

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

int main(void) {
  Suite *s = suite_create("archive_read");
  TCase *t = tcase_create("read");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, every_dialect_is_read);
  tcase_add_test(t, long_names_are_read);
  tcase_add_test(t, an_archive_is_read_from_a_file);
  tcase_add_test(t, the_reader_of_entries_may_stop);
  tcase_add_test(t, hostile_names_are_refused);
  tcase_add_test(t, what_is_no_file_is_refused);
  tcase_add_test(t, lies_are_refused);
  tcase_add_test(t, the_end_is_the_end);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
