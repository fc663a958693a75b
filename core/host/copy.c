/* copy.c -- the private copy that is probed and mapped instead of the file.  SPDX-License-Identifier: Apache-2.0
 *
 * A mapped file stays alive: truncated it kills its users by SIGBUS, written over it runs other code. A sealed memfd does neither. The
 * dynamic linker tells libraries apart by name, here /proc/self/fd/N, so a number is never used twice while it could matter: each copy
 * gets one of its own, far above those that come and go. */
#include "host/seal.h"
#include "host/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

static bool copy_bytes(int from, int to, int64_t size) {
  static const size_t step = 1 << 20;
  int64_t done = 0;
  while (done < size) { /* the kernel's copy where it can; the file may shrink meanwhile: then there is less */
    ssize_t n = copy_file_range(from, &(off_t){done}, to, NULL, (size_t)(size - done), 0);
    if (n <= 0) break;
    done += n;
  }
  char *block = done < size ? mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : NULL;
  if (block == MAP_FAILED) return false;
  while (done < size) {
    size_t want = (uint64_t)(size - done) < step ? (size_t)(size - done) : step;
    ssize_t n = pread(from, block, want, done);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = EBUSY; /* it shrinks under our hands */
    if (n <= 0 || pwrite(to, block, (size_t)n, done) != n) break;
    done += n;
  }
  int kept = errno;
  if (block) munmap(block, step);
  errno = kept;
  return done == size;
}

/* May code in it be mapped? Policies and mount options forbid it in places. */
static bool executable(int fd) {
  void *p = mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
  if (p == MAP_FAILED) return false;
  munmap(p, 1);
  return true;
}

static int in_memory(int from, int64_t size, const char *name) {
  char label[240]; /* shows up in /proc/PID/maps and in gdb */
  snprintf(label, sizeof label, "%s", name);
  int fd = memfd_create(label, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
  if (fd < 0 && errno == EINVAL) fd = memfd_create(label, MFD_CLOEXEC | MFD_ALLOW_SEALING); /* before Linux 6.3 */
  if (fd < 0) return -1;
  if (copy_bytes(from, fd, size) && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0 && executable(fd))
    return fd;
  close_p(&fd);
  return -1;
}

/* An unlinked file, open for reading only; nobody else can open it but through our /proc. */
static int in_directory(const char *directory, int from, int64_t size) {
  char path[64];
  CLEANUP(close_p) int writer = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0700);
  if (writer < 0 || !copy_bytes(from, writer, size) || fchmod(writer, 0500) != 0) return -1;
  snprintf(path, sizeof path, "/proc/self/fd/%d", writer);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0 && !executable(fd)) close_p(&fd);
  return fd;
}

const char *host_private_copy(int from, int64_t size, const char *name, bool no_memfd, arena *a, int *out) {
  static const char *const directories[] = {"/tmp", "/var/tmp", "/dev/shm"};
  static const int lowest[] = {1000, 500, 100}; /* with the usual limit of 1024, the 25th plugin goes lower */
  CLEANUP(close_p) int fd = no_memfd ? -1 : in_memory(from, size, name);
  for (size_t i = 0; fd < 0 && i < sizeof directories / sizeof *directories; i++) fd = in_directory(directories[i], from, size);
  if (fd < 0) return host_text(a, "cannot be copied to a place where code may run: %s", strerrordesc_np(errno));
  for (size_t i = 0; i < sizeof lowest / sizeof *lowest; i++) {
    int high = fcntl(fd, F_DUPFD_CLOEXEC, lowest[i]);
    if (high < 0) continue;
    *out = high;
    return NULL;
  }
  return host_text(a, "cannot be kept open: %s", strerrordesc_np(errno));
}
