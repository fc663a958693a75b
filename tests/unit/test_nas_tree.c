/* test_nas_tree.c -- plugins/nas: trees backed up, changed, restored and compared, whole.  SPDX-License-Identifier: Apache-2.0 */
#include "nas_trees.h"
#include <sys/sysmacros.h>
#include <sys/xattr.h>

static void make_every_kind(void) {
  struct timespec old[2] = {{-5, 7}, {-5, 7}};
  char deep[5000] = "deep";
  ck_assert(mkdir("dir", 0750) == 0 && mkdir("empty", 01777) == 0 && mkdir("dir/inner", 0700) == 0);
  write_file("dir/one", 1000, 1), write_file("dir.x", 10, 2), write_file("dir/inner/large", (9 << 20) + 5, 3), write_file("nothing", 0, 0);
  write_file("\xff\x01 \n\"odd", 5, 4);
  ck_assert(symlink("dir/one", "link") == 0 && symlink("../../nowhere", "dir/out") == 0 && link("dir/one", "zlink") == 0);
  ck_assert(link("dir/inner/large", "dir/inner/second") == 0 && mkfifo("fifo", 0640) == 0);
  int fd = open("sparse", O_RDWR | O_CREAT, 0600);
  ck_assert(pwrite(fd, "begin", 5, 0) == 5 && pwrite(fd, "middle", 6, (20 << 20) + 3) == 6 && ftruncate(fd, 50 << 20) == 0 &&
            close(fd) == 0);
  ck_assert(chmod("dir.x", 04511) == 0 && utimensat(AT_FDCWD, "dir.x", old, 0) == 0 &&
            utimensat(AT_FDCWD, "link", old, AT_SYMLINK_NOFOLLOW) == 0);
  if (setxattr("dir/one", "user.colour", "blue\0green", 10, 0) == 0) ck_assert(setxattr("dir", "user.empty", "", 0, 0) == 0);
  /* u::rwx u:1000:r-- g::r-x m::r-x o::--- : where the file system has ACLs */
  static const uint8_t acl[] = {2, 0, 0,   0,   1,   0,   7,  0, 255, 255, 255, 255, 2,   0,   4,  0, 0xe8, 3, 0,   0,   4,   0,
                                5, 0, 255, 255, 255, 255, 16, 0, 5,   0,   255, 255, 255, 255, 32, 0, 0,    0, 255, 255, 255, 255};
  if (setxattr("dir", "system.posix_acl_access", acl, sizeof acl, 0) == 0)
    ck_assert_int_eq(setxattr("dir", "system.posix_acl_default", acl, sizeof acl, 0), 0);
  ck_assert(mkdir(deep, 0755) == 0);
  for (int i = 0; i < 300; i++) { /* longer than PATH_MAX */
    int d = fp_tree_open(AT_FDCWD, deep, strlen(deep), O_PATH | O_DIRECTORY);
    ck_assert(d >= 0 && mkdirat(d, "a-name-of-16-byt", 0755) == 0);
    strcat(deep, "/a-name-of-16-byt");
    close(d);
    if (strlen(deep) > 4900) break;
  }
  if (geteuid() == 0)
    ck_assert(mknod("null", S_IFCHR | 0666, makedev(1, 3)) == 0 && lchown("link", 12, 34) == 0 &&
              chown("dir/inner/large", 1000, 1001) == 0 && chown("empty", 7, 8) == 0);
}

static pintle_status every_kind_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  (void)ctx;
  begin_dir(dir);
  make_every_kind();
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  fp_head h = back_up(call, r, dir, DAY, false);
  expect_restored(call, r, &h, dir);
  ck_assert_uint_eq(h.counts.errors, 0);
  ck_assert(!h.partial);
  ck_assert_uint_eq(h.counts.changed, 6);
  ck_assert_uint_lt(h.counts.read, 12 << 20); /* holes are not read */
  /* again: nothing is read, nothing is stored; the racy ones were made long before the first run began */
  fp_head again = back_up(call, r, dir, DAY, false);
  ck_assert_uint_eq(again.counts.read, 0);
  ck_assert_uint_eq(again.counts.changed, 0);
  ck_assert_uint_eq(again.counts.added, 0);
  ck_assert_uint_eq(again.counts.entries, h.counts.entries);
  expect_restored(call, r, &again, dir);
  /* a rename and one byte: the content is known but for a block */
  ck_assert(rename("dir/one", "dir/two") == 0);
  int fd = open("dir/inner/large", O_WRONLY);
  ck_assert(pwrite(fd, "X", 1, 5 << 20) == 1 && close(fd) == 0);
  fp_head third = back_up(call, r, dir, DAY, false);
  ck_assert_uint_eq(third.counts.added, 4 << 20);
  expect_restored(call, r, &third, dir);
  /* the first does not need the others, nor they it */
  fp_gc gone;
  ck_assert_int_eq(fp_repo_remove(call, r, h.id), PINTLE_OK);
  ck_assert_int_eq(fp_repo_gc(call, r, &gone), PINTLE_OK);
  expect_restored(call, r, &third, dir);
  fp_repo_close(r);
  nas_store_free(&s);
  end_dir(dir);
  return PINTLE_OK;
}

