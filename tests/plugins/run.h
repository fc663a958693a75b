/* run.h -- what the fixtures that misbehave in a run share: they do so for one item only.  SPDX-License-Identifier: Apache-2.0
 *
 * A fixture is one small plugin with one fault, a BackupItemAction and a RestoreItemAction named "tests.pintle.io/<fault>". The fault strikes at the
 * item whose metadata.name is the option `item` ("victim" unless configured), or at every item when that is "*". Others pass untouched. */
#ifndef TESTS_PLUGINS_RUN_H
#define TESTS_PLUGINS_RUN_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pintle/plugin.h>
#include <stdbool.h>
#include <string.h>

#define RUN_UNUSED __attribute__((unused))

static const pintle_option run_item = {.struct_size = sizeof(pintle_option),
                                       .type = PINTLE_OPT_STRING,
                                       .name = "item",
                                       .fallback = "victim",
                                       .help = "Name of the item to strike at; * is every item"};
static const pintle_option run_variant = {
    .struct_size = sizeof(pintle_option), .type = PINTLE_OPT_STRING, .name = "variant", .fallback = "", .help = "Which form of the fault"};
static const pintle_option *const run_options[] = {&run_item, &run_variant, NULL};

RUN_UNUSED static bool run_strikes(pintle_call *call, const pintle_doc *item) {
  const char *at = pintle_str_or(call->host->config(call), "/item", "");
  return strcmp(at, "*") == 0 || strcmp(at, pintle_str_or(item, "/metadata/name", "")) == 0;
}

RUN_UNUSED static bool run_is(pintle_call *call, const char *variant) {
  return strcmp(pintle_str_or(call->host->config(call), "/variant", ""), variant) == 0;
}

/* Both tables, over a function fault(call, item, result) that is called for the items to strike at. */
#define RUN_PLUGIN(fault_name, action_flags)                                                                                    \
  static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) { \
    (void)self, (void)in;                                                                                                       \
    return run_strikes(call, item) ? fault(call, item, r) : PINTLE_OK;                                                          \
  }                                                                                                                             \
  RUN_TABLES(fault_name, action_flags, NULL, run_options)

/* Both tables, over run_execute and an own create. */
#define RUN_TABLES(fault_name, action_flags, action_create, action_options)                                                                \
  static const pintle_action action = {.struct_size = sizeof(pintle_action),                                                               \
                                       .flags = (action_flags),                                                                            \
                                       .name = "tests.pintle.io/" fault_name,                                                              \
                                       .summary = "A fixture: " fault_name,                                                                \
                                       .options = (action_options),                                                                        \
                                       .create = (action_create)};                                                                         \
  static const pintle_backup_item_action backup_table = {                                                                                  \
      .struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = run_execute};                                        \
  static const pintle_restore_item_action restore_table = {                                                                                \
      .struct_size = sizeof(pintle_restore_item_action), .action = &action, .execute = run_execute};                                       \
  static const pintle_backup_item_action *const backup_list[] = {&backup_table, NULL};                                                     \
  static const pintle_restore_item_action *const restore_list[] = {&restore_table, NULL};                                                  \
  const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_" fault_name, .version = "1.0", .backup_item_actions = backup_list, \
                                      .restore_item_actions = restore_list}
#endif
