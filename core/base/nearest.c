/* nearest.c -- see nearest.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

#define LONGEST 128u

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c; }

static size_t least(size_t a, size_t b, size_t c) {
  if (b < a) a = b;
  return c < a ? c : a;
}

/* Insertions, deletions, substitutions and swaps of neighbours; three rows of the table are enough. */
static size_t distance(str a, str b) {
  size_t rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *now = rows[2];
  memset(rows, 0, sizeof rows);
  for (size_t j = 0; j <= b.len; j++) last[j] = j;
  for (size_t i = 1; i <= a.len; i++) {
    char x = lower(a.ptr[i - 1]);
    now[0] = i;
    for (size_t j = 1; j <= b.len; j++) {
      char y = lower(b.ptr[j - 1]);
      now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
      if (i > 1 && j > 1 && x == lower(b.ptr[j - 2]) && y == lower(a.ptr[i - 2]) && before[j - 2] + 1 < now[j]) now[j] = before[j - 2] + 1;
    }
    size_t *free_row = before;
    before = last, last = now, now = free_row;
  }
  return last[b.len];
}

const char *nearest(str word, const char *const *candidates, size_t n) {
  const char *best = NULL;
  size_t limit = word.len / 3 + 1; /* one more than is allowed */
  if (word.len == 0 || word.len > LONGEST) return NULL;
  for (size_t i = 0; i < n; i++) {
    str c = str_of(candidates[i]);
    if (c.len == 0 || c.len > LONGEST || c.len >= word.len + limit || word.len >= c.len + limit) continue;
    size_t d = distance(word, c);
    if (d < limit) best = candidates[i], limit = d;
    if (limit == 0) break;
  }
  return best;
}
