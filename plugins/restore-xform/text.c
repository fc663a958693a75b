/* text.c -- growing text, and short forms of it for people.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <stdlib.h>
#include <string.h>

void xform_text_add(struct xform_text *t, const char *p, size_t n) {
  if (t->failed || n > SIZE_MAX / 2 - t->len - 1) {
    t->failed = true;
    return;
  }
  if (t->len + n + 1 > t->cap) {
    size_t cap = (t->len + n + 1) * 2;
    char *data = realloc(t->data, cap);
    if (!data) {
      t->failed = true;
      return;
    }
    t->data = data, t->cap = cap;
  }
  if (n) memcpy(t->data + t->len, p, n);
  t->len += n;
  t->data[t->len] = 0;
}

void xform_text_json(struct xform_text *t, pintle_str s) {
  xform_text_add(t, "\"", 1);
  for (size_t i = 0; i < s.len; i++) {
    char c = s.ptr[i], escape[8];
    int n = 1;
    escape[0] = c;
    if (c == '"' || c == '\\') escape[0] = '\\', escape[1] = c, n = 2;
    else if ((unsigned char)c < 0x20) n = snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)c);
    xform_text_add(t, escape, (size_t)n);
  }
  xform_text_add(t, "\"", 1);
}

void xform_text_free(struct xform_text *t) {
  free(t->data);
  *t = (struct xform_text){0};
}

char *xform_print(const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(NULL, 0, format, ap);
  va_end(ap);
  char *text = n >= 0 ? malloc((size_t)n + 1) : NULL;
  if (!text) return NULL;
  va_start(ap, format);
  if (vsnprintf(text, (size_t)n + 1, format, ap) < 0) text[0] = 0;
  va_end(ap);
  return text;
}

const char *xform_short(pintle_str s, char *to) {
  size_t n = s.len <= 60 ? s.len : 57;
  while (n < s.len && n > 0 && ((unsigned char)s.ptr[n] & 0xc0) == 0x80) n--; /* not in the middle of a character */
  for (size_t i = 0; i < n; i++) to[i] = (char)((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f ? ' ' : s.ptr[i]);
  strcpy(to + n, n < s.len ? "..." : "");
  return to;
}

char xform_pointer_escape(char c) { return (char)(c == '~' ? '0' : c == '/' ? '1' : 0); }
