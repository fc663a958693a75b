/* priority.c -- see priority.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/priority.h"
#include "engine/select_restore.h"
#include <stdio.h>
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

enum { MIDDLE = 0x4000, LIST_MAX = 10000 };

/* ---- the list of the user (Velero pkg/types/priority.go Set) */
pintle_status engine_priorities_parse(str text, arena *a, engine_priorities *out, error *e) {
  *out = (engine_priorities){engine_high_priorities, engine_low_priorities};
  if (text.len == 0) return PINTLE_OK;
  size_t n = 1, at = 0, separator = SIZE_MAX;
  for (size_t i = 0; i < text.len; i++) n += text.ptr[i] == ',';
  if (n > LIST_MAX) return error_set(e, PINTLE_INVALID, "more than %d resource priorities", LIST_MAX);
  const char **v = arena_zalloc(a, (n + 1) * sizeof *v);
  if (!v) return error_nomem(e);
  for (size_t i = 0; i < n; i++) {
    const char *comma = memchr(text.ptr + at, ',', text.len - at);
    str one = {text.ptr + at, comma ? (size_t)(comma - text.ptr) - at : text.len - at};
    if (str_is(one, "-") && separator != SIZE_MAX) return error_set(e, PINTLE_INVALID, "multiple priority separator \"-\" found");
    if (str_is(one, "-")) separator = i;
    else if (!(v[i] = arena_copy(a, one))) return error_nomem(e);
    at += one.len + 1;
  }
  if (separator == SIZE_MAX) separator = n; /* v ends with NULL there in any case */
  if (separator > 0) out->high = v;
  if (separator + 1 < n) out->low = v + separator + 1;
  return PINTLE_OK;
}

static bool among(const char *const *l, const char *name) {
  for (size_t i = 0; l[i]; i++)
    if (strcmp(l[i], name) == 0) return true;
  return false;
}

static void look_up(const char *const *l, const kube_types *types, void (*unknown)(void *ctx, const char *name), void *ctx) {
  for (size_t i = 0; l[i]; i++)
    if (!kube_types_named(types, str_of(l[i])) && !among(engine_high_priorities, l[i]) && !among(engine_low_priorities, l[i]))
      unknown(ctx, l[i]);
}

void engine_priorities_check(const engine_priorities *p, const kube_types *types, void (*unknown)(void *ctx, const char *name), void *ctx) {
  look_up(p->high, types, unknown, ctx);
  look_up(p->low, types, unknown, ctx);
}

/* ---- the order of types */
typedef struct ranked {
  const kube_type *type;
  unsigned rank;
} ranked;

static int compare_gr(const kube_type *x, const kube_type *y) {
  char a[600], b[600];
  snprintf(a, sizeof a, "%s%s%s", x->resource, *x->group ? "." : "", x->group);
  snprintf(b, sizeof b, "%s%s%s", y->resource, *y->group ? "." : "", y->group);
  return strcmp(a, b);
}

/* A plain name means the group that Kubernetes prefers for it; resource.group exactly that. */
static bool is(const kube_types *types, const char *name, const kube_type *t) {
  const kube_type *named = kube_types_named(types, str_of(name));
  if (named) return strcmp(named->group, t->group) == 0 && strcmp(named->resource, t->resource) == 0;
  size_t n = strlen(t->resource);
  if (strncmp(name, t->resource, n) != 0) return false;
  return name[n] == '.' ? strcmp(name + n + 1, t->group) == 0 : !name[n] && !*t->group;
}

/* CustomResourceDefinitions come first whatever is said: others need them (Velero's first phase). */
static unsigned rank(const engine_priorities *p, const kube_types *types, const kube_type *t) {
  if (strcmp(t->resource, "customresourcedefinitions") == 0 && strcmp(t->group, "apiextensions.k8s.io") == 0) return 0;
  for (unsigned i = 0; p->high[i]; i++)
    if (is(types, p->high[i], t)) return i + 1;
  for (unsigned i = 0; p->low[i]; i++)
    if (is(types, p->low[i], t)) return MIDDLE + 1 + i;
  return MIDDLE;
}

static int by_rank(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1) : compare_gr(x->type, y->type);
}

/* positions[id]: the type's place among the others; versions of one resource have the same. */
static pintle_status place_types(const engine_priorities *p, const kube_types *types, uint32_t *positions, error *e) {
  size_t n = kube_types_count(types);
  uint32_t position = 0;
  ranked *v = calloc(n + 1, sizeof *v);
  if (!v) return error_nomem(e);
  size_t used = 0;
  for (size_t i = 0; i < n; i++)
    if (positions[i]) v[used].type = kube_types_get(types, i), v[used].rank = rank(p, types, v[used].type), used++;
  if (used) qsort(v, used, sizeof *v, by_rank);
  for (size_t i = 0; i < used; i++) {
    position += i == 0 || compare_gr(v[i].type, v[i - 1].type) != 0;
    positions[v[i].type->id] = position;
  }
  free(v);
  return PINTLE_OK;
}

typedef struct sorter {
  const kube_source *source;
  const uint32_t *positions;
} sorter;

static int by_priority(const void *a, const void *b, void *ctx) {
  const sorter *s = ctx;
  kube_entry x, y;
  kube_source_get(s->source, *(const uint32_t *)a, &x);
  kube_source_get(s->source, *(const uint32_t *)b, &y);
  uint32_t p = s->positions[x.type->id], q = s->positions[y.type->id];
  if (p != q) return p < q ? -1 : 1;
  int c = str_cmp(x.ns, y.ns);
  return c ? c : str_cmp(x.name, y.name);
}

pintle_status engine_restore_order(const kube_source *source, const kube_types *types, const engine_priorities *priorities,
                                   const unsigned char *bytes, uint32_t **order, size_t *n, error *e) {
  size_t all = kube_source_count(source);
  uint32_t *v = malloc((all + 1) * sizeof *v);
  uint32_t *positions = calloc(kube_types_count(types) + 1, sizeof *positions);
  *n = 0;
  if (!v || !positions) {
    free(v);
    free(positions);
    return error_nomem(e);
  }
  for (size_t i = 0; i < all; i++) {
    kube_entry k;
    if (bytes[i] != ENGINE_TAKEN) continue;
    kube_source_get(source, i, &k);
    positions[k.type->id] = 1;
    v[(*n)++] = (uint32_t)i;
  }
  pintle_status st = place_types(priorities, types, positions, e);
  sorter s = {source, positions};
  if (st == PINTLE_OK && *n) qsort_r(v, *n, sizeof *v, by_priority, &s);
  free(positions);
  if (st == PINTLE_OK) *order = v;
  else free(v);
  return st;
}
