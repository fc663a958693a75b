/* lex.c -- see lex.h.  SPDX-License-Identifier: Apache-2.0 */
#include "item/lex.h"

size_t item_utf8(const char *text, size_t n) {
  const unsigned char *p = (const unsigned char *)text;
  if (n == 0) return 0;
  unsigned char c = p[0];
  if (c < 0x80) return 1;
  size_t need = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
  if (need == 0 || need > n) return 0;
  for (size_t i = 1; i < need; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f)) return 0; /* overlong, surrogate */
  if ((c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f)) return 0; /* overlong, beyond U+10FFFF */
  return need;
}

bool item_utf8_all(str s) {
  for (size_t i = 0, n; i < s.len; i += n) {
    n = item_utf8(s.ptr + i, s.len - i);
    if (n == 0) return false;
  }
  return true;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = (char)(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits; -1: they are not. A NUL ends the text, so nothing behind it is read. */
static int32_t hex4(const char *p) {
  int32_t v = 0;
  for (int i = 0; i < 4; i++) {
    int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    v = v * 16 + digit;
  }
  return v;
}

static size_t escape_length(const char *p) {
  switch (p[1]) {
  case '"':
  case '\\':
  case '/':
  case 'b':
  case 'f':
  case 'n':
  case 'r':
  case 't': return 2;
  case 'u': return hex4(p + 2) < 0 ? 0 : 6;
  default: return 0;
  }
}

const char *item_lex_hard(const char *p, const char *end, bool *escaped, const char **bad, const char **why) {
  for (;; p = item_plain(p)) {
    unsigned char c = (unsigned char)*p;
    if (c == '"') return p;
    *bad = p;
    if (c == '\\') {
      size_t n = escape_length(p);
      *escaped = true;
      *why = p + 1 >= end ? "the text ends inside a string" : "invalid escape in a string";
      if (n == 0) return NULL;
      p += n;
    } else if (c >= 0x80) {
      size_t n = item_utf8(p, (size_t)(end - p));
      *why = "invalid UTF-8 in a string";
      if (n == 0) return NULL;
      p += n;
    } else {
      *why = p >= end ? "the text ends inside a string" : "control character in a string (it must be escaped)";
      return NULL;
    }
  }
}

static inline bool digit(char c) { return c >= '0' && c <= '9'; }

const char *item_lex_number(const char *p, const char **bad) {
  if (*p == '-') p++;
  *bad = p;
  if (!digit(*p)) return NULL;
  if (*p++ == '0') {
    *bad = p;
    if (digit(*p)) return NULL; /* a leading zero */
  } else
    while (digit(*p)) p++;
  if (*p == '.') {
    *bad = ++p;
    if (!digit(*p)) return NULL;
    while (digit(*p)) p++;
  }
  if (*p == 'e' || *p == 'E') {
    p++;
    if (*p == '+' || *p == '-') p++;
    *bad = p;
    if (!digit(*p)) return NULL;
    while (digit(*p)) p++;
  }
  return p;
}

static char *put_utf8(char *to, uint32_t c) {
  if (c < 0x80) *to++ = (char)c;
  else if (c < 0x800) {
    *to++ = (char)(0xc0 | c >> 6);
    *to++ = (char)(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    *to++ = (char)(0xe0 | c >> 12);
    *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    *to++ = (char)(0x80 | (c & 0x3f));
  } else {
    *to++ = (char)(0xf0 | c >> 18);
    *to++ = (char)(0x80 | (c >> 12 & 0x3f));
    *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    *to++ = (char)(0x80 | (c & 0x3f));
  }
  return to;
}

/* The \u at *p, with its second half if it has one; a lone surrogate is U+FFFD. */
static uint32_t code_point(const char **p, const char *end) {
  int32_t c = hex4(*p + 2);
  *p += 6;
  if (c < 0xd800 || c > 0xdfff) return (uint32_t)c;
  if (c > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u') return 0xfffd;
  int32_t low = hex4(*p + 2);
  if (low < 0xdc00 || low > 0xdfff) return 0xfffd;
  *p += 6;
  return 0x10000 + (((uint32_t)c - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
}

static char simple_escape(char c) {
  switch (c) {
  case 'b': return '\b';
  case 'f': return '\f';
  case 'n': return '\n';
  case 'r': return '\r';
  case 't': return '\t';
  default: return c; /* quote, backslash, slash */
  }
}

/* Copies up to the next backslash or the end; both sides have ITEM_PAD bytes of slack. */
static inline size_t copy_run(char *to, const char *p, size_t n) {
#if defined(__SSE2__) && !defined(ITEM_NO_SSE2)
  const __m128i slash = _mm_set1_epi8('\\');
  for (size_t i = 0;; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
    _mm_storeu_si128((__m128i *)(void *)(to + i), v);
    unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, slash));
    size_t at = mask ? i + (size_t)__builtin_ctz(mask) : i + 16;
    if (at >= n) return n;
    if (mask) return at;
  }
#else
  const char *slash = memchr(p, '\\', n);
  if (slash) n = (size_t)(slash - p);
  memcpy(to, p, n);
  return n;
#endif
}

size_t item_unescape(char *to, const char *raw, size_t n) {
  const char *p = raw, *end = raw + n;
  char *start = to;
  while (p < end) {
    size_t run = copy_run(to, p, (size_t)(end - p));
    p += run;
    to += run;
    if (p >= end) break;
    if (p[1] == 'u') to = put_utf8(to, code_point(&p, end));
    else {
      *to++ = simple_escape(p[1]);
      p += 2;
    }
  }
  *to = 0;
  return (size_t)(to - start);
}
