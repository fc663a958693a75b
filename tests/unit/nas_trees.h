/* nas_trees.h -- trees that are backed up, restored and compared, whole.  SPDX-License-Identifier: Apache-2.0 */
#ifndef NAS_TREES_H
#define NAS_TREES_H
#include "backup.h"
#include "nas_store.h"
#include "restore.h"
#include "walk.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAY = 86400 };

/* As often as usual, or NAS_ROUNDS times that (tests/check --long). */
static inline unsigned rounds(unsigned usual) {
  const char *times = getenv("NAS_ROUNDS");
  return usual * (times && atoi(times) > 0 ? (unsigned)atoi(times) : 1);
}

static inline int open_root(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
  return fd;
}

static inline int drop(const char *path, const struct stat *s, int flag, struct FTW *f) {
  (void)s, (void)flag, (void)f;
  return remove(path);
}
static inline void drop_tree(const char *path) { nftw(path, drop, 32, FTW_DEPTH | FTW_PHYS); }

/* ---- two trees, name by name */
static inline void same_content(int a, int b, const fp_item *i) {
  static uint8_t x[1 << 16], y[1 << 16];
  int fa = fp_tree_open(a, i->path, i->path_len, O_RDONLY), fb = fp_tree_open(b, i->path, i->path_len, O_RDONLY);
  ssize_t n, m;
  ck_assert_msg(fa >= 0 && fb >= 0, "%s", i->path);
  do {
    n = read(fa, x, sizeof x), m = read(fb, y, sizeof y);
    ck_assert_msg(n == m && n >= 0 && memcmp(x, y, (size_t)n) == 0, "%s: other content", i->path);
  } while (n);
  for (uint64_t at = 0, f1, t1, f2, t2; at < i->size; at = t1) {
    fp_tree_data(fa, at, i->size, &f1, &t1), fp_tree_data(fb, at, i->size, &f2, &t2);
    ck_assert_msg(f1 == f2 && t1 == t2, "%s: other holes", i->path);
  }
  close(fa), close(fb);
}

static inline void same_xattrs(int a, int b, const fp_item *i) {
  fp_xattr *x, *y;
  size_t n, m;
  ck_assert_int_eq(fp_tree_xattrs(a, i->path, i->path_len, -1, &x, &n), 0);
  ck_assert_int_eq(fp_tree_xattrs(b, i->path, i->path_len, -1, &y, &m), 0);
  ck_assert_msg(n == m, "%s: %zu and %zu xattrs", i->path, n, m);
  for (size_t k = 0; k < n; k++)
    ck_assert_msg(strcmp(x[k].name, y[k].name) == 0 && x[k].size == y[k].size && memcmp(x[k].value, y[k].value, x[k].size) == 0, "%s: %s",
                  i->path, x[k].name);
  free(x), free(y);
}

static inline void same_link(int a, int b, const fp_item *i) {
  char x[8192], y[8192];
  const char *name;
  int da = fp_tree_parent(a, i->path, i->path_len, &name), db = fp_tree_parent(b, i->path, i->path_len, &name);
  ssize_t n = readlinkat(da, name, x, sizeof x), m = readlinkat(db, name, y, sizeof y);
  ck_assert_msg(n == m && n > 0 && memcmp(x, y, (size_t)n) == 0, "%s: other target", i->path);
  close(da), close(db);
}

enum { LINKS = 4096 };
static inline void same_trees(const char *left, const char *right) {
  static uint64_t from[LINKS], to[LINKS];
  size_t links = 0;
  int a = open_root(left), b = open_root(right), e1, e2, g1, g2;
  fp_walk *wa = fp_walk_new(a, NULL), *wb = fp_walk_new(b, NULL);
  const fp_item *i, *j;
  for (;;) {
    while ((g1 = fp_walk_next(wa, &i, &e1)) == 0) {}
    while ((g2 = fp_walk_next(wb, &j, &e2)) == 0) {}
    ck_assert_int_eq(g1, g2);
    if (g1 < 0) break;
    ck_assert_str_eq(i->path, j->path);
    ck_assert_msg(i->type == j->type && i->mode == j->mode && i->uid == j->uid && i->gid == j->gid && i->size == j->size &&
                      i->rdev == j->rdev && i->mtime == j->mtime && i->nlink == j->nlink,
                  "%s: type %c %c, mode %o %o, owner %u %u, size %lu %lu, time %ld %ld, links %u %u", i->path, i->type, j->type, i->mode,
                  j->mode, i->uid, j->uid, (unsigned long)i->size, (unsigned long)j->size, (long)i->mtime, (long)j->mtime, i->nlink,
                  j->nlink);
    if (i->type == FP_FILE) same_content(a, b, i);
    if (i->type == FP_LINK) same_link(a, b, i);
    same_xattrs(a, b, i);
    if (i->type != FP_FILE || i->nlink == 1) continue;
    size_t k = 0;
    while (k < links && from[k] != i->ino) k++;
    if (k == links) ck_assert(links < LINKS), from[links] = i->ino, to[links++] = j->ino;
    ck_assert_msg(to[k] == j->ino, "%s: another file's name", i->path);
  }
  ck_assert_int_eq(e1, 0);
  ck_assert_int_eq(e2, 0);
  fp_walk_free(wa), fp_walk_free(wb);
  close(a), close(b);
}

/* ---- */
static inline void write_file(const char *path, size_t n, unsigned number) {
  uint8_t *data = malloc(n + 1);
  nas_fill(data, n, number);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ck_assert(fd >= 0 && write(fd, data, n) == (ssize_t)n && close(fd) == 0);
  free(data);
}

/* now: so many seconds later than it is; then what was written before is not fresh any more. */
static inline fp_head back_up(pintle_call *call, fp_repo *r, const char *dir, int64_t later, bool no_parent) {
  fp_head h;
  int root = open_root(dir);
  fp_backup_options o = {.run = {.name = "velero-x", .source = "test", .now = fp_now() + later * FP_SECOND, .no_parent = no_parent}};
  ck_assert_int_eq(fp_backup(call, r, root, &o, &h), PINTLE_OK);
  close(root);
  return h;
}

static inline void expect_restored(pintle_call *call, fp_repo *r, const fp_head *h, const char *dir) {
  char target[] = "/tmp/pintle-test-nas-XXXXXX";
  fp_restored done;
  ck_assert(mkdtemp(target));
  int root = open_root(target);
  ck_assert_int_eq(fp_restore(call, r, h, root, &done), PINTLE_OK);
  close(root);
  ck_assert_uint_eq(done.errors, 0);
  ck_assert_uint_eq(done.entries, h->counts.entries);
  same_trees(dir, target);
  drop_tree(target);
}

static inline void begin_dir(char *dir) { ck_assert(mkdtemp(dir) && chdir(dir) == 0); }
static inline void end_dir(const char *dir) {
  ck_assert(chdir("/") == 0);
  drop_tree(dir);
}
#endif
