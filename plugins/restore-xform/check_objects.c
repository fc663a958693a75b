/* check_objects.c -- is an object that something names in the backup, or at the destination?  SPDX-License-Identifier: Apache-2.0 */
#include "checking.h"
#include <pintle/ext/cluster.h>
#include <pintle/ext/items.h>
#include <string.h>
#include <strings.h>

const struct check_object check_objects[CHECK_BY_KIND] = {
    [CHECK_NONE] = {"", "", ""},
    [CHECK_SECRET] = {"Secret", "", "secrets"},
    [CHECK_CONFIG_MAP] = {"ConfigMap", "", "configmaps"},
    [CHECK_ACCOUNT] = {"ServiceAccount", "", "serviceaccounts"},
    [CHECK_CLAIM] = {"PersistentVolumeClaim", "", "persistentvolumeclaims"},
    [CHECK_SERVICE] = {"Service", "", "services"},
    [CHECK_ROLE] = {"Role", "rbac.authorization.k8s.io", "roles"},
    [CHECK_STORAGE_CLASS] = {"StorageClass", "storage.k8s.io", "storageclasses"},
    [CHECK_WORKLOAD] = {"Deployment", "apps", "deployments"},
    [CHECK_GATEWAY] = {"Gateway", "gateway.networking.k8s.io", "gateways"},
    [CHECK_CLAIM_TEMPLATE] = {"ResourceClaimTemplate", "resource.k8s.io", "resourceclaimtemplates"},
    [CHECK_RESOURCE_CLAIM] = {"ResourceClaim", "resource.k8s.io", "resourceclaims"},
};

/* Kinds that are named together with their kind only. */
static const struct check_object more[] = {
    {"StatefulSet", "apps", "statefulsets"}, {"ReplicaSet", "apps", "replicasets"},
    {"DaemonSet", "apps", "daemonsets"},     {"ReplicationController", "", "replicationcontrollers"},
    {"Rollout", "argoproj.io", "rollouts"},  {"VolumeSnapshot", "snapshot.storage.k8s.io", "volumesnapshots"},
};

const struct check_object *check_object_of(const char *kind, const char *group) {
  for (size_t i = 1; i < CHECK_BY_KIND; i++)
    if (strcmp(check_objects[i].kind, kind) == 0 && (!group || strcmp(check_objects[i].group, group) == 0)) return &check_objects[i];
  for (size_t i = 0; i < sizeof more / sizeof *more; i++)
    if (strcmp(more[i].kind, kind) == 0 && (!group || strcmp(more[i].group, group) == 0)) return &more[i];
  return group && strcmp(group, "extensions") == 0 ? check_object_of(kind, "apps") : NULL;
}

const char *check_kind_meant(const char *name, size_t n) {
  static const struct check_object also = {"Namespace", "", "namespaces"};
  for (size_t i = 1; i < CHECK_BY_KIND + sizeof more / sizeof *more + 1; i++) {
    const struct check_object *o = i < CHECK_BY_KIND ? &check_objects[i] : i == CHECK_BY_KIND ? &also : &more[i - CHECK_BY_KIND - 1];
    if ((strlen(o->kind) == n && strncasecmp(o->kind, name, n) == 0) || (strlen(o->resource) == n && strncasecmp(o->resource, name, n) == 0))
      return o->kind;
  }
  return NULL;
}

/* ---- what was asked before */
uint64_t check_hash(const char *const *parts) {
  uint64_t h = 14695981039346656037u;
  for (; *parts; parts++) {
    for (const char *p = *parts; *p; p++) h = (h ^ (unsigned char)*p) * 1099511628211u;
    h = (h ^ 0xff) * 1099511628211u; /* in no UTF-8 text */
  }
  h ^= h >> 29;
  return h > 3 ? h : h + 4;
}

