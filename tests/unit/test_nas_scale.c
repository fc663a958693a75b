/* test_nas_scale.c -- plugins/nas: what is large, left out, sampled; scratch that fails.  SPDX-License-Identifier: Apache-2.0 */
#include "links.h"
#include "names.h"
#include "nas_trees.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/xattr.h>

typedef pintle_status (*in_tree)(pintle_call *call, fp_repo *r, nas_store *s, const char *dir);
static pintle_status in_tree_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  begin_dir(dir);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  pintle_status st = (*(in_tree *)ctx)(call, r, &s, dir);
  fp_repo_close(r);
  nas_store_free(&s);
  end_dir(dir);
  return st;
}
static void expect_in_tree(in_tree body) { ck_assert_int_eq(nas_in_call(in_tree_body, &body, NULL), PINTLE_OK); }

static pintle_status back_up_with(pintle_call *call, fp_repo *r, const char *dir, const fp_backup_options *options, int64_t later,
                                  fp_head *h) {
  int root = open_root(dir);
  fp_backup_options o = *options;
  o.run.name = "velero-x", o.run.source = "test", o.run.now = fp_now() + later * FP_SECOND;
  pintle_status st = fp_backup(call, r, root, &o, h);
  close(root);
  return st;
}

/* ---- names of a directory: more than memory takes, in any order, some twice */
static unsigned shuffled(unsigned i, unsigned n) { return (unsigned)((uint64_t)i * 7919 % n); }

static void expect_sorted(fp_spill *spill, unsigned n, bool twice) {
  fp_names l;
  char name[64], last[64] = "";
  fp_names_begin(&l, spill);
  for (unsigned k = 0; k < (twice ? 2 : 1); k++)
    for (unsigned i = 0; i < n; i++) {
      snprintf(name, sizeof name, "%x-%.*s", shuffled(i, n), (int)(i % 40), "................................................");
      ck_assert(fp_names_add(&l, (uint8_t)(1 + name[0] % 8), name));
    }
  ck_assert(fp_names_sort(&l));
  unsigned seen = 0;
  for (const char *p; (p = fp_names_next(&l)); seen++) {
    ck_assert_msg(strcmp(last, p) < 0, "%s behind %s", p, last);
    ck_assert_int_eq(p[-1], 1 + p[0] % 8);
    snprintf(last, sizeof last, "%s", p);
  }
  ck_assert_int_eq(l.error, 0);
  ck_assert_uint_eq(seen, n);
  fp_names_free(&l);
}

START_TEST(names_sorted) {
  fp_spill spill = {.dir = "/tmp", .fd = -1};
  expect_sorted(&spill, 1, true);
  expect_sorted(&spill, 1000, true);
  ck_assert_int_eq(spill.fd, -1); /* few: no file */
  expect_sorted(&spill, 400009, true);
  ck_assert(spill.fd >= 0);
  spill.memory = 8 << 20; /* no memory left: small runs, merged several times */
  expect_sorted(&spill, 400009, false);
  ck_assert_uint_eq(spill.memory, 8 << 20);
  ck_assert_uint_eq(spill.end, 0);
  close(spill.fd);
}
END_TEST

START_TEST(names_without_scratch) {
  fp_spill spill = {.dir = "/proc/self/nothing", .fd = -1, .memory = 8 << 20};
  fp_names l;
  fp_names_begin(&l, &spill);
  char name[64];
  unsigned i = 0;
  while (i < 100000 && (snprintf(name, sizeof name, "%u", i), fp_names_add(&l, 4, name))) i++;
  ck_assert(i < 100000);
  ck_assert_int_eq(l.error, ENOENT);
  ck_assert(!fp_names_sort(&l) && !fp_names_next(&l));
  fp_names_free(&l);
}
END_TEST

