/* test_store_file.c -- pintle.io/file, and the calls of a store on it.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/file_store.h"
#include "archive/digest.h"
#include "store/store.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char root[64];
static void *self;
static store *s;
static error e;

static store *opened(const char *bucket, const char *prefix) {
  store *to = NULL;
  store_options o = {.ops = &builtin_file_store, .self = self, .name = "loc", .bucket = bucket, .prefix = prefix};
  ck_assert_msg(store_open(&o, &to, &e) == PINTLE_OK, "%s", e.message);
  return to;
}

static void setup(void) {
  strcpy(root, "/tmp/pintle-store-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(root));
  ck_assert_int_eq(builtin_file_open(root, &self, &e), PINTLE_OK);
  s = opened("", "");
}

static int gone(const char *path, const struct stat *st, int flag, struct FTW *f) {
  (void)st, (void)flag, (void)f;
  return remove(path);
}

static void teardown(void) {
  store_close(s);
  builtin_file_store.action->destroy(self);
  nftw(root, gone, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *in_root(const char *path) {
  static char full[4300];
  snprintf(full, sizeof full, "%s/%s", root, path);
  return full;
}

static pintle_status note_key(void *ctx, const char *key, int64_t size) {
  buf_printf(ctx, "%s:%lld ", key, (long long)size);
  return PINTLE_OK;
}

static pintle_status note_prefix(void *ctx, const char *prefix) {
  buf_printf(ctx, "%s ", prefix);
  return PINTLE_OK;
}

static void lists(store *of, const char *prefix, const char *keys) {
  buf seen = {0};
  ck_assert_msg(store_list(of, prefix, note_key, &seen, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_str_eq(buf_z(&seen), keys);
  buf_free(&seen);
}

static void has_prefixes(store *of, const char *prefix, const char *prefixes) {
  buf seen = {0};
  ck_assert_int_eq(store_prefixes(of, prefix, note_prefix, &seen, &e), PINTLE_OK);
  ck_assert_str_eq(buf_z(&seen), prefixes);
  buf_free(&seen);
}

static void holds(const char *key, const char *content) {
  buf got = {0};
  ck_assert_msg(store_get(s, key, 1 << 20, &got, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_str_eq(buf_z(&got), content);
  buf_free(&got);
}

START_TEST(what_is_put_comes_back) {
  unsigned char told[32], right[32];
  buf big = {0}, got = {0};
  bool there = true;
  struct stat st;
  for (int i = 0; i < 300000; i++) buf_printf(&big, "%d,", i);
  ck_assert_int_eq(store_exists(s, "backups/b/x", &there, &e), PINTLE_OK);
  ck_assert(!there);
  ck_assert_int_eq(store_get(s, "backups/b/x", 99, &got, &e), PINTLE_NOT_FOUND);
  ck_assert_str_eq(e.message, "location loc: cannot get backups/b/x: no such object");
  ck_assert_int_eq(store_put(s, "backups/b/x", STR("one"), &e), PINTLE_OK);
  ck_assert_int_eq(store_put(s, "backups/b/x", STR(""), &e), PINTLE_OK);
  holds("backups/b/x", "");
  ck_assert_int_eq(store_put(s, "backups/b/x", buf_str(&big), &e), PINTLE_OK);
  ck_assert_int_eq(stat(in_root("backups/b/x"), &st), 0);
  ck_assert_int_eq(st.st_mode & 0777, 0600); /* Secrets are in there */
  ck_assert_int_eq(store_exists(s, "backups/b/x", &there, &e), PINTLE_OK);
  ck_assert(there);
  int fd = memfd_create("got", MFD_CLOEXEC), from = memfd_create("from", MFD_CLOEXEC);
  int64_t size = 0;
  ck_assert_int_eq(store_get_fd(s, "backups/b/x", fd, &size, told, &e), PINTLE_OK);
  ck_assert_int_eq(size, (int64_t)big.len);
  ck_assert(archive_sha256(buf_str(&big), right));
  ck_assert_mem_eq(told, right, 32);
  ck_assert_int_eq(store_get(s, "backups/b/x", 10, &got, &e), PINTLE_INVALID); /* larger than expected */
  ck_assert_uint_eq(got.len, 0);
  ck_assert_int_eq(write(from, "from a file", 11), 11);
  ck_assert_int_eq(store_put_fd(s, "f", from, 11, &e), PINTLE_OK);
  holds("f", "from a file");
  ck_assert_int_eq(store_put_fd(s, "f", from, 12, &e), PINTLE_FAILED); /* shorter than said: the old one stays */
  holds("f", "from a file");
  ck_assert_int_eq(store_delete(s, "f", &e), PINTLE_OK);
  ck_assert_int_eq(store_delete(s, "f", &e), PINTLE_OK);
  lists(s, "f", "");
  close(fd), close(from);
  buf_free(&big), buf_free(&got);
}
END_TEST

