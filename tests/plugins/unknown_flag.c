/* unknown_flag.c -- an action with a flag that must be understood, and one with a flag that need not be.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
static const pintle_action must = {
    .struct_size = sizeof(pintle_action), .flags = 1u << 30, .name = "tests.pintle.io/must-understand", .summary = "Refused"};
static const pintle_action may = {
    .struct_size = sizeof(pintle_action), .flags = 1u << 15, .name = "tests.pintle.io/may-ignore", .summary = "Loaded"};
static const pintle_backup_item_action first = {.struct_size = sizeof(pintle_backup_item_action), .action = &must, .execute = do_nothing};
static const pintle_backup_item_action second = {.struct_size = sizeof(pintle_backup_item_action), .action = &may, .execute = do_nothing};
static const pintle_backup_item_action *const list[] = {&first, &second, NULL};
MINIMAL_PLUGIN("unknown-flag");
