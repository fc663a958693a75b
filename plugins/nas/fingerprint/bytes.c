/* bytes.c -- growing bytes, numbers in them, SHA-256, hex.  SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool fp_bytes_room(fp_bytes *b, size_t n) {
  if (!b->failed && b->cap - b->n >= n) return true;
  if (b->failed || n >= SIZE_MAX / 4 - b->n) return b->failed = true, false;
  size_t cap = b->cap ? b->cap : 256;
  while (cap < b->n + n) cap += cap / 2;
  uint8_t *p = malloc(cap);
  if (!p) return b->failed = true, false;
  if (b->n) memcpy(p, b->p, b->n);
  if (b->p) OPENSSL_cleanse(b->p, b->n), free(b->p);
  b->p = p, b->cap = cap;
  return true;
}

void fp_bytes_add(fp_bytes *b, const void *data, size_t n) {
  if (!n || !fp_bytes_room(b, n)) return;
  memcpy(b->p + b->n, data, n);
  b->n += n;
}

void fp_bytes_free(fp_bytes *b) {
  if (b->p) OPENSSL_cleanse(b->p, b->n), free(b->p);
  *b = (fp_bytes){0};
}

void fp_bytes_addf(fp_bytes *b, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(NULL, 0, format, ap);
  va_end(ap);
  if (n < 0) b->failed = true;
  if (n < 0 || !fp_bytes_room(b, (size_t)n + 1)) return;
  va_start(ap, format);
  vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, ap);
  va_end(ap);
  b->n += (size_t)n;
}

void fp_bytes_uint(fp_bytes *b, uint64_t v) {
  if (!fp_bytes_room(b, 10)) return;
  uint8_t *to = b->p + b->n;
  for (; v >= 128; v >>= 7) *to++ = (uint8_t)(v | 128);
  *to++ = (uint8_t)v;
  b->n = (size_t)(to - b->p);
}

void fp_bytes_text(fp_bytes *b, const void *data, size_t n) {
  fp_bytes_uint(b, n);
  fp_bytes_add(b, data, n);
}

void fp_scan_bad(fp_scan *s, const char *why) {
  if (!s->why) s->why = why;
}

uint64_t fp_scan_uint(fp_scan *s, uint64_t max, const char *what) {
  uint64_t v = 0;
  size_t at = s->at;
  if (s->why) return 0;
  for (unsigned shift = 0; at < s->n && shift < 64; shift += 7) {
    uint8_t c = s->p[at++];
    if (shift == 63 && c > 1) break;
    v |= (uint64_t)(c & 127) << shift;
    if (c & 128) continue;
    if (v > max) break;
    s->at = at;
    return v;
  }
  fp_scan_bad(s, what);
  return 0;
}

int64_t fp_scan_int(fp_scan *s, const char *what) {
  uint64_t v = fp_scan_uint(s, UINT64_MAX, what);
  return (int64_t)(v >> 1 ^ -(v & 1));
}

const uint8_t *fp_scan_bytes(fp_scan *s, size_t n, const char *what) {
  if (s->why || s->n - s->at < n) return fp_scan_bad(s, what), NULL;
  s->at += n;
  return s->p + s->at - n;
}

const uint8_t *fp_scan_text(fp_scan *s, size_t max, size_t *n, const char *what) {
  *n = (size_t)fp_scan_uint(s, max, what);
  const uint8_t *p = fp_scan_bytes(s, *n, what);
  if (!p) *n = 0;
  return p;
}

bool fp_sha256(const void *data, size_t n, uint8_t to[FP_SHA]) { return EVP_Digest(data, n, to, NULL, EVP_sha256(), NULL) == 1; }

void fp_hex(const uint8_t *data, size_t n, char *to) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) *to++ = digits[data[i] >> 4], *to++ = digits[data[i] & 15];
  *to = 0;
}

bool fp_unhex(const char *text, size_t n, uint8_t *to) {
  for (size_t i = 0; i < 2 * n; i++) {
    char c = text[i];
    int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (v < 0) return false;
    to[i / 2] = (uint8_t)(i & 1 ? to[i / 2] | v : v << 4);
  }
  return true;
}
