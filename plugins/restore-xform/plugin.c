/* plugin.c -- restore-xform: the descriptor, and which kind of item goes where.  SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"
#include "xform.h"
#include <stdlib.h>
#include <string.h>

/* ---- pintle.io/resolve-references */
static void destroy(void *self) {
  struct xform *x = self;
  if (!x) return;
  xform_config_free(x);
  import_free(&x->images);
  check_free(&x->check);
  free(x);
}

static pintle_status create(void *module, pintle_call *call, void **self) {
  struct xform *x = calloc(1, sizeof *x);
  (void)module;
  if (!x) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pintle_status st = check_read(&x->check, call);
  if (st == PINTLE_OK && x->check.classes_known) x->families |= XFORM_BIT(XFORM_STORAGE_CLASSES);
  if (st == PINTLE_OK) st = xform_config_read(x, call);
  if (st == PINTLE_OK) st = check_rules(x, call);
  if (st == PINTLE_OK) st = xform_map_changes(x, call);
  if (st == PINTLE_OK) *self = x;
  else destroy(x);
  return st;
}

/* Only what some rule may change: everything else is not even parsed for this action. */
static pintle_status applies_to(void *self, pintle_call *call, pintle_result *out) {
  static const char *const all[] = {"*", NULL};
  const struct xform *x = self;
  if (x->check.on || x->trees[xform_n_kinds].families) return PINTLE_OK; /* any kind */
  const char **included = call->host->alloc(call, (xform_n_kinds + 1) * sizeof *included);
  size_t n = 0;
  if (!included) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; i < xform_n_kinds; i++) {
    const struct xform_kind *k = &xform_kinds[i];
    size_t size = strlen(k->resource) + strlen(k->group) + 2;
    char *name = x->trees[i].families ? call->host->alloc(call, size) : NULL;
    if (!name && x->trees[i].families) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
    if (name && snprintf(name, size, "%s%s%s", k->resource, *k->group ? "." : "", k->group) > 0) included[n++] = name;
  }
  const pintle_selector s = {.struct_size = sizeof s, .included_resources = included, .excluded_resources = n ? NULL : all};
  return out->api->selector(out, &s);
}

static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  struct xform *x = self;
  const struct xform_node *tree = xform_tree_of(x, item);
  struct check_item check;
  size_t notes = 0;
  struct xform_job job = {.notes = &notes, .x = x, .call = call, .in = in, .item = item, .doc = item, .out = out, .families = x->families};
  if ((x->follow_restore || x->check.on) && in->run->api->first(in->run, in->run->api->at(in->run, "/spec/namespaceMapping")))
    job.families |= XFORM_BIT(XFORM_NAMESPACES);
  if (x->check.on) job.check = check_begin(&check, &x->check, call, item, in);
  if (!job.check && !(tree->families & job.families)) return PINTLE_OK;
  job.redact = strcmp(pintle_str_or(item, "/kind", ""), "Secret") == 0;
  if (!(job.applies = call->host->alloc(call, x->n_rules))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pintle_status st = xform_walk(&job, tree);
  if (st == PINTLE_OK) st = xform_last_applied(&job, tree);
  xform_notes_end(&job);
  return st == PINTLE_OK && job.check ? check_end(&job, tree) : st;
}

/* ---- tables */
#define OPTION(id, key, about) \
  static const pintle_option id = {.struct_size = sizeof id, .type = PINTLE_OPT_JSON, .name = key, .help = about}
