/* seal.c -- see seal.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/seal.h"
#include "base/sha256.h"
#include "host/elf.h"
#include "host/text.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_MAX_FILE ((int64_t)1 << 30)

static const char *type_fault(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG: return NULL;
  case S_IFDIR: return "is a directory";
  case S_IFIFO: return "is a FIFO";
  case S_IFSOCK: return "is a socket";
  case S_IFCHR:
  case S_IFBLK: return "is a device";
  default: return "is no regular file";
  }
}

/* Looks before it opens: opening a device may do something. *fd stays -1 when there is a reason not to. */
static const char *open_file(const host_plugin *p, arena *a, host_words *warnings, struct stat *st, int *fd) {
  char raw[PATH_MAX], target[PATH_MAX];
  bool link;
  if (lstat(p->path, st) != 0) return host_text(a, "cannot be examined: %s", strerrordesc_np(errno));
  link = S_ISLNK(st->st_mode);
  if (link) {
    ssize_t n = readlink(p->path, raw, sizeof raw - 1);
    if (n < 0) return host_text(a, "is a symbolic link that cannot be read: %s", strerrordesc_np(errno));
    raw[n] = 0;
    host_clean(target, sizeof target, raw);
    if (stat(p->path, st) != 0)
      return host_text(a, "is a symbolic link to %.500s, which %s", target, errno == ENOENT ? "does not exist" : strerrordesc_np(errno));
    host_words_add(warnings, "is a symbolic link to %.500s", target);
  }
  const char *fault = type_fault(st->st_mode);
  if (fault) return fault;
  *fd = open(p->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (link ? 0 : O_NOFOLLOW));
  if (*fd < 0) return host_text(a, "cannot be opened: %s", strerrordesc_np(errno));
  if (fstat(*fd, st) != 0) return host_text(a, "cannot be examined: %s", strerrordesc_np(errno));
  if ((fault = type_fault(st->st_mode))) return fault;
  if (st->st_size == 0) return "is empty";
  return st->st_size > SIZE_MAX_FILE ? "is larger than 1 GiB" : NULL;
}

static void hash(const void *data, size_t size, host_digest digest, char hex[65]) {
  unsigned char sum[32];
  if (!digest || !digest((str){data, size}, sum)) sha256(data, size, sum);
  for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}

/* Judges the copy, which nobody can change any more. */
static const char *read_copy(host_plugin *p, arena *a, host_words *warnings) {
  host_elf elf;
  const void *data = mmap(NULL, (size_t)p->size, PROT_READ, MAP_PRIVATE, p->fd, 0);
  if (data == MAP_FAILED) return host_text(a, "cannot be read: %s", strerrordesc_np(errno));
  hash(data, (size_t)p->size, NULL, p->sha256);
  const char *fault = host_elf_read(data, (size_t)p->size, a, &elf);
  munmap((void *)(uintptr_t)data, (size_t)p->size);
  p->needed = elf.needed;
  const char *glibc = arena_dup(a, elf.glibc);
  p->glibc = glibc ? glibc : "";
  if (elf.origin)
    host_words_add(warnings, "looks for libraries relative to itself ($ORIGIN), which does not work: a private copy is loaded");
  else if (elf.runpath[0]) host_words_add(warnings, "looks for libraries in %s", elf.runpath);
  if (elf.executable_stack) host_words_add(warnings, "asks for an executable stack");
  if (elf.text_relocations) host_words_add(warnings, "has text relocations: its code is written to while it is loaded");
  return fault;
}

/* A Go plugin is executed from the file itself, which the kernel keeps from being written to meanwhile: a copy would be 59 MB of memory. */
static const char *read_executable(host_plugin *p, arena *a, int file, host_digest digest) {
  p->fd = fcntl(file, F_DUPFD_CLOEXEC, 1000);
  if (p->fd < 0) p->fd = fcntl(file, F_DUPFD_CLOEXEC, 10);
  const void *data = p->fd < 0 ? MAP_FAILED : mmap(NULL, (size_t)p->size, PROT_READ, MAP_PRIVATE, p->fd, 0);
  if (data == MAP_FAILED) return host_text(a, "cannot be read: %s", strerrordesc_np(errno));
  hash(data, (size_t)p->size, digest, p->sha256);
  munmap((void *)(uintptr_t)data, (size_t)p->size);
  return NULL;
}

static const char *take(host_plugin *p, arena *a, bool strict, bool no_memfd, host_digest digest, host_words *warnings) {
  struct stat st = {0};
  CLEANUP(close_p) int fd = -1;
  const char *fault = open_file(p, a, warnings, &st, &fd);
  p->size = st.st_size;
  p->mode = st.st_mode & 07777;
  p->uid = st.st_uid;
  if (fault) return fault;
  if (st.st_mode & 0111 && !p->velero)
    host_words_add(warnings, "has an execute bit (mode %04o): Velero would execute it; chmod a-x", (unsigned)(st.st_mode & 07777));
  const char *doubt = host_distrust(p->path, &st, a, warnings);
  if (doubt && strict) {
    p->hint = "trust is strict: plugins and their directories must belong to root or to you, and be writable by the owner only";
    return doubt;
  }
  if (p->velero) return read_executable(p, a, fd, digest);
  fault = host_private_copy(fd, p->size, p->file, no_memfd, a, &p->fd);
  return fault ? fault : read_copy(p, a, warnings);
}

void host_seal(host_plugin *p, arena *a, bool strict, bool no_memfd, host_digest digest, host_words *warnings) {
  static const char *const none[1];
  p->fd = -1;
  p->needed = none;
  p->glibc = "";
  p->reason = take(p, a, strict, no_memfd, digest, warnings);
  if (p->reason && p->fd >= 0) close_p(&p->fd);
  p->warnings = host_words_list(warnings);
}