START_TEST(listings_are_sorted_and_show_no_directory) {
  static const char *const keys[] = {"backups/a/1",       "backups/a.b/1", "backups/a-b",       "backups/ab/2",
                                     "backups/ab/1/deep", "other",         "backups/\xc3\xa9/1"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) ck_assert_int_eq(store_put(s, keys[i], STR("1"), &e), PINTLE_OK);
  ck_assert_int_eq(mkdir(in_root("backups/empty"), 0755), 0);
  ck_assert_int_eq(mkdir(in_root("backups/empty/too"), 0755), 0);
  int fd = open(in_root("backups/a/.tmp-0123"), O_CREAT | O_WRONLY, 0600);
  close(fd);
  lists(s, "", "backups/a-b:1 backups/a.b/1:1 backups/a/1:1 backups/ab/1/deep:1 backups/ab/2:1 backups/\xc3\xa9/1:1 other:1 ");
  lists(s, "backups/a", "backups/a-b:1 backups/a.b/1:1 backups/a/1:1 backups/ab/1/deep:1 backups/ab/2:1 ");
  lists(s, "backups/ab/", "backups/ab/1/deep:1 backups/ab/2:1 ");
  lists(s, "nothing/here/", "");
  has_prefixes(s, "backups/", "backups/a.b/ backups/a/ backups/ab/ backups/\xc3\xa9/ ");
  has_prefixes(s, "", "backups/ ");
  has_prefixes(s, "backups/a", "backups/a.b/ backups/a/ backups/ab/ ");
  store *below = opened("backups", "/ab/");
  lists(below, "", "1/deep:1 2:1 ");
  has_prefixes(below, "", "1/ ");
  store_close(below);
  ck_assert_int_eq(store_delete(s, "backups/ab/1/deep", &e), PINTLE_OK); /* the emptied directory goes too */
  ck_assert_int_ne(access(in_root("backups/ab/1"), F_OK), 0);
  ck_assert_int_eq(access(in_root("backups/ab"), F_OK), 0);
}
END_TEST

START_TEST(keys_that_leave_the_root_are_refused) {
  static const char *const keys[] = {"",    "..",  "../x", "a/../../x", "/etc/x",     "a//b", "a/",
                                     "./a", "a/.", "a\\b", ".tmp-x",    "a/.tmp-x/b", "a\xff"};
  buf got = {0};
  char long_part[300];
  bool there;
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    ck_assert_msg(store_put(s, keys[i], STR("x"), &e) == PINTLE_INVALID, "%s", keys[i]);
    ck_assert_int_eq(store_get(s, keys[i], 9, &got, &e), PINTLE_INVALID);
    ck_assert_int_eq(store_exists(s, keys[i], &there, &e), PINTLE_INVALID);
    ck_assert_int_eq(store_delete(s, keys[i], &e), PINTLE_INVALID);
  }
  memset(long_part, 'x', 256), long_part[256] = 0;
  ck_assert_int_eq(store_put(s, long_part, STR("x"), &e), PINTLE_INVALID);
  ck_assert_int_eq(store_list(s, "../", note_key, &got, &e), PINTLE_INVALID);
  ck_assert_int_eq(store_put(s, "a/b", STR("x"), &e), PINTLE_OK);
  ck_assert_int_eq(store_put(s, "a", STR("x"), &e), PINTLE_INVALID);     /* a directory */
  ck_assert_int_eq(store_put(s, "a/b/c", STR("x"), &e), PINTLE_INVALID); /* below an object */
  ck_assert_int_eq(store_get(s, "a", 9, &got, &e), PINTLE_NOT_FOUND);
  ck_assert_int_eq(store_get(s, "a/b/c", 9, &got, &e), PINTLE_NOT_FOUND);
  ck_assert_int_eq(store_delete(s, "a", &e), PINTLE_OK);
  lists(s, "", "a/b:1 ");
  buf_free(&got);
}
END_TEST

