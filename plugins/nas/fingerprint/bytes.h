/* bytes.h -- growing bytes, numbers in them, SHA-256, hex.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_BYTES_H
#define FP_BYTES_H
#include <pintle/plugin.h>
#include <stdbool.h>
#include <string.h>

/* Zeroed is empty. After a lack of memory `failed` is set and stays: check once, at the end. */
typedef struct fp_bytes {
  uint8_t *p;
  size_t n, cap;
  bool failed;
} fp_bytes;
bool fp_bytes_room(fp_bytes *b, size_t n); /* n more fit behind p + n */
void fp_bytes_add(fp_bytes *b, const void *data, size_t n);
void fp_bytes_free(fp_bytes *b); /* wiped */
PINTLE_PRINTF(2, 3) void fp_bytes_addf(fp_bytes *b, const char *format, ...);

/* Numbers: 7 bits a byte, low ones first, at most 10 bytes; signed ones as 0, -1, 1, -2... */
void fp_bytes_uint(fp_bytes *b, uint64_t v);
static inline void fp_bytes_int(fp_bytes *b, int64_t v) { fp_bytes_uint(b, (uint64_t)v << 1 ^ (uint64_t)(v >> 63)); }
void fp_bytes_text(fp_bytes *b, const void *data, size_t n); /* its length, then it */

/* Reading what nobody has checked. After the first thing that is wrong `why` says what, `at` stays there, and all that follows is 0. */
typedef struct fp_scan {
  const uint8_t *p;
  size_t n, at;
  const char *why; /* NULL: all right so far */
} fp_scan;
void fp_scan_bad(fp_scan *s, const char *why);
uint64_t fp_scan_uint(fp_scan *s, uint64_t max, const char *what); /* what: "mode", said when it is over max or cut off */
int64_t fp_scan_int(fp_scan *s, const char *what);
const uint8_t *fp_scan_bytes(fp_scan *s, size_t n, const char *what); /* NULL: they are not there */
const uint8_t *fp_scan_text(fp_scan *s, size_t max, size_t *n, const char *what);

enum { FP_SHA = 32 };
bool fp_sha256(const void *data, size_t n, uint8_t to[FP_SHA]); /* false: OpenSSL has no memory */
void fp_hex(const uint8_t *data, size_t n, char *to);           /* 2n + 1 bytes, lower case */
bool fp_unhex(const char *text, size_t n, uint8_t *to);         /* 2n lower or upper case digits, no more need follow */
#endif
