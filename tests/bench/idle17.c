/* idle17.c -- a plugin of seventeen actions that do nothing: what a call costs by itself.  SPDX-License-Identifier: Apache-2.0 */
#include <pintle/plugin.h>

static pintle_status nothing(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)item, (void)in, (void)r;
  return PINTLE_OK;
}

#define ACTION(n)                                                               \
  static const pintle_action action##n = {.struct_size = sizeof(pintle_action), \
                                          .flags = PINTLE_PURE,                 \
                                          .thread_model = PINTLE_PARALLEL,      \
                                          .name = "bench.example.com/idle" #n,  \
                                          .summary = "Does nothing"};           \
  static const pintle_backup_item_action table##n = {                           \
      .struct_size = sizeof(pintle_backup_item_action), .action = &action##n, .execute = nothing};
ACTION(0)
ACTION(1)
ACTION(2)
ACTION(3)
ACTION(4)
ACTION(5)
ACTION(6)
ACTION(7)
ACTION(8)
ACTION(9)
ACTION(10)
ACTION(11)
ACTION(12)
ACTION(13)
ACTION(14)
ACTION(15)
ACTION(16)

static const pintle_backup_item_action *const list[] = {&table0,  &table1,  &table2,  &table3,  &table4,  &table5,
                                                        &table6,  &table7,  &table8,  &table9,  &table10, &table11,
                                                        &table12, &table13, &table14, &table15, &table16, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "idle17", .version = "1.0", .vendor = "pintle's benchmarks",
                                    .backup_item_actions = list};