START_TEST(links_and_devices_are_not_followed) {
  buf got = {0};
  ck_assert_int_eq(store_put(s, "dir/real", STR("x"), &e), PINTLE_OK);
  ck_assert_int_eq(symlink("/etc", in_root("out")), 0);
  ck_assert_int_eq(symlink("dir", in_root("inside")), 0);
  ck_assert_int_eq(symlink("/etc/passwd", in_root("dir/passwd")), 0);
  ck_assert_int_eq(mkfifo(in_root("dir/fifo"), 0600), 0);
  ck_assert_int_eq(store_get(s, "out/passwd", 1 << 20, &got, &e), PINTLE_INVALID);
  ck_assert_ptr_nonnull(strstr(e.message, "link"));
  ck_assert_int_eq(store_put(s, "out/evil", STR("x"), &e), PINTLE_INVALID);
  ck_assert_int_eq(store_put(s, "inside/x", STR("x"), &e), PINTLE_INVALID);
  ck_assert_int_eq(store_get(s, "dir/passwd", 1 << 20, &got, &e), PINTLE_NOT_FOUND);
  ck_assert_int_eq(store_get(s, "dir/fifo", 1 << 20, &got, &e), PINTLE_NOT_FOUND);
  lists(s, "", "dir/real:1 ");
  ck_assert_int_eq(store_put(s, "dir/passwd", STR("mine"), &e), PINTLE_OK); /* replaces the link itself */
  holds("dir/passwd", "mine");
  buf_free(&got);
}
END_TEST

static size_t files_in(const char *path) {
  size_t n = 0;
  char command[4400];
  snprintf(command, sizeof command, "find %s -type f | wc -l", path);
  FILE *p = popen(command, "r");
  ck_assert_ptr_nonnull(p);
  ck_assert_int_eq(fscanf(p, "%zu", &n), 1);
  pclose(p);
  return n;
}

START_TEST(of_many_that_put_at_once_one_wins) {
  enum { N = 8, ROUNDS = 20 };
  for (int round = 0; round < ROUNDS; round++) {
    char key[32];
    int winners = 0, go[2];
    pid_t pid[N];
    snprintf(key, sizeof key, "race/%d", round);
    ck_assert_int_eq(pipe(go), 0);
    for (int i = 0; i < N; i++) {
      if ((pid[i] = fork()) != 0) continue;
      char mine[16] = "", c;
      close(go[1]);
      snprintf(mine, sizeof mine, "%d", i);
      if (read(go[0], &c, 1) != 0) _exit(9); /* until all are there */
      pintle_status st = store_put_if_absent(s, key, str_of(mine), &e);
      _exit(st == PINTLE_OK ? 1 : st == PINTLE_EXISTS ? 0 : 9);
    }
    close(go[0]), close(go[1]);
    int winner = -1;
    for (int i = 0; i < N; i++) {
      int status = 0;
      ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
      ck_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
      if (WEXITSTATUS(status) == 1) winners++, winner = i;
    }
    ck_assert_int_eq(winners, 1);
    char content[16];
    snprintf(content, sizeof content, "%d", winner);
    holds(key, content);
  }
  ck_assert_uint_eq(files_in(root), ROUNDS); /* no temporary file is left */
}
END_TEST

