/* run_good2.c -- good.c's next version: what it writes has changed, for items whose names end in 7, and one more action.
 * SPDX-License-Identifier: Apache-2.0 */
#include <pintle/plugin.h>
#include <string.h>

static pintle_status mark(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)r;
  const char *name = in->id->name;
  size_t n = strlen(name);
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1good", n && name[n - 1] == '7' ? "other" : "restore");
}

static pintle_status skip(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)item;
  return strcmp(in->id->name, "item-03") == 0 ? r->api->skip(r, "no longer wanted") : PINTLE_OK;
}

static const pintle_action action = {
    .struct_size = sizeof(pintle_action), .flags = PINTLE_PURE, .name = "tests.pintle.io/good", .summary = "Marks every item"};
static const pintle_action more = {
    .struct_size = sizeof(pintle_action), .flags = PINTLE_PURE, .name = "tests.pintle.io/more", .summary = "Leaves an item out"};
static const pintle_restore_item_action marks = {.struct_size = sizeof(pintle_restore_item_action), .action = &action, .execute = mark};
static const pintle_restore_item_action skips = {.struct_size = sizeof(pintle_restore_item_action), .action = &more, .execute = skip};
static const pintle_restore_item_action *const list[] = {&marks, &skips, NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "good", .version = "2.0", .restore_item_actions = list};
