/* fuzz_elf.c -- any bytes as a plugin's file: a reason or a description, and nothing read beside it.  SPDX-License-Identifier: Apache-2.0
 *
 * Good seeds: built plugins of tests/plugins. */
#include "host/elf.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  arena a = {0};
  host_elf out;
  const char *fault = host_elf_read(data, size, &a, &out);
  if (!out.needed || !out.runpath || strlen(out.glibc) >= sizeof out.glibc) abort();
  if (fault && !fault[0]) abort();
  if (a.total > ((size_t)4 << 20)) abort(); /* memory does not follow the lies of a header */
  arena_free(&a);
  return 0;
}
