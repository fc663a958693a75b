/* unique.c -- members in order of their keys, and keys that occur twice.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"
#include <stdlib.h>

enum { FEW = 12 }; /* so few members are compared in pairs */

/* Keys do not move while a tree lives, and later members lie behind earlier ones only in a list: so the order is kept by merging. */
static void merge(const item_node **to, const item_node **a, size_t n_a, const item_node **b, size_t n_b) {
  while (n_a && n_b) {
    bool second = str_cmp(item_key_of(*b), item_key_of(*a)) < 0;
    *to++ = second ? *b++ : *a++;
    if (second) n_b--;
    else n_a--;
  }
  memcpy(to, n_a ? a : b, (n_a + n_b) * sizeof(const item_node *));
}

static void insertion(const item_node **v, size_t n) {
  for (size_t i = 1; i < n; i++) {
    const item_node *x = v[i];
    size_t k = i;
    for (; k > 0 && str_cmp(item_key_of(x), item_key_of(v[k - 1])) < 0; k--) v[k] = v[k - 1];
    v[k] = x;
  }
}

static bool in_order(const item_node **v, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (str_cmp(item_key_of(v[i - 1]), item_key_of(v[i])) > 0) return false;
  return true;
}

void item_sort(const item_node *object, const item_node **v) {
  size_t n = 0;
  for (const item_node *m = object->first; m; m = m->next) v[n++] = m;
  if (n <= FEW) {
    insertion(v, n);
    return;
  }
  if (in_order(v, n)) return;
  const item_node **other = malloc(n * sizeof *other), **from = v, **to = other;
  if (!other) { /* slower, and right all the same */
    insertion(v, n);
    return;
  }
  for (size_t i = 0; i < n; i += FEW) insertion(v + i, n - i < FEW ? n - i : FEW);
  for (size_t run = FEW; run < n; run *= 2) {
    for (size_t i = 0; i < n; i += 2 * run) {
      size_t a = n - i < run ? n - i : run, b = n - i - a < run ? n - i - a : run;
      merge(to + i, from + i, a, from + i + a, b);
    }
    const item_node **swap = from;
    from = to;
    to = swap;
  }
  if (from != v) memcpy(v, from, n * sizeof *v);
  free(other);
}

static const item_node *twin_of_few(const item_node *object) {
  for (const item_node *m = object->first; m; m = m->next)
    for (const item_node *before = object->first; before != m; before = before->next)
      if (str_eq(item_key_of(m), item_key_of(before))) return m;
  return NULL;
}

pintle_status item_find_twin(const item_node *object, const item_node **twin) {
  *twin = NULL;
  if (object->type != PINTLE_T_OBJECT || object->len < 2) return PINTLE_OK;
  if (object->len <= FEW) {
    *twin = twin_of_few(object);
    return PINTLE_OK;
  }
  const item_node **v = malloc(object->len * sizeof *v);
  if (!v) return PINTLE_NOMEM;
  item_sort(object, v);
  for (uint32_t i = 1; i < object->len && !*twin; i++)
    if (str_eq(item_key_of(v[i - 1]), item_key_of(v[i]))) *twin = v[i];
  free(v);
  return PINTLE_OK;
}

pintle_status item_drop_twins(item_node *object) {
  const item_node *twin;
  pintle_status st = item_find_twin(object, &twin);
  if (st != PINTLE_OK || !twin) return st;
  uint32_t n = object->len;
  const item_node **v = malloc(n * sizeof *v);
  if (!v) return PINTLE_NOMEM;
  item_sort(object, v);
  for (uint32_t i = 1; i < n; i++)
    if (str_eq(item_key_of(v[i - 1]), item_key_of(v[i]))) item_unlink((item_node *)(uintptr_t)v[i - 1]);
  free(v);
  return PINTLE_OK;
}

unsigned item_id_key(str key, unsigned depth) {
  if (key.len < 4 || key.len > 10) return 0;
  if (depth == 1)
    return str_is(key, "apiVersion") ? ID_API_VERSION : str_is(key, "kind") ? ID_KIND : str_is(key, "metadata") ? ID_METADATA : 0;
  return str_is(key, "name") ? ID_NAME : str_is(key, "namespace") ? ID_NAMESPACE : 0;
}

const item_node *item_id_twin(const item_node *root) {
  unsigned seen = 0;
  if (root->type != PINTLE_T_OBJECT) return NULL;
  for (const item_node *m = root->first; m; m = m->next) {
    unsigned id = item_id_key(item_key_of(m), 1);
    if (seen & id) return m;
    seen |= id;
    if (id != ID_METADATA || m->type != PINTLE_T_OBJECT) continue;
    for (const item_node *k = m->first; k; k = k->next) {
      unsigned inner = item_id_key(item_key_of(k), 2);
      if (seen & inner) return k;
      seen |= inner;
    }
  }
  return NULL;
}
