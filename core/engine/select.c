/* select.c -- the items of a backup: filters, namespaces that hold something, definitions of custom resources.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/filter.h"
#include <stdio.h>
#include <stdlib.h>

static bool is_namespace(const kube_entry *k) { return strcmp(k->type->resource, "namespaces") == 0 && !*k->type->group; }

static pintle_status labels_match(const engine_filter *f, const kube_source *source, size_t i, buf *text, arena *a, bool *match, error *e) {
  kube_skim skim;
  *match = true;
  if (!engine_filter_has_labels(f)) return PINTLE_OK;
  buf_clear(text);
  arena_reset(a);
  pintle_status st = kube_source_read(source, i, text, e);
  if (st == PINTLE_OK) st = kube_skim_item(buf_str(text), a, &skim, e);
  if (st == PINTLE_OK) *match = engine_filter_labels(f, skim.labels);
  return st;
}

/* Namespaces with the exclude label are as if named in excludedNamespaces (Velero BC:506). */
static pintle_status exclude_labelled(engine_filter *f, const kube_source *source, error *e) {
  for (size_t i = 0; i < kube_source_count(source); i++) {
    kube_entry k;
    kube_source_get(source, i, &k);
    if (!is_namespace(&k) || !k.excluded) continue;
    pintle_status st = engine_filter_exclude_namespace(f, k.name, e);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

static void take(const kube_source *source, const char *group, const char *resource, str name, unsigned char *bytes) {
  kube_entry k;
  size_t i = kube_source_find(source, str_of(group), str_of(resource), STR(""), name);
  if (i == SIZE_MAX || bytes[i]) return;
  kube_source_get(source, i, &k);
  if (!k.excluded && !k.deleting) bytes[i] = 1;
}

/* What comes along: the namespace of each item, the definition of each custom resource where definitions are neither named nor excluded
 * (Velero BK backupCRD): taken by default, they may still lack the labels that are asked for. */
static void take_along(const engine_filter *f, const kube_source *source, unsigned char *bytes) {
  static const kube_type spaces = {.group = "", .version = "v1", .resource = "namespaces"},
                         definitions = {.group = "apiextensions.k8s.io", .version = "v1", .resource = "customresourcedefinitions"};
  bool with_spaces = engine_filter_takes(f, &spaces, STR(""), NULL),
       with_definitions = !engine_filter_excludes(f, &definitions) &&
                          (engine_filter_by_default(f, &definitions) || !engine_filter_takes(f, &definitions, STR(""), NULL));
  const char *last_ns = "";
  for (size_t i = 0; i < kube_source_count(source); i++) {
    kube_entry k;
    if (!bytes[i]) continue;
    kube_source_get(source, i, &k);
    if (with_spaces && k.ns.len && strcmp(k.ns.ptr, last_ns) != 0) {
      last_ns = k.ns.ptr;
      take(source, "", "namespaces", k.ns, bytes);
    }
    if (k.type->origin == KUBE_BUILT_IN || !with_definitions) continue;
    char crd[600];
    int n = snprintf(crd, sizeof crd, "%s.%s", k.type->resource, k.type->group);
    if (n > 0 && (size_t)n < sizeof crd) take(source, definitions.group, definitions.resource, str_of(crd), bytes);
  }
}

pintle_status engine_select_backup(engine_filter *f, const kube_source *source, unsigned char **out, error *e) {
  buf text = {0};
  arena a = {0};
  size_t n = kube_source_count(source);
  unsigned char *bytes = calloc(n + 1, 1);
  if (!bytes) return error_nomem(e);
  pintle_status st = exclude_labelled(f, source, e);
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) {
    kube_entry k;
    bool match;
    kube_source_get(source, i, &k);
    if (k.excluded || k.deleting) continue;
    if (!engine_filter_takes(f, k.type, k.ns, NULL)) continue;
    st = labels_match(f, source, i, &text, &a, &match, e);
    if (st == PINTLE_OK) bytes[i] = is_namespace(&k) ? engine_filter_tracks(f, k.name, match) : match;
    else if (st != PINTLE_NOMEM) bytes[i] = 1, st = PINTLE_OK; /* it cannot be read: its error is reported when it is its turn */
  }
  if (st == PINTLE_OK) take_along(f, source, bytes);
  if (st == PINTLE_OK) *out = bytes;
  else free(bytes);
  buf_free(&text);
  arena_free(&a);
  return st;
}
