/* labels.c -- an item's labels, see labels.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"
#include "kube/labels_unique.h"
#include "kube/names.h"

const str *kube_labels_get(kube_labels l, str key) {
  for (size_t i = 0; i < l.n; i++)
    if (str_eq(l.v[i].key, key)) return &l.v[i].value;
  return NULL;
}

static uint32_t hash(str s) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < s.len; i++) h = (h ^ (unsigned char)s.ptr[i]) * 16777619u;
  return h;
}

static bool later_has(const kube_label *v, size_t from, size_t n, str key) {
  for (; from < n; from++)
    if (str_eq(v[from].key, key)) return true;
  return false;
}

/* Marks what is repeated: from the last to the first, a table of the keys that were met. */
static pintle_status mark_repeated(kube_label *v, size_t n, arena *a) {
  size_t mask = 63;
  while (mask < 2 * n) mask = mask * 2 + 1;
  uint32_t *slot = arena_zalloc(a, (mask + 1) * sizeof *slot);
  if (!slot) return PINTLE_NOMEM;
  for (size_t i = n; i-- > 0;) {
    size_t h = hash(v[i].key) & mask;
    while (slot[h] && !str_eq(v[slot[h] - 1].key, v[i].key)) h = (h + 1) & mask;
    if (slot[h]) v[i].value.ptr = NULL;
    else slot[h] = (uint32_t)i + 1;
  }
  return PINTLE_OK;
}

pintle_status kube_labels_unique(kube_label *v, size_t *n, arena *a) {
  size_t kept = 0;
  if (*n > 16) {
    if (*n >= UINT32_MAX || mark_repeated(v, *n, a)) return PINTLE_NOMEM;
  } else {
    for (size_t i = 0; i < *n; i++)
      if (later_has(v, i + 1, *n, v[i].key)) v[i].value.ptr = NULL;
  }
  for (size_t i = 0; i < *n; i++)
    if (v[i].value.ptr) v[kept++] = v[i];
  *n = kept;
  return PINTLE_OK;
}

pintle_status kube_labels_of(const item_doc *item, arena *a, kube_labels *out) {
  const item_node *labels = item_at(item, "/metadata/labels");
  size_t n = item_type(labels) == PINTLE_T_OBJECT ? item_count(labels) : 0, i = 0;
  *out = (kube_labels){0};
  if (n == 0) return PINTLE_OK;
  if (n > SIZE_MAX / sizeof(kube_label)) return PINTLE_NOMEM;
  kube_label *v = arena_alloc(a, n * sizeof *v);
  if (!v) return PINTLE_NOMEM;
  for (const item_node *m = item_first(labels); m && i < n; m = item_next(m)) v[i++] = (kube_label){item_key(m), item_string(m)};
  if (kube_labels_unique(v, &i, a)) return PINTLE_NOMEM;
  *out = (kube_labels){v, i};
  return PINTLE_OK;
}

void kube_label_value(str name, char *to) {
  static const char hex[] = "0123456789abcdef";
  unsigned char sum[32];
  size_t n = name.len > KUBE_LABEL_MAX ? KUBE_LABEL_MAX - 6 : name.len;
  if (n) memcpy(to, name.ptr, n);
  if (name.len > KUBE_LABEL_MAX) {
    sha256(name.ptr, name.len, sum);
    for (size_t i = 0; i < 3; i++) to[n++] = hex[sum[i] >> 4], to[n++] = hex[sum[i] & 15];
  }
  to[n] = 0;
}
