/* modifiers_apply.c -- resource modifiers: the patches of a rule.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero internal/resourcemodifiers/json_patch.go, json_merge_patch.go, strategic_merge_patch.go; github.com/evanphx/json-patch/v5. */
#include "builtin/modifiers.h"
#include "kube/merge.h"
#include <inttypes.h>
#include <stdlib.h>

/* ---- places. -1 is the last element of an array, as in Velero. */
static bool negative(str token, long *n) {
  if (token.len < 2 || token.len > 9 || token.ptr[0] != '-') return false;
  for (size_t i = 1; i < token.len; i++)
    if (token.ptr[i] < '0' || token.ptr[i] > '9') return false;
  *n = strtol(token.ptr, NULL, 10);
  return true;
}

/* path with such indices as they are in this item. inserts: the last token is where an element is to be put. */
static pintle_status resolve(const item_doc *d, const char *path, bool inserts, buf *out) {
  buf_clear(out);
  for (const char *p = path; *p;) {
    const char *end = strchr(p + 1, '/');
    str token = {p + 1, end ? (size_t)(end - p - 1) : strlen(p + 1)};
    const item_node *at = item_at(d, buf_z(out));
    long n;
    if (item_type(at) == PINTLE_T_ARRAY && negative(token, &n)) {
      int64_t size = (int64_t)item_count(at) + (inserts && !end);
      if (-n > size) return PINTLE_NOT_FOUND;
      buf_printf(out, "/%" PRId64, size + n);
    } else buf_addc(out, '/'), buf_adds(out, token);
    p += token.len + 1;
  }
  return out->failed ? PINTLE_NOMEM : PINTLE_OK;
}

/* ---- tests */
static bool is_null(const item_node *n) { return item_type(n) == PINTLE_T_NULL; }

pintle_status modifier_test(const item_doc *d, const char *path, const item_node *value) {
  CLEANUP(buf_free) buf at = {0};
  CLEANUP(buf_free) buf parent = {0};
  if (resolve(d, path, false, &at) != PINTLE_OK) return PINTLE_INVALID;
  const char *slash = strrchr(buf_z(&at), '/');
  buf_add(&parent, at.data, slash ? (size_t)(slash - at.data) : 0);
  if (at.failed || parent.failed) return PINTLE_NOMEM;
  const item_node *there = item_at(d, buf_z(&at)), *holder = item_at(d, buf_z(&parent));
  if (item_type(holder) != PINTLE_T_OBJECT && item_type(holder) != PINTLE_T_ARRAY) return PINTLE_NOT_FOUND;
  if (!there && item_type(holder) == PINTLE_T_ARRAY) return PINTLE_INVALID;
  if (is_null(there) || is_null(value)) return is_null(there) && is_null(value) ? PINTLE_OK : PINTLE_CONFLICT;
  return item_equal(there, value) ? PINTLE_OK : PINTLE_CONFLICT;
}

/* ---- JSON patches */
static pintle_status edit(item_doc *d, const char *op, const buf *path, str value, buf *text) {
  buf_clear(text);
  buf_printf(text, "[{\"op\":\"%s\",\"path\":", op);
  buf_json(text, buf_str(path));
  if (value.len) {
    buf_addz(text, ",\"value\":");
    buf_adds(text, value);
  }
  buf_addz(text, "}]");
  return text->failed ? PINTLE_NOMEM : item_doc_api.patch(item_handle(d), text->data, text->len);
}

/* From there: its JSON in *value; a move takes it away, so that what path says is said of the item without it. */
static pintle_status fetch(item_doc *d, const modifier_operation *o, bool move, buf *path, buf *value, buf *text) {
  pintle_status st = resolve(d, o->from, false, path);
  const item_node *n = st == PINTLE_OK ? item_at(d, buf_z(path)) : NULL;
  if (st == PINTLE_OK && !n) st = PINTLE_NOT_FOUND;
  if (st == PINTLE_OK) st = item_print(d, n, 0, value);
  return st == PINTLE_OK && move ? edit(d, "remove", path, (str){NULL, 0}, text) : st;
}

static pintle_status operation(item_doc *d, const modifier_operation *o) {
  CLEANUP(buf_free) buf path = {0};
  CLEANUP(buf_free) buf value = {0};
  CLEANUP(buf_free) buf text = {0};
  bool move = strcmp(o->op, "move") == 0, adds = move || strcmp(o->op, "copy") == 0;
  pintle_status st = PINTLE_OK;
  if (strcmp(o->op, "test") == 0) return modifier_test(d, o->path, o->value);
  if (adds) st = fetch(d, o, move, &path, &value, &text);
  else if (o->value && strcmp(o->op, "remove") != 0) st = item_print(d, o->value, 0, &value);
  adds = adds || strcmp(o->op, "add") == 0;
  if (st == PINTLE_OK) st = resolve(d, o->path, adds, &path);
  return st == PINTLE_OK ? edit(d, adds ? "add" : o->op, &path, buf_str(&value), &text) : st;
}

static pintle_status operations(const modifier_rule *r, item_doc *d, error *e) {
  for (size_t i = 0; i < r->n; i++) {
    const modifier_operation *o = &r->operations[i];
    pintle_status st = operation(d, o);
    if (st == PINTLE_OK) continue;
    const char *why = st == PINTLE_NOT_FOUND  ? "there is no such place"
                      : st == PINTLE_CONFLICT ? "there is something else"
                      : st == PINTLE_NOMEM    ? "out of memory"
                                              : "this cannot be done there";
    bool two = o->from[0] && (strcmp(o->op, "move") == 0 || strcmp(o->op, "copy") == 0);
    return error_set(e, st, "patches[%zu], %s %s%s%s: %s", i, o->op, two ? o->from : "", two ? " to " : "", o->path, why);
  }
  return PINTLE_OK;
}

/* ---- the others */
static pintle_status merges(const modifier_rule *r, item_doc *d, error *e) {
  for (size_t i = 0; i < r->n; i++) {
    pintle_status st = item_doc_api.merge(item_handle(d), r->patches[i].ptr, r->patches[i].len);
    if (st != PINTLE_OK)
      return error_set(e, st, "mergePatches[%zu]: %s", i, st == PINTLE_NOMEM ? "out of memory" : "too large or too deep");
  }
  return PINTLE_OK;
}

static pintle_status strategic(const modifier_rule *r, item_doc *d, error *e) {
  str version = item_str(d, "/apiVersion", ""), kind = item_str(d, "/kind", "");
  const void *type = kube_merge_of(version, kind);
  if (!type)
    return error_set(e, PINTLE_UNSUPPORTED,
                     "strategicPatches: %.100s %.100s is no kind of Kubernetes itself; mergePatches work on every kind", version.ptr,
                     kind.ptr);
  for (size_t i = 0; i < r->n; i++) {
    pintle_status st = item_strategic(d, r->patches[i], kube_merge_strategy, type, e);
    if (st != PINTLE_OK) return error_wrap(e, "strategicPatches[%zu]", i), st;
  }
  return PINTLE_OK;
}

pintle_status modifier_apply(const modifier_rule *r, item_doc *d, error *e) {
  item_mark before = item_mark_of(d);
  pintle_status st = r->kind == MODIFIER_PATCHES ? operations(r, d, e) : r->kind == MODIFIER_MERGES ? merges(r, d, e) : strategic(r, d, e);
  if (st == PINTLE_OK && !item_str(d, "/kind", "").len) st = error_set(e, PINTLE_INVALID, "the item would be left without a kind");
  if (st != PINTLE_OK) item_undo(d, before);
  return st;
}
