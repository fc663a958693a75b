/* tree.c -- a directory here, read without leaving it.  SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { PIECE = 4000, HOLE_MIN = 64 << 10 };

static int beneath(int dir, const char *path, int flags) {
  struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW), .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
  return (int)syscall(SYS_openat2, dir, *path ? path : ".", &how, sizeof how);
}

/* A path that is longer than the kernel takes is opened piece by piece. */
int fp_tree_open(int root, const char *path, size_t n, int flags) {
  char piece[PIECE + 1];
  int dir = root;
  while (n > PIECE) {
    size_t k = PIECE;
    while (k && path[k] != '/') k--;
    memcpy(piece, path, k);
    piece[k] = 0;
    int next = k ? beneath(dir, piece, O_PATH | O_DIRECTORY) : -1;
    if (!k) errno = ENAMETOOLONG;
    if (dir != root) close(dir);
    if (next < 0) return -1;
    dir = next, path += k + 1, n -= k + 1;
  }
  memcpy(piece, path, n);
  piece[n] = 0;
  int fd = beneath(dir, piece, flags);
  int error = errno;
  if (dir != root) close(dir);
  errno = error;
  return fd;
}

int fp_tree_parent(int root, const char *path, size_t n, const char **name) {
  const char *slash = memrchr(path, '/', n);
  *name = slash ? slash + 1 : path;
  return fp_tree_open(root, path, slash ? (size_t)(slash - path) : 0, O_PATH | O_DIRECTORY);
}

fp_type fp_type_of(uint32_t mode) {
  switch (mode & S_IFMT) {
  case S_IFDIR: return FP_DIR;
  case S_IFLNK: return FP_LINK;
  case S_IFIFO: return FP_FIFO;
  case S_IFCHR: return FP_CHAR;
  case S_IFBLK: return FP_BLOCKDEV;
  case S_IFSOCK: return FP_SOCKET;
  default: return FP_FILE;
  }
}

int fp_tree_stat(int dir, const char *name, fp_item *to) {
  struct statx s;
  if (statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH, STATX_BASIC_STATS, &s) < 0) return -1;
  to->type = fp_type_of(s.stx_mode);
  to->mode = s.stx_mode & 07777;
  to->uid = s.stx_uid, to->gid = s.stx_gid, to->nlink = s.stx_nlink, to->marks = 0;
  to->size = to->type == FP_FILE ? s.stx_size : 0;
  to->ino = s.stx_ino;
  to->rdev = to->type == FP_CHAR || to->type == FP_BLOCKDEV ? makedev(s.stx_rdev_major, s.stx_rdev_minor) : 0;
  to->dev = makedev(s.stx_dev_major, s.stx_dev_minor);
  to->mtime = s.stx_mtime.tv_sec * INT64_C(1000000000) + s.stx_mtime.tv_nsec;
  to->ctime = s.stx_ctime.tv_sec * INT64_C(1000000000) + s.stx_ctime.tv_nsec;
  return 0;
}

/* ---- extended attributes */
typedef struct place {
  char path[300];
  int fd; /* -1: by path */
} place;

static ssize_t list(const place *p, char *to, size_t n) { return p->fd >= 0 ? flistxattr(p->fd, to, n) : llistxattr(p->path, to, n); }
static ssize_t get(const place *p, const char *name, void *to, size_t n) {
  return p->fd >= 0 ? fgetxattr(p->fd, name, to, n) : lgetxattr(p->path, name, to, n);
}

static int by_name(const void *a, const void *b) { return strcmp(((const fp_xattr *)a)->name, ((const fp_xattr *)b)->name); }

/* Values are not there yet: offsets into `bytes` stand for pointers until nothing moves any more. */
static int read_all(const place *p, fp_xattr **out, size_t *count) {
  static const char none[1];
  char names[FP_XATTR_MAX];
  ssize_t n = list(p, names, sizeof names);
  *out = NULL, *count = 0;
  if (n <= 0) return n < 0 && errno != ENOTSUP ? -1 : 0;
  fp_bytes bytes = {0};
  size_t many = 0;
  for (ssize_t i = 0; i < n; i++) many += !names[i];
  size_t head = many * sizeof **out;
  bool ok = many <= FP_XATTRS_MAX && fp_bytes_room(&bytes, head + (size_t)n);
  if (!ok) return errno = many > FP_XATTRS_MAX ? E2BIG : ENOMEM, -1;
  memset(bytes.p, 0, head);
  bytes.n = head;
  fp_bytes_add(&bytes, names, (size_t)n);
  size_t k = 0;
  for (const char *name = names; name < names + n && ok; name += strlen(name) + 1) {
    ok = fp_bytes_room(&bytes, FP_XATTR_MAX);
    ssize_t got = ok ? get(p, name, bytes.p + bytes.n, FP_XATTR_MAX) : -1;
    if (got < 0 && ok && errno == ENODATA) continue;
    if (got < 0) ok = false;
    if (!ok) break;
    fp_xattr x = {
        .name = (const char *)(uintptr_t)(head + (size_t)(name - names)), .value = (const void *)(uintptr_t)bytes.n, .size = (size_t)got};
    memcpy(bytes.p + k++ * sizeof x, &x, sizeof x);
    bytes.n += (size_t)got;
  }
  if (!ok || !k) {
    free(bytes.p);
    return ok ? 0 : -1;
  }
  fp_xattr *x = (void *)bytes.p;
  for (size_t i = 0; i < k; i++) {
    x[i].name = (const char *)bytes.p + (uintptr_t)x[i].name;
    x[i].value = x[i].size ? (const void *)(bytes.p + (uintptr_t)x[i].value) : none;
  }
  qsort(x, k, sizeof *x, by_name);
  *out = x, *count = k;
  return 0;
}

int fp_tree_xattrs(int root, const char *path, size_t n, int fd, fp_xattr **out, size_t *count) {
  place p = {.fd = fd >= 0 ? fd : n ? -1 : root};
  if (p.fd >= 0) return read_all(&p, out, count);
  const char *name;
  int dir = fp_tree_parent(root, path, n, &name);
  if (dir < 0) return -1;
  snprintf(p.path, sizeof p.path, "/proc/self/fd/%d/%s", dir, name);
  int result = read_all(&p, out, count), error = errno;
  close(dir);
  errno = error;
  return result;
}

void fp_tree_data(int fd, uint64_t at, uint64_t size, uint64_t *from, uint64_t *to) {
  *from = at, *to = size;
  if (at >= size || size - at < HOLE_MIN) return;
  off_t data = lseek(fd, (off_t)at, SEEK_DATA);
  if (data < 0) {
    if (errno == ENXIO && size - at >= HOLE_MIN) *from = size;
    return;
  }
  if ((uint64_t)data > size) data = (off_t)size;
  if ((uint64_t)data - at >= HOLE_MIN) *from = (uint64_t)data;
  for (off_t end = (off_t)*from; (end = lseek(fd, end, SEEK_HOLE)) >= 0 && (uint64_t)end < size;) {
    off_t next = lseek(fd, end, SEEK_DATA);
    if (next < 0 && errno != ENXIO) return;
    if (next < 0 || (uint64_t)next > size) next = (off_t)size;
    if (next - end >= HOLE_MIN) {
      *to = (uint64_t)end;
      return;
    }
    end = next;
  }
}
