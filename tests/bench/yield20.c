/* yield20.c -- a plugin that asks, for every 20th item of generate.c, for another one as well.  SPDX-License-Identifier: Apache-2.0
 *
 * Of 20 items one is a Pod whose number can be divided by 20; six behind it is a ConfigMap, in the namespace six behind (of 40). */
#include <pintle/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pintle_status also(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  const char *digits = strrchr(in->id->name, '-');
  unsigned long number = digits ? strtoul(digits + 1, NULL, 10) : 1;
  char ns[32], name[32];
  (void)self, (void)call, (void)item;
  if (number % 20 != 0) return PINTLE_OK;
  snprintf(ns, sizeof ns, "team-%02lu", (number + 6) % 40);
  snprintf(name, sizeof name, "cm-%06lu", number + 6);
  const pintle_id id = {"", "", "configmaps", ns, name};
  return r->api->additional_item(r, &id, 0);
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .flags = PINTLE_PURE,
                                     .thread_model = PINTLE_PARALLEL,
                                     .name = "bench.example.com/yield20",
                                     .summary = "Asks for another item, one time in twenty"};
static const pintle_backup_item_action backup = {.struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = also};
static const pintle_restore_item_action restore = {.struct_size = sizeof(pintle_restore_item_action), .action = &action, .execute = also};
static const pintle_backup_item_action *const backups[] = {&backup, NULL};
static const pintle_restore_item_action *const restores[] = {&restore, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD,
                                    .name = "yield20",
                                    .version = "1.0",
                                    .vendor = "pintle's benchmarks",
                                    .backup_item_actions = backups,
                                    .restore_item_actions = restores};
