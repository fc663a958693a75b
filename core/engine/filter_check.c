/* filter_check.c -- lists of a Backup or Restore that Velero refuses.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/filter.h"
#include <stdio.h>

PINTLE_PRINTF(3, 4) static pintle_status refuse(error *e, const char *key, const char *format, ...) {
  char text[400];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  error_set(e, PINTLE_INVALID, "spec.%s: %s", key, text);
  error_place(e, "/spec/%s", key);
  return PINTLE_INVALID;
}

static const item_node *list_of(const item_doc *d, const char *key) {
  char pointer[80];
  snprintf(pointer, sizeof pointer, "/spec/%s", key);
  return item_at(d, pointer);
}

static bool holds(const item_node *list, str text) {
  for (const item_node *s = item_first(list); s; s = item_next(s))
    if (str_eq(item_string(s), text)) return true;
  return false;
}

/* Are there others than that text? */
static bool holds_more(const item_node *list, str text) {
  for (const item_node *s = item_first(list); s; s = item_next(s))
    if (!str_eq(item_string(s), text)) return true;
  return false;
}

pintle_status engine_filter_check(const item_doc *d, const char *included, const char *excluded, bool scoped, error *e) {
  const item_node *in = list_of(d, included), *out = list_of(d, excluded);
  const str all = STR("*");
  if (holds(in, all) && holds_more(in, all)) return refuse(e, included, "holds \"*\" and other names: \"*\" must be the only one");
  if (!scoped && holds(out, all)) return refuse(e, excluded, "may not hold \"*\": nothing would be left");
  if (scoped && holds(out, all) && holds_more(out, all)) return refuse(e, excluded, "holds \"*\" and other names: \"*\" must be the only one");
  if (scoped && holds(out, all) && item_first(in)) return refuse(e, included, "must be empty where %s is \"*\"", excluded);
  for (const item_node *s = item_first(out); s; s = item_next(s)) {
    str text = item_string(s);
    if (holds(in, text)) return refuse(e, excluded, "%.*s is in %s too", (int)text.len, text.ptr, included);
  }
  return PINTLE_OK;
}

/* NULL, or what is wrong with it. */
static const char *fault_of(str p) {
  size_t length = 0;
  bool in_set = false, empty = false;
  for (size_t i = 0; i < p.len; i++) {
    char c = p.ptr[i];
    if (strchr("|()!{},", c)) return "holds one of | ( ) ! { } ,";
    if (c == '*' && i + 1 < p.len && p.ptr[i + 1] == '*') return "holds \"**\"";
    if (c == ']' && !in_set) return "holds a ']' without its '['";
    if (c == ']' && empty) return "holds an empty \"[]\"";
    empty = c == '[' && !in_set;
    if (c == '[' || c == ']') in_set = c == '[';
    bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("*?[]", c);
    if (!letter && (c != '-' || i == 0 || i + 1 == p.len)) return "is no name of a namespace";
    length++;
  }
  if (in_set) return "holds a '[' without its ']'";
  return length > 63 ? "is longer than 63 characters" : NULL;
}

pintle_status engine_filter_check_patterns(const item_doc *d, error *e) {
  static const char *const keys[] = {"includedNamespaces", "excludedNamespaces"};
  for (int k = 0; k < 2; k++)
    for (const item_node *s = item_first(list_of(d, keys[k])); s; s = item_next(s)) {
      str text = item_string(s);
      const char *fault = fault_of(text);
      if (fault) return refuse(e, keys[k], "\"%.*s\" %s", (int)text.len, text.ptr, fault);
    }
  return PINTLE_OK;
}

pintle_status engine_filter_check_mapping(const item_doc *restore, error *e) {
  for (const item_node *m = item_first(item_at(restore, "/spec/namespaceMapping")); m; m = item_next(m)) {
    str from = item_key(m), to = item_string(m);
    const char *fault = to.len && !kube_is_glob(to) ? fault_of(to) : "is no name of a namespace";
    if (!fault) continue;
    error_set(e, PINTLE_INVALID, "spec.namespaceMapping: \"%.*s\", which %.*s becomes, %s", (int)to.len, to.ptr ? to.ptr : "", (int)from.len,
              from.ptr, fault);
    error_place(e, "/spec/namespaceMapping");
    return PINTLE_INVALID;
  }
  return PINTLE_OK;
}
