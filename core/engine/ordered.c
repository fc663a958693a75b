/* ordered.c -- spec.orderedResources of a Backup.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/blocks.h"
#include <stdlib.h>

static str trim(str s) {
  while (s.len && (*s.ptr == ' ' || *s.ptr == '\t')) s.ptr++, s.len--;
  while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t')) s.len--;
  return s;
}

/* "ns/name", of a cluster-scoped type "name". */
static size_t find(const kube_source *source, const kube_type *type, str full, const unsigned char *selected) {
  const char *slash = memchr(full.ptr, '/', full.len);
  if (!slash != !type->namespaced) return SIZE_MAX;
  str ns = slash ? (str){full.ptr, (size_t)(slash - full.ptr)} : STR(""),
      name = slash ? (str){slash + 1, full.len - ns.len - 1} : full;
  size_t item = kube_source_find(source, str_of(type->group), str_of(type->resource), ns, name);
  return item != SIZE_MAX && selected[item] ? item : SIZE_MAX;
}

static bool has(const engine_ordered *o, size_t item) {
  for (size_t i = 0; i < o->n; i++)
    if (o->v[i] == item) return true;
  return false;
}

static pintle_status read_names(const kube_source *source, const kube_type *type, str names, const unsigned char *selected,
                                engine_journal *j, engine_ordered *out, size_t *cap, error *e) {
  while (names.len) {
    const char *comma = memchr(names.ptr, ',', names.len);
    str one = {names.ptr, comma ? (size_t)(comma - names.ptr) : names.len};
    names.ptr += one.len + (comma != NULL), names.len -= one.len + (comma != NULL);
    one = trim(one);
    size_t item = one.len ? find(source, type, one, selected) : SIZE_MAX;
    if (item == SIZE_MAX || has(out, item)) {
      LOG(j, PINTLE_LOG_WARN, NULL, "orderedResources: cannot find resource '%.*s' among the %s of the backup%s", (int)one.len, one.ptr,
          type->resource, item == SIZE_MAX ? "" : " a second time");
      continue;
    }
    if (!GROW(out->v, out->n, *cap)) return error_nomem(e);
    out->v[out->n++] = (uint32_t)item;
  }
  return PINTLE_OK;
}

/* The types in the order in which Velero collects them. */
static int turn(const kube_type *t) {
  static const char *const first[] = {"pods", "persistentvolumeclaims", "persistentvolumes"};
  for (int i = 0; i < 3 && t && !*t->group; i++)
    if (strcmp(t->resource, first[i]) == 0) return i;
  return 3;
}

pintle_status engine_ordered_read(const item_doc *backup, const kube_source *source, const kube_types *types, const unsigned char *selected,
                                  engine_journal *j, engine_ordered *out, error *e) {
  const item_node *map = item_at(backup, "/spec/orderedResources");
  size_t cap = 0;
  pintle_status st = PINTLE_OK;
  *out = (engine_ordered){0};
  for (int i = 0; i < 4 && st == PINTLE_OK; i++)
    for (const item_node *m = item_first(map); m && st == PINTLE_OK; m = item_next(m)) {
      const kube_type *type = kube_types_named(types, item_key(m));
      str names = item_string(m);
      if (turn(type) != i || !names.ptr) continue;
      if (type) st = read_names(source, type, names, selected, j, out, &cap, e);
      else LOG(j, PINTLE_LOG_WARN, NULL, "orderedResources: there is no resource %s", item_key(m).ptr);
    }
  if (st == PINTLE_OK) return st;
  free(out->v);
  *out = (engine_ordered){0};
  return st;
}