OPTION(o_rules, "rules", "list of {inKinds, inNamespaces, inOriginalNamespaces, withLabels, withNames, and any of the other keys}");
OPTION(o_storage, "storageClasses", "{old: new} StorageClasses; * and ? match, \"*\" is every other; to default or none");
OPTION(o_snapshot, "volumeSnapshotClasses", "{old: new} VolumeSnapshotClasses");
OPTION(o_attributes, "volumeAttributesClasses", "{old: new} VolumeAttributesClasses");
OPTION(o_drivers, "volumeDrivers", "{old: new} CSI drivers and provisioners");
OPTION(o_handles, "volumeHandles", "{old: new} handles of volumes and snapshots");
OPTION(o_nfs, "nfs", "{old: new} NFS servers, or server:/path");
OPTION(o_hosts, "hosts", "{old: new} hosts, whole labels; \"*.old\": \"*.new\" maps a suffix");
OPTION(o_ingress_hosts, "ingressHosts", "the older name of hosts");
OPTION(o_domain, "clusterDomain", "{old: new} DNS domain of the cluster, {cluster.local: example.local}");
OPTION(o_ingress, "ingressClasses", "{old: new} IngressClasses");
OPTION(o_gateway, "gatewayClasses", "{old: new} GatewayClasses");
OPTION(o_tls, "tlsSecrets", "{old: new} names of TLS Secrets in Ingresses, Gateways, Certificates");
OPTION(o_issuers, "issuers", "{old: new} issuers of cert-manager");
OPTION(o_addresses, "addresses", "{old: new} IP addresses and blocks of Services, NetworkPolicies, host aliases");
OPTION(o_lb, "loadBalancerClasses", "{old: new} load balancer classes");
OPTION(o_images, "images", "{old: new} registries, paths or images, by whole components");
OPTION(o_pull, "imagePullSecrets", "{old: new} names of image pull Secrets");
OPTION(o_labels, "nodeLabels", "{key: key, key=value: key=value} labels of nodes");
OPTION(o_zones, "zones", "{old: new} zones and regions");
OPTION(o_nodes, "nodes", "{old: new} names of nodes");
OPTION(o_taints, "taints", "{key: key, key=value: key=value} taints, in tolerations");
OPTION(o_accounts, "serviceAccounts", "{old: new} names of ServiceAccounts");
OPTION(o_cloud, "cloudIdentities", "{old: new} role ARNs, Google service accounts, Azure client ids");
OPTION(o_priority, "priorityClasses", "{old: new} PriorityClasses");
OPTION(o_runtime, "runtimeClasses", "{old: new} RuntimeClasses");
OPTION(o_schedulers, "schedulers", "{old: new} schedulers");
OPTION(o_namespaces, "namespaces", "true (what the Restore maps is mapped wherever it is named), false, or {old: new}");
OPTION(o_annotations, "annotations", "{annotation: {old: new}} values of annotations of any kind");
OPTION(o_config_maps, "configMaps", "list of {value | pattern | key, to, namespace, name} for entries of ConfigMaps");
OPTION(o_text, "text", "list of {key | env | args, format, path, value | pattern, to | hosts}: values inside texts; secrets: true for Secrets too");
OPTION(o_unresolved, "unresolved", "{check, references, oldSuffixes, ignore}: what is reported of references to the old cluster");
OPTION(o_known, "known", "{storageClasses}: names that the destination has, as globs");
OPTION(o_classes, "velero.io/change-storage-class", "that ConfigMap of Velero's as it is, or \"backup\": the one that is in it");
OPTION(o_change_images, "velero.io/change-image-name", "that ConfigMap of Velero's as it is, or \"backup\": the one that is in it");
static const pintle_option *const options[] = {
    &o_rules,         &o_storage,       &o_snapshot,   &o_attributes, &o_drivers,     &o_handles,     &o_nfs,        &o_hosts,
    &o_ingress_hosts, &o_domain,        &o_ingress,    &o_gateway,    &o_tls,         &o_issuers,     &o_addresses,  &o_lb,
    &o_images,        &o_pull,          &o_labels,     &o_zones,      &o_nodes,       &o_taints,      &o_accounts,   &o_cloud,
    &o_priority,      &o_runtime,       &o_schedulers, &o_namespaces, &o_annotations, &o_config_maps, &o_text, &o_unresolved, &o_known,
    &o_classes,       &o_change_images, NULL};

static const pintle_action resolve = {.struct_size = sizeof resolve,
                                      .flags = PINTLE_PURE,
                                      .thread_model = PINTLE_PARALLEL,
                                      .name = "pintle.io/resolve-references",
                                      .summary = "makes restored items point at the new cluster: classes, hosts, images, namespaces, text",
                                      .options = options,
                                      .create = create,
                                      .destroy = destroy};
static const pintle_restore_item_action restore = {
    .struct_size = sizeof restore, .action = &resolve, .applies_to = applies_to, .execute = execute};
static const pintle_restore_item_action *const restores[] = {&convert_restore, &restore, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "restore-xform", .version = "0.1.0", .vendor = "pintle",
                                    .restore_item_actions = restores};
