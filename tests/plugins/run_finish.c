/* run_finish.c -- misbehaves when its instance is finished.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdlib.h>

static pintle_status finish(void *self, pintle_call *call) {
  (void)self;
  if (run_is(call, "crash")) abort();
  for (volatile bool hang = run_is(call, "hang"); hang;) {}
  return pintle_fail(call, PINTLE_FAILED, "did not finish");
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)item, (void)in, (void)r;
  return PINTLE_OK;
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .name = "tests.pintle.io/finish",
                                     .summary = "Does not finish well",
                                     .options = run_options,
                                     .finish = finish};
static const pintle_backup_item_action table = {
    .struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = run_execute};
static const pintle_backup_item_action *const list[] = {&table, NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_finish", .version = "1.0", .backup_item_actions = list};
