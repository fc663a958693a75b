/* line_diff.c -- see line_diff.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/line_diff.h"
#include "cli/cli.h"
#include <stdio.h>
#include <stdlib.h>

enum { LONG = 120, AROUND = 30, MOST_CELLS = 4 << 20 };

void cli_marked(cli_ink ink, char mark, str clean, buf *out) {
  int colour = mark == '-' ? CLI_RED : mark == '+' ? CLI_GREEN : mark == '@' ? CLI_CYAN : CLI_DIM;
  CLEANUP(buf_free) buf line = {0};
  for (unsigned i = 0; i < ink.indent; i++) buf_addc(out, ' ');
  if (mark != '@') buf_addc(&line, mark), buf_addc(&line, ' ');
  buf_adds(&line, clean);
  if (line.failed) out->failed = true;
  else cli_colour(out, ink.colours && mark != ' ', colour, buf_str(&line));
  buf_addc(out, '\n');
}

/* ---- two lines */

static bool continues(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

/* The part of s between from and its end less `tail` bytes, with some bytes around it. */
static void part(cli_ink ink, char mark, str s, size_t from, size_t tail, buf *out) {
  CLEANUP(buf_free) buf clean = {0};
  size_t begin = from > AROUND ? from - AROUND : 0, end = tail > AROUND ? s.len - tail + AROUND : s.len;
  if (end > begin + 2000) end = begin + 2000;
  while (begin > 0 && continues(s.ptr[begin])) begin--;
  while (end < s.len && continues(s.ptr[end])) end++;
  if (begin) buf_addz(&clean, "…");
  cli_clean(&clean, (str){s.ptr + begin, end - begin});
  if (end < s.len) buf_addz(&clean, "…");
  if (clean.failed) out->failed = true;
  else cli_marked(ink, mark, buf_str(&clean), out);
}

void cli_pair(cli_ink ink, str old, str new, buf *out) {
  size_t head = 0, tail = 0, least = old.len < new.len ? old.len : new.len;
  if (old.len > LONG || new.len > LONG) {
    while (head < least && old.ptr[head] == new.ptr[head]) head++;
    while (tail < least - head && old.ptr[old.len - 1 - tail] == new.ptr[new.len - 1 - tail]) tail++;
  }
  part(ink, '-', old, head, tail, out);
  part(ink, '+', new, head, tail, out);
}

/* ---- lines */
typedef struct lines {
  str *v;
  size_t n;
} lines;

static bool cut(str s, lines *out) {
  size_t n = 1;
  for (size_t i = 0; i < s.len; i++) n += s.ptr[i] == '\n';
  if (!(out->v = calloc(n, sizeof *out->v))) return false;
  for (size_t i = 0, from = 0; i <= s.len; i++)
    if (i == s.len || s.ptr[i] == '\n') out->v[out->n++] = (str){s.ptr + from, i - from}, from = i + 1;
  return true;
}

/* keep[i]: is line i of a (b) in a longest common subsequence? Too many lines: none of the middle is. */
static bool common(const lines *a, const lines *b, bool *keep_a, bool *keep_b) {
  size_t head = 0, tail = 0, least = a->n < b->n ? a->n : b->n;
  while (head < least && str_eq(a->v[head], b->v[head])) keep_a[head] = keep_b[head] = true, head++;
  while (tail < least - head && str_eq(a->v[a->n - 1 - tail], b->v[b->n - 1 - tail]))
    keep_a[a->n - 1 - tail] = keep_b[b->n - 1 - tail] = true, tail++;
  size_t n = a->n - head - tail, m = b->n - head - tail, width = m + 1;
  if (n == 0 || m == 0 || (n + 1) > MOST_CELLS / width) return true;
  uint32_t *t = calloc((n + 1) * width, sizeof *t);
  if (!t) return false;
  for (size_t i = n; i-- > 0;)
    for (size_t k = m; k-- > 0;) {
      uint32_t down = t[(i + 1) * width + k], right = t[i * width + k + 1];
      bool same = str_eq(a->v[head + i], b->v[head + k]);
      t[i * width + k] = same ? t[(i + 1) * width + k + 1] + 1 : down > right ? down : right;
    }
  for (size_t i = 0, k = 0; i < n && k < m;) {
    if (str_eq(a->v[head + i], b->v[head + k])) keep_a[head + i++] = keep_b[head + k++] = true;
    else if (t[(i + 1) * width + k] >= t[i * width + k + 1]) i++;
    else k++;
  }
  free(t);
  return true;
}

static void context(cli_ink ink, str line, buf *out) {
  CLEANUP(buf_free) buf clean = {0};
  str shown = line.len > LONG ? (str){line.ptr, LONG} : line;
  while (shown.len < line.len && shown.len && continues(line.ptr[shown.len])) shown.len--;
  cli_clean(&clean, shown);
  if (shown.len < line.len) buf_addz(&clean, "…");
  cli_marked(ink, ' ', buf_str(&clean), out);
}

/* A group of removed lines [i, i2) and added ones [k, k2): paired as far as they go. */
static void group(cli_ink ink, const lines *a, const lines *b, size_t i, size_t i2, size_t k, size_t k2, buf *out) {
  if (i2 - i == k2 - k) {
    for (; i < i2; i++, k++) cli_pair(ink, a->v[i], b->v[k], out);
    return;
  }
  for (; i < i2; i++) part(ink, '-', a->v[i], 0, 0, out);
  for (; k < k2; k++) part(ink, '+', b->v[k], 0, 0, out);
}

static void print(cli_ink ink, const lines *a, const lines *b, const bool *keep_a, const bool *keep_b, buf *out) {
  char title[48];
  for (size_t i = 0, k = 0, last = SIZE_MAX; i < a->n || k < b->n;) {
    if (i < a->n && k < b->n && keep_a[i] && keep_b[k]) {
      i++, k++;
      continue;
    }
    size_t i2 = i, k2 = k;
    while (i2 < a->n && !keep_a[i2]) i2++;
    while (k2 < b->n && !keep_b[k2]) k2++;
    if (last == SIZE_MAX || i > last + 1) {
      snprintf(title, sizeof title, "@@ line %zu @@", k + 1);
      cli_marked(ink, '@', str_of(title), out);
      if (i > 0 && keep_a[i - 1]) context(ink, a->v[i - 1], out);
    }
    group(ink, a, b, i, i2, k, k2, out);
    if (i2 < a->n) context(ink, a->v[i2], out);
    last = i2;
    i = i2, k = k2;
  }
}

void cli_line_diff(cli_ink ink, str old, str new, buf *out) {
  lines a = {0}, b = {0};
  bool *keep_a = NULL, *keep_b = NULL;
  if (cut(old, &a) && cut(new, &b) && (keep_a = calloc(a.n, 1)) && (keep_b = calloc(b.n, 1)) && common(&a, &b, keep_a, keep_b))
    print(ink, &a, &b, keep_a, keep_b, out);
  else out->failed = true;
  free(keep_a);
  free(keep_b);
  free(a.v);
  free(b.v);
}
