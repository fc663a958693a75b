/* merge.c -- see merge.h.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/merge.h"
#include "kube/types.h"

enum { METADATA_ONLY = 1 };

static const void *type_of(uint16_t number) { return number ? &kube_merge_types[number - 1] : NULL; }

static bool built_in(str group, str version, str kind) {
  for (size_t i = 0; i < kube_built_in_count; i++) {
    const kube_type *t = &kube_built_in[i];
    if (str_is(kind, t->kind) && str_is(group, t->group) && str_is(version, t->version)) return true;
  }
  return false;
}

const void *kube_merge_of(str api_version, str kind) {
  const char *slash = api_version.len ? memrchr(api_version.ptr, '/', api_version.len) : NULL;
  size_t n = slash ? (size_t)(slash - api_version.ptr) : 0, skip = slash ? n + 1 : 0;
  str group = {api_version.ptr, n}, version = {api_version.ptr + skip, api_version.len - skip};
  if (!api_version.len || !kind.len) return NULL;
  for (size_t i = 0; i < kube_merge_kinds_count; i++) {
    const kube_merge_kind *k = &kube_merge_kinds[i];
    if (str_is(kind, k->kind) && str_is(group, k->group) && str_is(version, k->version)) return type_of(k->type);
  }
  return built_in(group, version, kind) ? type_of(METADATA_ONLY) : NULL;
}

item_strategy kube_merge_strategy(const void *type, str field) {
  const uint16_t *begin = type;
  for (size_t i = begin ? begin[0] : 0, end = begin ? begin[1] : 0; i < end; i++) {
    const kube_merge_field *f = &kube_merge_fields[i];
    if (str_is(field, f->name))
      return (item_strategy){type_of(f->type), f->merge_key, f->strategy == KUBE_MERGE, f->strategy == KUBE_REPLACE};
  }
  return (item_strategy){0};
}
