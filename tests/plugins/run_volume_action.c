/* run_volume_action.c -- writes what the volume policies say of an item into an annotation.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  pintle_str action, parameters;
  (void)self, (void)in, (void)r;
  if (call->host->property(call, "item.volume-action", &action) != PINTLE_OK) return pintle_fail(call, PINTLE_FAILED, "no such property");
  if (call->host->property(call, "item.volume-parameters", &parameters) != PINTLE_OK) return PINTLE_FAILED;
  pintle_status st = pintle_set_str(item, "/metadata/annotations/action", action.ptr);
  return st == PINTLE_OK ? pintle_set_str(item, "/metadata/annotations/parameters", parameters.ptr) : st;
}

static const pintle_action action = {
    .struct_size = sizeof(pintle_action), .flags = PINTLE_PURE, .name = "tests.pintle.io/volume-action", .summary = "Tells what policies say"};
static const pintle_backup_item_action table = {
    .struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = run_execute};
static const pintle_backup_item_action *const list[] = {&table, NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_volume_action", .version = "1.0", .backup_item_actions = list};
