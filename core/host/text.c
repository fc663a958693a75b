/* text.c -- see text.h.  SPDX-License-Identifier: Apache-2.0 */
#include "host/text.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

enum { TABLE_MAX = 64 << 10 };

size_t host_utf8(const char *s, size_t n) {
  const unsigned char *p = (const unsigned char *)s;
  unsigned char c = p[0];
  size_t need = c < 0x80 ? 1 : c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
  if (need == 0 || need > n) return 0;
  for (size_t i = 1; i < need; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f)) return 0;
  return need;
}

/* n as host_utf8 returned it for p, not 0. */
static bool control(const char *p, size_t n) {
  unsigned char c = (unsigned char)p[0];
  return n == 1 ? c < 0x20 || c == 0x7f : n == 2 && c == 0xc2 && (unsigned char)p[1] < 0xa0;
}

bool host_printable(str s) {
  for (size_t i = 0, n; i < s.len; i += n) {
    unsigned char c = (unsigned char)s.ptr[i];
    n = 1;
    if (c >= 0x20 && c < 0x7f) continue;
    n = host_utf8(s.ptr + i, s.len - i);
    if (n == 0 || control(s.ptr + i, n)) return false;
  }
  return true;
}

const char *host_fault(const char *z, size_t max, uint32_t flags) {
  if (!z) z = "";
  size_t n = strnlen(z, max + 1);
  if (n > max) return max == 253 ? "is longer than 253 bytes" : max == 1024 ? "is longer than 1024 bytes" : "is too long";
  if (n == 0) return flags & HOST_MAY_BE_EMPTY ? NULL : "is empty";
  if (!host_printable((str){z, n})) return "holds control characters or invalid UTF-8";
  if (flags & HOST_SEGMENT) {
    if (memchr(z, '/', n)) return "holds a '/'";
    if (strcmp(z, ".") == 0 || strcmp(z, "..") == 0) return "is . or ..";
  }
  return NULL;
}

bool host_given(const char *p, size_t len, size_t max, str *out) {
  if (!p && len != 0 && len != PINTLE_Z) return false;
  if (!p) p = "", len = 0;
  if (len == PINTLE_Z) len = strnlen(p, max + 1);
  if (len > max) return false;
  *out = (str){p, len};
  return true;
}

char *host_clean(char *to, size_t size, const char *z) {
  size_t room = size - 1, k = 0;
  if (!z) z = "";
  size_t len = strnlen(z, room + 4); /* enough to know the character at the cut */
  for (size_t i = 0, n; i < len; i += n) {
    n = host_utf8(z + i, len - i);
    bool plain = n != 0 && !control(z + i, n);
    if (k + (plain ? n : 1) > room) break;
    if (plain) memcpy(to + k, z + i, n), k += n;
    else to[k++] = n == 0 ? '?' : ' ';
    if (n == 0) n = 1;
  }
  to[k] = 0;
  return to;
}

char *host_clean_copy(arena *a, const char *z, size_t max) {
  size_t n = z ? strnlen(z, max) : 0;
  char *to = arena_alloc(a, n + 1);
  return to ? host_clean(to, n + 1, z) : NULL;
}

static void escape(buf *b, const char *p, size_t n) {
  static const char hex[] = "0123456789abcdef";
  const char *short_form = *p == '\n' ? "\\n" : *p == '\t' ? "\\t" : *p == '\r' ? "\\r" : NULL;
  if (short_form) {
    buf_add(b, short_form, 2);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)p[i];
    char x[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
    buf_add(b, x, sizeof x);
  }
}

void host_escape(buf *b, str s) {
  for (size_t i = 0, n; i < s.len; i += n) {
    n = host_utf8(s.ptr + i, s.len - i);
    if (n != 0 && !control(s.ptr + i, n)) buf_add(b, s.ptr + i, n);
    else escape(b, s.ptr + i, n ? n : 1), n = n ? n : 1;
  }
}

const char *host_adopt(const void *from, size_t first, size_t ours, void *to) {
  uint32_t size;
  if (!from) return "is missing";
  if ((uintptr_t)from % _Alignof(void *)) return "is at an unaligned address";
  memcpy(&size, from, sizeof size);
  if (size < first) return "has a struct_size that is smaller than that of 1.0";
  if (size > TABLE_MAX) return "has a struct_size of more than 64 KiB";
  if (size % _Alignof(void *)) return "has a struct_size that ends inside a field";
  memcpy(to, from, size < ours ? size : ours);
  if (size < ours) memset((char *)to + size, 0, ours - size);
  memcpy(to, &(uint32_t){(uint32_t)ours}, sizeof size); /* the copy is as long as we know it */
  return NULL;
}

const char *host_text(arena *a, const char *format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  const char *copy = n < 0 ? NULL : arena_dup(a, text);
  return copy ? copy : "out of memory";
}
