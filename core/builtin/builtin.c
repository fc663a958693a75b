/* builtin.c -- the descriptor of pintle's own actions.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero's names and selectors are those of its pkg/cmd/server/plugin/plugin.go. */
#include "builtin/builtin.h"
#include "builtin/steps.h"

#ifndef PINTLE_VERSION
#define PINTLE_VERSION "0.0.0"
#endif

/* ---- what they are called for */
#define RESOURCES(variable, ...)                                    \
  static const char *const variable##_list[] = {__VA_ARGS__, NULL}; \
  static const pintle_selector variable = {.struct_size = sizeof(pintle_selector), .included_resources = variable##_list}
RESOURCES(accounts, "serviceaccounts");
RESOURCES(bindings, "rolebindings");
RESOURCES(claims, "persistentvolumeclaims");
RESOURCES(cluster_bindings, "clusterrolebindings");
RESOURCES(crds, "customresourcedefinitions.apiextensions.k8s.io");
RESOURCES(jobs, "jobs");
RESOURCES(pods, "pods");
RESOURCES(secrets, "secrets");
RESOURCES(services, "services");
RESOURCES(webhooks, "mutatingwebhookconfigurations", "validatingwebhookconfigurations");
static const char *const apiservices_list[] = {"apiservices", NULL};
static const pintle_selector apiservices = {
    .struct_size = sizeof(pintle_selector), .included_resources = apiservices_list, .labels = "kube-aggregator.kubernetes.io/automanaged"};
/* Velero makes namespaces beside the restore's items and does not label them: a clean-up by label must not take whole namespaces away. */
static const char *const namespaces_list[] = {"namespaces", NULL};
static const pintle_selector no_namespaces = {.struct_size = sizeof(pintle_selector), .excluded_resources = namespaces_list};

/* ---- what they are */
#define ACTION(position, action_name, text, ...)                \
  (&(const pintle_action){.struct_size = sizeof(pintle_action), \
                          .flags = PINTLE_PURE,                 \
                          .priority = (position),               \
                          .name = (action_name),                \
                          .summary = (text),                    \
                          __VA_ARGS__})
#define STEP(position, action_name, ...) ACTION(position, "pintle.io/" action_name, __VA_ARGS__, .thread_model = PINTLE_PARALLEL)
#define VELERO(action_name, text) ACTION(BUILTIN_VELERO, "velero.io/" action_name, text, .thread_model = PINTLE_PARALLEL)
/* keeps what it listed, so one call at a time */
#define LISTS(action_name, text)                                                                                              \
  ACTION(BUILTIN_VELERO, "velero.io/" action_name, text, .thread_model = PINTLE_SERIAL_INSTANCE, .create = builtin_lists_new, \
         .destroy = builtin_lists_free)
#define TABLE(type, called_for, function, what) \
  (&(const type){.struct_size = sizeof(type), .selector = (called_for), .function, .action = (what)})
#define BACKUP(called_for, function, what) TABLE(pintle_backup_item_action, called_for, execute = (function), what)
#define RESTORE(called_for, function, what) TABLE(pintle_restore_item_action, called_for, execute = (function), what)
#define BLOCK(called_for, function, what) TABLE(pintle_item_block_action, called_for, get_related_items = (function), what)

static const pintle_backup_item_action *const backup[] = {
    BACKUP(&pods, builtin_backup_pod, VELERO("pod", "a Pod's PriorityClass and claims are backed up with it")),
    BACKUP(&claims, builtin_backup_claim,
           VELERO("pv", "a bound claim is backed up with its volume, without data source, selector and stale labels")),
    BACKUP(&accounts, builtin_backup_account,
           LISTS("service-account", "ClusterRoleBindings that name a ServiceAccount are backed up with it, and their ClusterRoles")),
    NULL};

static const pintle_item_block_action *const block[] = {
    BLOCK(&pods, builtin_block_pod, VELERO("pod", "a Pod, its PriorityClass and its claims are one block")),
    BLOCK(&claims, builtin_block_claim, LISTS("pvc", "a bound claim, its volume, the Pods that use it and its volume group are one block")),
    BLOCK(&accounts, builtin_block_account,
          LISTS("service-account", "a ServiceAccount, the ClusterRoleBindings that name it and their ClusterRoles are one block")),
    NULL};

static const pintle_restore_item_action *const restore[] = {
    RESTORE(NULL, builtin_reset_metadata,
            STEP(BUILTIN_FIRST, "reset-metadata", "removes what belongs to the old cluster: uid, resourceVersion, owners, status")),
    RESTORE(&pods, builtin_restore_claims_of_pod, VELERO("add-pvc-from-pod", "a Pod's claims are restored before it")),
    RESTORE(&webhooks, builtin_restore_webhooks,
            VELERO("admission-webhook-configuration", "sets sideEffects that v1 does not know to None")),
    RESTORE(&apiservices, builtin_restore_apiservice, VELERO("apiservice", "leaves out APIServices that Kubernetes manages itself")),
    RESTORE(&cluster_bindings, builtin_restore_subjects,
            VELERO("cluster-role-bindings", "applies the restore's namespace mapping to subjects")),
    RESTORE(&crds, builtin_restore_crd, VELERO("crd-preserve-fields", "says preserveUnknownFields as v1 does, in the schemas")),
    RESTORE(&pods, builtin_restore_init_hooks, VELERO("init-restore-hook", "adds init containers from annotations or the restore's hooks")),
    RESTORE(&jobs, builtin_restore_job, VELERO("job", "removes controller-uid from selector and labels")),
    RESTORE(&pods, builtin_restore_pod, VELERO("pod", "removes node, priority and token volumes; its PriorityClass is restored before it")),
    RESTORE(&claims, builtin_restore_claim, VELERO("pvc", "removes annotations of binding and node; its volume is restored before it")),
    RESTORE(&bindings, builtin_restore_subjects, VELERO("role-bindings", "applies the restore's namespace mapping to subjects")),
    RESTORE(&secrets, builtin_restore_secret, VELERO("secret", "leaves out tokens that the cluster makes itself, empties others")),
    RESTORE(&services, builtin_restore_service, VELERO("service", "removes addresses and ports that the cluster had chosen")),
    RESTORE(&accounts, builtin_restore_account, VELERO("service-account", "removes the Secret of the token that the cluster had made")),
    RESTORE(NULL, builtin_modify,
            STEP(BUILTIN_LAST - 1, "resource-modifiers", "applies the restore's resource modifiers", .create = builtin_modifiers_create,
                 .destroy = builtin_modifiers_destroy)),
    RESTORE(NULL, builtin_map_namespaces, STEP(BUILTIN_LAST, "namespace-mapping", "applies the restore's namespace mapping")),
    RESTORE(&no_namespaces, builtin_restore_labels,
            STEP(BUILTIN_LAST + 1, "restore-labels", "labels the item with the names of its backup and restore")),
    NULL};

const pintle_plugin builtin_plugin = {PINTLE_PLUGIN_HEAD,
                                      .name = "pintle",
                                      .version = PINTLE_VERSION,
                                      .vendor = "pintle",
                                      .backup_item_actions = backup,
                                      .restore_item_actions = restore,
                                      .item_block_actions = block};
