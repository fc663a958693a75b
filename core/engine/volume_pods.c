/* volume_pods.c -- see volume_pods.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/volume_pods.h"
#include <stdlib.h>

typedef struct asked {
  const char *claim, *pod; /* "ns/name" */
} asked;

struct volume_pods {
  const kube_source *source;
  bool by_default, read;
  arena memory;
  asked *v;
  size_t n, cap;
};

static bool in_list(str list, str word) {
  while (list.len) {
    const char *comma = memchr(list.ptr, ',', list.len);
    str one = {list.ptr, comma ? (size_t)(comma - list.ptr) : list.len};
    if (str_eq(one, word)) return true;
    size_t used = comma ? one.len + 1 : one.len;
    list.ptr += used, list.len -= used;
  }
  return false;
}

bool volume_pod_asks(const item_doc *pod, str volume, bool by_default) {
  return by_default ? !in_list(item_str(pod, "/metadata/annotations/backup.velero.io~1backup-volumes-excludes", ""), volume)
                    : in_list(item_str(pod, "/metadata/annotations/backup.velero.io~1backup-volumes", ""), volume);
}

bool volume_pod_can(const item_node *volume) {
  static const char *const never[] = {"hostPath", "secret", "configMap", "projected", "downwardAPI"};
  for (size_t i = 0; i < sizeof never / sizeof *never; i++)
    if (item_type(item_member(volume, str_of(never[i]))) == PINTLE_T_OBJECT) return false;
  str name = item_string(item_member(volume, STR("name")));
  return name.len && !str_starts(name, "default-token");
}

pintle_status volume_pods_new(const kube_source *source, bool by_default, volume_pods **out, error *e) {
  volume_pods *p = calloc(1, sizeof *p);
  if (!p) return error_nomem(e);
  p->source = source, p->by_default = by_default;
  *out = p;
  return PINTLE_OK;
}

void volume_pods_free(volume_pods *p) {
  if (!p) return;
  arena_free(&p->memory);
  free(p->v);
  free(p);
}

static const char *joined(volume_pods *p, str ns, str name) {
  char *to = arena_alloc(&p->memory, ns.len + name.len + 2);
  if (!to) return NULL;
  if (ns.len) memcpy(to, ns.ptr, ns.len);
  to[ns.len] = '/';
  if (name.len) memcpy(to + ns.len + 1, name.ptr, name.len);
  to[ns.len + 1 + name.len] = 0;
  return to;
}

static pintle_status take_pod(volume_pods *p, const item_doc *pod, str ns, str name, error *e) {
  for (const item_node *m = item_first(item_at(pod, "/spec/volumes")); m; m = item_next(m)) {
    str claim = item_string(item_member(item_member(m, STR("persistentVolumeClaim")), STR("claimName")));
    if (!claim.len || !volume_pod_asks(pod, item_string(item_member(m, STR("name"))), p->by_default)) continue;
    if (!GROW(p->v, p->n, p->cap)) return error_nomem(e);
    asked one = {joined(p, ns, claim), joined(p, ns, name)};
    if (!one.claim || !one.pod) return error_nomem(e);
    p->v[p->n++] = one;
  }
  return PINTLE_OK;
}

static int by_claim(const void *a, const void *b) { return strcmp(((const asked *)a)->claim, ((const asked *)b)->claim); }

/* A Pod that cannot be read asks for nothing; its own error is told when it is its turn. */
static pintle_status read_pods(volume_pods *p, error *e) {
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(item_freep) item_doc *pod = NULL;
  if (item_new(&pod) != PINTLE_OK) return error_nomem(e);
  for (size_t i = 0; i < kube_source_count(p->source); i++) {
    kube_entry k;
    kube_source_get(p->source, i, &k);
    if (strcmp(k.type->resource, "pods") != 0 || *k.type->group || k.deleting || k.alone || !(p->by_default || k.copies)) continue;
    buf_clear(&text);
    if (kube_source_read(p->source, i, &text, NULL) != PINTLE_OK) continue;
    pintle_status st = item_parse(pod, buf_str(&text), 0, NULL, NULL);
    if (st == PINTLE_OK) st = take_pod(p, pod, k.ns, k.name, e);
    if (st == PINTLE_NOMEM) return error_nomem(e);
  }
  if (p->n) qsort(p->v, p->n, sizeof *p->v, by_claim);
  p->read = true;
  return PINTLE_OK;
}

pintle_status volume_pods_claim(volume_pods *p, str ns, str claim, const char **pod, error *e) {
  CLEANUP(buf_free) buf key = {0};
  *pod = NULL;
  pintle_status st = p->read ? PINTLE_OK : read_pods(p, e);
  if (st != PINTLE_OK || !p->n) return st;
  buf_adds(&key, ns);
  buf_addc(&key, '/');
  buf_adds(&key, claim);
  if (key.failed) return error_nomem(e);
  const asked one = {key.data, NULL}, *found = bsearch(&one, p->v, p->n, sizeof *p->v, by_claim);
  if (found) *pod = found->pod;
  return PINTLE_OK;
}
