/* good.c -- a healthy plugin: marks every item of a backup and of a restore.  SPDX-License-Identifier: Apache-2.0 */
#include <pintle/plugin.h>

static pintle_status mark(pintle_doc *item, const char *value) {
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1good", value);
}

static pintle_status back_up(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)in, (void)r;
  return mark(item, "backup");
}

static pintle_status restore(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)in, (void)r;
  return mark(item, "restore");
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .flags = PINTLE_PURE,
                                     .thread_model = PINTLE_PARALLEL,
                                     .name = "tests.pintle.io/good",
                                     .summary = "Marks every item"};
static const pintle_backup_item_action backup_table = {
    .struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = back_up};
static const pintle_restore_item_action restore_table = {
    .struct_size = sizeof(pintle_restore_item_action), .action = &action, .execute = restore};
static const pintle_backup_item_action *const backup_list[] = {&backup_table, NULL};
static const pintle_restore_item_action *const restore_list[] = {&restore_table, NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD,
                                    .name = "good",
                                    .version = "1.0",
                                    .vendor = "pintle's tests",
                                    .backup_item_actions = backup_list,
                                    .restore_item_actions = restore_list};
