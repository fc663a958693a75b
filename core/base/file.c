/* file.c -- see file.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

pintle_status file_open(int dirfd, const char *path, int flags, mode_t mode, int *fd, error *e) {
  int got;
  do got = openat(dirfd, path, flags | O_CLOEXEC | O_NOCTTY, mode);
  while (got < 0 && errno == EINTR);
  if (got < 0) return error_errno(e, errno, "cannot open %s", path);
  *fd = got;
  return PINTLE_OK;
}

static pintle_status read_all(int fd, const char *path, size_t max, buf *out, error *e) {
  size_t before = out->len;
  for (;;) {
    if (!buf_reserve(out, 64 << 10)) return error_nomem(e);
    ssize_t n = read(fd, out->data + out->len, out->cap - out->len - 1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_errno(e, errno, "cannot read %s", path);
    if (n == 0) break;
    out->len += (size_t)n;
    if (out->len - before > max) return error_set(e, PINTLE_INVALID, "%s is larger than %zu bytes", path, max);
  }
  out->data[out->len] = 0;
  return PINTLE_OK;
}

pintle_status file_read(int dirfd, const char *path, size_t max, buf *out, error *e) {
  CLEANUP(close_p) int fd = -1;
  if (dirfd == AT_FDCWD && strcmp(path, "-") == 0) return read_all(STDIN_FILENO, "standard input", max, out, e);
  pintle_status st = file_open(dirfd, path, O_RDONLY, 0, &fd, e);
  return st != PINTLE_OK ? st : read_all(fd, path, max, out, e);
}

pintle_status file_pread(int fd, void *to, size_t n, int64_t offset, error *e) {
  char *p = to;
  while (n) {
    ssize_t got = pread(fd, p, n, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error_errno(e, errno, "cannot read");
    if (got == 0) return error_set(e, PINTLE_FAILED, "file ended %zu bytes too early", n);
    p += got, n -= (size_t)got, offset += got;
  }
  return PINTLE_OK;
}

pintle_status file_write(int fd, const void *data, size_t n, const char *name, error *e) {
  const char *p = data;
  while (n) {
    ssize_t put = write(fd, p, n);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return error_errno(e, errno, "cannot write %s", name);
    p += put, n -= (size_t)put;
  }
  return PINTLE_OK;
}

static void random_name(char *to, size_t size, const char *prefix) {
  uint64_t r = 0;
  if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r) r ^= (uint64_t)(uintptr_t)to ^ (uint64_t)getpid() << 32;
  snprintf(to, size, "%s%016llx", prefix, (unsigned long long)r);
}

void file_roomy(int sock) {
  const int room = 512 << 10;
  (void)setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

pintle_status file_temporary(const char *dir, int *fd, error *e) {
  int got = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (got < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
    char path[4096], name[64];
    random_name(name, sizeof name, ".pintle-");
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path) return error_set(e, PINTLE_INVALID, "path too long: %s", dir);
    got = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (got >= 0) unlink(path);
  }
  if (got < 0) return error_errno(e, errno, "cannot make a temporary file in %s", dir);
  *fd = got;
  return PINTLE_OK;
}

pintle_status file_mkdirs(int dirfd, const char *path, error *e) {
  char part[4096];
  size_t n = strlen(path);
  if (n >= sizeof part) return error_set(e, PINTLE_INVALID, "path too long: %s", path);
  memcpy(part, path, n + 1);
  if (mkdirat(dirfd, part, 0755) == 0 || errno == EEXIST) return PINTLE_OK;
  for (char *p = part + 1; *p; p++) {
    if (*p != '/') continue;
    *p = 0;
    if (mkdirat(dirfd, part, 0755) != 0 && errno != EEXIST) return error_errno(e, errno, "cannot make directory %s", part);
    *p = '/';
  }
  if (mkdirat(dirfd, part, 0755) != 0 && errno != EEXIST) return error_errno(e, errno, "cannot make directory %s", part);
  return PINTLE_OK;
}

static pintle_status parent_of(const char *path, char *to, size_t size, error *e) {
  const char *slash = strrchr(path, '/');
  size_t n = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
  if (n >= size) return error_set(e, PINTLE_INVALID, "path too long: %s", path);
  memcpy(to, n ? path : ".", n ? n : 1);
  to[n ? n : 1] = 0;
  return PINTLE_OK;
}

pintle_status file_sync_parent(int dirfd, const char *path, error *e) {
  char dir[4096];
  CLEANUP(close_p) int fd = -1;
  pintle_status st = parent_of(path, dir, sizeof dir, e);
  if (st == PINTLE_OK) st = file_open(dirfd, dir, O_RDONLY | O_DIRECTORY, 0, &fd, e);
  if (st == PINTLE_OK && fsync(fd) != 0) st = error_errno(e, errno, "cannot sync directory %s", dir);
  return st;
}

pintle_status file_replace(int dirfd, const char *path, str data, mode_t mode, bool no_replace, error *e) {
  char dir[4096], name[64], temp[4096 + 80];
  CLEANUP(close_p) int fd = -1;
  pintle_status st = parent_of(path, dir, sizeof dir, e);
  if (st != PINTLE_OK) return st;
  random_name(name, sizeof name, ".tmp-");
  snprintf(temp, sizeof temp, "%s/%s", dir, name);
  if ((st = file_open(dirfd, temp, O_CREAT | O_EXCL | O_WRONLY, mode, &fd, e)) != PINTLE_OK) return error_wrap(e, "writing %s", path);
  st = file_write(fd, data.ptr, data.len, path, e);
  if (st == PINTLE_OK && fsync(fd) != 0) st = error_errno(e, errno, "cannot sync %s", path);
  if (st == PINTLE_OK && no_replace) { /* link fails where rename would replace */
    if (linkat(dirfd, temp, dirfd, path, 0) != 0) st = error_errno(e, errno, "cannot make %s", path);
  } else if (st == PINTLE_OK && renameat(dirfd, temp, dirfd, path) != 0) st = error_errno(e, errno, "cannot rename to %s", path);
  if (st != PINTLE_OK || no_replace) unlinkat(dirfd, temp, 0);
  return st == PINTLE_OK ? file_sync_parent(dirfd, path, e) : st;
}
