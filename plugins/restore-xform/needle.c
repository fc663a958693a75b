/* needle.c -- a text that every match of a pattern holds, so that most patterns need not be run.  SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"
#include <stdlib.h>
#include <string.h>

/* Behind the bracket expression that begins at p. */
static const char *after_bracket(const char *p) {
  p += 1 + (p[1] == '^');
  if (*p == ']') p++;
  while (*p && *p != ']') {
    if (*p == '[' && (p[1] == ':' || p[1] == '.' || p[1] == '=')) { /* [:alpha:] */
      char kind = p[1];
      for (p += 2; *p && !(p[0] == kind && p[1] == ']'); p++) continue;
      if (*p) p++;
    }
    if (*p) p++;
  }
  return *p ? p + 1 : p;
}

/* Behind the group that begins at p. */
static const char *after_group(const char *p) {
  size_t depth = 0;
  while (*p) {
    if (*p == '[') {
      p = after_bracket(p);
      continue;
    }
    if (*p == '\\' && p[1]) p++;
    else if (*p == '(') depth++;
    else if (*p == ')' && --depth == 0) return p + 1;
    p++;
  }
  return p;
}

struct run {
  char now[128], best[128];
  size_t n, longest;
};

static void stop(struct run *r) {
  if (r->n > r->longest) memcpy(r->best, r->now, r->n), r->longest = r->n;
  r->n = 0;
}

/* One element of the pattern; returns what is behind it. */
static const char *element(const char *p, struct run *r) {
  char c = *p;
  if (c == '[' || c == '(' || c == '.' || c == '^' || c == '$') {
    stop(r);
    return c == '[' ? after_bracket(p) : c == '(' ? after_group(p) : p + 1;
  }
  if (c == '*' || c == '?' || c == '{') { /* what stands before may be missing */
    if (r->n > 0) r->n--;
    stop(r);
    if (c == '{') p += strcspn(p, "}");
    return *p ? p + 1 : p;
  }
  if (c == '\\') {
    c = *++p;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("<>`'", c)) { /* \b, \1 */
      stop(r);
      return *p ? p + 1 : p;
    }
  } else if (c == '+') {
    while (*p == '+') p++;
    if (*p && strchr("*?{", *p) && r->n > 0) r->n--; /* a+* may match nothing */
    stop(r);
    return p;
  }
  if (r->n == sizeof r->now) stop(r);
  r->now[r->n++] = c;
  return p + 1;
}

char *xform_needle(const char *pattern) {
  struct run r = {.n = 0};
  if (strchr(pattern, '|')) return xform_print("%s", "");
  for (const char *p = pattern; *p;) p = element(p, &r);
  stop(&r);
  return xform_print("%.*s", (int)r.longest, r.best);
}