/* ---- files of several names */
START_TEST(links_kept) {
  fp_links *l = fp_links_new("/tmp");
  char text[32];
  const char *path;
  size_t n;
  ck_assert(l);
  for (uint64_t i = 0; i < 40000; i++) {
    fp_item item = {.path = text, .path_len = (size_t)snprintf(text, sizeof text, "f/%lu", (unsigned long)i), .ino = i, .dev = i % 3};
    ck_assert_int_eq(fp_links_first(l, &item, false, &path, &n), 0);
  }
  for (uint64_t i = 0; i < 40000; i++) {
    fp_item item = {.path = "other", .path_len = 5, .ino = i, .dev = i % 3};
    snprintf(text, sizeof text, "f/%lu", (unsigned long)i);
    ck_assert_int_eq(fp_links_first(l, &item, false, &path, &n), 1);
    ck_assert_str_eq(path, text);
    ck_assert_uint_eq(n, strlen(text));
    ck_assert_int_eq(fp_links_find(l, i % 3 + 1, i, &path, &n), 0); /* another file system */
  }
  /* the first name goes: the next one is the first */
  fp_item item = {.path = "longer name", .path_len = 11, .ino = 77, .dev = 77 % 3, .size = 5};
  ck_assert_int_eq(fp_links_gone(l, 77 % 3, 77, "f/78", 4), 0);
  ck_assert_int_eq(fp_links_gone(l, 77 % 3, 77, "f/77", 4), 1);
  ck_assert_int_eq(fp_links_find(l, 77 % 3, 77, &path, &n), 0);
  ck_assert_int_eq(fp_links_first(l, &item, false, &path, &n), 0);
  ck_assert_int_eq(fp_links_find(l, 77 % 3, 77, &path, &n), 1);
  ck_assert_str_eq(path, "longer name");
  /* where inodes lie */
  item.size = 6;
  ck_assert_int_eq(fp_links_first(l, &item, false, &path, &n), 1);
  ck_assert_int_eq(fp_links_first(l, &item, true, &path, &n), 0);
  fp_links_free(l);
}
END_TEST

/* ---- patterns */
START_TEST(patterns) {
  static const struct {
    const char *pattern, *path;
    bool directory, out;
  } rows[] = {{"*.tmp", "a/b.tmp", false, true},
              {"*.tmp", "b.tmpx", false, false},
              {".snapshot/", "a/.snapshot", true, true},
              {".snapshot/", ".snapshot", false, false},
              {"/lost+found/", "lost+found", true, true},
              {"/lost+found/", "a/lost+found", true, false},
              {"a/*.o", "a/x.o", false, true},
              {"a/*.o", "a/b/x.o", false, false},
              {"a/*.o", "c/a/x.o", false, false},
              {"**/a/*.o", "c/a/x.o", false, true},
              {"**/a/*.o", "a/x.o", false, true},
              {"a/**/z", "a/z", false, true},
              {"a/**/z", "a/b/c/z", false, true},
              {"a/**/z", "b/a/z", false, false},
              {"a/**", "a", true, false},
              {"a/**", "a/b/c", false, true},
              {"[ab]?", "b1", false, true},
              {"[ab]?", "c1", false, false},
              {"\\*", "*", false, true},
              {"\\*", "x", false, false},
              {"*", "", true, false},
              {"/a", "a", false, true},
              {"/a", "b/a", false, false},
              {"x\xff*", "d/x\xff\x01", false, true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    ck_assert_msg(!fp_exclude_wrong(rows[i].pattern), "%s", rows[i].pattern);
    fp_excludes x = {&rows[i].pattern, 1};
    ck_assert_msg(fp_excluded(&x, rows[i].path, rows[i].directory) == rows[i].out, "%s: %s", rows[i].pattern, rows[i].path);
  }
  static const char *const wrong[] = {"", "/", "!x", "#x", "a//b", "a/../b", "./a"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) ck_assert_msg(fp_exclude_wrong(wrong[i]), "%s", wrong[i]);
  for (size_t i = 0; i < fp_excludes_usual.n; i++) ck_assert(!fp_exclude_wrong(fp_excludes_usual.patterns[i]));
}
END_TEST

/* Left out even where it cannot be read, with all that is below. */
static pintle_status excluded_body(pintle_call *call, fp_repo *r, nas_store *s, const char *dir) {
  (void)s;
  fp_head h;
  static const char *const patterns[] = {"*.tmp", "/cache/", ".snapshot/"};
  ck_assert(mkdir("cache", 0755) == 0 && mkdir("d", 0755) == 0 && mkdir("d/cache", 0755) == 0 && mkdir("d/.snapshot", 0) == 0);
  write_file("cache/x", 10, 1), write_file("d/cache/x", 10, 2), write_file("d/a.tmp", 10, 3), write_file("d/.snapshot/y", 10, 3);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){.exclude = {patterns, 3}}, 0, &h), PINTLE_OK);
  ck_assert_uint_eq(h.counts.entries, 4); /* the root, d, d/cache, d/cache/x */
  ck_assert(!h.partial);
  remove("cache/x"), remove("cache"), remove("d/a.tmp"), remove("d/.snapshot/y"), remove("d/.snapshot");
  struct timespec t[2] = {{.tv_nsec = UTIME_OMIT}, {12, 0}}; /* removing changed times of directories */
  utimensat(AT_FDCWD, ".", t, 0), utimensat(AT_FDCWD, "d", t, 0);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){.exclude = {patterns, 3}}, 0, &h), PINTLE_OK);
  expect_restored(call, r, &h, dir);
  return PINTLE_OK;
}
START_TEST(excluded) { expect_in_tree(excluded_body); }
END_TEST

