/* unfinished.c -- files on their way to a name, and what dead writers left of theirs.  SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

pintle_status file_unfinished(int dir, const char *prefix, mode_t mode, char name[64], int *fd, error *e) {
  uint64_t r;
  struct stat now;
  int locked;
  if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r) return error_errno(e, errno, "no random number");
  snprintf(name, 64, "%s%016llx", prefix, (unsigned long long)r);
  pintle_status st = file_open(dir, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode, fd, e);
  if (st != PINTLE_OK) return st;
  while ((locked = flock(*fd, LOCK_EX)) != 0 && errno == EINTR) continue;
  if (locked != 0 || fstat(*fd, &now) != 0 || now.st_nlink) return PINTLE_OK; /* without locks nobody removes it */
  close_p(fd);
  return error_set(e, PINTLE_NOT_FOUND, "%s was removed while it was made", name);
}

bool file_remove_dead(int dir, const char *name) {
  CLEANUP(close_p) int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && unlinkat(dir, name, 0) == 0;
}
