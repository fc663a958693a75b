/* run_one_instance.c -- numbers its calls, in the one instance of the run.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdlib.h>

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module, (void)call;
  *self = calloc(1, sizeof(int64_t));
  return *self ? PINTLE_OK : PINTLE_NOMEM;
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)in, (void)r;
  char number[32];
  int64_t n = ++*(int64_t *)self;
  size_t at = sizeof number - 1;
  number[at] = 0;
  for (; n; n /= 10) number[--at] = (char)('0' + n % 10);
  call->host->count(call, "calls", 1);
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1call", number + at);
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .flags = PINTLE_PURE | PINTLE_ONE_INSTANCE,
                                     .name = "tests.pintle.io/one_instance",
                                     .summary = "Numbers its calls",
                                     .create = create,
                                     .destroy = free};
static const pintle_backup_item_action backup_table = {
    .struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = run_execute};
static const pintle_restore_item_action restore_table = {
    .struct_size = sizeof(pintle_restore_item_action), .action = &action, .execute = run_execute};
static const pintle_backup_item_action *const backup_list[] = {&backup_table, NULL};
static const pintle_restore_item_action *const restore_list[] = {&restore_table, NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_one_instance", .version = "1.0", .backup_item_actions = backup_list,
                                    .restore_item_actions = restore_list};