/* ---- a sample is read again */
static pintle_status sampled_body(pintle_call *call, fp_repo *r, nas_store *s, const char *dir) {
  fp_head h;
  char name[16];
  for (unsigned i = 0; i < 200; i++) snprintf(name, sizeof name, "f%03u", i), write_file(name, 500, i);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){0}, 86400, &h), PINTLE_OK);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){.sample = 2500}, 86400, &h), PINTLE_OK);
  ck_assert_msg(h.counts.sampled > 20 && h.counts.sampled < 80, "%lu", (unsigned long)h.counts.sampled);
  ck_assert_uint_eq(h.counts.read, 500 * h.counts.sampled);
  ck_assert_uint_eq(h.counts.changed + h.counts.silent + h.counts.added, 0);
  bool others = false; /* chosen anew each time: twelve equal numbers are no chance */
  for (uint64_t i = 0, was = 0; i < 12; i++) {
    ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){.sample = 5000}, 86400, &h), PINTLE_OK);
    others = others || (i && h.counts.sampled != was);
    was = h.counts.sampled;
  }
  ck_assert(others);
  /* content is changed behind the back: mtime is set back; that moves ctime, which the option overlooks */
  struct stat was;
  ck_assert_int_eq(stat("f100", &was), 0);
  write_file("f100", 500, 1000);
  ck_assert_int_eq(utimensat(AT_FDCWD, "f100", (struct timespec[2]){was.st_atim, was.st_mtim}, 0), 0);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){.no_ctime = true}, 86400, &h), PINTLE_OK);
  ck_assert_uint_eq(h.counts.read + h.counts.sampled, 0);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){.no_ctime = true, .sample = 10000}, 86400, &h), PINTLE_OK);
  ck_assert_uint_eq(h.counts.sampled, 200);
  ck_assert_uint_eq(h.counts.silent, 1);
  ck_assert_uint_eq(h.counts.changed, 1);
  ck_assert_uint_eq(h.counts.added, 500);
  ck_assert(!h.partial);
  expect_restored(call, r, &h, dir);
  (void)s;
  return PINTLE_OK;
}
START_TEST(sampled) { expect_in_tree(sampled_body); }
END_TEST

/* ---- lying inodes: two files that look like names of one must both be there */
static pintle_status lying_body(pintle_call *call, fp_repo *r, nas_store *s, const char *dir) {
  (void)s;
  fp_head h;
  write_file("one", 100, 1);
  ck_assert_int_eq(rename("one", "two"), 0);
  write_file("three", 5000, 1);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){0}, 86400, &h), PINTLE_OK);
  /* other inodes, same times: as after a server was moved */
  struct stat was;
  ck_assert_int_eq(stat("three", &was), 0);
  ck_assert_int_eq(rename("three", "old"), 0);
  write_file("three", 5000, 1);
  ck_assert_int_eq(utimensat(AT_FDCWD, "three", (struct timespec[2]){was.st_atim, was.st_mtim}, 0), 0);
  remove("old");
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){.no_inode = true, .no_ctime = true}, 86400, &h), PINTLE_OK);
  ck_assert_uint_eq(h.counts.changed, 0);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){.no_ctime = true}, 86400, &h), PINTLE_OK);
  ck_assert_uint_eq(h.counts.changed, 0); /* the manifest has the new inode */
  ck_assert_int_eq(link("three", "xlink"), 0);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){.no_inode = true}, 86400, &h), PINTLE_OK);
  expect_restored(call, r, &h, dir);
  return PINTLE_OK;
}
START_TEST(lying) { expect_in_tree(lying_body); }
END_TEST

