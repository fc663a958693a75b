/* faults.c -- a preloaded library in whose process calls fail when they are told to.  SPDX-License-Identifier: Apache-2.0
 *
 * PINTLE_FAULT="alloc N"   the Nth allocation gives NULL
 *              "allocs N"  the Nth and all that follow do
 *              "short N"   the Nth read or write moves half of what was asked
 *              "shorts N"  the Nth and all that follow do
 * Allocations of libcrypto are passed over: OpenSSL 3.0 crashes by itself when memory ends while it initializes.
 * PINTLE_FAULT_COUNT=FILE  "allocations reads-and-writes" are written there at the end. */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static atomic_long allocations, transfers;
static long fail_at, short_at;
static int for_good;

static uintptr_t passed_over, passed_over_end;

static int note_libcrypto(struct dl_phdr_info *info, size_t size, void *ctx) {
  (void)size, (void)ctx;
  if (!strstr(info->dlpi_name, "libcrypto.so")) return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type == PT_LOAD && p->p_flags & PF_X) {
      passed_over = info->dlpi_addr + p->p_vaddr;
      passed_over_end = passed_over + p->p_memsz;
    }
  }
  return 1;
}

__attribute__((constructor)) static void start(void) {
  const char *what = getenv("PINTLE_FAULT");
  char word[16] = "";
  long n = 0;
  dl_iterate_phdr(note_libcrypto, NULL);
  if (!what || sscanf(what, "%15s %ld", word, &n) != 2) return;
  for_good = word[strlen(word) - 1] == 's';
  if (strncmp(word, "alloc", 5) == 0) fail_at = n;
  else if (strncmp(word, "short", 5) == 0) short_at = n;
  allocations = transfers = 0;
}

__attribute__((destructor)) static void end(void) {
  const char *file = getenv("PINTLE_FAULT_COUNT");
  char text[64];
  int n = snprintf(text, sizeof text, "%ld %ld\n", atomic_load(&allocations), atomic_load(&transfers));
  int fd = file ? open(file, O_CREAT | O_WRONLY | O_TRUNC, 0644) : -1;
  if (fd >= 0) syscall(SYS_write, fd, text, (size_t)n);
}

static int hit(atomic_long *count, long at) {
  long n = atomic_fetch_add(count, 1) + 1;
  return at && (n == at || (for_good && n > at));
}

static int refused(const void *caller) {
  if ((uintptr_t)caller - passed_over < passed_over_end - passed_over || !hit(&allocations, fail_at)) return 0;
  errno = ENOMEM;
  return 1;
}

void *malloc(size_t n) { return refused(__builtin_return_address(0)) ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return refused(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return refused(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n); }

static size_t some(size_t n) { return n > 1 && hit(&transfers, short_at) ? n / 2 : n; }

ssize_t read(int fd, void *p, size_t n) { return syscall(SYS_read, fd, p, some(n)); }
ssize_t write(int fd, const void *p, size_t n) { return syscall(SYS_write, fd, p, some(n)); }
ssize_t pread(int fd, void *p, size_t n, off_t at) { return syscall(SYS_pread64, fd, p, some(n), at); }
ssize_t pread64(int fd, void *p, size_t n, off_t at) { return syscall(SYS_pread64, fd, p, some(n), at); }
ssize_t pwrite(int fd, const void *p, size_t n, off_t at) { return syscall(SYS_pwrite64, fd, p, some(n), at); }
ssize_t pwrite64(int fd, const void *p, size_t n, off_t at) { return syscall(SYS_pwrite64, fd, p, some(n), at); }
