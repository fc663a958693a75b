/* test_nas_faults.c -- plugins/nas: stores that fail, a writer in the tree.  SPDX-License-Identifier: Apache-2.0 */
#include "nas_known.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

/* ---- the store fails at each of its calls: an error, nothing hangs, what was there stays */
static pintle_status store_fails_body(pintle_call *call, void *ctx) {
  nas_store s = {0}, first;
  fp_repo *r = NULL;
  fp_head h = {0};
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  (void)ctx;
  begin_dir(dir);
  ck_assert(mkdir("d0", 0755) == 0 && mkdir("d1", 0755) == 0 && mkdir("d2", 0755) == 0);
  for (unsigned i = 1; i < 5; i++) churn(i);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  known k = {.head = back_up(call, r, dir, 0, false), .copy = "/tmp/pintle-test-nas-XXXXXX"};
  fp_restored done;
  ck_assert(mkdtemp(k.copy));
  int copy = open_root(k.copy), root = open_root(dir);
  ck_assert_int_eq(fp_restore(call, r, &k.head, copy, &done), PINTLE_OK);
  fp_repo_close(r);
  first = nas_copy(&s);
  pintle_status st = PINTLE_FAILED;
  for (long n = 1; st != PINTLE_OK; n++) {
    ck_assert(n < 200);
    churn(10 + (unsigned)n);
    nas_store_free(&s);
    s = nas_copy(&first); /* failed runs read those before them */
    ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
    s.fail_at = s.calls + n;
    fp_backup_options o = {.run = {.name = "velero-x", .source = "test", .now = fp_now() + n * FP_SECOND}};
    st = fp_backup(call, r, root, &o, &h);
    s.fail_at = 0;
    fp_repo_close(r);
    if (n % 5 && st != PINTLE_OK) continue;
    ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
    expect_restored(call, r, &k.head, k.copy);
    if (st == PINTLE_OK) expect_restored(call, r, &h, dir);
    fp_repo_close(r);
  }
  close(copy), close(root);
  drop_tree(k.copy);
  nas_store_free(&s), nas_store_free(&first);
  end_dir(dir);
  return PINTLE_OK;
}
START_TEST(store_fails) { ck_assert_int_eq(nas_in_call(store_fails_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* ---- a writer: each content is one version over and over, of a size that follows from it */
enum { WRITTEN = 24, RECORD = 16 };
static atomic_bool writer_stop;
static size_t version_size(unsigned v) { return RECORD * (1000 + v * 7919 % 30000); }
static void write_version(const char *name, unsigned v, bool in_place) {
  static _Thread_local char data[RECORD * 32000 + 1];
  char part[32];
  size_t n = version_size(v);
  for (size_t i = 0; i < n; i += RECORD) snprintf(data + i, RECORD + 1, "%015u\n", v);
  snprintf(part, sizeof part, "%s", in_place ? name : "part");
  int fd = open(part, O_WRONLY | O_CREAT | (in_place ? 0 : O_TRUNC), 0644);
  ck_assert(fd >= 0);
  if (in_place) ck_assert_int_eq(ftruncate(fd, (off_t)n), 0);
  for (size_t at = 0; at < n; at += 4000) {
    ck_assert(write(fd, data + at, n - at < 4000 ? n - at : 4000) > 0);
    if (in_place) usleep(100); /* so that it is met half written */
  }
  ck_assert_int_eq(close(fd), 0);
  if (!in_place) ck_assert_int_eq(rename(part, name), 0);
}
static void *writer(void *ctx) {
  char name[32];
  (void)ctx;
  for (unsigned v = WRITTEN; !writer_stop; v++) {
    unsigned i = v * 5 % WRITTEN;
    snprintf(name, sizeof name, "%c%02u", i % 2 ? 'p' : 'r', i); /* p: in place, r: renamed */
    write_version(name, v, i % 2);
    if (v % 50 == 0) usleep(30000);
  }
  return NULL;
}

static void *always(void *ctx) { /* one file never stands still */
  (void)ctx;
  for (unsigned v = 0; !writer_stop; v++) write_version("always", v, true);
  return NULL;
}

/* Files that are not marked: a content that was there. */
static unsigned check_versions(int root, pintle_call *call, fp_repo *r, const fp_head *h) {
  static char data[RECORD * 32000 + 1];
  fp_reader *from = NULL;
  const fp_entry *e = NULL;
  unsigned marked = 0, files = 0;
  ck_assert_int_eq(fp_reader_open(call, r, h, &from), PINTLE_OK);
  while (fp_reader_next(call, from, &e) == PINTLE_OK && e) {
    if (e->type != FP_FILE || strcmp(e->path, "part") == 0) continue;
    files++;
    if (e->marks & FP_CHANGED) {
      marked++;
      continue;
    }
    int fd = fp_tree_open(root, e->path, e->path_len, O_RDONLY);
    ssize_t n = read(fd, data, sizeof data);
    close(fd);
    ck_assert_msg(n == (ssize_t)e->size && n > 0, "%s", e->path);
    data[n] = 0;
    unsigned v = (unsigned)strtoul(data, NULL, 10);
    bool in_place = e->path[0] != 'r'; /* then it may be met at rest half written: a version, and behind it those before */
    ck_assert_msg(in_place || (size_t)n == version_size(v), "%s: %zd bytes of version %u", e->path, n, v);
    unsigned last = v;
    for (ssize_t i = RECORD; i < n; i += RECORD) {
      unsigned here = (unsigned)strtoul(data + i, NULL, 10);
      ck_assert_msg(in_place ? here <= last : here == v, "%s: a mixture, %u behind %u at %zd", e->path, here, last, i);
      last = here;
    }
  }
  fp_reader_close(from);
  ck_assert_uint_ge(files, WRITTEN - 2); /* one may be gone while its name is replaced */
  return marked;
}

static pintle_status writer_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  pthread_t thread, second;
  char dir[] = "/tmp/pintle-test-nas-XXXXXX", name[32];
  unsigned marked = 0;
  (void)ctx;
  begin_dir(dir);
  for (unsigned i = 0; i < WRITTEN; i++) snprintf(name, sizeof name, "%c%02u", i % 2 ? 'p' : 'r', i), write_version(name, i, false);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(pthread_create(&thread, NULL, writer, NULL), 0);
  ck_assert_int_eq(pthread_create(&second, NULL, always, NULL), 0);
  for (unsigned g = 0; g < rounds(12); g++) {
    fp_restored done;
    char target[] = "/tmp/pintle-test-nas-XXXXXX";
    fp_head h = back_up(call, r, dir, 0, false);
    ck_assert(!h.partial); /* warned of, that is all */
    ck_assert(mkdtemp(target));
    int root = open_root(target);
    ck_assert_int_eq(fp_restore(call, r, &h, root, &done), PINTLE_OK);
    ck_assert_uint_eq(done.errors, 0);
    unsigned here = check_versions(root, call, r, &h);
    ck_assert_uint_ge(h.counts.warned, here);
    marked += here;
    close(root);
    drop_tree(target);
  }
  writer_stop = true;
  pthread_join(thread, NULL), pthread_join(second, NULL);
  ck_assert_uint_ge(marked, 6);
  fp_head h = back_up(call, r, dir, 3600, false);
  expect_restored(call, r, &h, dir);
  ck_assert_uint_eq(h.counts.warned, 0);
  fprintf(stderr, "writer: %u of %u files marked\n", marked, rounds(12) * WRITTEN);
  fp_repo_close(r);
  nas_store_free(&s);
  end_dir(dir);
  return PINTLE_OK;
}
START_TEST(written) { ck_assert_int_eq(nas_in_call(writer_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* ---- a large file and a store that is slow: what is made does not pile up */
static pintle_status slow_put(void *s, pintle_call *c, const char *key, const void *data, size_t n) {
  (void)s, (void)c, (void)key, (void)data;
  if (n > 1 << 20) usleep(100000);
  return PINTLE_OK;
}
static pintle_status slow_get(void *s, pintle_call *call, const char *key, int64_t at, void *to, size_t n, size_t *got) {
  (void)s, (void)at, (void)to, (void)n;
  *got = 0;
  return pintle_fail(call, PINTLE_NOT_FOUND, "%s: no such object", key);
}
static pintle_status slow_list(void *s, pintle_call *c, const char *prefix, pintle_status (*each)(void *, const pintle_entry *),
                               void *ctx) {
  (void)s, (void)c, (void)prefix, (void)each, (void)ctx;
  return PINTLE_OK;
}
static pintle_status slow_remove(void *s, pintle_call *c, const char *key) {
  (void)s, (void)c, (void)key;
  return PINTLE_OK;
}

static pintle_status slow_body(pintle_call *call, void *ctx) {
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  struct rusage u;
  (void)ctx;
  begin_dir(dir);
  for (unsigned k = 0; k < 16; k++) { /* 256 MiB that cannot be compressed and is nowhere the same */
    int fd = open("large", O_WRONLY | O_CREAT | O_APPEND, 0644);
    char name[16];
    snprintf(name, sizeof name, "part%u", k);
    write_file(name, 16 << 20, k);
    int from = open(name, O_RDONLY);
    static uint8_t some[1 << 20];
    for (ssize_t n; (n = read(from, some, sizeof some)) > 0;) ck_assert_int_eq(write(fd, some, (size_t)n), n);
    close(fd), close(from), remove(name);
  }
  pid_t pid = fork();
  if (pid == 0) {
    fp_repo *r = NULL;
    fp_blobs b = {NULL, slow_put, slow_get, slow_list, slow_remove};
    ck_assert_int_eq(fp_repo_open(call, &b, "v", NULL, &r), PINTLE_OK);
    back_up(call, r, dir, 10, false);
    _exit(0);
  }
  int status;
  ck_assert(wait4(pid, &status, 0, &u) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
  ck_assert_msg(u.ru_maxrss < 80 << 10, "%ld KiB", u.ru_maxrss);
#endif
  end_dir(dir);
  return PINTLE_OK;
}
START_TEST(slow_store) { ck_assert_int_eq(nas_in_call(slow_body, NULL, NULL), PINTLE_OK); }
END_TEST

int main(void) {
  Suite *s = suite_create("nas faults");
  TCase *c = tcase_create("all");
  tcase_set_timeout(c, 110);
  tcase_add_test(c, store_fails);
  tcase_add_test(c, written);
  tcase_add_test(c, slow_store);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
