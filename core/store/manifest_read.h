/* manifest_read.h -- a manifest read line by line: memory does not grow with it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_STORE_MANIFEST_READ_H
#define PINTLE_STORE_MANIFEST_READ_H
#include "archive/digest.h"
#include "store/store.h"

typedef struct store_manifest_line {
  bool item;        /* or an object */
  const char *name; /* path or key; lives until the next line */
  int64_t size;
  unsigned char sha256[ARCHIVE_SHA256];
} store_manifest_line;

/* each gets every line; sum (32 bytes) and size are those of the object itself, set also when its content is INVALID. */
pintle_status store_manifest_read(store *s, const char *key, pintle_status (*each)(void *ctx, const store_manifest_line *line, error *e),
                                  void *ctx, int64_t *size, unsigned char *sum, error *e);
#endif