START_TEST(every_kind) { ck_assert_int_eq(nas_in_call(every_kind_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* A file that is written in the second in which a run began, and again with the same size: it is read again. */
static pintle_status racy_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  begin_dir(dir);
  write_file("fresh", 100, 1);
  /* a time that was set says nothing: then ctime does */
  if (*(const bool *)ctx) ck_assert_int_eq(utimensat(AT_FDCWD, "fresh", (struct timespec[2]){{1, 0}, {1, 0}}, 0), 0);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  back_up(call, r, dir, 0, false);
  fp_head h = back_up(call, r, dir, DAY, false);
  ck_assert_uint_eq(h.counts.changed, 1);
  ck_assert_uint_eq(h.counts.added, 0);
  h = back_up(call, r, dir, 2 * DAY, false);
  ck_assert_uint_eq(h.counts.changed, 0);
  fp_repo_close(r);
  nas_store_free(&s);
  end_dir(dir);
  return PINTLE_OK;
}

START_TEST(racy) {
  bool set = _i;
  ck_assert_int_eq(nas_in_call(racy_body, &set, NULL), PINTLE_OK);
}
END_TEST

/* Two directories change places: what is in them has another inode, and nothing else tells. */
static pintle_status swapped_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  struct stat a, b;
  struct timespec same[2] = {{1, 0}, {1, 0}};
  (void)ctx;
  begin_dir(dir);
  ck_assert(mkdir("one", 0755) == 0 && mkdir("two", 0755) == 0);
  write_file("one/file", 100, 1), write_file("two/file", 100, 2);
  do {
    ck_assert(utimensat(AT_FDCWD, "one/file", same, 0) == 0 && utimensat(AT_FDCWD, "two/file", same, 0) == 0);
    ck_assert(stat("one/file", &a) == 0 && stat("two/file", &b) == 0);
  } while (memcmp(&a.st_ctim, &b.st_ctim, sizeof a.st_ctim) != 0);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  back_up(call, r, dir, DAY, false);
  ck_assert(rename("one", "three") == 0 && rename("two", "one") == 0 && rename("three", "two") == 0);
  fp_head h = back_up(call, r, dir, DAY, false);
  ck_assert_uint_eq(h.counts.changed, 2);
  expect_restored(call, r, &h, dir);
  fp_repo_close(r);
  nas_store_free(&s);
  end_dir(dir);
  return PINTLE_OK;
}

START_TEST(swapped) { ck_assert_int_eq(nas_in_call(swapped_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* ---- a manifest that an enemy wrote: names behind a symbolic link, a content that is another's */
static pintle_status tell_blocks(void *ctx, const fp_bad *b) {
  ck_assert_str_eq(b->path, "wrong");
  ck_assert_ptr_nonnull(strstr(b->why, "its blocks are not its content"));
  ++*(unsigned *)ctx;
  return PINTLE_OK;
}

static void append(pintle_call *call, fp_run *run, fp_type type, const char *path, const char *target) {
  fp_entry e = {.path = path, .path_len = strlen(path), .type = type, .mode = 0777, .target = target, .target_len = strlen(target)};
  ck_assert_int_eq(fp_run_append(call, run, &e), PINTLE_OK);
}

static pintle_status forged_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_blocks *b = NULL;
  fp_head h;
  fp_restored done;
  fp_verified v;
  fp_made made = {0};
  fp_block blocks[2];
  unsigned told = 0;
  char target[] = "/tmp/pintle-test-nas-XXXXXX", outside[] = "/tmp/pintle-test-nas-XXXXXX", path[64];
  struct stat was, is;
  (void)ctx;
  ck_assert(mkdtemp(target) && mkdtemp(outside));
  snprintf(path, sizeof path, "%s/victim", outside);
  write_file(path, 5, 5);
  snprintf(path, sizeof path, "%s/deep", outside);
  ck_assert(mkdir(path, 0755) == 0 && stat(outside, &was) == 0);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "velero-x"}, &run), PINTLE_OK);
  append(call, run, FP_DIR, "", "");
  append(call, run, FP_LINK, "a", outside);
  append(call, run, FP_FILE, "a/deep/file", "");
  append(call, run, FP_FILE, "a/file", "");
  append(call, run, FP_DIR, "a/made", "");
  append(call, run, FP_LINK, "b", "..");
  append(call, run, FP_HARD, "c", "a/victim");
  ck_assert_int_eq(fp_blocks_of(call, run, &b), PINTLE_OK);
  fp_maker *m = fp_maker_new(b);
  for (int i = 0; i < 2; i++) {
    static uint8_t data[FP_BLOCK_MAX];
    data[0] = (uint8_t)i;
    ck_assert_int_eq(fp_maker_make(m, data, i ? 7 : FP_BLOCK_MAX, &made), PINTLE_OK);
    ck_assert_int_eq(fp_blocks_place(call, b, &made, &blocks[i]), PINTLE_OK);
  }
  fp_made_free(&made), fp_maker_free(m);
  fp_entry e = {.path = "wrong",
                .path_len = 5,
                .type = FP_FILE,
                .mode = 0644,
                .size = FP_BLOCK_MAX + 7,
                .target = "",
                .blocks = blocks,
                .n_blocks = 2,
                .sha = {1}};
  ck_assert_int_eq(fp_run_append(call, run, &e), PINTLE_OK);
  ck_assert_int_eq(fp_run_commit(call, run, &(fp_counts){0}, false, &h), PINTLE_OK);
  fp_run_free(run);
  int root = open_root(target);
  ck_assert_int_eq(fp_restore(call, r, &h, root, &done), PINTLE_OK);
  close(root);
  ck_assert_uint_eq(done.errors, 5); /* a/deep/file, a/file, a/made, c, wrong */
  ck_assert_uint_eq(done.files, 0);
  snprintf(path, sizeof path, "%s/wrong", target);
  ck_assert_int_eq(access(path, F_OK), -1); /* nothing rather than another content */
  ck_assert(stat(outside, &is) == 0 && is.st_mode == was.st_mode && memcmp(&is.st_mtim, &was.st_mtim, sizeof is.st_mtim) == 0);
  snprintf(path, sizeof path, "%s/deep", outside);
  ck_assert_int_eq(rmdir(path), 0); /* still empty */
  snprintf(path, sizeof path, "%s/victim", outside);
  ck_assert(stat(path, &is) == 0 && is.st_nlink == 1);
  ck_assert_int_eq(fp_repo_verify(call, r, h.id, tell_blocks, &told, &v), PINTLE_OK);
  ck_assert_uint_eq(told, 1);
  drop_tree(target), drop_tree(outside);
  fp_repo_close(r);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(forged) { ck_assert_int_eq(nas_in_call(forged_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* A symbolic link that stands in the target leads nowhere. */
static pintle_status inside_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_restored done;
  char dir[] = "/tmp/pintle-test-nas-XXXXXX", target[] = "/tmp/pintle-test-nas-XXXXXX", outside[] = "/tmp/pintle-test-nas-XXXXXX", path[64];
  (void)ctx;
  begin_dir(dir);
  ck_assert(mkdtemp(target) && mkdtemp(outside) && mkdir("d", 0755) == 0);
  write_file("d/file", 100, 1);
  write_file("name", 100, 2);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  fp_head h = back_up(call, r, dir, 0, false);
  snprintf(path, sizeof path, "%s/d", target);
  ck_assert_int_eq(symlink(outside, path), 0);
  snprintf(path, sizeof path, "%s/name", target);
  ck_assert_int_eq(symlink("/etc/passwd", path), 0);
  int root = open_root(target);
  ck_assert_int_eq(fp_restore(call, r, &h, root, &done), PINTLE_OK);
  close(root);
  ck_assert_uint_eq(done.errors, 0);
  same_trees(dir, target);
  ck_assert_int_eq(rmdir(outside), 0); /* still empty */
  drop_tree(target);
  fp_repo_close(r);
  nas_store_free(&s);
  end_dir(dir);
  return PINTLE_OK;
}

START_TEST(inside) { ck_assert_int_eq(nas_in_call(inside_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* ---- random edits */
static unsigned random_state;
static unsigned rnd(unsigned n) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % n;
}
static const char *random_name(char to[64]) {
  int depth = (int)rnd(3);
  snprintf(to, 64, "%s%s%c%u", depth > 0 ? "p/" : "", depth > 1 ? "q.d/" : "", "abcX"[rnd(4)], rnd(12));
  return to;
}

static void edit(void) {
  char a[64], b[64];
  struct stat s;
  random_name(a), random_name(b);
  bool there = lstat(a, &s) == 0;
  switch (rnd(9)) {
  case 0:
    if (!there || S_ISREG(s.st_mode)) write_file(a, rnd(20000), rnd(50));
    break;
  case 1: remove(a); break;
  case 2:
    if (rename(a, b) != 0) mkdir(a, 0755);
    break;
  case 3:
    if (there && S_ISREG(s.st_mode)) ck_assert(link(a, b) == 0 || errno);
    break;
  case 4:
    if (there && !S_ISLNK(s.st_mode)) ck_assert_int_eq(chmod(a, rnd(2) ? 0755 : 0640 | (S_ISDIR(s.st_mode) ? 0110 : 0)), 0);
    break;
  case 5: ck_assert(symlink(b, a) == 0 || errno == EEXIST); break;
  case 6:
    if (there && S_ISREG(s.st_mode)) setxattr(a, "user.x", b, strlen(b), 0);
    break;
  case 7: ck_assert(mkfifo(a, 0600) == 0 || errno == EEXIST); break;
  default:
    if (there && S_ISREG(s.st_mode)) ck_assert_int_eq(truncate(a, rnd(300000)), 0);
  }
}

enum { GENERATIONS = 50 };
static pintle_status generations_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_head heads[GENERATIONS];
  static char copies[GENERATIONS][32];
  fp_restored done;
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  uint8_t key[FP_KEY] = {9};
  random_state = *(unsigned *)ctx;
  begin_dir(dir);
  ck_assert(mkdir("p", 0755) == 0 && mkdir("p/q.d", 0755) == 0);
  ck_assert_int_eq(nas_open(call, &s, &(fp_keys){.key = key}, &r), PINTLE_OK);
  for (int g = 0; g < GENERATIONS; g++) {
    for (unsigned i = 0, n = g ? rnd(15) : 100; i < n; i++) edit();
    heads[g] = back_up(call, r, dir, g, false); /* files of a generation are fresh in the next few, and then no more */
    ck_assert(strcpy(copies[g], "/tmp/pintle-test-nas-XXXXXX") && mkdtemp(copies[g]));
    int root = open_root(copies[g]);
    ck_assert_int_eq(fp_restore(call, r, &heads[g], root, &done), PINTLE_OK);
    close(root);
    same_trees(dir, copies[g]);
    if (g == GENERATIONS / 2) { /* some go */
      fp_gc gone;
      for (int k = 0; k < g; k += 3) ck_assert_int_eq(fp_repo_remove(call, r, heads[k].id), PINTLE_OK);
      ck_assert_int_eq(fp_repo_gc(call, r, &gone), PINTLE_OK);
    }
  }
  for (int g = 0; g < GENERATIONS; g++) {
    if (g >= GENERATIONS / 2 || g % 3) expect_restored(call, r, &heads[g], copies[g]);
    drop_tree(copies[g]);
  }
  fp_repo_close(r);
  nas_store_free(&s);
  end_dir(dir);
  return PINTLE_OK;
}

START_TEST(generations) {
  unsigned seed = (unsigned)_i + 1;
  ck_assert_int_eq(nas_in_call(generations_body, &seed, NULL), PINTLE_OK);
}
END_TEST

int main(void) {
  Suite *s = suite_create("nas tree");
  TCase *c = tcase_create("all");
  tcase_set_timeout(c, 60);
  tcase_add_test(c, every_kind);
  tcase_add_loop_test(c, racy, 0, 2);
  tcase_add_test(c, swapped);
  tcase_add_test(c, forged);
  tcase_add_test(c, inside);
  tcase_add_loop_test(c, generations, 0, (int)rounds(4));
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
