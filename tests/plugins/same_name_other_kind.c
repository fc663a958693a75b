/* same_name_other_kind.c -- a DeleteItemAction named as the two actions of good.c: no repetition.  SPDX-License-Identifier: Apache-2.0 */
#include <pintle/plugin.h>

static pintle_status execute(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in) {
  (void)self, (void)call, (void)item, (void)in;
  return PINTLE_OK;
}

static const pintle_action action = {.struct_size = sizeof(pintle_action), .name = "tests.pintle.io/good", .summary = "Of another kind"};
static const pintle_delete_item_action table = {.struct_size = sizeof(pintle_delete_item_action), .action = &action, .execute = execute};
static const pintle_delete_item_action *const list[] = {&table, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "same-name-other-kind", .version = "1.0", .delete_item_actions = list};
