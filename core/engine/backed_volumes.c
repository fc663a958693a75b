/* backed_volumes.c -- see backed_volumes.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/backed_volumes.h"
#include "base/sort.h"
#include "kube/spool.h"
#include <stdlib.h>

typedef struct snapshot {
  uint32_t item, length;
  int64_t at; /* in the spool */
} snapshot;

struct backed_volumes {
  const kube_source *source;
  unsigned char *how; /* by item: BACKED_* */
  snapshot *v;
  size_t n, cap;
  bool sorted;
  kube_spool spool;
  buf text;
};

pintle_status backed_volumes_new(const kube_source *source, const char *temp_dir, backed_volumes **out, error *e) {
  backed_volumes *b = calloc(1, sizeof *b);
  if (!b) return error_nomem(e);
  b->source = source;
  b->spool = (kube_spool){.dir = temp_dir, .fd = -1};
  b->how = calloc(kube_source_count(source) + 1, 1);
  if (!b->how) return backed_volumes_free(b), error_nomem(e);
  *out = b;
  return PINTLE_OK;
}

void backed_volumes_free(backed_volumes *b) {
  if (!b) return;
  free(b->how);
  free(b->v);
  kube_spool_close(&b->spool);
  buf_free(&b->text);
  free(b);
}

void backed_volumes_forget(backed_volumes *b, bool snapshots) {
  if (snapshots) b->n = 0;
  else memset(b->how, BACKED_UNKNOWN, kube_source_count(b->source));
}

static size_t volume_of(const backed_volumes *b, const item_doc *element, const char *pointer) {
  str name = item_str(element, pointer, "");
  return name.len ? kube_source_find(b->source, STR(""), STR("persistentvolumes"), STR(""), name) : SIZE_MAX;
}

pintle_status backed_volumes_info(void *volumes, const item_doc *element, str text, error *e) {
  backed_volumes *b = volumes;
  str method = item_str(element, "/backupMethod", "");
  size_t item = volume_of(b, element, "/pvName");
  (void)text, (void)e;
  if (item == SIZE_MAX || b->how[item]) return PINTLE_OK;
  if (str_is(method, "PodVolumeBackup") || str_is(method, "CSISnapshot")) b->how[item] = BACKED_FS_OR_CSI;
  else b->how[item] = str_is(method, "NativeSnapshot") ? BACKED_NATIVE : BACKED_OTHERWISE;
  return PINTLE_OK;
}

pintle_status backed_volumes_snapshot(void *volumes, const item_doc *element, str text, error *e) {
  backed_volumes *b = volumes;
  size_t item = volume_of(b, element, "/spec/persistentVolumeName");
  if (item == SIZE_MAX) return PINTLE_OK;
  if (!GROW(b->v, b->n, b->cap)) return error_nomem(e);
  b->v[b->n++] = (snapshot){(uint32_t)item, (uint32_t)text.len, kube_spool_end(&b->spool)};
  b->sorted = false;
  return kube_spool_add(&b->spool, text, e);
}

int backed_volumes_how(const backed_volumes *b, size_t item) { return b->how[item]; }

static int by_item(const void *a, const void *b, void *ctx) {
  const snapshot *x = a, *y = b;
  (void)ctx;
  return x->item != y->item ? (x->item < y->item ? -1 : 1) : (x->at > y->at) - (x->at < y->at);
}

pintle_status backed_volumes_get(backed_volumes *b, size_t item, item_doc *out, bool *found, error *e) {
  size_t low = 0, high = b->n;
  if (!b->sorted) sort_in_place(b->v, b->n, sizeof *b->v, by_item, NULL);
  b->sorted = true;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (b->v[middle].item < item) low = middle + 1;
    else high = middle;
  }
  *found = low < b->n && b->v[low].item == item;
  if (!*found) return PINTLE_OK;
  buf_clear(&b->text);
  pintle_status st = kube_spool_read(&b->spool, b->v[low].at, b->v[low].length, &b->text, e);
  return st == PINTLE_OK ? item_parse(out, buf_str(&b->text), 0, NULL, e) : st;
}
