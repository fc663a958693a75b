/* test_archive_gzip.c -- gzip written by threads, read with suspicion.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/archive.h"
#include "archive/digest.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static buf sample(size_t n) { /* half noise, half text: it compresses, but not to nothing */
  buf b = {0};
  uint32_t r = 12345;
  while (b.len < n) {
    r = r * 1664525 + 1013904223;
    if (r >> 30) buf_printf(&b, "{\"kind\":\"Pod\",\"n\":%u}", r >> 20);
    else buf_add(&b, &r, sizeof r);
  }
  b.len = n;
  return b;
}

static buf all_of(int fd) {
  buf b = {0};
  struct stat st;
  ck_assert_int_eq(fstat(fd, &st), 0);
  ck_assert(buf_reserve(&b, (size_t)st.st_size));
  ck_assert_int_eq(pread(fd, b.data, (size_t)st.st_size, 0), st.st_size);
  b.len = (size_t)st.st_size;
  return b;
}

static buf compressed(str data, unsigned threads, int level, size_t at_once) {
  archive_gzip *g = NULL;
  error e;
  int64_t size = -1;
  unsigned char told[32], right[32];
  int fd = memfd_create("gzip", MFD_CLOEXEC);
  ck_assert_int_eq(archive_gzip_open(fd, threads, level, &g, &e), PINTLE_OK);
  while (data.len) {
    size_t n = data.len < at_once ? data.len : at_once;
    ck_assert_int_eq(archive_gzip_write(g, (str){data.ptr, n}, &e), PINTLE_OK);
    data.ptr += n, data.len -= n;
  }
  ck_assert_int_eq(archive_gzip_close(g, &size, told, &e), PINTLE_OK);
  buf out = all_of(fd);
  close(fd);
  ck_assert_int_eq(size, (int64_t)out.len);
  ck_assert(archive_sha256(buf_str(&out), right));
  ck_assert_mem_eq(told, right, 32);
  return out;
}

START_TEST(the_bytes_do_not_depend_on_threads_or_on_the_size_of_writes) {
  buf in = sample((5 << 20) + 77), one = compressed(buf_str(&in), 0, 6, in.len), back = {0};
  error e;
  for (unsigned threads = 1; threads <= 5; threads += 2) {
    buf other = compressed(buf_str(&in), threads, 6, threads * 7777);
    ck_assert(str_eq(buf_str(&one), buf_str(&other)));
    buf_free(&other);
  }
  ck_assert_int_eq(archive_gunzip_text(buf_str(&one), in.len, &back, &e), PINTLE_OK);
  ck_assert(str_eq(buf_str(&in), buf_str(&back)));
  buf_free(&in), buf_free(&one), buf_free(&back);
}
END_TEST

START_TEST(a_member_is_half_a_mebibyte_and_its_header_is_gos) {
  buf in = sample(512 << 10), one = compressed(buf_str(&in), 2, 0, 4096), two = {0}, none = compressed(STR(""), 2, 0, 1), back = {0};
  static const unsigned char head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
  error e;
  ck_assert_mem_eq(one.data, head, 10);
  ck_assert_mem_eq(none.data, head, 10);
  ck_assert_int_eq(archive_gzip_text(buf_str(&in), &two, &e), PINTLE_OK);
  ck_assert(str_eq(buf_str(&one), buf_str(&two))); /* exactly full: no empty member behind */
  ck_assert_int_eq(archive_gunzip_text(buf_str(&none), 0, &back, &e), PINTLE_OK);
  ck_assert_uint_eq(back.len, 0);
  buf_free(&in), buf_free(&one), buf_free(&two), buf_free(&none), buf_free(&back);
}
END_TEST

static pintle_status gunzips(str text, size_t max) {
  buf out = {0};
  buf_addz(&out, "before");
  pintle_status st = archive_gunzip_text(text, max, &out, NULL);
  if (st != PINTLE_OK) ck_assert_str_eq(buf_z(&out), "before");
  buf_free(&out);
  return st;
}

