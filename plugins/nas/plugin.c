/* plugin.c -- nas: the descriptor.  SPDX-License-Identifier: Apache-2.0 */
#include "nas.h"

static const pintle_volume_snapshotter *const snapshotters[] = {&nas_snapshotter, NULL};
static const pintle_backup_item_action *const backup_actions[] = {&nas_backup_action, NULL};
static const pintle_restore_item_action *const restore_actions[] = {&nas_restore_action, NULL};
static const pintle_delete_item_action *const delete_actions[] = {&nas_delete_action, NULL};
static const char *const environment[] = {"HTTP_PROXY",  "HTTPS_PROXY", "NO_PROXY",  "ALL_PROXY",       "http_proxy",
                                          "https_proxy", "no_proxy",    "all_proxy", "ALIBABA_CLOUD_*", NULL};
static const char *const extensions[] = {PINTLE_EXT_STORE, NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD,
                                    .name = "nas",
                                    .version = "0.1.0",
                                    .backup_item_actions = backup_actions,
                                    .restore_item_actions = restore_actions,
                                    .delete_item_actions = delete_actions,
                                    .volume_snapshotters = snapshotters,
                                    .env = environment,
                                    .extensions = extensions};