START_TEST(after_a_failed_write_nothing_half_is_there) {
  ck_assert_int_eq(store_put(s, "b/old", STR("old"), &e), PINTLE_OK);
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    struct rlimit small = {100000, 100000};
    buf big = {0};
    bool there = true;
    buf_reserve(&big, 1 << 20);
    memset(big.data, 'x', 1 << 20), big.len = 1 << 20;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    if (store_put(s, "b/old", buf_str(&big), &e) != PINTLE_FAILED || !strstr(e.message, strerror(EFBIG))) _exit(1);
    if (strncmp(e.message, "location loc: cannot put b/old: ", 32) != 0) _exit(2);
    if (store_put(s, "b/c/new", buf_str(&big), &e) != PINTLE_FAILED) _exit(3);
    if (store_exists(s, "b/c/new", &there, &e) != PINTLE_OK || there) _exit(4);
    _exit(0);
  }
  int status = -1;
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert_int_eq(status, 0);
  holds("b/old", "old");
  lists(s, "", "b/old:3 ");
  ck_assert_uint_eq(files_in(root), 1);
  ck_assert_int_ne(access(in_root("b/c"), F_OK), 0);
}
END_TEST

START_TEST(a_full_disk_leaves_the_old_object) {
  if (mount("pintle-test", root, "tmpfs", 0, "size=1m") != 0) return; /* only root may */
  builtin_file_store.action->destroy(self);
  ck_assert_int_eq(builtin_file_open(root, &self, &e), PINTLE_OK);
  store_close(s);
  s = opened("", "");
  buf big = {0};
  buf_reserve(&big, 2 << 20);
  memset(big.data, 'x', 2 << 20), big.len = 2 << 20;
  pintle_status first = store_put(s, "x", STR("old"), &e), second = store_put(s, "x", buf_str(&big), &e);
  bool told = strstr(e.message, strerror(ENOSPC)) != NULL;
  size_t n = files_in(root);
  buf got = {0};
  pintle_status third = store_get(s, "x", 9, &got, NULL);
  bool old = str_is(buf_str(&got), "old");
  buf_free(&big), buf_free(&got);
  ck_assert_int_eq(umount2(root, MNT_DETACH), 0);
  ck_assert_int_eq(first, PINTLE_OK);
  ck_assert_int_eq(second, PINTLE_FAILED);
  ck_assert(told && old);
  ck_assert_uint_eq(n, 1);
  ck_assert_int_eq(third, PINTLE_OK);
}
END_TEST

START_TEST(what_a_killed_process_left_is_cleaned_up_after_a_day) {
  ck_assert_int_eq(mkdir(in_root("d"), 0755), 0);
  for (int i = 0; i < 2; i++) {
    int fd = open(in_root(i ? "d/.tmp-new" : "d/.tmp-old"), O_CREAT | O_WRONLY, 0600);
    struct timespec then[2] = {{.tv_sec = time(NULL) - 90000}, {.tv_sec = time(NULL) - 90000}};
    ck_assert_int_eq(i ? 0 : futimens(fd, then), 0);
    close(fd);
  }
  ck_assert_int_eq(store_put(s, "d/x", STR("x"), &e), PINTLE_OK); /* an instance's first put cleans */
  ck_assert_int_ne(access(in_root("d/.tmp-old"), F_OK), 0);
  ck_assert_int_eq(access(in_root("d/.tmp-new"), F_OK), 0);
}
END_TEST

static int32_t stop(void *ctx) {
  (void)ctx;
  return 1;
}

START_TEST(a_cancelled_run_stops_a_put) {
  static const host_services services = {.cancelled = stop};
  store_options o = {.ops = &builtin_file_store, .self = self, .name = "loc", .services = &services, .prefix = "p"};
  store *stopping = NULL;
  ck_assert_int_eq(store_open(&o, &stopping, &e), PINTLE_OK);
  ck_assert_int_eq(store_put(stopping, "x", STR("x"), &e), PINTLE_CANCELLED);
  store_close(stopping);
  lists(s, "", "");
}
END_TEST

/* ---- functions that store.h does not call */
static pintle_status one_entry(void *ctx, const pintle_entry *entry) {
  buf_printf(ctx, "%s:%lld:%d", entry->key, (long long)entry->size, entry->modified > 0);
  return PINTLE_OK;
}

static int64_t to_buf(const pintle_writer *w, const void *data, size_t n) {
  n = n > 3 ? 3 : n; /* short counts are normal */
  buf_add(w->ctx, data, n);
  return (int64_t)n;
}

