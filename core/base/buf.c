/* buf.c -- see buf.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int str_cmp(str a, str b) {
  size_t n = a.len < b.len ? a.len : b.len;
  int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
  return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(str s, const char *prefix) {
  size_t n = strlen(prefix);
  return s.len >= n && memcmp(s.ptr, prefix, n) == 0;
}

bool str_ends(str s, const char *suffix) {
  size_t n = strlen(suffix);
  return s.len >= n && memcmp(s.ptr + s.len - n, suffix, n) == 0;
}

void buf_free(buf *b) {
  free(b->data);
  *b = (buf){0};
}

bool buf_reserve(buf *b, size_t more) {
  if (b->failed) return false;
  if (more >= SIZE_MAX / 2 - b->len) return b->failed = true, false;
  size_t need = b->len + more + 1;
  if (need <= b->cap) return true;
  size_t cap = b->cap ? b->cap : 128;
  while (cap < need) cap += cap / 2 + 64;
  char *data = realloc(b->data, cap);
  if (!data) return b->failed = true, false;
  b->data = data;
  b->cap = cap;
  return true;
}

void buf_add(buf *b, const void *p, size_t n) {
  if (!buf_reserve(b, n)) return;
  if (n) memcpy(b->data + b->len, p, n);
  b->len += n;
  b->data[b->len] = 0;
}

void buf_printf(buf *b, const char *format, ...) {
  va_list ap, again;
  if (!buf_reserve(b, 1)) return;
  size_t room = b->cap - b->len; /* mostly it fits, and is printed once */
  va_start(ap, format);
  va_copy(again, ap);
  int n = vsnprintf(b->data + b->len, room, format, ap);
  va_end(ap);
  if (n >= 0 && (size_t)n >= room && buf_reserve(b, (size_t)n)) vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
  if (n < 0) b->failed = true;
  if (b->failed) b->data[b->len] = 0;
  else b->len += (size_t)n;
  va_end(again);
}

static void escape(buf *b, unsigned char c) {
  static const char hex[] = "0123456789abcdef";
  const char *two = c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : NULL;
  char u[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
  if (two) buf_add(b, two, 2);
  else if (c == '\b') buf_add(b, "\\b", 2);
  else if (c == '\f') buf_add(b, "\\f", 2);
  else buf_add(b, u, 6);
}

void buf_json(buf *b, str s) {
  const char *p = s.ptr, *end = s.ptr + s.len, *from = p;
  buf_addc(b, '"');
  for (; p < end; p++) {
    unsigned char c = (unsigned char)*p;
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    buf_add(b, from, (size_t)(p - from));
    escape(b, c);
    from = p + 1;
  }
  buf_add(b, from, (size_t)(p - from));
  buf_addc(b, '"');
}

/* Length of the valid UTF-8 sequence at p, or 0. */
static size_t utf8(const unsigned char *p, size_t n) {
  unsigned char c = p[0];
  size_t need = c < 0x80 ? 1 : c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
  if (need == 0 || need > n) return 0;
  for (size_t i = 1; i < need; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f)) return 0;
  return need;
}

void buf_json_go(buf *b, str s) {
  const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len;
  buf_addc(b, '"');
  while (p < end) {
    size_t n = utf8(p, (size_t)(end - p));
    if (n == 0) buf_add(b, "\\ufffd", 6), n = 1;
    else if (n == 1 && (*p < 0x20 || *p == '"' || *p == '\\' || *p == '<' || *p == '>' || *p == '&')) escape(b, *p);
    else if (n == 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] & 0xfe) == 0xa8) buf_add(b, p[2] & 1 ? "\\u2029" : "\\u2028", 6);
    else buf_add(b, p, n);
    p += n;
  }
  buf_addc(b, '"');
}

const char *buf_z(buf *b) {
  if (!buf_reserve(b, 0)) return "";
  b->data[b->len] = 0;
  return b->data;
}

void *grown(void *v, size_t *cap, size_t size) {
  size_t more = *cap ? *cap + *cap / 2 + 1 : 8;
  void *p = more < SIZE_MAX / 2 / size ? realloc(v, more * size) : NULL;
  if (p) *cap = more;
  return p;
}

void free_p(void *pp) { free(*(void **)pp); }

void close_p(int *fd) {
  int kept = errno;
  if (*fd >= 0) close(*fd);
  *fd = -1;
  errno = kept;
}
