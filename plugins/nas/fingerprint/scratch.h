/* scratch.h -- files without a name, for what does not belong into memory.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_SCRATCH_H
#define FP_SCRATCH_H
#include "bytes.h"

/* Opened for reading and writing, gone with the process. dir NULL: /tmp. -1: errno. */
int fp_scratch_file(const char *dir);
/* All n bytes; false: errno. */
bool fp_scratch_write(int fd, const void *data, size_t n, uint64_t at);
/* Up to n bytes, fewer only at the end; -1: errno. */
ssize_t fp_scratch_read(int fd, void *to, size_t n, uint64_t at);
#endif
