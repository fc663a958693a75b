/* check_near.c -- names that a rule nearly meant: what is said beside a rule that never matched.  SPDX-License-Identifier: Apache-2.0
 *
 * A text that no rule of its family maps is compared with all of them once, and what comes of it is remembered. */
#include "checking.h"
#include "xform.h"
#include <ctype.h>
#include <string.h>

enum { MOST_NAMES = 3 }; /* of one rule */

static bool separator(char c) { return c == '-' || c == '_' || c == '.'; }

/* Is it the same but for separators and the case of letters? */
static bool alike(const char *a, const char *end_a, const char *b, const char *end_b) {
  for (;; a++, b++) {
    while (a < end_a && separator(*a)) a++;
    while (b < end_b && separator(*b)) b++;
    if (a == end_a || b == end_b) return a == end_a && b == end_b;
    if (tolower((unsigned char)*a) != tolower((unsigned char)*b)) return false;
  }
}

/* Is one letter missing, too many, another one, or are two neighbours exchanged? Digits tell names apart on purpose. */
static bool misspelt(const char *a, size_t n, const char *b, size_t m) {
  size_t head = 0, tail = 0;
  if (n < 4 || m < 4 || n > m + 1 || m > n + 1) return false;
  while (head < n && head < m && a[head] == b[head]) head++;
  while (tail < n - head && tail < m - head && a[n - 1 - tail] == b[m - 1 - tail]) tail++;
  size_t x = n - head - tail, y = m - head - tail;
  for (size_t i = 0; i < x; i++)
    if (isdigit((unsigned char)a[head + i])) return false;
  for (size_t i = 0; i < y; i++)
    if (isdigit((unsigned char)b[head + i])) return false;
  return (x <= 1 && y <= 1) || (x == 2 && y == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]);
}

static bool is_text(pintle_str s, const char *t, size_t n) { return s.len == n && memcmp(s.ptr, t, n) == 0; }

/* What the rule is for (but its limits keep it off) is no near miss. */
static bool near(enum xform_family f, const char *from, pintle_str is) {
  size_t n = strlen(from);
  if (f == XFORM_HOSTS) {
    bool wild = strncmp(from, "*.", 2) == 0;
    if (wild) from += 2, n -= 2;
    if (is_text(is, from, n)) return wild;
    if (is.len > n && memcmp(is.ptr + is.len - n, from, n) == 0)
      return !wild || is.ptr[is.len - n - 1] != '.'; /* below it; bold.example.com */
  }
  if (is_text(is, from, n)) return false;
  if (f == XFORM_IMAGES && is.len > n && memcmp(is.ptr, from, n) == 0) return !strchr("/:@", is.ptr[n]);
  return alike(from, from + n, is.ptr, is.ptr + is.len) || misspelt(from, n, is.ptr, is.len);
}

static const struct xform_mapping *nearest(const struct check *c, const struct xform_map *map, enum xform_family f, pintle_str is) {
  for (size_t i = 0; i < map->n; i++) {
    const struct xform_mapping *m = &map->all[i];
    size_t known = 0;
    if (m->glob || !near(f, m->from, is)) continue;
    for (size_t k = 0; k < CHECK_NEAR; k++) known += c->near[k].m == m;
    if (known < MOST_NAMES) return m;
  }
  return NULL;
}

/* What was found for this text before, or now. */
static const struct xform_mapping *remembered(struct check *c, const struct xform_map *map, enum xform_family f, pintle_str is) {
  const char family[] = {(char)('A' + f), 0}, *const parts[] = {family, is.ptr, NULL};
  uint64_t hash = check_hash(parts);
  size_t i = (size_t)(hash >> 8) & (CHECK_NEAR - 1);
  while (c->near[i].hash && c->near[i].hash != hash) i = (i + 1) & (CHECK_NEAR - 1);
  if (!c->near[i].hash && c->n_near < CHECK_NEAR / 2) {
    const struct xform_mapping *m = nearest(c, map, f, is);
    c->near[i].hash = hash, c->near[i].m = m;
    c->n_near++;
  }
  return c->near[i].hash ? c->near[i].m : NULL;
}

void check_near(struct xform_job *j, enum xform_family f, pintle_str is) {
  struct check *c = j->check ? j->check->c : NULL;
  char counter[900];
  if (!c || !j->x->maps[f].n || j->within || j->left || j->redact || is.len < 3 || is.len > 253 || memchr(is.ptr, 0, is.len)) return;
  char text[254];
  memcpy(text, is.ptr, is.len);
  text[is.len] = 0;
  pthread_mutex_lock(&c->lock);
  const struct xform_mapping *m = remembered(c, &j->x->maps[f], f, (pintle_str){text, is.len});
  pthread_mutex_unlock(&c->lock);
  if (m && snprintf(counter, sizeof counter, "%s, but for the name %s", m->label, text) > 0) j->call->host->count(j->call, counter, 1);
}
