/* builtin.c -- the descriptor of pintle's own actions.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/builtin.h"
#include "builtin/steps.h"

#ifndef PINTLE_VERSION
#define PINTLE_VERSION "0.0.0"
#endif

#define STEP(variable, position, action_name, text)                            \
  static const pintle_action variable = {.struct_size = sizeof(pintle_action), \
                                         .flags = PINTLE_PURE,                 \
                                         .thread_model = PINTLE_PARALLEL,      \
                                         .priority = (position),               \
                                         .name = (action_name),                \
                                         .summary = (text)}
STEP(reset_action, BUILTIN_FIRST, "pintle.io/reset-metadata",
     "removes what belongs to the old cluster: uid, resourceVersion, owners, status");
STEP(mapping_action, BUILTIN_LAST, "pintle.io/namespace-mapping", "applies the restore's namespace mapping");
STEP(labels_action, BUILTIN_LAST + 1, "pintle.io/restore-labels", "labels the item with the names of its backup and restore");

/* Velero makes namespaces beside the restore's items and does not label them: a clean-up by label must not take whole namespaces away. */
static const char *const no_namespaces[] = {"namespaces", NULL};
static const pintle_selector labels_selector = {.struct_size = sizeof(pintle_selector), .excluded_resources = no_namespaces};

static const pintle_restore_item_action reset = {
    .struct_size = sizeof(pintle_restore_item_action), .action = &reset_action, .execute = builtin_reset_metadata};
static const pintle_restore_item_action mapping = {
    .struct_size = sizeof(pintle_restore_item_action), .action = &mapping_action, .execute = builtin_map_namespaces};
static const pintle_restore_item_action labels = {.struct_size = sizeof(pintle_restore_item_action),
                                                  .action = &labels_action,
                                                  .selector = &labels_selector,
                                                  .execute = builtin_restore_labels};
static const pintle_restore_item_action *const steps[] = {&reset, &mapping, &labels, NULL};

const pintle_plugin builtin_plugin = {PINTLE_PLUGIN_HEAD, .name = "pintle", .version = PINTLE_VERSION, .vendor = "pintle",
                                      .restore_item_actions = steps};