START_TEST(what_is_not_exactly_gzip_is_refused) {
  buf a = {0}, two = {0};
  ck_assert_int_eq(archive_gzip_text(STR("hello hello hello"), &a, NULL), PINTLE_OK);
  buf_adds(&two, buf_str(&a));
  buf_adds(&two, buf_str(&a));
  ck_assert_int_eq(gunzips(buf_str(&two), 34), PINTLE_OK);
  ck_assert_int_eq(gunzips(buf_str(&two), 33), PINTLE_INVALID);
  for (size_t n = 0; n < two.len; n++) /* whole only at the edge between the members */
    ck_assert_int_eq(gunzips((str){two.data, n}, 99), n == a.len ? PINTLE_OK : PINTLE_INVALID);
  buf_addc(&two, 0);
  ck_assert_int_eq(gunzips(buf_str(&two), 99), PINTLE_INVALID); /* a zero behind */
  for (size_t i = a.len - 8; i < a.len; i++) {                  /* CRC and length */
    a.data[i] ^= 1;
    ck_assert_int_eq(gunzips(buf_str(&a), 99), PINTLE_INVALID);
    a.data[i] ^= 1;
  }
  ck_assert_int_eq(gunzips(STR("not gzip at all"), 99), PINTLE_INVALID);
  buf_free(&a), buf_free(&two);
}
END_TEST

/* Noise of 8 MiB to fd: the error shows in a later write or in close. */
static pintle_status write_noise(int fd, unsigned threads, error *e) {
  archive_gzip *g = NULL;
  static char noise[1 << 20];
  uint32_t r = 1;
  ck_assert_int_eq(archive_gzip_open(fd, threads, 1, &g, e), PINTLE_OK);
  for (int i = 0; i < 8; i++) {
    for (size_t k = 0; k < sizeof noise; k++) r = r * 1664525 + 1013904223, noise[k] = (char)(r >> 24);
    pintle_status st = archive_gzip_write(g, (str){noise, sizeof noise}, e);
    if (st == PINTLE_OK) continue;
    error again;
    ck_assert_int_eq(archive_gzip_write(g, STR("more"), &again), st); /* it stays */
    ck_assert_int_eq(archive_gzip_close(g, NULL, NULL, e), st);
    return st;
  }
  return archive_gzip_close(g, NULL, NULL, e);
}

START_TEST(a_full_disk_is_an_error) {
  error e;
  int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
  for (unsigned threads = 0; threads < 3; threads++) {
    ck_assert_int_eq(write_noise(fd, threads, &e), PINTLE_FAILED);
    ck_assert_ptr_nonnull(strstr(e.message, strerror(ENOSPC)));
  }
  close(fd);
}
END_TEST

START_TEST(a_short_write_and_then_no_more_is_an_error) {
  pid_t pid = fork(); /* the limit is the process's */
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    error e;
    struct rlimit small = {(3 << 20) + 100, (3 << 20) + 100};
    char path[] = "/tmp/pintle-gzip-XXXXXX";
    int fd = mkstemp(path);
    unlink(path);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    _exit(fd >= 0 && write_noise(fd, 2, &e) == PINTLE_FAILED && strstr(e.message, strerror(EFBIG)) ? 0 : 1);
  }
  int status = -1;
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(an_abandoned_stream_leaves_no_thread) {
  archive_gzip *g = NULL;
  buf in = sample(3 << 20);
  int fd = memfd_create("gzip", MFD_CLOEXEC);
  ck_assert_int_eq(archive_gzip_open(fd, 2, 6, &g, NULL), PINTLE_OK);
  ck_assert_int_eq(archive_gzip_write(g, buf_str(&in), NULL), PINTLE_OK);
  archive_gzip_abandon(g); /* ASan and TSan would tell */
  archive_gzip_abandon(NULL);
  ck_assert_int_eq(archive_gzip_open(fd, 0, 13, &g, NULL), PINTLE_INVALID);
  close(fd);
  buf_free(&in);
}
END_TEST

int main(void) {
  Suite *s = suite_create("archive_gzip");
  TCase *t = tcase_create("gzip");
  suite_add_tcase(s, t);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, the_bytes_do_not_depend_on_threads_or_on_the_size_of_writes);
  tcase_add_test(t, a_member_is_half_a_mebibyte_and_its_header_is_gos);
  tcase_add_test(t, what_is_not_exactly_gzip_is_refused);
  tcase_add_test(t, a_full_disk_is_an_error);
  tcase_add_test(t, a_short_write_and_then_no_more_is_an_error);
  tcase_add_test(t, an_abandoned_stream_leaves_no_thread);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
