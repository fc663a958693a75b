/* schema_velero.c -- the resources of velero.io/v1 that a configuration may hold.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/format.h"

#define KEYS(...)                      \
  (const schema_key[]) {               \
    __VA_ARGS__, { NULL, NULL, false } \
  }
#define REQUIRED true
#define OPTIONAL false

static const schema filled_text = {.type = SCHEMA_STRING, .min = 1};
static const schema commands = {.type = SCHEMA_LIST, .of = &schema_text, .min = 1};

/* ---- label selectors (metav1.LabelSelector) */

static pintle_status verify_requirement(const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE];
  str op = item_string(item_member(node, STR("operator")));
  const item_node *values = item_member(node, STR("values"));
  bool wanted = str_is(op, "In") || str_is(op, "NotIn");
  if (wanted && item_count(values) == 0)
    return conf_fault(d, node, e, "%s: operator %s needs values", conf_path(node, path), op.ptr ? op.ptr : "");
  if (!wanted && values && item_count(values) > 0)
    return conf_fault(d, values, e, "%s: operator %s takes no values", conf_path(node, path), op.ptr ? op.ptr : "");
  return PINTLE_OK;
}

static const schema operator_text = {.type = SCHEMA_STRING,
                                     .choices = (const char *const[]){"In", "NotIn", "Exists", "DoesNotExist", NULL}};
static const schema requirement = {
    .type = SCHEMA_OBJECT,
    .keys = KEYS({"key", &filled_text, REQUIRED}, {"operator", &operator_text, REQUIRED}, {"values", &schema_texts, OPTIONAL}),
    .verify = verify_requirement};
static const schema requirements = {.type = SCHEMA_LIST, .of = &requirement};
const schema schema_label_selector = {.type = SCHEMA_OBJECT,
                                .keys = KEYS({"matchLabels", &schema_text_map, OPTIONAL}, {"matchExpressions", &requirements, OPTIONAL})};
static const schema selectors = {.type = SCHEMA_LIST, .of = &schema_label_selector};

/* ---- parts */

static const schema local_reference = {
    .type = SCHEMA_OBJECT,
    .keys = KEYS({"apiGroup", &schema_text, OPTIONAL}, {"kind", &filled_text, REQUIRED}, {"name", &filled_text, REQUIRED})};
static const schema secret_key = {
    .type = SCHEMA_OBJECT,
    .keys = KEYS({"name", &schema_text, OPTIONAL}, {"key", &filled_text, REQUIRED}, {"optional", &schema_bool, OPTIONAL})};
static const schema on_error = {.type = SCHEMA_STRING, .choices = (const char *const[]){"Continue", "Fail", NULL}};

/* ---- Backup */

static const schema backup_exec = {.type = SCHEMA_OBJECT,
                                   .keys = KEYS({"container", &schema_text, OPTIONAL}, {"command", &commands, REQUIRED},
                                                {"onError", &on_error, OPTIONAL}, {"timeout", &schema_duration, OPTIONAL})};
static const schema backup_hook = {.type = SCHEMA_OBJECT, .keys = KEYS({"exec", &backup_exec, REQUIRED})};
static const schema backup_hook_list = {.type = SCHEMA_LIST, .of = &backup_hook};
static const schema backup_hook_spec = {.type = SCHEMA_OBJECT,
                                        .keys = KEYS({"name", &schema_text, REQUIRED}, {"includedNamespaces", &schema_texts, OPTIONAL},
                                                     {"excludedNamespaces", &schema_texts, OPTIONAL},
                                                     {"includedResources", &schema_texts, OPTIONAL},
                                                     {"excludedResources", &schema_texts, OPTIONAL}, {"labelSelector", &schema_label_selector, OPTIONAL},
                                                     {"pre", &backup_hook_list, OPTIONAL}, {"post", &backup_hook_list, OPTIONAL})};
static const schema backup_hook_specs = {.type = SCHEMA_LIST, .of = &backup_hook_spec};
static const schema backup_hooks = {.type = SCHEMA_OBJECT, .keys = KEYS({"resources", &backup_hook_specs, OPTIONAL})};
static const schema backup_metadata = {.type = SCHEMA_OBJECT, .keys = KEYS({"labels", &schema_text_map, OPTIONAL})};
static const schema backup_uploader = {.type = SCHEMA_OBJECT, .keys = KEYS({"parallelFilesUpload", &schema_int, OPTIONAL})};