START_TEST(ranges_stat_and_url) {
  host_call *c = NULL;
  static const host_services none = {0};
  buf seen = {0};
  HOST_PADDED(pintle_writer) w = {{.struct_size = sizeof(pintle_writer), .ctx = &seen, .write = to_buf}, {0}};
  host_result r = {0};
  ck_assert_int_eq(store_put(s, "k/a b", STR("0123456789"), &e), PINTLE_OK);
  ck_assert_int_eq(host_call_new(&none, &c), PINTLE_OK);
  static const struct {
    int64_t offset, size;
    const char *content;
  } ranges[] = {{0, 4, "0123"}, {8, 4, "89"}, {3, PINTLE_NONE, "3456789"}, {10, 4, ""}, {99, PINTLE_NONE, ""}, {2, 0, ""}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
    buf_clear(&seen);
    w.v.size = ranges[i].size;
    host_call_begin(c, NULL, 0);
    ck_assert_int_eq(builtin_file_store.get_object_range(self, host_call_handle(c), "k", "a b", ranges[i].offset, &w.v), PINTLE_OK);
    ck_assert_int_eq(host_call_end(c, PINTLE_OK, &e), PINTLE_OK);
    ck_assert_str_eq(buf_z(&seen), ranges[i].content);
  }
  buf_clear(&seen);
  host_call_begin(c, NULL, 0);
  host_result_begin(&r, c, HOST_RESULT_ENTRY, false);
  r.entry = one_entry, r.entry_ctx = &seen;
  ck_assert_int_eq(builtin_file_store.stat_object(self, host_call_handle(c), "k", "a b", &r.base), PINTLE_OK);
  ck_assert_str_eq(buf_z(&seen), "a b:10:1");
  host_result_begin(&r, c, HOST_RESULT_TEXT, false);
  ck_assert_int_eq(builtin_file_store.create_signed_url(self, host_call_handle(c), "k", "a b", 0, &r.base), PINTLE_OK);
  ck_assert(str_starts(r.text, "file:///tmp/pintle-store-") && str_ends(r.text, "/k/a%20b"));
  host_call_end(c, PINTLE_OK, &e);
  host_result_free(&r);
  host_call_free(c);
  buf_free(&seen);
}
END_TEST

START_TEST(names_of_backups) {
  static const char *const good[] = {"a", "b1", "nightly-2026.05.20", "a--b", "0"};
  static const char *const bad[] = {"", "A", "-a", "a-", "a..b", "a.-b", "a-.b", ".", "a/b", "a_b", "\xc3\xa9"};
  char longest[255];
  buf key = {0};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) ck_assert_msg(store_valid_name(str_of(good[i])), "%s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!store_valid_name(str_of(bad[i])), "%s", bad[i]);
  memset(longest, 'a', sizeof longest);
  ck_assert(store_valid_name((str){longest, 253}) && !store_valid_name((str){longest, 254}));
  store_key_backup("b", STORE_METADATA, &key), buf_addc(&key, ' ');
  store_key_backup("b", STORE_MANIFEST, &key), buf_addc(&key, ' ');
  store_key_backup("b", STORE_LOG, &key), buf_addc(&key, ' ');
  store_key_restore("r", STORE_RESULTS, &key), buf_addc(&key, ' ');
  store_key_restore("r", STORE_VOLUME_INFO, &key);
  ck_assert_str_eq(key.data, "backups/b/velero-backup.json backups/b/b-pintle.json.gz backups/b/b-logs.gz restores/r/restore-r-results.gz "
                             "restores/r/r-volumeinfo.json.gz");
  buf_free(&key);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("store_file");
  TCase *t = tcase_create("file");
  suite_add_tcase(suite, t);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, what_is_put_comes_back);
  tcase_add_test(t, listings_are_sorted_and_show_no_directory);
  tcase_add_test(t, keys_that_leave_the_root_are_refused);
  tcase_add_test(t, links_and_devices_are_not_followed);
  tcase_add_test(t, of_many_that_put_at_once_one_wins);
  tcase_add_test(t, after_a_failed_write_nothing_half_is_there);
  tcase_add_test(t, a_full_disk_leaves_the_old_object);
  tcase_add_test(t, what_a_killed_process_left_is_cleaned_up_after_a_day);
  tcase_add_test(t, a_cancelled_run_stops_a_put);
  tcase_add_test(t, ranges_stat_and_url);
  tcase_add_test(t, names_of_backups);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
