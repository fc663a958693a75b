/* text.c -- bytes that grow; hex; texts of a call.  SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool room(nas_text *t, size_t n) {
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

void nas_add(nas_text *t, const void *data, size_t n) {
  if (!room(t, n)) return;
  if (n) memcpy(t->p + t->n, data, n);
  t->p[t->n += n] = 0;
}

void nas_addz(nas_text *t, const char *text) { nas_add(t, text, strlen(text)); }

void nas_addf(nas_text *t, const char *format, ...) {
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

void nas_text_free(nas_text *t) {
  if (t->p) OPENSSL_cleanse(t->p, t->cap);
  free(t->p);
  *t = (nas_text){0};
}

void nas_hex(const unsigned char *data, size_t n, char *to) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) *to++ = digits[data[i] >> 4], *to++ = digits[data[i] & 15];
  *to = 0;
}

void nas_base64(const unsigned char *data, size_t n, char *to) { EVP_EncodeBlock((unsigned char *)to, data, (int)n); }

char *nas_dup(pintle_call *call, const char *data, size_t n) {
  char *p = call->host->alloc(call, n + 1);
  if (p && n) memcpy(p, data, n);
  return p;
}

char *nas_take(pintle_call *call, nas_text *t) {
  char *p = t->failed ? NULL : nas_dup(call, nas_z(t), t->n);
  nas_text_free(t);
  return p;
}

void nas_add_json(nas_text *t, const char *text) {
  nas_addz(t, "\"");
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') nas_addz(t, "\\");
    if (c < ' ') nas_addf(t, "\\u%04x", c);
    else nas_add(t, text, 1);
  }
  nas_addz(t, "\"");
}

/* A pointer that is too long leads nowhere. */
static const char *join(char *pointer, size_t size, const char *base, const char *name) {
  int n = snprintf(pointer, size, "%s/%s", base, name);
  return n > 0 && (size_t)n < size ? pointer : "!";
}

const char *nas_text_at(const pintle_doc *d, const char *base, const char *name) {
  char pointer[200];
  return pintle_str_or(d, join(pointer, sizeof pointer, base, name), "");
}

int64_t nas_number_at(const pintle_doc *d, const char *base, const char *name) {
  char pointer[200];
  int64_t number = 0;
  return d->api->get_i64(d, join(pointer, sizeof pointer, base, name), &number) == PINTLE_OK && number > 0 ? number : 0;
}
