/* missing_symbol.c -- uses a function that no library has.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
extern int tests_pintle_no_such_function(void);
static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)item, (void)in, (void)r;
  return tests_pintle_no_such_function();
}
static const pintle_action action = {
    .struct_size = sizeof(pintle_action), .name = "tests.pintle.io/missing-symbol", .summary = "Lacks a symbol"};
static const pintle_backup_item_action table = {.struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = execute};
static const pintle_backup_item_action *const list[] = {&table, NULL};
MINIMAL_PLUGIN("missing-symbol");
