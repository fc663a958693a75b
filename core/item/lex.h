/* lex.h -- strings and numbers of JSON text; for core/item only.  SPDX-License-Identifier: Apache-2.0
 *
 * The text ends with a NUL and has ITEM_PAD readable bytes behind its end, so that nothing here asks for the end at each step. */
#ifndef PINTLE_ITEM_LEX_H
#define PINTLE_ITEM_LEX_H
#include "base/buf.h"
#include <stdint.h>
#if defined(__SSE2__) && !defined(ITEM_NO_SSE2)
#include <emmintrin.h>
#endif

enum { ITEM_PAD = 32 };

/* The first byte that ends a run of plain ASCII text: below 0x20, '"', '\' or above 0x7f. */
static inline const char *item_plain(const char *p) {
#if defined(__SSE2__) && !defined(ITEM_NO_SSE2)
  const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
  for (;; p += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)), _mm_cmplt_epi8(v, space));
    unsigned mask = (unsigned)_mm_movemask_epi8(hit);
    if (mask) return p + __builtin_ctz(mask);
  }
#else
  const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
  for (;; p += 8) {
    uint64_t v, quote, slash, hit;
    memcpy(&v, p, 8);
    quote = v ^ (ones * '"');
    slash = v ^ (ones * '\\');
    hit = (v | (v - ones * 0x20) | (quote - ones) | (slash - ones)) & high; /* may hit late bytes too early, never too late */
    if (hit) break;
  }
  for (;; p++) {
    unsigned char c = (unsigned char)*p;
    if (c < 0x20 || c == '"' || c == '\\' || c > 0x7f) return p;
  }
#endif
}

/* Behind the opening quote. Returns the closing quote, or NULL with the place and the reason. */
const char *item_lex_hard(const char *p, const char *end, bool *escaped, const char **bad, const char **why);
static inline const char *item_lex_string(const char *p, const char *end, bool *escaped, const char **bad, const char **why) {
  const char *q = item_plain(p);
  *escaped = false;
  return *q == '"' ? q : item_lex_hard(q, end, escaped, bad, why);
}
/* The end of the number at p, or NULL with the place that is wrong. */
const char *item_lex_number(const char *p, const char **bad);
/* The content of a checked string into `to`, which has room for n + ITEM_PAD bytes. Returns its length; a NUL is behind it. */
size_t item_unescape(char *to, const char *raw, size_t n);
/* Length of the valid UTF-8 sequence at p, at most n; 0: none. */
size_t item_utf8(const char *p, size_t n);
bool item_utf8_all(str s);

static inline const char *item_skip_space(const char *p) {
  while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t') p++;
  return p;
}
#endif
