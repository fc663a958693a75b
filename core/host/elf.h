/* elf.h -- what an ELF file says of itself, read without trusting it.  SPDX-License-Identifier: Apache-2.0
 *
 * dlopen of a truncated file dies with SIGBUS, of a damaged one with SIGSEGV; and the reasons it gives are terse. Private to core/host. */
#ifndef PINTLE_HOST_ELF_H
#define PINTLE_HOST_ELF_H
#include "base/arena.h"

typedef struct host_elf {
  const char *const *needed; /* DT_NEEDED; NULL-ended, never NULL */
  const char *runpath;       /* DT_RUNPATH, else DT_RPATH; "" = none */
  char glibc[32];            /* highest GLIBC_x.y needed: "2.34"; "" = none */
  bool origin;               /* $ORIGIN in a path or name */
  bool executable_stack, text_relocations;
} host_elf;

/* NULL: a shared library for this machine, all of it there. Else why not: "is truncated: ...". Strings in *a. *out is always usable. */
const char *host_elf_read(const void *data, size_t size, arena *a, host_elf *out);
#endif
