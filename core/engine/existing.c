/* existing.c -- see existing.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/existing.h"
#include "builtin/builtin.h"

static const char *const labels[] = {"/metadata/labels/velero.io~1backup-name", "/metadata/labels/velero.io~1restore-name"};

static pintle_status unless_nomem(pintle_status st) { return st == PINTLE_NOMEM ? st : PINTLE_OK; }

static pintle_status copy(item_doc *to, const char *pointer, const item_doc *from_doc, const item_node *from) {
  buf json = {0};
  pintle_status st = item_print(from_doc, from, 0, &json);
  if (st == PINTLE_OK && json.failed) st = PINTLE_NOMEM;
  if (st == PINTLE_OK) st = unless_nomem(item_set_json(to, pointer, buf_str(&json)));
  buf_free(&json);
  return st;
}

/* What the server wrote is left out of the comparison, and a merge patch leaves it in place. */
static pintle_status remove_all(item_doc *d) {
  pintle_status st = PINTLE_OK;
  for (const char *const *p = builtin_reset_fields; *p && st == PINTLE_OK; p++) st = unless_nomem(item_remove(d, *p));
  return st;
}

/* The labels of this restore, on what is there. */
static pintle_status take_labels(item_doc *there, const item_doc *restored) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < 2 && st == PINTLE_OK; i++) {
    str value = item_str(restored, labels[i], "");
    if (value.len && item_type(item_at(there, "/metadata/labels")) != PINTLE_T_OBJECT)
      st = unless_nomem(item_set_json(there, "/metadata/labels", STR("{}")));
    if (value.len && st == PINTLE_OK) st = unless_nomem(item_set(there, labels[i], value));
  }
  return st;
}

/* ---- ServiceAccounts (pkg/restore/merge_service_account.go): what is there counts more */
static pintle_status add_members(item_doc *there, const char *pointer, const item_doc *restored, bool *changed) {
  CLEANUP(buf_free) buf at = {0};
  pintle_status st = PINTLE_OK;
  for (const item_node *m = item_first(item_at(restored, pointer)); m && st == PINTLE_OK; m = item_next(m)) {
    const item_node *object = item_at(there, pointer);
    if (item_member(object, item_key(m))) continue;
    if (item_type(object) != PINTLE_T_OBJECT) st = unless_nomem(item_set_json(there, pointer, STR("{}")));
    buf_clear(&at);
    item_pointer(m, &at);
    if (at.failed) st = PINTLE_NOMEM;
    if (st == PINTLE_OK) st = copy(there, at.data, restored, m);
    *changed = true;
  }
  return st;
}

static bool named(const item_node *array, str name) {
  for (const item_node *m = item_first(array); m; m = item_next(m)) {
    str other = item_string(item_member(m, STR("name")));
    if (str_eq(other.ptr ? other : STR(""), name)) return true;
  }
  return false;
}

static pintle_status add_elements(item_doc *there, const char *pointer, const char *end, const item_doc *restored, bool *changed) {
  pintle_status st = PINTLE_OK;
  for (const item_node *m = item_first(item_at(restored, pointer)); m && st == PINTLE_OK; m = item_next(m)) {
    const item_node *array = item_at(there, pointer);
    str name = item_string(item_member(m, STR("name")));
    if (named(array, name.ptr ? name : STR(""))) continue;
    if (item_type(array) != PINTLE_T_ARRAY) st = unless_nomem(item_set_json(there, pointer, STR("[]")));
    if (st == PINTLE_OK) st = copy(there, end, restored, m);
    *changed = true;
  }
  return st;
}

static pintle_status merge_account(item_doc *there, item_doc *restored, int *what, bool *write) {
  bool changed = false;
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < 2 && st == PINTLE_OK; i++) st = unless_nomem(item_remove(restored, labels[i]));
  if (st == PINTLE_OK) st = add_elements(there, "/secrets", "/secrets/-", restored, &changed);
  if (st == PINTLE_OK) st = add_elements(there, "/imagePullSecrets", "/imagePullSecrets/-", restored, &changed);
  if (st == PINTLE_OK) st = add_members(there, "/metadata/labels", restored, &changed);
  if (st == PINTLE_OK) st = add_members(there, "/metadata/annotations", restored, &changed);
  if (st == PINTLE_OK && changed) st = copy(restored, "", there, NULL);
  *what = changed ? ENGINE_UPDATED : ENGINE_UNCHANGED;
  *write = changed;
  return st;
}

/* ---- all others */
static bool is(const kube_type *t, const char *resource) { return !*t->group && strcmp(t->resource, resource) == 0; }

/* Without what the server wrote, with the labels of this restore: are they equal? *there is as it was afterwards. */
static pintle_status compare(item_doc *there, item_doc *restored, bool *same) {
  pintle_status st = PINTLE_OK;
  item_begin(there);
  st = remove_all(there);
  if (st == PINTLE_OK) st = take_labels(there, restored);
  if (st == PINTLE_OK) st = unless_nomem(item_remove(restored, "/status")); /* no patch holds it */
  *same = st == PINTLE_OK && item_equal(item_root(there), item_root(restored));
  item_rollback(there);
  return st;
}

pintle_status engine_existing(const kube_type *type, item_doc *there, item_doc *restored, bool update, int *what, bool *write) {
  bool same = false;
  *what = ENGINE_UNCHANGED, *write = false;
  if (is(type, "namespaces")) return PINTLE_OK;
  pintle_status st = compare(there, restored, &same);
  if (st != PINTLE_OK) return st;
  if (!same && is(type, "serviceaccounts")) return merge_account(there, restored, what, write);
  *what = same ? ENGINE_UNCHANGED : update ? ENGINE_UPDATED : ENGINE_EXISTS;
  if (!update) return PINTLE_OK;
  for (size_t i = 0; i < 2; i++) /* which restore it came from last: is it new? */
    *write |= !same || !str_eq(item_str(there, labels[i], ""), item_str(restored, labels[i], ""));
  for (const char *const *p = builtin_reset_fields; *p && st == PINTLE_OK && *write; p++) {
    const item_node *kept = item_at(there, *p);
    if (kept) st = copy(restored, *p, there, kept);
  }
  return st;
}
