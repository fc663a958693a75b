/* plugin.c -- restore-xform: the descriptor, and which kind of item goes where.  SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"
#include "xform.h"
#include <stdlib.h>
#include <string.h>

/* ---- kinds */
enum { FAMILY_STORAGE = 1, FAMILY_HOSTS = 2, FAMILY_TEXTS = 4 };
struct kind {
  const char *kind, *group, *resource;
  int family;
  xform_apply *apply;
  const char *path; /* of the claim or the pod spec */
};
static const struct kind kinds[] = {
    {"PersistentVolume", "", "persistentvolumes", FAMILY_STORAGE, xform_claim, ""},
    {"PersistentVolumeClaim", "", "persistentvolumeclaims", FAMILY_STORAGE, xform_claim, ""},
    {"Pod", "", "pods", FAMILY_STORAGE, xform_volumes, "/spec"},
    {"PodTemplate", "", "podtemplates", FAMILY_STORAGE, xform_volumes, "/template/spec"},
    {"ReplicationController", "", "replicationcontrollers", FAMILY_STORAGE, xform_volumes, "/spec/template/spec"},
    {"StatefulSet", "apps", "statefulsets.apps", FAMILY_STORAGE, xform_set, "/spec/template/spec"},
    {"Deployment", "apps", "deployments.apps", FAMILY_STORAGE, xform_volumes, "/spec/template/spec"},
    {"Deployment", "extensions", "deployments.extensions", FAMILY_STORAGE, xform_volumes, "/spec/template/spec"},
    {"DaemonSet", "apps", "daemonsets.apps", FAMILY_STORAGE, xform_volumes, "/spec/template/spec"},
    {"DaemonSet", "extensions", "daemonsets.extensions", FAMILY_STORAGE, xform_volumes, "/spec/template/spec"},
    {"ReplicaSet", "apps", "replicasets.apps", FAMILY_STORAGE, xform_volumes, "/spec/template/spec"},
    {"ReplicaSet", "extensions", "replicasets.extensions", FAMILY_STORAGE, xform_volumes, "/spec/template/spec"},
    {"Job", "batch", "jobs.batch", FAMILY_STORAGE, xform_volumes, "/spec/template/spec"},
    {"CronJob", "batch", "cronjobs.batch", FAMILY_STORAGE, xform_volumes, "/spec/jobTemplate/spec/template/spec"},
    {"Ingress", "networking.k8s.io", "ingresses.networking.k8s.io", FAMILY_HOSTS, xform_ingress, ""},
    {"Ingress", "extensions", "ingresses.extensions", FAMILY_HOSTS, xform_ingress, ""},
    {"ConfigMap", "", "configmaps", FAMILY_TEXTS, xform_configmap, ""},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static const struct kind *kind_of(const pintle_doc *item) {
  const char *kind = pintle_str_or(item, "/kind", ""), *version = pintle_str_or(item, "/apiVersion", "");
  const char *slash = strchr(version, '/');
  size_t n = slash ? (size_t)(slash - version) : 0;
  for (size_t i = 0; i < N_KINDS; i++)
    if (strcmp(kinds[i].kind, kind) == 0 && strlen(kinds[i].group) == n && strncmp(kinds[i].group, version, n) == 0) return &kinds[i];
  return NULL;
}

static int families(const struct xform *x) {
  return (x->storage.n ? FAMILY_STORAGE : 0) | (x->hosts.n ? FAMILY_HOSTS : 0) | (x->n_texts ? FAMILY_TEXTS : 0);
}

/* ---- pintle.io/resolve-references */
static void destroy(void *self) {
  struct xform *x = self;
  if (!x) return;
  xform_map_free(&x->storage);
  xform_map_free(&x->hosts);
  xform_texts_free(x);
  free(x);
}

static pintle_status create(void *module, pintle_call *call, void **self) {
  struct xform *x = calloc(1, sizeof *x);
  (void)module;
  if (!x) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pintle_status st = xform_storage_read(x, call);
  if (st == PINTLE_OK) st = xform_hosts_read(x, call);
  if (st == PINTLE_OK) st = xform_texts_read(x, call);
  if (st == PINTLE_OK) *self = x;
  else destroy(x);
  return st;
}

/* Only what some rule may change: everything else is not even parsed for this action. */
static pintle_status applies_to(void *self, pintle_call *call, pintle_result *out) {
  static const char *const all[] = {"*", NULL};
  const int want = families(self);
  const char *included[N_KINDS + 1];
  size_t n = 0;
  (void)call;
  for (size_t i = 0; i < N_KINDS; i++)
    if (kinds[i].family & want) included[n++] = kinds[i].resource;
  included[n] = NULL;
  const pintle_selector s = {.struct_size = sizeof s, .included_resources = included, .excluded_resources = n ? NULL : all};
  return out->api->selector(out, &s);
}

static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  struct xform_job job = {.x = self, .call = call, .doc = item, .out = out};
  const struct kind *k = kind_of(item);
  (void)in;
  if (!k || !(k->family & families(self))) return PINTLE_OK;
  pintle_status st = k->apply(&job, k->path);
  return st == PINTLE_OK ? xform_last_applied(&job, k->apply, k->path) : st;
}

/* ---- tables */
static const pintle_option storage_classes = {.struct_size = sizeof storage_classes,
                                              .type = PINTLE_OPT_JSON,
                                              .name = "storageClasses",
                                              .help = "{old: new} names of StorageClasses; \"*\" is every other one"};
static const pintle_option ingress_hosts = {.struct_size = sizeof ingress_hosts,
                                            .type = PINTLE_OPT_JSON,
                                            .name = "ingressHosts",
                                            .help = "{old: new} hosts of Ingresses, whole labels; \"*.old\": \"*.new\" maps a suffix"};
static const pintle_option config_maps = {.struct_size = sizeof config_maps,
                                          .type = PINTLE_OPT_JSON,
                                          .name = "configMaps",
                                          .help = "list of {value | pattern | key, to, namespace, name} for entries of ConfigMaps"};
static const pintle_option *const options[] = {&storage_classes, &ingress_hosts, &config_maps, NULL};

static const char *const resources[] = {"persistentvolumes",
                                        "persistentvolumeclaims",
                                        "pods",
                                        "podtemplates",
                                        "replicationcontrollers",
                                        "statefulsets.apps",
                                        "deployments.apps",
                                        "deployments.extensions",
                                        "daemonsets.apps",
                                        "daemonsets.extensions",
                                        "replicasets.apps",
                                        "replicasets.extensions",
                                        "jobs.batch",
                                        "cronjobs.batch",
                                        "ingresses.networking.k8s.io",
                                        "ingresses.extensions",
                                        "configmaps",
                                        NULL};
static const pintle_selector selector = {.struct_size = sizeof selector, .included_resources = resources};

static const pintle_action resolve = {.struct_size = sizeof resolve,
                                      .flags = PINTLE_PURE,
                                      .thread_model = PINTLE_PARALLEL,
                                      .name = "pintle.io/resolve-references",
                                      .summary = "makes restored items point at the new cluster: storage classes, hosts, ConfigMap values",
                                      .options = options,
                                      .create = create,
                                      .destroy = destroy};
static const pintle_restore_item_action restore = {
    .struct_size = sizeof restore, .action = &resolve, .selector = &selector, .applies_to = applies_to, .execute = execute};
static const pintle_restore_item_action *const restores[] = {&convert_restore, &restore, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "restore-xform", .version = "0.1.0", .vendor = "pintle",
                                    .restore_item_actions = restores};
