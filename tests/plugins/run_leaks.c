/* run_leaks.c -- loses 1 MiB at each item, and counts its calls and its ends.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdlib.h>

static void *volatile lost;

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module;
  call->host->count(call, "items seen", 0);
  *self = NULL;
  return PINTLE_OK;
}

static pintle_status finish(void *self, pintle_call *call) {
  (void)self;
  call->host->count(call, "instances finished", 1);
  return PINTLE_OK;
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)item, (void)in, (void)r;
  void *more = malloc(1 << 20);
  if (!more) return PINTLE_NOMEM;
  memset(more, 1, 1 << 20);
  lost = more;
  call->host->count(call, "items seen", 1);
  return PINTLE_OK;
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .name = "tests.pintle.io/leaks",
                                     .summary = "A fixture: leaks",
                                     .create = create,
                                     .finish = finish};
static const pintle_backup_item_action table = {
    .struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = run_execute};
static const pintle_backup_item_action *const list[] = {&table, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_leaks", .version = "1.0", .backup_item_actions = list};
