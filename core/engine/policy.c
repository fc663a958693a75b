/* policy.c -- see policy.h: conditions.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy.h"

static bool is_object(const item_node *n) { return item_type(n) == PINTLE_T_OBJECT; }
static str text_of(const item_node *n) {
  str s = item_string(n);
  return s.ptr ? s : (str){"", 0};
}

/* ---- what is known of a volume */

/* In Velero's order: the first that is there counts (volume_types_conditions.go). */
static const char *const volume_sources[] =
    {"awsElasticBlockStore", "azureDisk",         "azureFile", "cephfs",   "cinder",    "csi",           "fc",  "flocker",
     "flexVolume",           "gcePersistentDisk", "glusterfs", "hostPath", "iscsi",     "local",         "nfs", "photonPersistentDisk",
     "portworxVolume",       "quobyte",           "rbd",       "scaleIO",  "storageos", "vsphereVolume", NULL},
                         *const pod_sources[] = {"awsElasticBlockStore",
                                                 "azureDisk",
                                                 "azureFile",
                                                 "cephfs",
                                                 "cinder",
                                                 "csi",
                                                 "fc",
                                                 "flocker",
                                                 "flexVolume",
                                                 "gcePersistentDisk",
                                                 "gitRepo",
                                                 "glusterfs",
                                                 "iscsi",
                                                 "nfs",
                                                 "secret",
                                                 "rbd",
                                                 "downwardAPI",
                                                 "configMap",
                                                 "projected",
                                                 "ephemeral",
                                                 "photonPersistentDisk",
                                                 "portworxVolume",
                                                 "quobyte",
                                                 "scaleIO",
                                                 "storageos",
                                                 "vsphereVolume",
                                                 "hostPath",
                                                 "emptyDir",
                                                 NULL};

static const char *type_of(const item_node *spec, const char *const *sources) {
  for (; *sources; sources++)
    if (is_object(item_member(spec, str_of(*sources)))) return strcmp(*sources, "storageos") == 0 ? "storageOS" : *sources;
  return "";
}

static void take_sources(const item_node *spec, engine_volume *v) {
  const item_node *nfs = item_member(spec, STR("nfs")), *csi = item_member(spec, STR("csi"));
  v->nfs = is_object(nfs) ? nfs : NULL;
  v->csi = is_object(csi) ? csi : NULL;
}

static quantity amount_of(const item_node *n) {
  quantity q = 0;
  str s = item_type(n) == PINTLE_T_NUMBER ? item_number(n) : item_string(n);
  return s.ptr && quantity_parse(s, &q) ? q : 0;
}

void engine_volume_of(const item_doc *pv, const item_node *pod_volume, const item_doc *pvc, engine_volume *out) {
  *out = (engine_volume){.storage_class = STR(""), .type = "", .claim_phase = STR("")};
  if (pv) {
    const item_node *spec = item_at(pv, "/spec");
    out->capacity = amount_of(item_at(pv, "/spec/capacity/storage"));
    out->storage_class = item_str(pv, "/spec/storageClassName", "");
    out->type = type_of(spec, volume_sources);
    take_sources(spec, out);
  } else if (pod_volume) {
    out->type = type_of(pod_volume, pod_sources);
    take_sources(pod_volume, out);
  }
  if (!pvc) return;
  out->claim_labels = item_at(pvc, "/metadata/labels");
  out->claim_phase = item_str(pvc, "/status/phase", "");
}

/* ---- conditions */
static str trimmed(str s) {
  while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) s.ptr++, s.len--;
  while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t')) s.len--;
  return s;
}

static bool capacity_matches(str range, quantity q) {
  const char *comma = range.len ? memchr(range.ptr, ',', range.len) : NULL;
  quantity low = 0, high = 0;
  if (!comma) return true;
  size_t n = (size_t)(comma - range.ptr);
  quantity_parse(trimmed((str){range.ptr, n}), &low);
  quantity_parse(trimmed((str){comma + 1, range.len - n - 1}), &high);
  return q >= low && (high == 0 || q <= high);
}

static bool among(const item_node *list, str s) {
  if (item_count(list) == 0) return true;
  for (const item_node *m = item_first(list); m && s.len; m = item_next(m))
    if (str_eq(item_string(m), s)) return true;
  return false;
}

static bool nfs_matches(const item_node *wanted, const item_node *nfs) {
  if (!is_object(wanted)) return true;
  str path = text_of(item_member(wanted, STR("path"))), server = text_of(item_member(wanted, STR("server")));
  return nfs && (!path.len || str_eq(path, text_of(item_member(nfs, STR("path"))))) &&
         (!server.len || str_eq(server, text_of(item_member(nfs, STR("server")))));
}

/* A scalar as Velero's YAML reader makes text of it. */
static str scalar(const item_node *n) {
  if (item_type(n) == PINTLE_T_BOOL) return item_true(n) ? STR("true") : STR("false");
  return item_type(n) == PINTLE_T_NUMBER ? item_number(n) : text_of(n);
}

/* Each pair of wanted is in there. Where missing_is_empty, a key that is not there is as if "". */
static bool has_pairs(const item_node *wanted, const item_node *there, bool missing_is_empty) {
  for (const item_node *m = item_first(wanted); m; m = item_next(m)) {
    const item_node *n = item_member(there, item_key(m));
    if (!n && !missing_is_empty) return false;
    if (!str_eq(scalar(m), text_of(n))) return false;
  }
  return true;
}

static bool csi_matches(const item_node *wanted, const item_node *csi) {
  if (!is_object(wanted)) return true;
  str driver = text_of(item_member(wanted, STR("driver")));
  const item_node *attributes = item_member(wanted, STR("volumeAttributes")), *there = item_member(csi, STR("volumeAttributes"));
  if (!csi || !driver.len) return csi != NULL;
  if (!str_eq(driver, text_of(item_member(csi, STR("driver"))))) return false;
  return item_count(attributes) == 0 || (item_count(there) > 0 && has_pairs(attributes, there, true));
}

static bool all_match(const item_node *c, const engine_volume *v) {
  const item_node *labels = item_member(c, STR("pvcLabels"));
  return capacity_matches(text_of(item_member(c, STR("capacity"))), v->capacity) &&
         among(item_member(c, STR("storageClass")), v->storage_class) && nfs_matches(item_member(c, STR("nfs")), v->nfs) &&
         csi_matches(item_member(c, STR("csi")), v->csi) && among(item_member(c, STR("volumeTypes")), str_of(v->type)) &&
         has_pairs(labels, v->claim_labels, false) && among(item_member(c, STR("pvcPhase")), v->claim_phase);
}

bool engine_policy_match(const item_doc *policies, const engine_volume *v, engine_policy *out) {
  size_t number = 0;
  const item_node *list = policies ? item_at(policies, "/volumePolicies") : NULL;
  for (const item_node *m = item_first(list); m; m = item_next(m), number++) {
    if (!all_match(item_member(m, STR("conditions")), v)) continue;
    const item_node *action = item_member(m, STR("action")), *parameters = item_member(action, STR("parameters"));
    *out = (engine_policy){text_of(item_member(action, STR("type"))), is_object(parameters) ? parameters : NULL, number};
    return true;
  }
  return false;
}
