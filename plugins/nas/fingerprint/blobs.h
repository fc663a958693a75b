/* blobs.h -- objects by key: what a repository lies in.  SPDX-License-Identifier: Apache-2.0
 *
 * Keys are relative to the plugin's own place in the store ("fp/..."). All functions run on the thread of the call. Each records its error. */
#ifndef FP_BLOBS_H
#define FP_BLOBS_H
#include "bytes.h"
#include <pintle/ext/store.h>

typedef struct fp_blobs {
  void *self;
  /* The whole object or nothing; replaces. */
  pintle_status (*put)(void *self, pintle_call *, const char *key, const void *data, size_t n);
  /* At most n bytes from offset; *got: how many there were. An offset behind the end: 0. NOT_FOUND. */
  pintle_status (*get)(void *self, pintle_call *, const char *key, int64_t offset, void *to, size_t n, size_t *got);
  /* Keys in any order; entry->key is relative as all keys are. */
  pintle_status (*list)(void *self, pintle_call *, const char *prefix, pintle_status (*each)(void *ctx, const pintle_entry *), void *ctx);
  /* OK when it is gone already. */
  pintle_status (*remove)(void *self, pintle_call *, const char *key);
} fp_blobs;

/* Over pintle.store/1: `at` must live as long as the fp_blobs. UNSUPPORTED: the host has none. */
typedef struct fp_store {
  const pintle_stores *stores;
  const char *location; /* "" the run's own */
} fp_store;
pintle_status fp_blobs_store(pintle_call *call, fp_store *at, fp_blobs *out);

/* For tests and benches (nas_fp_testing). Over files below a directory that exists; `dir` is borrowed, its time of modification is an object's. */
fp_blobs fp_blobs_dir(const char *dir);
/* Takes everything and keeps nothing but what is not a pack (so that manifests can be read). */
typedef struct fp_null fp_null;
fp_null *fp_null_new(void);
fp_blobs fp_blobs_null(fp_null *);
uint64_t fp_null_bytes(const fp_null *); /* put so far */
void fp_null_free(fp_null *);
#endif
