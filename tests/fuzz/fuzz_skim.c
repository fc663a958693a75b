/* fuzz_skim.c -- the skimmer agrees with the tree (libFuzzer).  SPDX-License-Identifier: Apache-2.0
 *
 * Whenever item_parse and the skimmer both accept a text, identity and labels are the same; whenever item_parse accepts an object with a
 * valid identity, the skimmer accepts it. */
#include "kube/skim.h"
#include <stdlib.h>

static bool string_or_null(const item_node *n) { return item_type(n) == PINTLE_T_STRING || item_type(n) == PINTLE_T_NULL; }

static bool safe(str s, size_t max) {
  return s.len <= max && !memchr(s.ptr, '/', s.len) && !memchr(s.ptr, 0, s.len) && !str_is(s, ".") && !str_is(s, "..");
}

static bool valid(const item_doc *d) {
  return item_str(d, "/apiVersion", "").len && item_str(d, "/kind", "").len && item_str(d, "/metadata/name", "").len &&
         string_or_null(item_at(d, "/metadata/namespace")) && safe(item_str(d, "/metadata/name", ""), 1024) &&
         safe(item_str(d, "/metadata/namespace", ""), 253);
}

static void same(str skimmed, str parsed) {
  if (!str_eq(skimmed, parsed) || !skimmed.ptr || skimmed.ptr[skimmed.len]) abort();
}

static void same_labels(const item_doc *d, arena *a, kube_labels l) {
  kube_labels want;
  if (kube_labels_of(d, a, &want) || want.n != l.n) abort();
  for (size_t i = 0; i < l.n; i++) {
    same(l.v[i].key, want.v[i].key);
    same(l.v[i].value, want.v[i].value);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  arena a = {0};
  kube_skim k;
  item_doc *d = NULL;
  error e;
  char *copy = malloc(size ? size : 1);
  if (!copy || item_new(&d)) abort();
  if (size) memcpy(copy, data, size);
  str text = {copy, size};
  pintle_status skimmed = kube_skim_item(text, &a, &k, &e);
  if (skimmed && (skimmed != PINTLE_INVALID || !e.place[0] || !e.message[0])) abort();
  pintle_status parsed = item_parse(d, text, ITEM_KUBERNETES, NULL, NULL);
  if (parsed == PINTLE_OK && valid(d) != (skimmed == PINTLE_OK)) abort();
  if (parsed == PINTLE_OK && skimmed == PINTLE_OK) {
    const item_node *deleted = item_at(d, "/metadata/deletionTimestamp"),
                    *kept = item_at(d, "/metadata/labels/velero.io~1exclude-from-backup");
    same(k.api_version, item_str(d, "/apiVersion", ""));
    same(k.kind, item_str(d, "/kind", ""));
    same(k.ns, item_str(d, "/metadata/namespace", ""));
    same(k.name, item_str(d, "/metadata/name", ""));
    same(k.uid, item_str(d, "/metadata/uid", ""));
    same_labels(d, &a, k.labels);
    if (k.deleting != (item_type(deleted) != PINTLE_T_NULL) || k.excluded != str_is(item_string(kept), "true")) abort();
  }
  item_free(d);
  arena_free(&a);
  free(copy);
  return 0;
}