static const schema backup_spec = {
    .type = SCHEMA_OBJECT,
    .keys = KEYS({"metadata", &backup_metadata, OPTIONAL}, {"includedNamespaces", &schema_texts, OPTIONAL},
                 {"excludedNamespaces", &schema_texts, OPTIONAL}, {"includedResources", &schema_texts, OPTIONAL},
                 {"excludedResources", &schema_texts, OPTIONAL}, {"includedClusterScopedResources", &schema_texts, OPTIONAL},
                 {"excludedClusterScopedResources", &schema_texts, OPTIONAL}, {"includedNamespaceScopedResources", &schema_texts, OPTIONAL},
                 {"excludedNamespaceScopedResources", &schema_texts, OPTIONAL}, {"includeClusterResources", &schema_bool, OPTIONAL},
                 {"labelSelector", &schema_label_selector, OPTIONAL}, {"orLabelSelectors", &selectors, OPTIONAL},
                 {"snapshotVolumes", &schema_bool, OPTIONAL}, {"snapshotMoveData", &schema_bool, OPTIONAL},
                 {"datamover", &schema_text, OPTIONAL}, {"defaultVolumesToFsBackup", &schema_bool, OPTIONAL},
                 {"defaultVolumesToRestic", &schema_bool, OPTIONAL}, {"ttl", &schema_duration, OPTIONAL},
                 {"volumeGroupSnapshotLabelKey", &schema_text, OPTIONAL}, {"hooks", &backup_hooks, OPTIONAL},
                 {"storageLocation", &schema_text, OPTIONAL}, {"volumeSnapshotLocations", &schema_texts, OPTIONAL},
                 {"orderedResources", &schema_text_map, OPTIONAL}, {"csiSnapshotTimeout", &schema_duration, OPTIONAL},
                 {"itemOperationTimeout", &schema_duration, OPTIONAL}, {"resourcePolicy", &local_reference, OPTIONAL},
                 {"uploaderConfig", &backup_uploader, OPTIONAL})};

#define RESOURCE(spec_schema, spec_required)                                                                                         \
  {                                                                                                                                  \
    .type = SCHEMA_OBJECT,                                                                                                           \
    .keys = KEYS({"apiVersion", &schema_text, REQUIRED}, {"kind", &schema_text, REQUIRED}, {"metadata", &schema_metadata, REQUIRED}, \
                 {"spec", &(spec_schema), spec_required}, {"status", &schema_any, OPTIONAL})                                         \
  }
const schema schema_backup = RESOURCE(backup_spec, OPTIONAL);

/* ---- Schedule */

static const schema cron = {.type = SCHEMA_STRING, .format = &format_cron};
static const schema schedule_spec = {.type = SCHEMA_OBJECT,
                                     .keys = KEYS({"schedule", &cron, REQUIRED}, {"template", &backup_spec, REQUIRED},
                                                  {"useOwnerReferencesInBackup", &schema_bool, OPTIONAL},
                                                  {"paused", &schema_bool, OPTIONAL}, {"skipImmediately", &schema_bool, OPTIONAL})};
const schema schema_schedule = RESOURCE(schedule_spec, REQUIRED);

/* ---- Restore */

static const schema restore_exec = {.type = SCHEMA_OBJECT,
                                    .keys = KEYS({"container", &schema_text, OPTIONAL}, {"command", &commands, REQUIRED},
                                                 {"onError", &on_error, OPTIONAL}, {"execTimeout", &schema_duration, OPTIONAL},
                                                 {"waitTimeout", &schema_duration, OPTIONAL}, {"waitForReady", &schema_bool, OPTIONAL})};
static const schema container_map = {.type = SCHEMA_MAP, .of = &schema_any};
static const schema containers = {.type = SCHEMA_LIST, .of = &container_map};
static const schema restore_init = {.type = SCHEMA_OBJECT,
                                    .keys = KEYS({"initContainers", &containers, OPTIONAL}, {"timeout", &schema_duration, OPTIONAL})};
static const schema restore_hook = {.type = SCHEMA_OBJECT,
                                    .keys = KEYS({"exec", &restore_exec, OPTIONAL}, {"init", &restore_init, OPTIONAL})};
