/* run_secretive.c -- a healthy plugin with options that are secret, open and neither.  SPDX-License-Identifier: Apache-2.0 */
#include <pintle/plugin.h>

static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)in, (void)r;
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1secretive", "been here");
}

static const pintle_option phrase = {
    .struct_size = sizeof phrase, .flags = PINTLE_SECRET, .type = PINTLE_OPT_STRING, .name = "phrase", .help = "A secret"};
static const pintle_option region = {.struct_size = sizeof region, .type = PINTLE_OPT_STRING, .name = "region", .help = "No secret"};
static const pintle_option nested = {.struct_size = sizeof nested, .type = PINTLE_OPT_JSON, .name = "nested", .help = "Anything"};
static const pintle_option *const options[] = {&phrase, &region, &nested, NULL};
static const pintle_action action = {.struct_size = sizeof action,
                                     .flags = PINTLE_PURE | PINTLE_OPEN_CONFIG,
                                     .name = "tests.pintle.io/secretive",
                                     .summary = "A fixture: keeps secrets",
                                     .options = options};
static const pintle_backup_item_action table = {.struct_size = sizeof table, .action = &action, .execute = execute};
static const pintle_backup_item_action *const list[] = {&table, NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_secretive", .version = "1.0", .backup_item_actions = list};
