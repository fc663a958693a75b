/* share.h -- a tree that is no directory here.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_SHARE_H
#define FP_SHARE_H
#include "tree.h"
#include <sys/types.h>

/* Paths as in tree.h. All functions from any thread. What fails gives -1 and errno; errno ECONNABORTED: the server is gone, and so is every other name
 * with it. Extended attributes and holes cannot be seen. */
typedef struct fp_share {
  void *self;
  /* Every name of a directory but "." and "..", with what is known of it. each false: no more of it. */
  int (*list)(void *self, const char *path, bool (*each)(void *ctx, const char *name, const fp_item *item), void *ctx);
  int (*stat)(void *self, const char *path, fp_item *to);                /* the link itself */
  ssize_t (*readlink)(void *self, const char *path, char *to, size_t n); /* n: room */
  int (*open)(void *self, const char *path); /* a file, to be read; a handle, which is one thread's, to be closed */
  int (*fstat)(void *self, int handle, fp_item *to);
  ssize_t (*pread)(void *self, int handle, void *to, size_t n, uint64_t at);
  void (*close)(void *self, int handle);
} fp_share;
#endif
