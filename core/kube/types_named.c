/* types_named.c -- the type that a user's word means.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/types_index.h"

static bool short_name(const char *list, str name) {
  for (const char *p = list; *p;) {
    size_t n = strcspn(p, ",");
    if (str_eq((str){p, n}, name)) return true;
    p += n + (p[n] == ',');
  }
  return false;
}

/* 0: the plural; 1: the singular or the kind; 2: a short name; 3: no match. */
static int match(const kube_type *k, str name) {
  char kind[KUBE_LABEL_MAX + 1];
  if (str_is(name, k->resource)) return 0;
  if (str_is(name, k->singular)) return 1;
  if (name.len <= KUBE_LABEL_MAX && strlen(k->kind) == name.len) {
    kube_lower(str_of(k->kind), kind);
    if (memcmp(kind, name.ptr, name.len) == 0) return 1;
  }
  return short_name(k->short_names, name) ? 2 : 3;
}

/* Among groups: what a cluster serves before what the input brings, that before what is no longer served. */
static int rank(const kube_type *k) {
  if (k->origin == KUBE_BUILT_IN && k->until == 255) return *k->group ? 1 : 0;
  return k->origin == KUBE_CRD ? 2 : k->origin == KUBE_GUESSED ? 3 : 4;
}

static bool before(const kube_type *a, const kube_type *b) {
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  if (a->until != b->until) return a->until > b->until;
  if (a->since != b->since) return a->since < b->since;
  return strcmp(a->group, b->group) < 0;
}

const kube_type *kube_types_named(const kube_types *t, str name) {
  char lower[KUBE_LABEL_MAX + 1 + KUBE_SUBDOMAIN_MAX + 1];
  const kube_type *best = NULL;
  int best_match = 3;
  if (name.len == 0 || name.len >= sizeof lower) return NULL;
  kube_lower(name, lower);
  const char *dot = memchr(lower, '.', name.len);
  str group = dot ? (str){dot + 1, name.len - (size_t)(dot + 1 - lower)} : STR("");
  str word = {lower, dot ? (size_t)(dot - lower) : name.len};
  for (size_t i = 0; i < t->n; i++) {
    const kube_type *k = &t->all[i]->type;
    if (!t->all[i]->live || !k->preferred || (dot && !str_is(group, k->group))) continue;
    int m = match(k, word);
    if (m < best_match || (m == best_match && m < 3 && before(k, best))) best = k, best_match = m;
  }
  return best;
}
