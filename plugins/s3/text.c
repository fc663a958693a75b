/* text.c -- bytes that grow; hex and base64.  SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool room(s3_text *t, size_t n) {
  size_t cap = t->cap ? t->cap : 64;
  if (t->failed || n >= SIZE_MAX / 2 - t->n) return t->failed = true, false;
  while (cap < t->n + n + 1) cap *= 2;
  if (cap == t->cap) return true;
  char *p = malloc(cap);
  if (!p) return t->failed = true, false;
  if (t->p) memcpy(p, t->p, t->n + 1), OPENSSL_cleanse(t->p, t->n), free(t->p);
  t->p = p, t->cap = cap;
  return true;
}

void s3_add(s3_text *t, const void *data, size_t n) {
  if (!room(t, n)) return;
  if (n) memcpy(t->p + t->n, data, n);
  t->p[t->n += n] = 0;
}

void s3_addz(s3_text *t, const char *text) { s3_add(t, text, strlen(text)); }

void s3_addf(s3_text *t, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(NULL, 0, format, ap);
  va_end(ap);
  if (n < 0) t->failed = true;
  if (n < 0 || !room(t, (size_t)n)) return;
  va_start(ap, format);
  vsnprintf(t->p + t->n, (size_t)n + 1, format, ap);
  va_end(ap);
  t->n += (size_t)n;
}

void s3_text_free(s3_text *t) {
  if (t->p) OPENSSL_cleanse(t->p, t->cap);
  free(t->p);
  *t = (s3_text){0};
}

void s3_hex(const unsigned char *data, size_t n, char *to) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) *to++ = digits[data[i] >> 4], *to++ = digits[data[i] & 15];
  *to = 0;
}

void s3_base64(const unsigned char *data, size_t n, char *to) { EVP_EncodeBlock((unsigned char *)to, data, (int)n); }

static int base64_value(char c) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *at = c ? strchr(digits, c) : NULL;
  return at ? (int)(at - digits) : -1;
}

size_t s3_unbase64(const char *text, unsigned char *to, size_t most) {
  unsigned bits = 0, have = 0;
  size_t n = 0;
  for (; *text && *text != '='; text++) {
    int v = base64_value(*text);
    if (v < 0) continue;
    bits = bits << 6 | (unsigned)v, have += 6;
    if (have >= 8) {
      have -= 8;
      if (n < most) to[n] = (unsigned char)(bits >> have);
      n++;
    }
  }
  return n;
}
