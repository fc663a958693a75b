/* run_counter.c -- counts what matched; a rule that never does is reported.  SPDX-License-Identifier: Apache-2.0
 *
 * One action of two kinds: as BackupItemAction it meets its victim, as ItemBlockAction the rule for blocks; both begin all counters at 0. */
#include "run.h"

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module;
  call->host->count(call, "rule for nobody", 0);
  call->host->count(call, "rule for the victim", 0);
  call->host->count(call, "rule for blocks", 0);
  *self = NULL;
  return PINTLE_OK;
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)in, (void)r;
  if (run_strikes(call, item)) call->host->count(call, "rule for the victim", 1);
  return PINTLE_OK;
}

static pintle_status get_related_items(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)in, (void)r;
  if (run_strikes(call, item)) call->host->count(call, "rule for blocks", 1);
  return PINTLE_OK;
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .flags = PINTLE_PURE,
                                     .name = "tests.pintle.io/counter",
                                     .summary = "A fixture: counter",
                                     .options = run_options,
                                     .create = create};
static const pintle_backup_item_action backup_table = {.struct_size = sizeof backup_table, .action = &action, .execute = run_execute};
static const pintle_item_block_action block_table = {
    .struct_size = sizeof block_table, .action = &action, .get_related_items = get_related_items};
static const pintle_backup_item_action *const backups[] = {&backup_table, NULL};
static const pintle_item_block_action *const blocks[] = {&block_table, NULL};
const pintle_plugin PINTLE_ENTRY = {
    PINTLE_PLUGIN_HEAD, .name = "run_counter", .version = "1.0", .backup_item_actions = backups, .item_block_actions = blocks};
