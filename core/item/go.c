/* go.c -- a document that a Go program has read, perhaps changed, and printed anew: only what it changed is edited.  SPDX-License-Identifier: Apache-2.0
 *
 * k8s.io/apimachinery reads a number as int64 where it is one, else as float64, and encoding/json prints objects sorted and floats as short as they
 * can be. So 1.0 comes back as 1 and 18446744073709551615 as 18446744073709552000; neither is a change. */
#include "item/node.h"
#include <stdio.h>
#include <stdlib.h>

enum { FEW = 16, MOST_CELLS = 1 << 20 };

/* ---- is it what Go makes of ours? */

static bool is_int64(str s) {
  item_node n = {.type = PINTLE_T_NUMBER, .text = s.ptr, .len = (uint32_t)s.len};
  int64_t v;
  return item_int(&n, &v) == PINTLE_OK;
}

/* The shortest decimal that reads back as d, as strconv prints it. */
static bool prints_as(double d, str theirs) {
  char text[40];
  for (int digits = 0; digits < 17; digits++) {
    int n = snprintf(text, sizeof text, "%.*e", digits, d);
    if (n > 0 && strtod(text, NULL) == d) return item_number_equal((str){text, (size_t)n}, theirs);
  }
  return false;
}

static bool number_kept(str ours, str theirs) {
  if (item_number_equal(ours, theirs)) return true;
  if (is_int64(ours)) return false;
  double d = strtod(ours.ptr, NULL); /* lexemes end with NUL; nobody sets a locale here (R8) */
  return d == strtod(theirs.ptr, NULL) && (!is_int64(theirs) || prints_as(d, theirs));
}

/* The members in byte order of their keys; of duplicates the last, which is the one that Go reads. */
typedef struct members {
  const item_node **v, *few[FEW];
  size_t n;
} members;

static bool members_of(const item_node *object, members *m) {
  m->v = object->len <= FEW ? m->few : malloc(object->len * sizeof *m->v);
  m->n = 0;
  if (!m->v) return false;
  item_sort(object, m->v);
  for (size_t i = 0; i < object->len; i++)
    if (i + 1 == object->len || !str_eq(item_key_of(m->v[i]), item_key_of(m->v[i + 1]))) m->v[m->n++] = m->v[i];
  return true;
}

static void members_free(members *m) {
  if (m->v != m->few) free(m->v);
}

static bool kept(const item_node *ours, const item_node *theirs);

static bool object_kept(const item_node *ours, const item_node *theirs) {
  members a, b;
  bool same = false;
  if (!members_of(ours, &a)) return false;
  if (members_of(theirs, &b)) {
    same = a.n == b.n;
    for (size_t i = 0; same && i < a.n; i++) same = str_eq(item_key_of(a.v[i]), item_key_of(b.v[i])) && kept(a.v[i], b.v[i]);
    members_free(&b);
  }
  members_free(&a);
  return same;
}

static bool array_kept(const item_node *ours, const item_node *theirs) {
  bool same = ours->len == theirs->len;
  for (const item_node *a = ours->first, *b = theirs->first; same && a && b; a = a->next, b = b->next) same = kept(a, b);
  return same;
}

/* No memory counts as another value: then it is an edit, to what it is already. */
static bool kept(const item_node *ours, const item_node *theirs) {
  if (ours->type != theirs->type) return false;
  switch (ours->type) {
  case PINTLE_T_BOOL: return item_true(ours) == item_true(theirs);
  case PINTLE_T_NUMBER: return number_kept(item_number(ours), item_number(theirs));
  case PINTLE_T_STRING: return str_eq(item_string(ours), item_string(theirs));
  case PINTLE_T_ARRAY: return array_kept(ours, theirs);
  case PINTLE_T_OBJECT: return object_kept(ours, theirs);
  default: return true;
  }
}

/* Equal for whatever `kept` calls the same. */
static uint64_t hash_bytes(uint64_t h, const void *data, size_t n) {
  for (size_t i = 0; i < n; i++) h = (h ^ ((const unsigned char *)data)[i]) * 0x100000001b3u;
  return h;
}

