/* schema_policies.c -- volume policies and includeExcludePolicy.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero internal/resourcepolicies: resource_policies.go, volume_resources_validator.go, volume_types_conditions.go. */
#include "base/quantity.h"
#include "conf/rules.h"
#include "conf/schema.h"

#define KEYS(...)                      \
  (const schema_key[]) {               \
    __VA_ARGS__, { NULL, NULL, false } \
  }

/* Velero reads any scalar as text here: {tier: 1} is {tier: "1"}. */
static pintle_status verify_scalars(const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE];
  for (const item_node *m = item_first(node); m; m = item_next(m))
    if (item_type(m) == PINTLE_T_OBJECT || item_type(m) == PINTLE_T_ARRAY || item_type(m) == PINTLE_T_NULL)
      return conf_fault(d, m, e, "%s must be text, not %s", conf_path(m, path), conf_type_name(item_type(m)));
  return PINTLE_OK;
}

static str trimmed(str s) {
  while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) s.ptr++, s.len--;
  while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t')) s.len--;
  return s;
}

/* "low,high", either may be missing; 0 is as if missing. */
static pintle_status verify_capacity(const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE], quoted[CONF_QUOTE_SIZE];
  str s = item_string(node);
  const char *comma = s.len ? memchr(s.ptr, ',', s.len) : NULL;
  quantity v[2] = {0, 0};
  if (!s.len) return PINTLE_OK;
  size_t n = comma ? (size_t)(comma - s.ptr) : 0;
  const str ends[2] = {trimmed((str){s.ptr, n}), comma ? trimmed((str){comma + 1, s.len - n - 1}) : (str){"", 0}};
  bool ok = comma && !memchr(comma + 1, ',', s.len - n - 1);
  for (int i = 0; i < 2 && ok; i++) ok = !ends[i].len || quantity_parse(ends[i], &v[i]);
  if (!ok) {
    conf_fault(d, node, e, "%s: %s is no range of sizes", conf_path(node, path), conf_quote(s, quoted));
    error_hint(e, "write \"10Gi,100Gi\", \"10Gi,\" for at least, or \",100Gi\" for at most");
    return PINTLE_INVALID;
  }
  if (v[1] >= v[0] || (v[0] && !v[1])) return PINTLE_OK;
  return conf_fault(d, node, e, "%s: %s ends before it begins", conf_path(node, path), conf_quote(s, quoted));
}

static pintle_status verify_csi(const conf_document *d, const item_node *node, error *e) {
  const item_node *attributes = item_member(node, STR("volumeAttributes"));
  if (!attributes || item_string(item_member(node, STR("driver"))).len) return PINTLE_OK;
  return conf_fault(d, attributes, e, "volumeAttributes without a driver: name the driver too");
}

static pintle_status verify_lists(const conf_document *d, const item_node *includes, const item_node *excludes, error *e) {
  char path[CONF_PATH_SIZE], quoted[CONF_QUOTE_SIZE];
  for (const item_node *m = item_first(includes); m; m = item_next(m))
    if (str_is(item_string(m), "*")) return conf_fault(d, m, e, "%s: \"*\" is not allowed in a policy", conf_path(m, path));
  for (const item_node *m = item_first(excludes); m; m = item_next(m)) {
    if (str_is(item_string(m), "*")) return conf_fault(d, m, e, "%s: \"*\" is not allowed in a policy", conf_path(m, path));
    for (const item_node *o = item_first(includes); o; o = item_next(o))
      if (str_eq(item_string(o), item_string(m)))
        return conf_fault(d, m, e, "%s: %s is included, too", conf_path(m, path), conf_quote(item_string(m), quoted));
  }
  return PINTLE_OK;
}

static pintle_status verify_include_exclude(const conf_document *d, const item_node *node, error *e) {
  pintle_status st = verify_lists(d, item_member(node, STR("includedClusterScopedResources")),
                                  item_member(node, STR("excludedClusterScopedResources")), e);
  return st != PINTLE_OK ? st
                         : verify_lists(d, item_member(node, STR("includedNamespaceScopedResources")),
                                        item_member(node, STR("excludedNamespaceScopedResources")), e);
}

