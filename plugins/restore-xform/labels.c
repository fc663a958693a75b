/* labels.c -- label selectors as kubectl writes them.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <stdlib.h>
#include <string.h>

enum { IN, NOT_IN, EXISTS, ABSENT };
struct xform_requirement {
  char *key, *values; /* values: each ended by NUL, an empty list "" */
  size_t n_values;
  int op;
  bool list; /* (a, b) */
};

static const char *blank(const char *p) { return p + strspn(p, " \t"); }
static size_t word(const char *p) { return strcspn(p, " \t,()=!"); }
static bool is_word(const char *p, const char *w) { return word(p) == strlen(w) && strncmp(p, w, strlen(w)) == 0; }

static const char *value(const char *p, struct xform_requirement *r, size_t *used) {
  size_t n = word(p);
  memcpy(r->values + *used, p, n);
  r->values[*used + n] = 0;
  *used += n + 1, r->n_values++;
  return blank(p + n);
}

/* One requirement; returns what is behind it, NULL: not readable. */
static const char *requirement(const char *p, struct xform_requirement *r) {
  size_t used = 0, n;
  p = blank(p);
  r->op = *p == '!' ? ABSENT : EXISTS;
  if (*p == '!') p = blank(p + 1);
  if ((n = word(p)) == 0 || !(r->key = xform_print("%.*s", (int)n, p)) || !(r->values = calloc(strlen(p) + 2, 1))) return NULL;
  p = blank(p + n);
  if (*p == ',' || !*p) return p;
  if (r->op == ABSENT) return NULL;
  if (*p == '=' || *p == '!') {
    r->op = *p == '!' ? NOT_IN : IN;
    if (*p == '!' && p[1] != '=') return NULL;
    p += p[1] == '=' ? 2 : 1;
    return value(blank(p), r, &used);
  }
  if (!is_word(p, "in") && !is_word(p, "notin")) return NULL;
  r->op = is_word(p, "in") ? IN : NOT_IN;
  p = blank(p + word(p));
  if (*p != '(') return NULL;
  r->list = true;
  do p = value(blank(p + 1), r, &used);
  while (*p == ',');
  return *p == ')' ? blank(p + 1) : NULL;
}

static bool has_value(const struct xform_requirement *r, const char *is) {
  const char *v = r->values;
  for (size_t i = 0; i < r->n_values; i++, v += strlen(v) + 1)
    if (strcmp(v, is) == 0) return true;
  return false;
}

static bool holds(const struct xform_requirement *r, const char *is) {
  if (r->op == EXISTS || r->op == ABSENT) return (is != NULL) == (r->op == EXISTS);
  if (!is) return r->op == NOT_IN;
  return has_value(r, is) == (r->op == IN);
}

/* Is there a label of this key, or none, that all requirements take? */
static bool agree(const struct xform_requirement *all, size_t n, const char *key) {
  bool absent = true, other = true, some = false;
  for (size_t i = 0; i < n; i++)
    if (strcmp(all[i].key, key) == 0) absent = absent && holds(&all[i], NULL), other = other && all[i].op != IN && all[i].op != ABSENT;
  for (size_t i = 0; i < n && !absent && !other && !some; i++) { /* then one of the values of `in` */
    if (strcmp(all[i].key, key) != 0 || all[i].op != IN) continue;
    const char *v = all[i].values;
    for (size_t k = 0; k < all[i].n_values && !some; k++, v += strlen(v) + 1) {
      some = true;
      for (size_t m = 0; m < n && some; m++) some = strcmp(all[m].key, key) != 0 || holds(&all[m], v);
    }
  }
  return absent || other || some;
}

/* No label can be so, or the requirements contradict each other: what is wrong, NULL: nothing. */
static const char *impossible(const struct xform_requirement *all, size_t n, const char **which) {
  for (size_t i = 0; i < n; i++) {
    const struct xform_requirement *r = &all[i];
    const char *v = *which = r->key;
    if (!xform_legal(XFORM_NAME_LABEL, v, strlen(v), false))
      return "no key of a label: \"app\" or \"example.com/app\", letters and digits, between them - _ and ., 63 at most";
    v = r->values;
    if ((r->op == IN || r->op == NOT_IN) && r->n_values == 1 && !*v && r->list) return "an empty list; a label without a value is \"key=\"";
    for (size_t k = 0; k < r->n_values; k++, v += strlen(v) + 1)
      if (*which = v, !xform_legal(XFORM_NAME_LABEL_VALUE, v, strlen(v), false))
        return "no value of a label: letters and digits, between them - _ and ., 63 at most";
  }
  for (size_t i = 0; i < n; i++)
    if (*which = all[i].key, !agree(all, n, all[i].key)) return "no label is all that is asked of it (one of several values: \"key in (a, b)\")";
  return NULL;
}

pintle_status xform_labels_read(pintle_call *call, const char *at, const char *text, struct xform_requirement **all, size_t *n) {
  const char *p = text;
  size_t room = 1;
  for (const char *c = text; *c; c++) room += *c == ',';
  if (!(*all = calloc(room, sizeof **all))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  do {
    struct xform_requirement *r = &(*all)[(*n)++];
    if (!(p = requirement(p, r)) || (*p && *p != ','))
      return pintle_fail_at(call, PINTLE_INVALID, at, "%.200s: no label selector, as in \"app=web,tier in (a, b),!legacy\"", text);
  } while (*p++ == ',' && *n < room);
  const char *which, *why = impossible(*all, *n, &which);
  return why ? pintle_fail_at(call, PINTLE_INVALID, at, "%.200s: it can never match: %.100s: %s", text, which, why) : PINTLE_OK;
}

bool xform_labels_match(const struct xform_requirement *all, size_t n, const pintle_doc *item) {
  for (size_t i = 0; i < n; i++) {
    char pointer[600];
    if (!holds(&all[i], pintle_str_or(item, pintle_key(pointer, sizeof pointer, "/metadata/labels", all[i].key), NULL))) return false;
  }
  return true;
}

void xform_labels_free(struct xform_requirement *all, size_t n) {
  for (size_t i = 0; i < n; i++) free(all[i].key), free(all[i].values);
  free(all);
}
