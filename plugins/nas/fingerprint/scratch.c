/* scratch.c -- files without a name.  SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int fp_scratch_file(const char *dir) {
  char name[4096];
  if (!dir) dir = "/tmp";
  int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  if (snprintf(name, sizeof name, "%s/nas-XXXXXX", dir) >= (int)sizeof name) return errno = ENAMETOOLONG, -1;
  fd = mkostemp(name, O_CLOEXEC);
  if (fd >= 0) unlink(name);
  return fd;
}

bool fp_scratch_write(int fd, const void *data, size_t n, uint64_t at) {
  for (const uint8_t *p = data; n;) {
    ssize_t k = pwrite(fd, p, n, (off_t)at);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return errno = k < 0 ? errno : ENOSPC, false;
    p += k, n -= (size_t)k, at += (uint64_t)k;
  }
  return true;
}

ssize_t fp_scratch_read(int fd, void *to, size_t n, uint64_t at) {
  size_t have = 0;
  while (have < n) {
    ssize_t k = pread(fd, (uint8_t *)to + have, n - have, (off_t)(at + have));
    if (k < 0 && errno == EINTR) continue;
    if (k < 0) return -1;
    if (k == 0) break;
    have += (size_t)k;
  }
  return (ssize_t)have;
}
