/* strategic_list.c -- strategic merge patch: lists.  SPDX-License-Identifier: Apache-2.0
 *
 * Where an element goes: first those of the patch (or of $setElementOrder) in that order; the document's others are put between them so that
 * both keep their order among themselves. */
#include "item/strategic.h"
#include <stdlib.h>

enum { MOST = 10000 }; /* looking up is linear */

/* An element and what it is known by: the value of its merge key, or itself. NULL: it has no such key. */
typedef struct element {
  item_node *node;
  const item_node *key;
  int64_t at; /* its place in the list that it is sorted by; -1: not in it */
} element;
typedef struct list {
  element *v;
  size_t n;
} list;

static pintle_status too_long(const item_merging *m) {
  return item_strategic_wrong(m, "a list of over %d elements cannot be merged", MOST);
}

static const item_node *key_of(const item_node *n, const char *merge_key) {
  if (n->type != PINTLE_T_OBJECT) return n;
  return merge_key ? item_member(n, str_of(merge_key)) : NULL;
}

static pintle_status collect(const item_merging *m, const item_node *array, const char *merge_key, list *out) {
  size_t n = array ? array->len : 0;
  *out = (list){0};
  if (n > MOST) return too_long(m);
  out->v = arena_alloc(&m->d->mem, (n + 1) * sizeof *out->v);
  if (!out->v) return PINTLE_NOMEM;
  for (item_node *e = n ? array->first : NULL; e; e = e->next) out->v[out->n++] = (element){e, key_of(e, merge_key), -1};
  return PINTLE_OK;
}

static bool matches(const element *a, const item_node *key) { return a->key && key && item_equal(a->key, key); }

static int64_t find(const list *l, const item_node *key) {
  for (size_t i = 0; i < l->n; i++)
    if (matches(&l->v[i], key)) return (int64_t)i;
  return -1;
}

static void drop(list *l, const item_node *key) {
  size_t n = 0;
  for (size_t i = 0; i < l->n; i++)
    if (!matches(&l->v[i], key)) l->v[n++] = l->v[i];
  l->n = n;
}

/* All elements are of one type, no lists and no null. *type: PINTLE_T_NULL when there are none. */
static pintle_status element_type(const item_merging *m, const list *a, const list *b, int32_t *type) {
  *type = PINTLE_T_NULL;
  for (size_t i = 0; i < a->n + b->n; i++) {
    int32_t t = (i < a->n ? a->v[i] : b->v[i - a->n]).node->type;
    if (t == PINTLE_T_ARRAY || t == PINTLE_T_NULL) return item_strategic_wrong(m, "a list of lists or of nothing cannot be merged");
    if (*type != PINTLE_T_NULL && *type != t) return item_strategic_wrong(m, "the elements of a list that is merged must be of one type");
    *type = t;
  }
  return PINTLE_OK;
}

static pintle_status all_keyed(const item_merging *m, const list *l, const char *merge_key) {
  for (size_t i = 0; i < l->n; i++)
    if (!l->v[i].key) return item_strategic_wrong(m, "an element of the list lacks its merge key, \"%s\"", merge_key ? merge_key : "");
  return PINTLE_OK;
}

static int by_place(const void *x, const void *y) {
  const element *a = x, *b = y;
  return a->at != b->at ? (a->at < b->at ? -1 : 1) : 0;
}

/* Few are out of order as a rule, and equal ones stay as they are. */
static void sort(list *l, const list *order) {
  for (size_t i = 0; i < l->n; i++) l->v[i].at = find(order, l->v[i].key);
  for (size_t i = 1; i < l->n; i++) {
    element e = l->v[i];
    size_t k = i;
    for (; k > 0 && by_place(&e, &l->v[k - 1]) < 0; k--) l->v[k] = l->v[k - 1];
    l->v[k] = e;
  }
}

