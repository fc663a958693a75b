/* rubbish_size.c -- one action whose table claims 3 bytes, and a healthy one.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
static const pintle_action action = {
    .struct_size = sizeof(pintle_action), .name = "tests.pintle.io/rubbish-size", .summary = "The healthy one"};
static const pintle_backup_item_action small = {.struct_size = 3, .action = &action, .execute = do_nothing};
static const pintle_backup_item_action healthy = {
    .struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = do_nothing};
static const pintle_backup_item_action *const list[] = {&small, &healthy, NULL};
MINIMAL_PLUGIN("rubbish-size");