static const schema restore_hook_list = {.type = SCHEMA_LIST, .of = &restore_hook};
static const schema restore_hook_spec = {.type = SCHEMA_OBJECT,
                                         .keys = KEYS({"name", &schema_text, REQUIRED}, {"includedNamespaces", &schema_texts, OPTIONAL},
                                                      {"excludedNamespaces", &schema_texts, OPTIONAL},
                                                      {"includedResources", &schema_texts, OPTIONAL},
                                                      {"excludedResources", &schema_texts, OPTIONAL},
                                                      {"labelSelector", &schema_label_selector, OPTIONAL}, {"postHooks", &restore_hook_list, OPTIONAL})};
static const schema restore_hook_specs = {.type = SCHEMA_LIST, .of = &restore_hook_spec};
static const schema restore_hooks = {.type = SCHEMA_OBJECT, .keys = KEYS({"resources", &restore_hook_specs, OPTIONAL})};
static const schema restore_status = {
    .type = SCHEMA_OBJECT, .keys = KEYS({"includedResources", &schema_texts, OPTIONAL}, {"excludedResources", &schema_texts, OPTIONAL})};
static const schema restore_uploader = {
    .type = SCHEMA_OBJECT, .keys = KEYS({"writeSparseFiles", &schema_bool, OPTIONAL}, {"parallelFilesDownload", &schema_int, OPTIONAL})};
static const schema existing_policy = {.type = SCHEMA_STRING, .choices = (const char *const[]){"none", "update", "", NULL}};

static const schema restore_spec = {
    .type = SCHEMA_OBJECT,
    .keys = KEYS({"backupName", &schema_text, OPTIONAL}, {"scheduleName", &schema_text, OPTIONAL},
                 {"includedNamespaces", &schema_texts, OPTIONAL}, {"excludedNamespaces", &schema_texts, OPTIONAL},
                 {"includedResources", &schema_texts, OPTIONAL}, {"excludedResources", &schema_texts, OPTIONAL},
                 {"namespaceMapping", &schema_text_map, OPTIONAL}, {"labelSelector", &schema_label_selector, OPTIONAL},
                 {"orLabelSelectors", &selectors, OPTIONAL}, {"restorePVs", &schema_bool, OPTIONAL},
                 {"restoreStatus", &restore_status, OPTIONAL}, {"preserveNodePorts", &schema_bool, OPTIONAL},
                 {"includeClusterResources", &schema_bool, OPTIONAL}, {"hooks", &restore_hooks, OPTIONAL},
                 {"existingResourcePolicy", &existing_policy, OPTIONAL}, {"itemOperationTimeout", &schema_duration, OPTIONAL},
                 {"resourceModifier", &local_reference, OPTIONAL}, {"uploaderConfig", &restore_uploader, OPTIONAL})};
const schema schema_restore = RESOURCE(restore_spec, REQUIRED);

/* ---- locations */

static const schema certificate = {.type = SCHEMA_STRING, .format = &format_base64};
static const schema object_storage = {.type = SCHEMA_OBJECT,
                                      .keys = KEYS({"bucket", &filled_text, REQUIRED}, {"prefix", &schema_text, OPTIONAL},
                                                   {"caCert", &certificate, OPTIONAL}, {"caCertRef", &secret_key, OPTIONAL})};
static const schema access_mode = {.type = SCHEMA_STRING, .choices = (const char *const[]){"ReadOnly", "ReadWrite", NULL}};
static const schema location_config = {.type = SCHEMA_MAP, .of = &(const schema){.type = SCHEMA_STRING, .secret = true}};
static const schema storage_spec = {
    .type = SCHEMA_OBJECT,
    .keys = KEYS({"provider", &filled_text, REQUIRED}, {"config", &location_config, OPTIONAL}, {"credential", &secret_key, OPTIONAL},
                 {"objectStorage", &object_storage, REQUIRED}, {"default", &schema_bool, OPTIONAL}, {"accessMode", &access_mode, OPTIONAL},
                 {"backupSyncPeriod", &schema_duration, OPTIONAL}, {"validationFrequency", &schema_duration, OPTIONAL})};
const schema schema_backup_storage_location = RESOURCE(storage_spec, REQUIRED);

static const schema snapshot_spec = {
    .type = SCHEMA_OBJECT,
    .keys = KEYS({"provider", &filled_text, REQUIRED}, {"config", &location_config, OPTIONAL}, {"credential", &secret_key, OPTIONAL})};
const schema schema_volume_snapshot_location = RESOURCE(snapshot_spec, REQUIRED);