/* merged, arranged: those of `order` in its order, the others in that of `live`. */
static pintle_status arrange(const item_merging *m, list *merged, const list *order, const list *live) {
  list named = {0}, others = {0};
  named.v = arena_alloc(&m->d->mem, (merged->n + 1) * sizeof *named.v);
  others.v = arena_alloc(&m->d->mem, (merged->n + 1) * sizeof *others.v);
  if (!named.v || !others.v) return PINTLE_NOMEM;
  for (size_t i = 0; i < merged->n; i++) {
    list *to = find(order, merged->v[i].key) >= 0 ? &named : &others;
    to->v[to->n++] = merged->v[i];
  }
  sort(&named, order);
  sort(&others, live);
  for (size_t i = 0; i < named.n; i++) named.v[i].at = find(live, named.v[i].key);
  for (size_t k = 0, i = 0, j = 0; k < merged->n; k++) {
    bool first = j == named.n || (i < others.n && others.v[i].at >= 0 && named.v[j].at >= 0 && others.v[i].at < named.v[j].at);
    merged->v[k] = first && i < others.n ? others.v[i++] : named.v[j++];
  }
  return PINTLE_OK;
}

/* The array's elements are these from now on. */
static void fill(item_node *array, const list *l) {
  for (size_t i = 0; i < l->n; i++)
    if (l->v[i].node->parent) item_unlink(l->v[i].node);
  array->first = array->last = NULL;
  array->len = 0;
  for (size_t i = 0; i < l->n; i++) item_append(array, l->v[i].node);
}

/* ---- merging */
/* Elements with $patch: those to delete leave live, the others become order. */
static pintle_status special(const item_merging *m, list *live, list *patch, const char *merge_key, bool *replace) {
  size_t n = 0;
  *replace = false;
  for (size_t i = 0; i < patch->n; i++) {
    const item_node *directive = item_member(patch->v[i].node, STR("$patch"));
    str s = item_string(directive);
    if (!directive) patch->v[n++] = patch->v[i];
    else if (str_is(s, "replace")) *replace = true;
    else if (!str_is(s, "delete"))
      return item_strategic_wrong(m, "$patch of a list's element is \"delete\" or \"replace\", not \"%.60s\"", s.ptr ? s.ptr : "");
    else if (!patch->v[i].key) return item_strategic_wrong(m, "an element to delete lacks its merge key, \"%s\"", merge_key);
    else drop(live, patch->v[i].key);
  }
  patch->n = n;
  return PINTLE_OK;
}

/* before: see item_strategic_order; NULL: nobody looks at it. */
static pintle_status merge_objects(item_merging *m, list *merged, const list *patch, list *before, item_strategy s) {
  for (size_t i = 0; i < patch->n; i++) {
    const element *p = &patch->v[i];
    if (!p->key) return item_strategic_wrong(m, "an element of the patch lacks its merge key, \"%s\"", s.merge_key);
    int64_t at = find(merged, p->key);
    if (at < 0) {
      item_strategic_plain(p->node);
      if (before && merged->n < before->n) before->v[merged->n] = *p;
      merged->v[merged->n++] = *p;
      continue;
    }
    pintle_status st = item_strategic_object(m, merged->v[at].node, p->node, s.type, &merged->v[at].node);
    if (st != PINTLE_OK) return st;
  }
  return all_keyed(m, merged, s.merge_key);
}

/* What of patch is in live already stays there. */
static void merge_scalars(list *merged, const list *patch) {
  for (size_t i = 0; i < patch->n; i++)
    if (find(merged, patch->v[i].key) < 0) merged->v[merged->n++] = patch->v[i];
}

