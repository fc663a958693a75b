/* target.c -- one name of a tree that is written.  SPDX-License-Identifier: Apache-2.0 */
#include "target.h"
#include "tree.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

int fp_target_clear(int dir, const char *name, bool is_dir) {
  struct stat s;
  if (fstatat(dir, name, &s, AT_SYMLINK_NOFOLLOW) < 0) return errno == ENOENT ? 0 : errno;
  if (S_ISDIR(s.st_mode) && is_dir) return 0;
  return unlinkat(dir, name, S_ISDIR(s.st_mode) ? AT_REMOVEDIR : 0) < 0 ? errno : 0;
}

int fp_target_make(int dir, const char *name, const fp_entry *e) {
  int result = -1;
  switch (e->type) {
  case FP_DIR:
    result = mkdirat(dir, name, 0700);
    if (result < 0 && errno == EEXIST) result = 0;
    break;
  case FP_LINK: result = symlinkat(e->target, dir, name); break;
  case FP_FIFO: result = mknodat(dir, name, S_IFIFO | 0600, 0); break;
  case FP_SOCKET: result = mknodat(dir, name, S_IFSOCK | 0600, 0); break;
  case FP_CHAR: result = mknodat(dir, name, S_IFCHR | 0600, (dev_t)e->rdev); break;
  case FP_BLOCKDEV: result = mknodat(dir, name, S_IFBLK | 0600, (dev_t)e->rdev); break;
  default: errno = EINVAL;
  }
  return result < 0 ? errno : 0;
}

int fp_target_link(int root, int dir, const char *name, const fp_entry *e) {
  const char *first;
  int from = fp_tree_parent(root, e->target, e->target_len, &first);
  if (from < 0) return errno;
  int error = linkat(from, first, dir, name, 0) < 0 ? errno : 0;
  close(from);
  return error;
}

int fp_target_meta(int dir, const char *name, int fd, const fp_entry *e) {
  char path[300];
  int error = 0;
  const struct timespec times[2] = {
      {.tv_nsec = UTIME_OMIT},
      {.tv_sec = e->mtime / 1000000000 - (e->mtime % 1000000000 < 0), .tv_nsec = (e->mtime % 1000000000 + 1000000000) % 1000000000}};
  if (fd < 0) snprintf(path, sizeof path, "/proc/self/fd/%d/%s", dir, name);
  if ((fd >= 0 ? fchown(fd, e->uid, e->gid) : fchownat(dir, name, e->uid, e->gid, AT_SYMLINK_NOFOLLOW)) < 0) error = errno;
  for (size_t i = 0; i < e->n_xattrs; i++) {
    const fp_xattr *x = &e->xattrs[i];
    if ((fd >= 0 ? fsetxattr(fd, x->name, x->value, x->size, 0) : lsetxattr(path, x->name, x->value, x->size, 0)) < 0) error = errno;
  }
  /* By name only what this process has just made there; never through a symbolic link. */
  if (fd >= 0 ? fchmod(fd, e->mode) < 0 : e->type != FP_LINK && fchmodat(dir, name, e->mode, 0) < 0) error = errno;
  if ((fd >= 0 ? futimens(fd, times) : utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW)) < 0) error = errno;
  return error;
}
