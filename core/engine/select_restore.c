/* select_restore.c -- the items of a restore: filters, and what actions may ask for.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/select_restore.h"
#include <stdlib.h>

typedef struct selection {
  const engine_filter *filter;
  const kube_source *source;
  unsigned char *bytes;
  buf text;
  arena scratch;
} selection;

static pintle_status labels_match(selection *s, size_t i, bool *match, error *e) {
  kube_skim skim;
  *match = true;
  if (!engine_filter_has_labels(s->filter)) return PINTLE_OK;
  buf_clear(&s->text);
  arena_reset(&s->scratch);
  pintle_status st = kube_source_read(s->source, i, &s->text, e);
  if (st == PINTLE_OK && kube_skim_item(buf_str(&s->text), &s->scratch, &skim, NULL) == PINTLE_OK)
    *match = engine_filter_labels(s->filter, skim.labels);
  return st;
}

size_t engine_namespace_of(const kube_source *source, str ns) {
  return ns.len ? kube_source_find(source, STR(""), STR("namespaces"), STR(""), ns) : SIZE_MAX;
}

static pintle_status select_one(selection *s, size_t i, error *e) {
  kube_entry k;
  bool match;
  kube_source_get(s->source, i, &k);
  if (engine_filter_asked(s->filter, k.type, k.ns)) s->bytes[i] = ENGINE_IF_ASKED;
  if (!engine_filter_takes(s->filter, k.type, k.ns, NULL)) return PINTLE_OK;
  pintle_status st = labels_match(s, i, &match, e);
  if (st == PINTLE_OK && match) s->bytes[i] = ENGINE_TAKEN;
  return st;
}

/* Velero makes the namespace of each item that it restores, whatever the filters say of namespaces (RS processSelectedResource). */
static void take_namespaces(selection *s) {
  const char *last = "";
  for (size_t i = 0; i < kube_source_count(s->source); i++) {
    kube_entry k;
    if (s->bytes[i] != ENGINE_TAKEN) continue;
    kube_source_get(s->source, i, &k);
    if (!k.ns.len || strcmp(k.ns.ptr, last) == 0) continue;
    last = k.ns.ptr;
    size_t ns = engine_namespace_of(s->source, k.ns);
    if (ns != SIZE_MAX) s->bytes[ns] = ENGINE_TAKEN;
  }
}

pintle_status engine_select_restore(const engine_filter *f, const kube_source *source, unsigned char **out, error *e) {
  size_t n = kube_source_count(source);
  selection s = {.filter = f, .source = source, .bytes = calloc(n + 1, 1)};
  if (!s.bytes) return error_nomem(e);
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) st = select_one(&s, i, e);
  if (st == PINTLE_OK) take_namespaces(&s);
  if (st == PINTLE_OK) *out = s.bytes;
  else free(s.bytes);
  buf_free(&s.text);
  arena_free(&s.scratch);
  return st;
}
