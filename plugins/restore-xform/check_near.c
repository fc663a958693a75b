/* check_near.c -- names that a rule nearly meant: what is said beside a rule that never matched.  SPDX-License-Identifier: Apache-2.0
 *
 * A text that no rule of its family maps is compared with all of them once, and what comes of it is remembered. Rules of text are near to a
 * whole entry, to what stands at their path, and to what is outside of their limits. Nothing is said of Secrets. */
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

/* Is one more name wanted for this rule? */
static bool wanted(const struct check *c, const void *rule) {
  size_t known = 0;
  for (size_t k = 0; k < CHECK_NEAR; k++) known += c->near[k].rule == rule;
  return known < MOST_NAMES;
}

static const void *nearest(const struct check *c, const struct xform_map *map, enum xform_family f, pintle_str is) {
  for (size_t i = 0; i < map->n; i++) {
    const struct xform_mapping *m = &map->all[i];
    if (!m->glob && near(f, m->written ? m->written : m->from, is) && wanted(c, m)) return m;
  }
  return NULL;
}

/* The place for this text, where what was found for it before stands (*found), or will. NULL: there is none any more. With the lock. */
static const void **remembered(struct check *c, const char *of, const char *text, bool *found) {
  const char *const parts[] = {of, text, NULL};
  uint64_t hash = check_hash(parts);
  size_t i = (size_t)(hash >> 8) & (CHECK_NEAR - 1);
  while (c->near[i].hash && c->near[i].hash != hash) i = (i + 1) & (CHECK_NEAR - 1);
  *found = c->near[i].hash != 0;
  if (!*found && c->n_near >= CHECK_NEAR / 2) return NULL;
  if (!*found) c->near[i].hash = hash, c->n_near++;
  return &c->near[i].rule;
}

/* A text short enough to be named, in room; NULL: it is not, or nobody asks. */
static const char *asked(const struct xform_job *j, pintle_str is, char room[254]) {
  if (!j->check || j->within || j->left || j->redact || is.len < 2 || is.len > 253 || memchr(is.ptr, 0, is.len)) return NULL;
  memcpy(room, is.ptr, is.len);
  room[is.len] = 0;
  return room;
}

void check_near(struct xform_job *j, enum xform_family f, pintle_str is) {
  const char family[] = {(char)('A' + f), 0};
  char room[254], counter[900];
  const char *text = j->x->maps[f].n ? asked(j, is, room) : NULL;
  bool found;
  if (!text) return;
  struct check *c = j->check->c;
  pthread_mutex_lock(&c->lock);
  const void **at = remembered(c, family, text, &found);
  if (at && !found) *at = nearest(c, &j->x->maps[f], f, (pintle_str){text, is.len});
  const struct xform_mapping *m = at ? *at : NULL;
  pthread_mutex_unlock(&c->lock);
  if (m && snprintf(counter, sizeof counter, "%s, but for the name %s", m->label, text) > 0) j->call->host->count(j->call, counter, 1);
}

/* ---- rules of text */
static pintle_str trimmed(pintle_str s) {
  while (s.len && isspace((unsigned char)s.ptr[0])) s.ptr++, s.len--;
  while (s.len && isspace((unsigned char)s.ptr[s.len - 1])) s.len--;
  return s;
}

static bool by_value(const struct xform_text_rule *r, unsigned where) {
  return r->value && !r->structured && r->where & where && !(r->where & XFORM_IN_SECRETS);
}

static bool near_value(const char *value, pintle_str is) {
  const pintle_str t = trimmed(is);
  size_t n = strlen(value);
  return is_text(t, value, n) || alike(value, value + n, t.ptr, t.ptr + t.len) || misspelt(value, n, t.ptr, t.len);
}

void check_value(struct xform_job *j, const struct xform_text_rule *r, pintle_str is) {
  char counter[900], line[72];
  int n = is_text(trimmed(is), r->value, strlen(r->value))
              ? snprintf(counter, sizeof counter, "%s, but for blanks around the value", r->label)
              : snprintf(counter, sizeof counter, "%s, but for the value %s", r->label, xform_short(is, line));
  if (n > 0) j->call->host->count(j->call, counter, 1);
}

