/* selector_object.c -- selectors as metav1.LabelSelector.  SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"
#include "kube/selector_impl.h"
#include <stdlib.h>

static pintle_status place(const item_node *at, error *e) {
  CLEANUP(buf_free) buf pointer = {0};
  item_pointer(at, &pointer);
  error_place(e, "%s", buf_z(&pointer));
  return e ? e->status : PINTLE_INVALID;
}

static pintle_status wrong(const item_node *at, error *e, const char *what) {
  error_set(e, PINTLE_INVALID, "label selector: %s", what);
  return e ? place(at, e) : PINTLE_INVALID;
}

static pintle_status unknown(const item_node *at, str word, const char *const *known, size_t n, const char *what, error *e) {
  const char *near = nearest(word, known, n);
  error_set(e, PINTLE_INVALID, "label selector: \"%.*s\" is no %s", (int)(word.len < 100 ? word.len : 100), word.ptr ? word.ptr : "", what);
  if (near) error_hint(e, "did you mean %s?", near);
  return e ? place(at, e) : PINTLE_INVALID;
}

static pintle_status checked(kube_requirement *r, const item_node *at, error *e) {
  pintle_status st = kube_requirement_check(r, false, e);
  if (st && e) place(at, e);
  return st;
}

static pintle_status match_labels(kube_selector *s, const item_node *labels, error *e) {
  if (item_type(labels) != PINTLE_T_OBJECT)
    return item_type(labels) == PINTLE_T_NULL ? PINTLE_OK : wrong(labels, e, "matchLabels is no object");
  for (const item_node *m = item_first(labels); m; m = item_next(m)) {
    if (item_member(labels, item_key(m)) != m) continue; /* repeated: the last counts */
    if (item_type(m) != PINTLE_T_STRING) return wrong(m, e, "a label's value is a string");
    kube_requirement *r = kube_selector_add(s, item_key(m), KUBE_EQ);
    if (!r || !kube_requirement_value(s, r, item_string(m))) return error_nomem(e);
    pintle_status st = checked(r, m, e);
    if (st) return st;
  }
  return PINTLE_OK;
}

static pintle_status operator_of(const item_node *expression, kube_operator *op, error *e) {
  static const char *const names[] = {"In", "NotIn", "Exists", "DoesNotExist"};
  static const kube_operator operators[] = {KUBE_IN, KUBE_NOT_IN, KUBE_EXISTS, KUBE_ABSENT};
  const item_node *n = item_member(expression, STR("operator"));
  if (item_type(n) != PINTLE_T_STRING)
    return wrong(n ? n : expression, e, "an expression needs an operator: In, NotIn, Exists, DoesNotExist");
  for (size_t i = 0; i < 4; i++)
    if (str_is(item_string(n), names[i])) return *op = operators[i], PINTLE_OK;
  return unknown(n, item_string(n), names, 4, "operator; there are In, NotIn, Exists, DoesNotExist", e);
}

static pintle_status expression_keys(const item_node *expression, error *e) {
  static const char *const known[] = {"key", "operator", "values"};
  for (const item_node *m = item_first(expression); m; m = item_next(m)) {
    str k = item_key(m);
    if (!str_is(k, known[0]) && !str_is(k, known[1]) && !str_is(k, known[2]))
      return unknown(m, k, known, 3, "field of an expression; there are key, operator, values", e);
  }
  return PINTLE_OK;
}

static pintle_status expression(kube_selector *s, const item_node *x, error *e) {
  kube_operator op = KUBE_EXISTS;
  const item_node *key = item_member(x, STR("key")), *values = item_member(x, STR("values"));
  if (item_type(x) != PINTLE_T_OBJECT) return wrong(x, e, "an expression is an object");
  pintle_status st = expression_keys(x, e);
  if (st == PINTLE_OK) st = operator_of(x, &op, e);
  if (st) return st;
  if (item_type(key) != PINTLE_T_STRING) return wrong(key ? key : x, e, "an expression needs a key");
  if (item_type(values) != PINTLE_T_ARRAY && item_type(values) != PINTLE_T_NULL) return wrong(values, e, "values is no array");
  kube_requirement *r = kube_selector_add(s, item_string(key), op);
  if (!r) return error_nomem(e);
  for (const item_node *v = item_first(values); v; v = item_next(v)) {
    if (item_type(v) != PINTLE_T_STRING) return wrong(v, e, "a label's value is a string");
    if (!kube_requirement_value(s, r, item_string(v))) return error_nomem(e);
  }
  return checked(r, x, e);
}

static pintle_status expressions(kube_selector *s, const item_node *list, error *e) {
  pintle_status st = PINTLE_OK;
  if (item_type(list) == PINTLE_T_NULL) return PINTLE_OK;
  if (item_type(list) != PINTLE_T_ARRAY) return wrong(list, e, "matchExpressions is no array");
  for (const item_node *x = item_first(list); x && st == PINTLE_OK; x = item_next(x)) st = expression(s, x, e);
  return st;
}

static pintle_status fields(kube_selector *s, const item_node *n, error *e) {
  static const char *const known[] = {"matchLabels", "matchExpressions"};
  for (const item_node *m = item_first(n); m; m = item_next(m))
    if (!str_is(item_key(m), known[0]) && !str_is(item_key(m), known[1]))
      return unknown(m, item_key(m), known, 2, "field of a label selector; there are matchLabels, matchExpressions", e);
  pintle_status st = match_labels(s, item_member(n, str_of(known[0])), e);
  return st ? st : expressions(s, item_member(n, str_of(known[1])), e);
}

pintle_status kube_selector_of(const item_node *n, kube_selector **out, error *e) {
  pintle_status st = PINTLE_OK;
  if (item_type(n) != PINTLE_T_NULL && item_type(n) != PINTLE_T_OBJECT) return wrong(n, e, "it is no object");
  kube_selector *s = calloc(1, sizeof *s);
  if (!s) return error_nomem(e);
  if (item_type(n) == PINTLE_T_OBJECT) st = fields(s, n, e);
  if (st) {
    kube_selector_free(s);
    return st;
  }
  kube_selector_sort(s);
  *out = s;
  return PINTLE_OK;
}