/* The place of this hash, or the empty one where it would be. */
static uint64_t *place_of(struct check *c, uint64_t hash) {
  size_t i = (size_t)(hash >> 8) & (CHECK_SEEN - 1);
  while (c->seen[i] && (c->seen[i] | 1) != (hash | 1)) i = (i + 1) & (CHECK_SEEN - 1);
  return &c->seen[i];
}

static bool recall(struct check *c, uint64_t hash, bool *there) {
  pthread_mutex_lock(&c->lock);
  uint64_t is = *place_of(c, hash);
  pthread_mutex_unlock(&c->lock);
  *there = is & 1;
  return is != 0;
}

static void remember(struct check *c, uint64_t hash, bool there) {
  pthread_mutex_lock(&c->lock);
  if (c->n_seen >= CHECK_SEEN / 4 * 3) memset(c->seen, 0, sizeof c->seen), c->n_seen = 0;
  uint64_t *at = place_of(c, hash);
  if (!*at) c->n_seen++;
  *at = (hash & ~(uint64_t)1) | there;
  pthread_mutex_unlock(&c->lock);
}

/* ---- asking */
static bool ask(struct check_item *k, const pintle_objects *from, const struct check_object *o, const char *ns, const char *name) {
  const pintle_doc *found;
  pintle_id id = {o->group, "", o->resource, ns, name};
  if (!from || k->st != PINTLE_OK) return false;
  pintle_status st = from->get(k->call, &id, &found);
  if (st == PINTLE_NOT_FOUND && strcmp(o->group, "apps") == 0) { /* kept under an older group? */
    id.group = "";
    st = from->get(k->call, &id, &found);
  }
  if (st == PINTLE_CANCELLED || st == PINTLE_TIMED_OUT || st == PINTLE_NOMEM)
    k->st = pintle_wrap(k->call, st, "looking for %s %s", o->kind, name);
  return st != PINTLE_NOT_FOUND && k->st == PINTLE_OK; /* what cannot be asked is taken to be there: no item fails by a check */
}

/* In ns, or in a namespace of the backup that becomes the same as ns does, or that becomes ns. */
static bool in_backup(struct check_item *k, const struct check_object *o, const char *ns, const char *name) {
  const pintle_objects *items = (const pintle_objects *)k->call->host->extension(k->call->host, PINTLE_EXT_ITEMS);
  const pintle_doc *run = k->in->run;
  char at[400];
  if (ask(k, items, o, ns, name)) return true;
  if (!*ns || !items) return false;
  const char *own = k->in->id->ns, *to = pintle_str_or(run, pintle_key(at, sizeof at, "/spec/namespaceMapping", ns), ns);
  if (strcmp(ns, k->ns) == 0 && *own && strcmp(own, ns) != 0 && ask(k, items, o, own, name)) return true;
  const pintle_value *v = run->api->first(run, run->api->at(run, "/spec/namespaceMapping"));
  for (; v && k->st == PINTLE_OK; v = run->api->next(run, v)) {
    pintle_str from, is;
    if (run->api->key(run, v, &from) != PINTLE_OK || run->api->text(run, v, &is) != PINTLE_OK) continue;
    if ((strcmp(is.ptr, ns) == 0 || strcmp(is.ptr, to) == 0) && ask(k, items, o, from.ptr, name)) return true;
  }
  return false;
}

bool check_exists(struct check_item *k, const struct check_object *o, const char *ns, const char *name) {
  const char *const parts[] = {o->group, o->resource, ns, name, strcmp(ns, k->ns) == 0 ? k->in->id->ns : "", NULL};
  uint64_t hash = check_hash(parts);
  bool there;
  if (recall(k->c, hash, &there)) return there;
  there =
      in_backup(k, o, ns, name) || ask(k, (const pintle_objects *)k->call->host->extension(k->call->host, PINTLE_EXT_CLUSTER), o, ns, name);
  if (k->st == PINTLE_OK) remember(k->c, hash, there);
  return there || k->st != PINTLE_OK;
}
