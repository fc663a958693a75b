/* compare.c -- are two values equal? By meaning, and to the letter.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"
#include <stdlib.h>

enum { FEW = 16 };

static bool arrays_equal(const item_node *a, const item_node *b) {
  const item_node *x = a->first, *y = b->first;
  for (; x && y; x = x->next, y = y->next)
    if (!item_equal(x, y)) return false;
  return !x && !y;
}

/* Without memory: each member is looked up. For few, and for many when there is no memory to sort them. */
static size_t distinct(const item_node *object) {
  size_t n = 0;
  for (const item_node *m = object->first; m; m = m->next) n += item_member(object, item_key_of(m)) == m;
  return n;
}

static bool few_equal(const item_node *a, const item_node *b) {
  if (distinct(a) != distinct(b)) return false;
  for (const item_node *m = a->first; m; m = m->next) {
    const item_node *other = item_member(b, item_key_of(m));
    if (!other) return false;
    if (item_member(a, item_key_of(m)) == m && !item_equal(m, other)) return false;
  }
  return true;
}

/* The sorted members, of duplicates only the last. Returns how many. */
static size_t sorted(const item_node *object, const item_node **v) {
  size_t n = 0;
  item_sort(object, v);
  for (size_t i = 0; i < object->len; i++)
    if (i + 1 == object->len || !str_eq(item_key_of(v[i]), item_key_of(v[i + 1]))) v[n++] = v[i];
  return n;
}

static bool objects_equal(const item_node *a, const item_node *b) {
  if (a->len <= FEW && b->len <= FEW) return few_equal(a, b);
  const item_node **v = malloc(((size_t)a->len + b->len) * sizeof *v);
  if (!v) return few_equal(a, b);
  const item_node **w = v + a->len;
  size_t n = sorted(a, v), i = 0;
  bool equal = n == sorted(b, w);
  for (; i < n && equal; i++) equal = str_eq(item_key_of(v[i]), item_key_of(w[i]));
  for (i = 0; i < n && equal; i++) equal = item_equal(v[i], w[i]);
  free(v);
  return equal;
}

bool item_equal(const item_node *a, const item_node *b) {
  if (item_type(a) != item_type(b)) return false;
  switch (item_type(a)) {
  case PINTLE_T_BOOL: return item_true(a) == item_true(b);
  case PINTLE_T_NUMBER: return item_number_equal(item_number(a), item_number(b));
  case PINTLE_T_STRING: return str_eq(item_string(a), item_string(b));
  case PINTLE_T_ARRAY: return arrays_equal(a, b);
  case PINTLE_T_OBJECT: return objects_equal(a, b);
  default: return true;
  }
}

static bool alike(const item_node *a, const item_node *b) {
  if (a->type != b->type || a->len != b->len) return false;
  return item_is_container(a) || memcmp(a->text, b->text, a->len) == 0;
}

bool item_same(const item_node *a, const item_node *b) {
  const item_node *top = a;
  for (;;) {
    if (!alike(a, b)) return false;
    if (item_is_container(a) && a->first) {
      a = a->first;
      b = b->first;
    } else {
      while (a != top && !a->next) {
        a = a->parent;
        b = b->parent;
      }
      if (a == top) return true;
      a = a->next;
      b = b->next;
    }
    if (!a->key != !b->key || (a->key && !str_eq(item_key_of(a), item_key_of(b)))) return false;
  }
}
