/* glob.c -- shell patterns over names.  SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"
#include "kube/types.h"

/* p is behind a '['. Its length with the ']', or 0 when there is none (the '[' then means itself). */
static size_t set_length(str p) {
  size_t i = p.len && p.ptr[0] == '!' ? 1 : 0;
  for (i++; i < p.len; i++) /* a ']' in the first place is a member */
    if (p.ptr[i] == ']') return i + 1;
  return 0;
}

static bool in_set(str set, unsigned char c) {
  bool negated = set.ptr[0] == '!', found = false;
  for (size_t i = negated; i < set.len - 1; i++) {
    unsigned char from = (unsigned char)set.ptr[i], to = from;
    if (i + 2 < set.len - 1 && set.ptr[i + 1] == '-') to = (unsigned char)set.ptr[i + 2], i += 2;
    found = found || (c >= from && c <= to);
  }
  return found != negated;
}

/* The length of the pattern's first element, if it matches c; else 0. */
static size_t one(str p, char c) {
  size_t n = p.ptr[0] == '[' ? set_length((str){p.ptr + 1, p.len - 1}) : 0;
  if (n) return in_set((str){p.ptr + 1, n}, (unsigned char)c) ? n + 1 : 0;
  return p.ptr[0] == '?' || p.ptr[0] == c ? 1 : 0;
}

bool kube_glob(str p, str t) {
  size_t i = 0, j = 0, star = SIZE_MAX, mark = 0;
  while (j < t.len) {
    size_t n = i < p.len && p.ptr[i] != '*' ? one((str){p.ptr + i, p.len - i}, t.ptr[j]) : 0;
    if (n) i += n, j++;
    else if (i < p.len && p.ptr[i] == '*') star = i++, mark = j;
    else if (star != SIZE_MAX) i = star + 1, j = ++mark;
    else return false;
  }
  while (i < p.len && p.ptr[i] == '*') i++;
  return i == p.len;
}

bool kube_is_glob(str p) {
  for (size_t i = 0; i < p.len; i++)
    if (p.ptr[i] == '*' || p.ptr[i] == '?' || p.ptr[i] == '[') return true;
  return false;
}

const char *kube_nearest(str word, const char *const *candidates, size_t n) { return nearest(word, candidates, n); }