/* ---- a sparse file of 50 GB: neither time nor space */
static pintle_status sparse_body(pintle_call *call, fp_repo *r, nas_store *s, const char *dir) {
  fp_head h;
  int fd = open("sparse", O_RDWR | O_CREAT, 0600);
  ck_assert(fd >= 0);
  for (off_t i = 0; i < 100; i++) ck_assert(pwrite(fd, "some bytes", 10, i * (INT64_C(500) << 20) + 12345) == 10);
  ck_assert(ftruncate(fd, INT64_C(50) << 30) == 0 && close(fd) == 0);
  int64_t begin = fp_now();
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){0}, 86400, &h), PINTLE_OK);
  ck_assert(fp_now() - begin < 10 * FP_SECOND);
  ck_assert_uint_eq(h.counts.bytes, UINT64_C(50) << 30);
  ck_assert(h.counts.read < 20 << 20);
  size_t n = 0;
  for (size_t i = 0; i < s->n; i++) n += s->list[i].n;
  ck_assert_msg(n < 1 << 20, "%zu bytes", n);
  char target[] = "/tmp/pintle-test-nas-XXXXXX", path[64];
  struct stat was;
  fp_restored done;
  ck_assert(mkdtemp(target));
  int root = open_root(target);
  ck_assert_int_eq(fp_restore(call, r, &h, root, &done), PINTLE_OK);
  ck_assert_uint_eq(done.errors, 0);
  snprintf(path, sizeof path, "%s/sparse", target);
  ck_assert(stat(path, &was) == 0 && was.st_size == INT64_C(50) << 30 && was.st_blocks * 512 < 20 << 20);
  char a[20], b[20];
  int f1 = open("sparse", O_RDONLY), f2 = open(path, O_RDONLY);
  for (off_t i = 0; i < 100; i++) {
    ck_assert(pread(f1, a, 20, i * (INT64_C(500) << 20) + 12340) == 20 && pread(f2, b, 20, i * (INT64_C(500) << 20) + 12340) == 20);
    ck_assert_mem_eq(a, b, 20);
  }
  close(f1), close(f2), close(root);
  drop_tree(target);
  return PINTLE_OK;
}
START_TEST(sparse) { expect_in_tree(sparse_body); }
END_TEST

/* ---- scratch that is not there: named, and no backup */
static pintle_status no_scratch_body(pintle_call *call, void *ctx) {
  (void)ctx;
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_head h;
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  begin_dir(dir);
  write_file("a", 10, 1);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  pintle_status st = back_up_with(call, r, dir, &(fp_backup_options){.run = {.scratch = "/proc/self/nothing"}}, 0, &h);
  ck_assert_uint_eq(nas_count(&s, "/backups/"), 0);
  fp_repo_close(r);
  nas_store_free(&s);
  end_dir(dir);
  return st;
}
START_TEST(no_scratch) {
  char message[512];
  ck_assert_int_eq(nas_in_call(no_scratch_body, NULL, message), PINTLE_FAILED);
  ck_assert_msg(strstr(message, "table of blocks in /proc/self/nothing: No such file or directory"), "%s", message);
}
END_TEST

/* A scratch file that may not grow: RLIMIT_FSIZE gives EFBIG where a full disk gives ENOSPC. */
static pintle_status full_scratch_body(pintle_call *call, fp_repo *r, nas_store *s, const char *dir) {
  fp_head h;
  char name[32];
  for (unsigned i = 0; i < 300; i++) snprintf(name, sizeof name, "f%u", i), write_file(name, 100, i);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){0}, 0, &h), PINTLE_OK);
  size_t heads = nas_count(s, "/backups/");
  write_file("f7", 101, 7), write_file("new", 100, 5000);
  struct rlimit was, small;
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
  signal(SIGXFSZ, SIG_IGN);
  small = was, small.rlim_cur = 4096;
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
  pintle_status st = back_up_with(call, r, dir, &(fp_backup_options){0}, 0, &h);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
  ck_assert_int_eq(st, PINTLE_FAILED);
  ck_assert_uint_eq(nas_count(s, "/backups/"), heads);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){0}, 0, &h), PINTLE_OK);
  expect_restored(call, r, &h, dir);
  return PINTLE_OK;
}
START_TEST(full_scratch) { expect_in_tree(full_scratch_body); }
END_TEST

