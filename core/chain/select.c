/* select.c -- does an item match a selector? Velero's rules.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/select.h"
#include <stdio.h>
#include <stdlib.h>

typedef const char *const *list;
static bool any(list l) { return l && l[0]; }

static void print_list(buf *b, list l) {
  for (size_t i = 0; l[i]; i++) {
    if (i == 8) {
      buf_addz(b, ", ...");
      return;
    }
    if (i) buf_addz(b, ", ");
    buf_addz(b, l[i]);
  }
}

static bool resource_is(const kube_types *types, const kube_type *type, const char *gr, const char *wanted) {
  str want = str_of(wanted);
  if (str_is(want, "*")) return true;
  if (!type) return false;
  if (kube_is_glob(want)) return kube_glob(want, str_of(gr));
  const kube_type *named = types ? kube_types_named(types, want) : NULL;
  if (named) return strcmp(named->group, type->group) == 0 && strcmp(named->resource, type->resource) == 0;
  return strcmp(wanted, type->resource) == 0 || strcmp(wanted, gr) == 0;
}

static bool resource_in(const kube_types *types, const kube_type *type, const char *gr, list l) {
  for (size_t i = 0; l[i]; i++)
    if (resource_is(types, type, gr, l[i])) return true;
  return false;
}

bool chain_resource_matches(const chain_selector *s, const kube_types *types, const kube_type *type, buf *why) {
  char gr[512] = "of an unknown kind";
  if (type) snprintf(gr, sizeof gr, "%s%s%s", type->resource, type->group[0] ? "." : "", type->group);
  if (any(s->excluded_resources) && resource_in(types, type, gr, s->excluded_resources)) {
    if (why) buf_printf(why, "resource %s is excluded by ", gr), print_list(why, s->excluded_resources);
    return false;
  }
  if (!any(s->included_resources) || resource_in(types, type, gr, s->included_resources)) return true;
  if (why) buf_printf(why, "resource %s is not among ", gr), print_list(why, s->included_resources);
  return false;
}

static bool namespace_in(str ns, list l) {
  for (size_t i = 0; l[i]; i++) {
    str want = str_of(l[i]);
    if (str_is(want, "*") || (kube_is_glob(want) ? kube_glob(want, ns) : str_eq(want, ns))) return true;
  }
  return false;
}

bool chain_namespace_matches(const chain_selector *s, str ns, buf *why) {
  list in = s->included_namespaces, out = s->excluded_namespaces;
  bool everything = !any(out) && (!any(in) || (strcmp(in[0], "*") == 0 && !in[1]));
  if (everything) return true;
  if (ns.len == 0) {
    if (why) buf_addz(why, "the item is cluster-scoped, and namespaces are named: "), print_list(why, any(in) ? in : out);
    return false;
  }
  if (any(out) && namespace_in(ns, out)) {
    if (why) buf_printf(why, "namespace %.*s is excluded by ", (int)ns.len, ns.ptr), print_list(why, out);
    return false;
  }
  if (!any(in) || namespace_in(ns, in)) return true;
  if (why) buf_printf(why, "namespace %.*s is not among ", (int)ns.len, ns.ptr), print_list(why, in);
  return false;
}

bool chain_labels_match(const chain_selector *s, kube_labels labels, buf *why) {
  if (kube_selector_empty(s->labels) || kube_selector_matches(s->labels, labels)) return true;
  if (why) buf_printf(why, "the labels do not match %s", s->labels_text ? s->labels_text : "the selector");
  return false;
}

bool chain_selector_matches(const chain_selector *s, const kube_types *types, const kube_type *type, str ns, kube_labels labels, buf *why) {
  return chain_resource_matches(s, types, type, why) && chain_namespace_matches(s, ns, why) && chain_labels_match(s, labels, why);
}

/* ------------------------------------------------------------------------------------------------------------ remembered */
chain_resources *chain_resources_new(size_t n_entries) {
  chain_resources *r = calloc(1, sizeof *r);
  if (r) r->n_entries = n_entries;
  return r;
}

void chain_resources_free(chain_resources *r) {
  if (!r) return;
  arena_free(&r->memory);
  free(r);
}

/* Room for a row of that type id. */
static bool make_room(chain_resources *r, size_t id) {
  if (id < r->n_rows) return true;
  size_t n = id + id / 2 + 64;
  unsigned char **rows = arena_zalloc(&r->memory, n * sizeof *rows);
  if (!rows) return false;
  if (r->n_rows) memcpy(rows, r->rows, r->n_rows * sizeof *rows);
  r->rows = rows;
  r->n_rows = n;
  return true;
}

static unsigned char *row_of(chain_resources *r, const kube_types *types, const kube_type *type) {
  size_t id = type->id;
  if (kube_types_get(types, id) != type || !make_room(r, id)) return NULL; /* not of this run: its number says nothing */
  if (!r->rows[id]) r->rows[id] = arena_zalloc(&r->memory, r->n_entries + 1);
  return r->rows[id];
}

bool chain_resources_match(chain_resources *r, size_t entry, const chain_selector *s, const kube_types *types, const kube_type *type) {
  if (!any(s->included_resources) && !any(s->excluded_resources)) return true;
  unsigned char *row = r && type && types ? row_of(r, types, type) : NULL;
  if (!row) return chain_resource_matches(s, types, type, NULL);
  if (row[entry] == 0) row[entry] = chain_resource_matches(s, types, type, NULL) ? 2 : 1;
  return row[entry] == 2;
}

bool chain_plan_by_labels(const chain_plan *p) {
  for (size_t i = 0; i < p->n; i++)
    if (p->entries[i].selector.labels) return true;
  return false;
}

bool chain_plan_wants(const chain_plan *p, const kube_types *types, const kube_type *type, str ns, kube_labels labels, bool alone) {
  for (size_t i = 0; i < p->n; i++) {
    const chain_selector *s = &p->entries[i].selector;
    if (alone && p->entries[i].plugin == CHAIN_BUILT_IN && p->kind != CONF_RESTORE_ITEM_ACTION) continue;
    if (chain_resources_match(p->resources, i, s, types, type) && chain_namespace_matches(s, ns, NULL) &&
        chain_labels_match(s, labels, NULL))
      return true;
  }
  return false;
}
