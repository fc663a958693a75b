/* priority.c -- see priority.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/priority.h"
#include "engine/select_restore.h"
#include <stdlib.h>

const char *const engine_high_priorities[] = {"customresourcedefinitions",
                                              "namespaces",
                                              "storageclasses",
                                              "volumesnapshotclass.snapshot.storage.k8s.io",
                                              "volumesnapshotcontents.snapshot.storage.k8s.io",
                                              "volumesnapshots.snapshot.storage.k8s.io",
                                              "datauploads.velero.io",
                                              "persistentvolumes",
                                              "persistentvolumeclaims",
                                              "clusterroles",
                                              "roles",
                                              "serviceaccounts",
                                              "clusterrolebindings",
                                              "rolebindings",
                                              "secrets",
                                              "configmaps",
                                              "limitranges",
                                              "priorityclasses",
                                              "pods",
                                              "replicasets.apps",
                                              "clusterclasses.cluster.x-k8s.io",
                                              "endpoints",
                                              "services",
                                              NULL};
const char *const engine_low_priorities[] = {"clusterbootstraps.run.tanzu.vmware.com",      "clusters.cluster.x-k8s.io",
                                             "clusterresourcesets.addons.cluster.x-k8s.io", "apps.kappctrl.k14s.io",
                                             "packageinstalls.packaging.carvel.dev",        NULL};

enum { MIDDLE = 1000 };

/* A plain name means the group that Kubernetes prefers for it; group.resource exactly that. */
static bool is(const kube_types *types, const char *name, const kube_type *t) {
  size_t n = strlen(t->resource);
  if (strncmp(name, t->resource, n) != 0) return false;
  if (name[n] == '.') return strcmp(name + n + 1, t->group) == 0;
  if (name[n]) return false;
  const kube_type *preferred = kube_types_named(types, str_of(name));
  return !preferred || strcmp(preferred->group, t->group) == 0;
}

static uint16_t rank(const kube_types *types, const kube_type *t) {
  for (uint16_t i = 0; engine_high_priorities[i]; i++)
    if (is(types, engine_high_priorities[i], t)) return i;
  for (uint16_t i = 0; engine_low_priorities[i]; i++)
    if (is(types, engine_low_priorities[i], t)) return (uint16_t)(MIDDLE + 1 + i);
  return MIDDLE;
}

typedef struct sorter {
  const kube_source *source;
  const uint16_t *ranks;
} sorter;

static int by_priority(const void *a, const void *b, void *ctx) {
  const sorter *s = ctx;
  kube_entry x, y;
  kube_source_get(s->source, *(const uint32_t *)a, &x);
  kube_source_get(s->source, *(const uint32_t *)b, &y);
  int c = (int)s->ranks[x.type->id] - (int)s->ranks[y.type->id];
  if (!c && x.type != y.type) c = strcmp(x.type->resource, y.type->resource);
  if (!c && x.type != y.type) c = strcmp(x.type->group, y.type->group);
  if (!c) c = str_cmp(x.ns, y.ns);
  return c ? c : str_cmp(x.name, y.name);
}

pintle_status engine_restore_order(const kube_source *source, const kube_types *types, const unsigned char *bytes, uint32_t **order,
                                   size_t *n, error *e) {
  size_t all = kube_source_count(source);
  uint32_t *v = malloc((all + 1) * sizeof *v);
  uint16_t *ranks = malloc((kube_types_count(types) + 1) * sizeof *ranks);
  if (!v || !ranks) {
    free(v);
    free(ranks);
    return error_nomem(e);
  }
  for (size_t i = 0; i < kube_types_count(types); i++) ranks[i] = UINT16_MAX;
  *n = 0;
  for (size_t i = 0; i < all; i++) {
    kube_entry k;
    if (bytes[i] != ENGINE_TAKEN) continue;
    kube_source_get(source, i, &k);
    if (ranks[k.type->id] == UINT16_MAX) ranks[k.type->id] = rank(types, k.type);
    v[(*n)++] = (uint32_t)i;
  }
  sorter s = {source, ranks};
  if (*n) qsort_r(v, *n, sizeof *v, by_priority, &s);
  free(ranks);
  *order = v;
  return PINTLE_OK;
}
