/* run_environ.c -- logs the names of its environment variables.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

extern char **environ;

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)item, (void)in, (void)r;
  for (char **v = environ; *v; v++) pintle_log(call, PINTLE_LOG_INFO, "environment: %.*s", (int)strcspn(*v, "="), *v);
  return PINTLE_OK;
}

static const char *const names[] = {"TESTS_*", NULL};
static const pintle_action action = {
    .struct_size = sizeof(pintle_action), .flags = PINTLE_PURE, .name = "tests.pintle.io/environ", .summary = "Logs its environment"};
static const pintle_backup_item_action table = {
    .struct_size = sizeof(pintle_backup_item_action), .action = &action, .execute = run_execute};
static const pintle_backup_item_action *const list[] = {&table, NULL};

const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_environ", .version = "1.0", .backup_item_actions = list, .env = names};
