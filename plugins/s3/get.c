/* get.c -- an object out of the store; a lost connection goes on from where it was.  SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include <string.h>

typedef struct getting {
  const pintle_writer *to;
  s3_sum *sum; /* of the whole object, when the store said it; NULL */
  char want[S3_SUM_TEXT + 16];
} getting;

/* The checksum that comes with the whole object; one of parts ("...-3") says nothing about the bytes. */
static pintle_status on_begin(s3_request *r) {
  static const s3_algorithm all[] = {S3_SUM_CRC64NVME, S3_SUM_CRC32C, S3_SUM_CRC32, S3_SUM_SHA256, S3_SUM_SHA1};
  getting *g = r->ctx;
  char type[32];
  s3_field_of(r, "x-amz-checksum-type", type, sizeof type);
  if (r->from || r->length >= 0 || strcmp(type, "COMPOSITE") == 0) return PINTLE_OK;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (s3_field_of(r, s3_sum_header(all[i]), g->want, sizeof g->want) && !strchr(g->want, '-'))
      return (g->sum = s3_sum_new(all[i])) ? PINTLE_OK : PINTLE_NOMEM;
  return PINTLE_OK;
}

static pintle_status on_bytes(s3_request *r, const void *data, size_t n) {
  getting *g = r->ctx;
  if (g->sum && !s3_sum_add(g->sum, data, n)) return PINTLE_NOMEM;
  for (const char *p = data; n;) {
    int64_t took = g->to->write(g->to, p, n);
    if (took <= 0 || (uint64_t)took > n) return took < 0 && took >= INT32_MIN ? (pintle_status)took : PINTLE_FAILED;
    p += took, n -= (size_t)took;
  }
  return PINTLE_OK;
}

static pintle_status check_sum(getting *g, pintle_call *call, const char *key) {
  unsigned char sum[64];
  char text[S3_SUM_TEXT + 48] = "";
  if (!g->sum) return PINTLE_OK;
  size_t n = s3_sum_end(g->sum, sum);
  g->sum = NULL;
  if (n) s3_base64(sum, n, text);
  if (strcmp(text, g->want) == 0) return PINTLE_OK;
  return pintle_fail(call, PINTLE_FAILED, "getting %s: the bytes that came do not have the checksum that the store has of them", key);
}

pintle_status s3_get_range(void *self, pintle_call *call, const char *bucket, const char *key, int64_t offset, const pintle_writer *to) {
  s3 *s = self;
  getting g = {.to = to};
  if (offset < 0) return pintle_fail(call, PINTLE_INVALID, "a negative offset");
  if (to->size == 0) return PINTLE_OK;
  struct s3_http *h = s3_http_take(s, call);
  if (!h) return PINTLE_NOMEM;
  s3_request r = s3_ask("GET", bucket, key);
  s3_customer_key_add(s, &r);
  r.sink = on_bytes, r.begin = on_begin, r.ctx = &g, r.from = offset, r.length = to->size;
  if (!offset && to->size < 0) s3_header_add(&r, "x-amz-checksum-mode", "ENABLED");
  pintle_status st = s3_http_do(h, &r);
  st = st == PINTLE_OK ? check_sum(&g, call, key) : s3_say(h, &r, "getting");
  s3_sum_free(g.sum);
  s3_request_free(&r);
  s3_http_give(h);
  return st;
}

pintle_status s3_get(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *to) {
  return s3_get_range(self, call, bucket, key, 0, to);
}