static uint64_t hash_of(const item_node *n) {
  uint64_t h = 0xcbf29ce484222325u + n->type;
  if (n->type == PINTLE_T_NUMBER) {
    double d = strtod(item_number(n).ptr, NULL) + 0.0; /* -0 as 0 */
    return hash_bytes(h, &d, sizeof d);
  }
  if (n->type == PINTLE_T_STRING) return hash_bytes(h, n->text, n->len);
  if (n->type == PINTLE_T_BOOL) return h + item_true(n);
  uint64_t sum = 0; /* the members in any order; duplicates may make it another, which costs an edit and nothing else */
  for (const item_node *m = item_is_container(n) ? n->first : NULL; m; m = m->next) {
    uint64_t v = hash_of(m);
    if (n->type == PINTLE_T_ARRAY) h = hash_bytes(h, &v, sizeof v);
    else sum += hash_bytes(v, m->key, m->key_len);
  }
  return h + sum;
}

/* ---- edits */
static pintle_status follow(item_doc *d, item_node *old, item_node *n);

static item_node *taken(item_node *n) {
  if (n->parent) item_unlink(n);
  n->parent = NULL;
  return n;
}

static item_node *writable(const item_node *n) { return (item_node *)(uintptr_t)n; }

static pintle_status follow_object(item_doc *d, item_node *old, item_node *n) {
  members a, b;
  if (!members_of(old, &a)) return PINTLE_NOMEM;
  if (!members_of(n, &b)) {
    members_free(&a);
    return PINTLE_NOMEM;
  }
  pintle_status st = PINTLE_OK;
  for (size_t i = 0, k = 0; st == PINTLE_OK && (i < a.n || k < b.n);) {
    int order = i == a.n ? 1 : k == b.n ? -1 : str_cmp(item_key_of(a.v[i]), item_key_of(b.v[k]));
    if (order < 0) st = item_do_remove(d, writable(a.v[i++]));
    else if (order > 0) st = item_adopt(d, old, taken(writable(b.v[k++])));
    else st = follow(d, writable(a.v[i]), writable(b.v[k])), i++, k++;
  }
  members_free(&b);
  members_free(&a);
  return st;
}

/* Two lists beside each other: x ours, y theirs, without what is the same at both ends. */
typedef struct lists {
  item_doc *d;
  item_node *array, *behind; /* behind: our first element after the last x, or NULL */
  item_node **x, **y;
  uint64_t *hx, *hy;
  size_t n_x, n_y;
} lists;

static bool lists_match(const lists *l, size_t i, size_t k) { return l->hx[i] == l->hy[k] && kept(l->x[i], l->y[k]); }

static str name_of(const item_node *n) { return item_string(item_member(n, STR("name"))); }

static size_t named(item_node *const *v, size_t from, size_t to, str name) {
  while (from < to && !str_eq(name_of(v[from]), name)) from++;
  return from;
}

/* An element that has come: as we have it where it only moved. */
static pintle_status come(const lists *l, size_t k, item_node *before) {
  item_node *n = NULL;
  for (size_t i = 0; !n && i < l->n_x && l->n_x * l->n_y <= MOST_CELLS; i++)
    if (lists_match(l, i, k) && !(n = item_copy(l->d, l->x[i]))) return PINTLE_NOMEM;
  return item_do_insert(l->d, l->array, before, n ? n : taken(l->y[k]));
}

/* Between two that stay: elements of one name are the same one, changed; else those that stand at the same place. */
static pintle_status follow_gap(const lists *l, size_t i, size_t i_end, size_t k, size_t k_end) {
  pintle_status st = PINTLE_OK;
  item_node *end = i_end < l->n_x ? l->x[i_end] : l->behind;
  for (; k < k_end && st == PINTLE_OK; k++) {
    str name = name_of(l->y[k]);
    size_t at = name.len ? named(l->x, i, i_end, name) : i_end;
    if (at == i_end) { /* nobody of that name: whoever is here, unless it comes later */
      str here = i < i_end ? name_of(l->x[i]) : STR("");
      bool later = here.len && named(l->y, k + 1, k_end, here) < k_end;
      if (i == i_end || later) {
        st = come(l, k, i < i_end ? l->x[i] : end);
        continue;
      }
      at = i;
    }
    for (; i < at && st == PINTLE_OK; i++) st = item_do_remove(l->d, l->x[i]);
    if (st == PINTLE_OK) st = follow(l->d, l->x[i], l->y[k]);
    i++;
  }
  for (; i < i_end && st == PINTLE_OK; i++) st = item_do_remove(l->d, l->x[i]);
  return st;
}

