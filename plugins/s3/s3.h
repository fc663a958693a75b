/* s3.h -- one instance, and what its functions share.  SPDX-License-Identifier: Apache-2.0
 *
 * Calls overlap freely (PINTLE_PARALLEL). Each takes an event loop (http.h) for itself, with its connections, and gives it back; what all share is
 * constant, atomic or behind `lock`. */
#ifndef S3_S3_H
#define S3_S3_H
#include "config.h"
#include "creds.h"
#include <pthread.h>
#include <stdatomic.h>

struct s3_http;
enum { S3_IDLE_LOOPS = 8, S3_RETRY_TOKENS = 500 };

typedef struct s3 {
  s3_config config;
  s3_creds_chain *creds;
  pthread_mutex_t lock;
  struct s3_http *idle[S3_IDLE_LOOPS]; /* behind lock */
  char region[64];                     /* behind lock; "" not known yet */
  _Atomic int64_t skew;                /* seconds to add to our clock */
  _Atomic int tokens;                  /* budget of retries */
  _Atomic int conditional;             /* If-None-Match: 0 not known, 1 the store obeys, -1 it does not */
  _Atomic int told_skew, told_plain;
  _Atomic bool other_etags; /* the last ETag was no MD5 of what was put */
  _Atomic int sums;         /* checksums of parts: 0 not known, 1 the store tells them, -1 it does not tell that of the whole */
} s3;

/* What to do about a status of the store or of curl is decided in one place; see http.h. */
static inline const char *s3_why_cancelled(int32_t what) { return what == 1 ? "cancelled" : "past the deadline"; }

/* put.c, get.c, list.c, object.c: the functions of the table. */
pintle_status s3_put(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body);
pintle_status s3_put_if_absent(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body);
pintle_status s3_get(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *to);
pintle_status s3_get_range(void *self, pintle_call *call, const char *bucket, const char *key, int64_t offset, const pintle_writer *to);
pintle_status s3_list(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *keys);
pintle_status s3_list_common(void *self, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter,
                             pintle_result *prefixes);
pintle_status s3_exists(void *self, pintle_call *call, const char *bucket, const char *key, int32_t *exists);
pintle_status s3_stat(void *self, pintle_call *call, const char *bucket, const char *key, pintle_result *result);
pintle_status s3_delete(void *self, pintle_call *call, const char *bucket, const char *key);
pintle_status s3_signed_url(void *self, pintle_call *call, const char *bucket, const char *key, int64_t ttl, pintle_result *url);
#endif
