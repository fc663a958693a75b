/* sort.c -- see sort.h: quicksort; what it splits badly goes to heapsort.  SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"
#include <string.h>

typedef struct sorting {
  size_t size;
  int (*compare)(const void *a, const void *b, void *ctx);
  void *ctx;
} sorting;

static void swap(char *a, char *b, size_t size) {
  char t[32];
  while (size && a != b) {
    size_t n = size < sizeof t ? size : sizeof t;
    memcpy(t, a, n);
    memcpy(a, b, n);
    memcpy(b, t, n);
    a += n, b += n, size -= n;
  }
}

static int compare(const sorting *s, const char *a, const char *b) { return s->compare(a, b, s->ctx); }

static void sift(const sorting *s, char *v, size_t at, size_t n) {
  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && compare(s, v + child * s->size, v + (child + 1) * s->size) < 0) child++;
    if (compare(s, v + at * s->size, v + child * s->size) >= 0) return;
    swap(v + at * s->size, v + child * s->size, s->size);
  }
}

static void by_heap(const sorting *s, char *v, size_t n) {
  for (size_t i = n / 2; i-- > 0;) sift(s, v, i, n);
  for (size_t i = n; i-- > 1;) {
    swap(v, v + i * s->size, s->size);
    sift(s, v, 0, i);
  }
}

static void by_insertion(const sorting *s, char *v, size_t n) {
  for (size_t i = 1; i < n; i++)
    for (char *at = v + i * s->size; at > v && compare(s, at - s->size, at) > 0; at -= s->size) swap(at - s->size, at, s->size);
}

/* The median of first, middle and last becomes the first. */
static void choose(const sorting *s, char *v, size_t n) {
  char *a = v, *b = v + n / 2 * s->size, *c = v + (n - 1) * s->size;
  if (compare(s, a, b) > 0) swap(a, b, s->size);
  if (compare(s, b, c) > 0) swap(b, c, s->size);
  if (compare(s, a, b) < 0) swap(a, b, s->size);
}

/* What is not greater than the first stands before it, what is not less behind it: its place. */
static size_t split(const sorting *s, char *v, size_t n) {
  size_t i = 0, j = n;
  choose(s, v, n);
  for (;;) {
    do i++;
    while (i < n && compare(s, v + i * s->size, v) < 0);
    do j--;
    while (compare(s, v + j * s->size, v) > 0);
    if (i >= j) break;
    swap(v + i * s->size, v + j * s->size, s->size);
  }
  swap(v, v + j * s->size, s->size);
  return j;
}

static void sort(const sorting *s, char *v, size_t n, unsigned depth) {
  while (n > 12) {
    if (depth-- == 0) return by_heap(s, v, n);
    size_t at = split(s, v, n), behind = n - at - 1;
    char *rest = v + (at + 1) * s->size;
    if (at < behind) sort(s, v, at, depth), v = rest, n = behind;
    else sort(s, rest, behind, depth), n = at;
  }
  by_insertion(s, v, n);
}

void sort_in_place(void *v, size_t n, size_t size, int (*compare)(const void *a, const void *b, void *ctx), void *ctx) {
  const sorting s = {size, compare, ctx};
  unsigned depth = 2;
  for (size_t i = n; i; i >>= 1) depth += 2;
  if (n > 1) sort(&s, v, n, depth);
}