/* Most of what is in both, in order, stays (the longest common subsequence); lists that are too long for that are one gap. */
static pintle_status follow_lists(const lists *l) {
  size_t wide = l->n_y + 1, i = 0, k = 0, from_i = 0, from_k = 0;
  pintle_status st = PINTLE_OK;
  uint16_t *best = NULL;
  if (l->n_x && l->n_y && l->n_x * l->n_y <= MOST_CELLS && !(best = calloc((l->n_x + 1) * wide, sizeof *best))) return PINTLE_NOMEM;
  for (size_t a = best ? l->n_x : 0; a-- > 0;)
    for (size_t b = l->n_y; b-- > 0;) {
      uint16_t *here = &best[a * wide + b], down = here[wide], right = here[1];
      *here = lists_match(l, a, b) ? (uint16_t)(here[wide + 1] + 1) : down > right ? down : right;
    }
  while (best && i < l->n_x && k < l->n_y && st == PINTLE_OK) {
    const uint16_t *here = &best[i * wide + k];
    if (*here == here[wide]) i++;
    else if (*here == here[1]) k++;
    else {
      st = follow_gap(l, from_i, i, from_k, k);
      from_i = ++i, from_k = ++k;
    }
  }
  free(best);
  return st == PINTLE_OK ? follow_gap(l, from_i, l->n_x, from_k, l->n_y) : st;
}

static pintle_status follow_array(item_doc *d, item_node *old, item_node *n) {
  lists l = {.d = d, .array = old, .n_x = old->len, .n_y = n->len};
  item_node *x = old->first, *y = n->first, *x_end = old->last, *y_end = n->last;
  for (; l.n_x && l.n_y && kept(x, y); l.n_x--, l.n_y--) x = x->next, y = y->next;
  for (; l.n_x && l.n_y && kept(x_end, y_end); l.n_x--, l.n_y--) l.behind = x_end, x_end = x_end->prev, y_end = y_end->prev;
  if (!l.n_x && !l.n_y) return PINTLE_OK;
  l.x = malloc((l.n_x + l.n_y) * sizeof *l.x);
  l.hx = malloc((l.n_x + l.n_y) * sizeof *l.hx);
  pintle_status st = l.x && l.hx ? PINTLE_OK : PINTLE_NOMEM;
  if (st == PINTLE_OK) {
    l.y = l.x + l.n_x, l.hy = l.hx + l.n_x;
    for (size_t i = 0; i < l.n_x; i++, x = x->next) l.x[i] = x, l.hx[i] = hash_of(x);
    for (size_t i = 0; i < l.n_y; i++, y = y->next) l.y[i] = y, l.hy[i] = hash_of(y);
    st = follow_lists(&l);
  }
  free(l.hx);
  free(l.x);
  return st;
}

static pintle_status follow(item_doc *d, item_node *old, item_node *n) {
  if (old->type == n->type && n->type == PINTLE_T_OBJECT) return follow_object(d, old, n);
  if (old->type == n->type && n->type == PINTLE_T_ARRAY) return follow_array(d, old, n);
  return kept(old, n) ? PINTLE_OK : item_do_replace(d, old, taken(n));
}

pintle_status item_from_go(item_doc *d, str text, error *e) {
  const item_limits l = {d->max_bytes, d->max_depth};
  const item_mark m = item_mark_of(d);
  item_node *n = NULL;
  if (d->readonly) return error_set(e, PINTLE_DENIED, "the document is read-only");
  pintle_status st = item_build(d, text, ITEM_UNIQUE_KEYS, &l, true, &n, e);
  if (st != PINTLE_OK) return st;
  st = item_edit_end(d, m, follow(d, d->root, n));
  return st == PINTLE_OK ? st : error_set(e, st, st == PINTLE_NOMEM ? "out of memory" : "the item has become too large or too deep");
}
