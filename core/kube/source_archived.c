/* source_archived.c -- items that come from an archive.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/source_impl.h"
#include <stdlib.h>

/* "deployments.apps" taken apart. */
static str resource_of(str group_resource, str *group) {
  const char *dot = memchr(group_resource.ptr, '.', group_resource.len);
  str resource = {group_resource.ptr, dot ? (size_t)(dot - group_resource.ptr) : group_resource.len};
  *group = dot ? (str){dot + 1, group_resource.len - resource.len - 1} : STR("");
  return resource;
}

static str group_of(str api_version) {
  const char *slash = memchr(api_version.ptr, '/', api_version.len);
  return slash ? (str){api_version.ptr, (size_t)(slash - api_version.ptr)} : STR("");
}

/* Items mostly differ from others by their names only; those share a file. */
static uint32_t place_of(kube_source *s, str place, str name) {
  static const struct stat none = {0};
  str path = source_template(s, place, name, 1);
  uint32_t id = kube_intern_find(&s->names, &s->pool, path);
  if (id < s->n_archived && s->archived[id]) return s->archived[id] - 1;
  uint32_t file = source_new_file(s, SOURCE_IN_ARCHIVE, path, &none);
  if (file == SOURCE_NONE) return SOURCE_NONE;
  id = s->files[file].name;
  if (id >= s->n_archived) {
    uint32_t n = id + id / 2 + 64;
    uint32_t *v = realloc(s->archived, n * sizeof *v);
    if (!v) return SOURCE_NONE;
    memset(v + s->n_archived, 0, (n - s->n_archived) * sizeof *v);
    s->archived = v, s->n_archived = n;
  }
  s->archived[id] = file + 1;
  return file;
}

static bool holds_nul(str s) { return memchr(s.ptr, 0, s.len) != NULL; }

pintle_status kube_source_add_archived(kube_source *s, str group_resource, str version, str ns, str name, str text, const char *place,
                                       error *e) {
  kube_skim skim;
  error wrong;
  str group, resource = resource_of(group_resource, &group);
  (void)version; /* the item says it itself, and the archive chose which to hand over */
  if (source_cancelled(s)) return error_set(e, PINTLE_CANCELLED, "cancelled");
  if (text.len > s->max_bytes) {
    source_report(s, PINTLE_LOG_ERROR, place, "the item is larger than %zu bytes", s->max_bytes);
    return PINTLE_OK;
  }
  arena_reset(&s->arena);
  pintle_status st = kube_skim_item(text, &s->arena, &skim, &wrong);
  if (st == PINTLE_NOMEM) return error_nomem(e);
  if (st == PINTLE_OK && (holds_nul(skim.api_version) || holds_nul(skim.kind) || holds_nul(resource)))
    st = error_set(&wrong, PINTLE_INVALID, "apiVersion, kind or resource holds U+0000");
  if (st != PINTLE_OK) {
    source_report(s, PINTLE_LOG_ERROR, place, "%s%s%s", wrong.message, wrong.place[0] ? " at " : "", wrong.place);
    return PINTLE_OK;
  }
  if (!str_eq(group, group_of(skim.api_version))) {
    source_report(s, PINTLE_LOG_ERROR, place, "the item says %.200s, its place in the archive %.*s; it is left out", skim.api_version.ptr,
                  (int)(group_resource.len > 200 ? 200 : group_resource.len), group_resource.ptr);
    return PINTLE_OK;
  }
  if ((skim.ns.len && !str_eq(ns, skim.ns)) || (!str_eq(name, skim.name) && !memchr(name.ptr, '~', name.len)))
    source_report(
        s, PINTLE_LOG_WARN, place,
        "the item calls itself %.253s/%.300s, its place in the archive says otherwise; the name is the item's, the namespace the archive's",
        skim.ns.ptr, skim.name.ptr);
  skim.ns = ns;
  source_where at = {.line = 0, .column = 1, .spooled = true, .verbatim = true, .offset = kube_spool_end(&s->spool)};
  at.file = place_of(s, str_of(place), skim.name);
  str key = source_kind_key(s, skim.api_version, skim.kind, resource);
  if (at.file == SOURCE_NONE || s->patched.failed) return error_nomem(e);
  st = kube_spool_add(&s->spool, text, e);
  return st == PINTLE_OK ? source_add(s, &skim, key, 0, &at, text.len, e) : st;
}