static const schema scalars = {.type = SCHEMA_MAP, .of = &schema_any, .verify = verify_scalars};
static const schema capacity = {.type = SCHEMA_STRING, .verify = verify_capacity};
static const schema nfs = {.type = SCHEMA_OBJECT, .keys = KEYS({"server", &schema_text, false}, {"path", &schema_text, false})};
static const schema csi = {
    .type = SCHEMA_OBJECT, .keys = KEYS({"driver", &schema_text, false}, {"volumeAttributes", &scalars, false}), .verify = verify_csi};
static const schema volume_type = {.type = SCHEMA_STRING,
                                   .choices = (const char *const[]){"awsAzureDisk",
                                                                    "awsElasticBlockStore",
                                                                    "azureDisk",
                                                                    "azureFile",
                                                                    "cinder",
                                                                    "cephfs",
                                                                    "configMap",
                                                                    "csi",
                                                                    "downwardAPI",
                                                                    "emptyDir",
                                                                    "ephemeral",
                                                                    "fc",
                                                                    "flocker",
                                                                    "flexVolume",
                                                                    "gitRepo",
                                                                    "glusterfs",
                                                                    "gcePersistentDisk",
                                                                    "hostPath",
                                                                    "iscsi",
                                                                    "local",
                                                                    "nfs",
                                                                    "photonPersistentDisk",
                                                                    "portworxVolume",
                                                                    "projected",
                                                                    "quobyte",
                                                                    "rbd",
                                                                    "scaleIO",
                                                                    "secret",
                                                                    "storageOS",
                                                                    "vsphereVolume",
                                                                    NULL}};
static const schema volume_types = {.type = SCHEMA_LIST, .of = &volume_type};
static const schema phase = {.type = SCHEMA_STRING, .choices = (const char *const[]){"Pending", "Bound", "Lost", NULL}};
static const schema phases = {.type = SCHEMA_LIST, .of = &phase};
static const schema conditions = {.type = SCHEMA_OBJECT,
                                  .keys = KEYS({"capacity", &capacity, false}, {"storageClass", &schema_texts, false}, {"nfs", &nfs, false},
                                               {"csi", &csi, false}, {"volumeTypes", &volume_types, false}, {"pvcLabels", &scalars, false},
                                               {"pvcPhase", &phases, false})};
static const schema action_type = {.type = SCHEMA_STRING,
                                   .choices = (const char *const[]){"skip", "snapshot", "fs-backup", "custom", NULL}};
static const schema parameters = {.type = SCHEMA_MAP, .of = &schema_any};
static const schema action = {.type = SCHEMA_OBJECT, .keys = KEYS({"type", &action_type, true}, {"parameters", &parameters, false})};
static const schema policy = {.type = SCHEMA_OBJECT, .keys = KEYS({"conditions", &conditions, false}, {"action", &action, true})};
static const schema policies = {.type = SCHEMA_LIST, .of = &policy};
static const schema include_exclude = {
    .type = SCHEMA_OBJECT,
    .keys = KEYS({"includedClusterScopedResources", &schema_texts, false}, {"excludedClusterScopedResources", &schema_texts, false},
                 {"includedNamespaceScopedResources", &schema_texts, false}, {"excludedNamespaceScopedResources", &schema_texts, false}),
    .verify = verify_include_exclude};
static const schema version = {.type = SCHEMA_STRING, .choices = (const char *const[]){"v1", NULL}};
static const schema all = {
    .type = SCHEMA_OBJECT,
    .keys = KEYS({"version", &version, true}, {"volumePolicies", &policies, false}, {"includeExcludePolicy", &include_exclude, false})};

pintle_status conf_check_policies(const conf_document *d, error *e) { return schema_check(&all, d, item_root(d->doc), e); }
