/* scan.c -- see scan.h.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/scan.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };
typedef struct bits { /* of 64 bytes, the first is bit 0 */
  uint64_t quote, slash, open, close;
} bits;

#if defined(__SSE2__)
static inline uint64_t where(__m128i v, char c) { return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c))); }

static inline bits classify(const char *p) {
  bits b = {0, 0, 0, 0};
  for (unsigned i = 0; i < BLOCK; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
    __m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20)); /* '[' as '{', ']' as '}' */
    b.quote |= where(v, '"') << i;
    b.slash |= where(v, '\\') << i;
    b.open |= where(folded, '{') << i;
    b.close |= where(folded, '}') << i;
  }
  return b;
}

static const char *quote_or_slash(const char *p, const char *end) {
  for (; end - p >= 16; p += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    uint64_t hit = where(v, '"') | where(v, '\\');
    if (hit) return p + __builtin_ctzll(hit);
  }
  while (p < end && *p != '"' && *p != '\\') p++;
  return p;
}
#else
static inline bits classify(const char *p) {
  bits b = {0, 0, 0, 0};
  for (unsigned i = 0; i < BLOCK; i++) {
    uint64_t bit = (uint64_t)1 << i;
    char folded = (char)(p[i] | 0x20);
    if (p[i] == '"') b.quote |= bit;
    else if (p[i] == '\\') b.slash |= bit;
    else if (folded == '{') b.open |= bit;
    else if (folded == '}') b.close |= bit;
  }
  return b;
}

static const char *quote_or_slash(const char *p, const char *end) {
  while (p < end && *p != '"' && *p != '\\') p++;
  return p;
}
#endif

const char *kube_scan_string(const char *p, const char *end, bool *escaped) {
  *escaped = false;
  for (;;) {
    p = quote_or_slash(p, end);
    if (p >= end) return NULL;
    if (*p == '"') return p;
    *escaped = true;
    if (end - p < 2) return NULL;
    p += 2;
  }
}

static inline unsigned count(uint64_t v) { /* the builtin is a call where the CPU need not have the instruction */
  v -= v >> 1 & 0x5555555555555555u;
  v = (v & 0x3333333333333333u) + (v >> 2 & 0x3333333333333333u);
  return (unsigned)(((v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u >> 56);
}

/* The bytes that a backslash escapes; *carry: the next block's first byte is escaped. */
static inline uint64_t escaped_bytes(uint64_t slash, uint64_t *carry) {
  uint64_t escaped = *carry;
  *carry = 0;
  slash &= ~escaped;
  while (slash) {
    uint64_t next = (slash & (0 - slash)) << 1;
    if (next == 0) *carry = 1;
    escaped |= next;
    slash &= (slash - 1) & ~next;
  }
  return escaped;
}

/* The bytes from an opening quote up to the one before the closing quote; *inside: all ones when the block before ended in a string. */
static inline uint64_t in_strings(uint64_t quote, uint64_t *inside) {
  for (unsigned i = 1; i < BLOCK; i *= 2) quote ^= quote << i;
  quote ^= *inside;
  *inside = 0 - (quote >> 63);
  return quote;
}

const char *kube_scan_container(const char *p, const char *end) {
  uint64_t carry = 0, inside = 0;
  size_t depth = 0;
  char last[BLOCK];
  for (; p < end; p += BLOCK) {
    const char *block = p;
    if (end - p < BLOCK) {
      memset(last, ' ', sizeof last);
      block = memcpy(last, p, (size_t)(end - p));
    }
    bits b = classify(block);
    uint64_t text = in_strings(b.slash | carry ? b.quote & ~escaped_bytes(b.slash, &carry) : b.quote, &inside);
    b.open &= ~text;
    b.close &= ~text;
    size_t opened = count(b.open), closed = count(b.close);
    if (closed >= depth && closed) {
      uint64_t close = b.close;
      for (size_t n = 1; close; close &= close - 1, n++)
        if (depth + count(b.open & ((close & (0 - close)) - 1)) == n) return p + __builtin_ctzll(close) + 1;
    }
    depth += opened - closed;
  }
  return NULL;
}

static size_t utf8_length(const unsigned char *p, size_t n) {
  unsigned char c = p[0], low = 0x80, high = 0xbf;
  size_t need = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
  if (need == 0 || need > n) return 0;
  if (c == 0xe0) low = 0xa0;  /* overlong */
  if (c == 0xed) high = 0x9f; /* surrogates */
  if (c == 0xf0) low = 0x90;
  if (c == 0xf4) high = 0x8f; /* beyond U+10FFFF */
  if (p[1] < low || p[1] > high) return 0;
  for (size_t i = 2; i < need; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  return need;
}

static size_t utf8_put(uint32_t c, char *to) {
  if (c < 0x80) return to[0] = (char)c, 1;
  size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = n - 1; i > 0; i--, c >>= 6) to[i] = (char)(0x80 | (c & 0x3f));
  to[0] = (char)(lead[n] | c);
  return n;
}

/* The value of \uXXXX at p; -1: it is none. */
static int32_t unit(const char *p, const char *end) {
  int32_t v = 0;
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
  for (int i = 2; i < 6; i++) {
    char c = p[i], lower = (char)(c | 0x20);
    int d = c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    if (d < 0) return -1;
    v = v * 16 + d;
  }
  return v;
}

/* One escape; its length in the text, 0: it is none. */
static size_t resolve(const char *p, const char *end, uint32_t *c) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *at = end - p > 1 && p[1] ? strchr(from, p[1]) : NULL;
  if (at) return *c = (unsigned char)to[at - from], 2;
  int32_t a = unit(p, end), b;
  if (a < 0) return 0;
  *c = a >= 0xd800 && a <= 0xdfff ? 0xfffd : (uint32_t)a;
  if (a < 0xd800 || a > 0xdbff) return 6;
  b = unit(p + 6, end);
  if (b < 0xdc00 || b > 0xdfff) return 6;
  *c = 0x10000 + (((uint32_t)a - 0xd800) << 10) + ((uint32_t)b - 0xdc00);
  return 12;
}

const char *kube_unescape(str raw, char *to, size_t room, size_t *n) {
  const char *p = raw.ptr, *end = raw.ptr + raw.len;
  size_t out = 0, used, made;
  for (; p < end; p += used, out += made) {
    unsigned char c = (unsigned char)*p;
    char bytes[4] = {*p};
    uint32_t code;
    made = used = 1;
    if (c == '\\') {
      used = resolve(p, end, &code);
      if (used == 0) return "invalid escape in a string";
      made = utf8_put(code, bytes);
    } else if (c >= 0x80) {
      made = used = utf8_length((const unsigned char *)p, (size_t)(end - p));
      if (used == 0) return "invalid UTF-8 in a string";
      memcpy(bytes, p, used);
    } else if (c < 0x20) return "control character in a string (it must be escaped)";
    if (made > room - out) return "the string is too long";
    memcpy(to + out, bytes, made);
  }
  *n = out;
  return NULL;
}

bool kube_scan_may_hold(str text, const char *word) {
  if (text.len == 0) return false;
  if (memmem(text.ptr, text.len, word, strlen(word))) return true;
  const char *p = text.ptr, *end = text.ptr + text.len;
  while ((p = memchr(p, '\\', (size_t)(end - p))) && end - p > 1) {
    if (p[1] == 'u' || p[1] == '/') return true;
    p += 2;
  }
  return false;
}