/* ---- what cannot be read: listed, the rest goes on; what was known of it stays */
static pintle_status unreadable_body(pintle_call *call, fp_repo *r, nas_store *s, const char *dir) {
  (void)s;
  fp_head h;
  fp_restored done;
  ck_assert_int_eq(chmod(dir, 0755), 0);
  ck_assert(mkdir("d", 0755) == 0 && mkdir("d/inner", 0755) == 0);
  write_file("a", 100, 1), write_file("secret", 100, 2), write_file("d/x", 100, 3), write_file("d/inner/y", 100, 4);
  bool xattrs = setxattr("secret", "user.x", "1", 1, 0) == 0;
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){0}, 86400, &h), PINTLE_OK);
  write_file("secret", 50, 5), write_file("new", 60, 6);
  ck_assert(chmod("secret", 0) == 0 && chmod("new", 0) == 0 && chmod("d/inner", 0) == 0);
  uid_t me = geteuid();
  if (me == 0) ck_assert_int_eq(seteuid(65534), 0);
  pintle_status st = back_up_with(call, r, dir, &(fp_backup_options){0}, 2 * 86400, &h);
  if (me == 0) ck_assert_int_eq(seteuid(0), 0);
  ck_assert_int_eq(st, PINTLE_OK);
  ck_assert(h.partial);
  ck_assert_uint_eq(h.counts.errors, 3);
  char target[] = "/tmp/pintle-test-nas-XXXXXX", path[64], text[128];
  ck_assert(mkdtemp(target));
  int root = open_root(target);
  ck_assert_int_eq(fp_restore(call, r, &h, root, &done), PINTLE_OK);
  close(root);
  ck_assert_uint_eq(done.errors, 4); /* told of: two older versions, an empty file, a directory that could not be listed */
  struct stat now;
  snprintf(path, sizeof path, "%s/secret", target);
  ck_assert(stat(path, &now) == 0 && now.st_size == 100); /* the version before */
  if (xattrs) ck_assert_int_eq(getxattr(path, "user.x", text, sizeof text), 1);
  snprintf(path, sizeof path, "%s/new", target);
  ck_assert(stat(path, &now) == 0 && now.st_size == 0);
  snprintf(path, sizeof path, "%s/d/x", target);
  ck_assert(stat(path, &now) == 0 && now.st_size == 100);
  snprintf(path, sizeof path, "%s/d/inner", target);
  ck_assert_int_eq(chmod(path, 0755), 0); /* for whoever is not root */
  snprintf(path, sizeof path, "%s/d/inner/y", target);
  ck_assert(stat(path, &now) == 0 && now.st_size == 100);
  drop_tree(target);
  ck_assert(chmod("d/inner", 0755) == 0 && chmod("secret", 0644) == 0 && chmod("new", 0644) == 0);
  ck_assert_int_eq(back_up_with(call, r, dir, &(fp_backup_options){0}, 3 * 86400, &h), PINTLE_OK);
  ck_assert(!h.partial);
  expect_restored(call, r, &h, dir);
  return PINTLE_OK;
}
START_TEST(unreadable) { expect_in_tree(unreadable_body); }
END_TEST

int main(void) {
  Suite *s = suite_create("nas scale");
  TCase *c = tcase_create("all");
  tcase_set_timeout(c, 100);
  tcase_add_test(c, names_sorted);
  tcase_add_test(c, names_without_scratch);
  tcase_add_test(c, links_kept);
  tcase_add_test(c, patterns);
  tcase_add_test(c, excluded);
  tcase_add_test(c, sampled);
  tcase_add_test(c, lying);
  tcase_add_test(c, sparse);
  tcase_add_test(c, no_scratch);
  tcase_add_test(c, full_scratch);
  tcase_add_test(c, unreadable);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