/* The elements of live with those of patch merged in, in order; live and patch lose their special elements. */
static pintle_status merge(item_merging *m, list *live, list *patch, list *before, item_strategy s, list *merged) {
  int32_t type;
  bool replace = false;
  pintle_status st = element_type(m, live, patch, &type);
  if (st == PINTLE_OK && type == PINTLE_T_OBJECT) {
    if (!s.merge_key) return item_strategic_wrong(m, "the list has no merge key");
    st = special(m, live, patch, s.merge_key, &replace);
  }
  merged->v = arena_alloc(&m->d->mem, (live->n + patch->n + 1) * sizeof *merged->v);
  if (st != PINTLE_OK) return st;
  if (!merged->v) return PINTLE_NOMEM;
  if (replace) {
    *live = *patch;
    patch->n = 0;
    before = NULL;
  }
  merged->n = live->n;
  memcpy(merged->v, live->v, live->n * sizeof *merged->v);
  if (type == PINTLE_T_OBJECT) st = merge_objects(m, merged, patch, before, s);
  else merge_scalars(merged, patch);
  return st == PINTLE_OK ? arrange(m, merged, patch, live) : st;
}

pintle_status item_strategic_list(item_merging *m, item_node *old, item_node *patch, item_strategy s) {
  list live, order, merged = {0};
  pintle_status st = collect(m, old, s.merge_key, &live);
  if (st == PINTLE_OK) st = collect(m, patch, s.merge_key, &order);
  if (st == PINTLE_OK) st = merge(m, &live, &order, NULL, s, &merged);
  if (st == PINTLE_OK) fill(old, &merged);
  return st;
}

pintle_status item_strategic_delete(const item_merging *m, item_node *old, const item_node *gone) {
  list live, those;
  int32_t type;
  pintle_status st = collect(m, old, NULL, &live);
  if (st == PINTLE_OK) st = collect(m, gone, NULL, &those);
  if (st == PINTLE_OK) st = element_type(m, &live, &those, &type);
  if (st == PINTLE_OK && type == PINTLE_T_OBJECT) return item_strategic_wrong(m, "$deleteFromPrimitiveList is for lists of texts");
  for (size_t i = 0; i < those.n && st == PINTLE_OK; i++) drop(&live, those.v[i].key);
  if (st == PINTLE_OK) fill(old, &live);
  return st;
}

/* ---- $setElementOrder */
/* What the patch has must stand in order, in that order; what it deletes is not asked. */
static pintle_status check_order(const item_merging *m, const list *patch, const list *order) {
  size_t k = 0;
  if (order->n == 0) return PINTLE_OK;
  for (size_t i = 0; i < patch->n; i++) {
    if (patch->v[i].node->type == PINTLE_T_OBJECT && item_member(patch->v[i].node, STR("$patch"))) continue;
    while (k < order->n && !matches(&order->v[k], patch->v[i].key)) k++;
    if (k++ == order->n) return item_strategic_wrong(m, "the order of the patch's list is not that of its $setElementOrder");
  }
  return PINTLE_OK;
}

/* Where the others go is judged by the list as it was. In Kubernetes that is an array in which the merge has worked meanwhile: what was deleted has
 * moved up what stood behind it, and what is new stands in the places that this made free. So it is here, for the order to be the same. */
pintle_status item_strategic_order(item_merging *m, item_node *old, item_node *patch, const item_node *order_node, item_strategy s) {
  list live, before, news, order, merged = {0};
  int32_t type;
  pintle_status st = collect(m, old, s.merge_key, &live);
  if (st == PINTLE_OK) st = collect(m, patch, s.merge_key, &news);
  if (st == PINTLE_OK) st = collect(m, order_node, s.merge_key, &order);
  if (st == PINTLE_OK) st = element_type(m, &live, &news, &type);
  if (st == PINTLE_OK && type == PINTLE_T_OBJECT) st = all_keyed(m, &order, s.merge_key);
  if (st == PINTLE_OK) st = check_order(m, &news, &order);
  if (st != PINTLE_OK) return st;
  before = live;
  if (!patch) merged = live;
  else if (!s.merge) {
    item_strategic_plain(patch);
    merged = news;
  } else if ((st = merge(m, &live, &news, &before, s, &merged)) != PINTLE_OK) return st;
  if (type == PINTLE_T_OBJECT) st = all_keyed(m, &merged, s.merge_key);
  if (st == PINTLE_OK) st = arrange(m, &merged, &order, &before);
  if (st == PINTLE_OK) fill(old, &merged);
  return st;
}
