/* minimal.h -- what the fixtures of this directory share: an action that does nothing.  SPDX-License-Identifier: Apache-2.0
 *
 * A fixture is one small plugin with one fault. It includes this, and differs from a healthy plugin in that fault only. */
#ifndef TESTS_PLUGINS_MINIMAL_H
#define TESTS_PLUGINS_MINIMAL_H
#include <pintle/plugin.h>

__attribute__((unused)) static pintle_status do_nothing(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in,
                                                        pintle_result *r) {
  (void)self, (void)call, (void)item, (void)in, (void)r;
  return PINTLE_OK;
}

/* Tables named action, table and list, for a BackupItemAction of this name. */
#define MINIMAL_ACTION(action_name)                                                                             \
  static const pintle_action action = {                                                                         \
      .struct_size = sizeof(pintle_action), .flags = PINTLE_PURE, .name = action_name, .summary = "A fixture"}; \
  static const pintle_backup_item_action table = {                                                              \
      .struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = do_nothing};              \
  static const pintle_backup_item_action *const list[] = {&table, NULL}

#define MINIMAL_PLUGIN(plugin_name) \
  const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = plugin_name, .version = "1.0", .backup_item_actions = list}
#endif