const struct xform_text_rule *check_near_text(struct xform_job *j, unsigned where, pintle_str is) {
  const char place[] = {(char)('a' + where), 0};
  char room[254];
  const char *text = asked(j, is, room);
  bool found;
  if (!text) return NULL;
  struct check *c = j->check->c;
  pthread_mutex_lock(&c->lock);
  const void **at = remembered(c, place, text, &found);
  for (size_t i = 0; at && !found && !*at && i < j->x->n_texts; i++) {
    const struct xform_text_rule *r = &j->x->texts[i];
    if (by_value(r, where) && near_value(r->value, is) && wanted(c, r)) *at = r;
  }
  const struct xform_text_rule *r = at ? *at : NULL;
  pthread_mutex_unlock(&c->lock);
  return r;
}

/* Is text, which misses r in the way that kind names, one of those that are told? */
static bool near_miss(struct xform_job *j, const struct xform_text_rule *r, char kind, const char *text) {
  struct check *c = j->check->c;
  char rule[24];
  bool found;
  if (snprintf(rule, sizeof rule, "%c%zu", kind, (size_t)(r - j->x->texts)) < 0) return false;
  pthread_mutex_lock(&c->lock);
  const void **at = remembered(c, rule, text, &found);
  if (at && !found && wanted(c, r)) *at = r;
  const bool told = at && *at == r;
  pthread_mutex_unlock(&c->lock);
  return told;
}

void check_other_value(struct xform_job *j, const struct xform_text_rule *r, pintle_str is) {
  char room[254];
  const char *text = asked(j, is, room);
  if (!text || r->where & XFORM_IN_SECRETS) return;
  if (r->path && strchr(r->path, '*') && !near_value(r->value, is)) return; /* one of many values */
  if (near_miss(j, r, '#', text)) check_value(j, r, is);
}

void check_near_limit(struct xform_job *j, const struct xform_text_rule *r, pintle_str is, const char *misses) {
  char counter[900];
  if (!j->check || j->within || j->left || r->structured || (!r->value && !r->is_pattern)) return;
  if (r->is_pattern && !xform_pattern_fits(r, is)) return;
  if (snprintf(counter, sizeof counter, "%s, but for %s", r->label, misses) > 0) j->call->host->count(j->call, counter, 1);
}

bool check_alike(const char *a, const char *b) {
  const size_t n = strlen(a), m = strlen(b);
  return strcmp(a, b) != 0 && (alike(a, a + n, b, b + m) || misspelt(a, n, b, m));
}

void check_near_rule(struct xform_job *j, const struct xform_text_rule *r, const char *why, const char *name) {
  char counter[900];
  if (!j->check || j->within || j->left) return;
  int n = name ? snprintf(counter, sizeof counter, "%s, but for the %s %.253s", r->label, why, name)
               : snprintf(counter, sizeof counter, "%s, but for %s%s", r->label, strchr(why, ' ') ? "its " : "", why);
  if (n > 0) j->call->host->count(j->call, counter, 1);
}

/* Keys that are alike; of JSON Pointers one token is. */
static bool near_path(const char *a, const char *b) {
  size_t differ = 0;
  if (*a != '/' || *b != '/') return check_alike(a, b);
  while (*a == '/' && *b == '/') {
    const size_t n = strcspn(a + 1, "/"), m = strcspn(b + 1, "/");
    const pintle_str is = {a + 1, n};
    if (!is_text(is, b + 1, m)) {
      if (++differ > 1) return false;
      if (!alike(a + 1, a + 1 + n, b + 1, b + 1 + m) && !misspelt(a + 1, n, b + 1, m)) return false;
    }
    a += n + 1, b += m + 1;
  }
  return differ == 1 && !*a && !*b;
}

void check_near_path(struct xform_job *j, const struct xform_text_rule *r, const char *path) {
  char room[254];
  if (!r->path || r->where & XFORM_IN_SECRETS || strpbrk(r->path, "*?[") || !near_path(r->path, path)) return;
  const char *text = asked(j, (pintle_str){path, strlen(path)}, room);
  if (text && near_miss(j, r, '/', text)) check_near_rule(j, r, "path", text);
}
