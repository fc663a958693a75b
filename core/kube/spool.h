/* spool.h -- texts appended to an unlinked file.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_SPOOL_H
#define PINTLE_KUBE_SPOOL_H
#include "base/file.h"

typedef struct kube_spool {
  const char *dir; /* borrowed; NULL = /tmp */
  int fd;          /* -1 until something is written */
  int64_t written; /* bytes in the file; the rest is in `tail` */
  buf tail;
} kube_spool;
void kube_spool_close(kube_spool *s);
static inline int64_t kube_spool_end(const kube_spool *s) { return s->written + (int64_t)s->tail.len; }
pintle_status kube_spool_add(kube_spool *s, str text, error *e);
/* After it, kube_spool_read may be called from any thread, until the next addition. */
pintle_status kube_spool_flush(kube_spool *s, error *e);
/* n bytes from offset on, appended to *out. What is not flushed is read too. */
pintle_status kube_spool_read(const kube_spool *s, int64_t offset, size_t n, buf *out, error *e);
#endif
