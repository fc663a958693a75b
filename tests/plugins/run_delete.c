/* run_delete.c -- a DeleteItemAction that writes down what it is given, and refuses one item.  SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <pintle/plugin.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const pintle_option calls_option = {
    .struct_size = sizeof calls_option, .type = PINTLE_OPT_STRING, .name = "calls", .fallback = "", .help = "File that calls are written to"};
static const pintle_option *const options[] = {&calls_option, NULL};

/* While the file CALLS.hold is there, the item "victim" is refused. */
static int is_held(const char *calls) {
  char file[1000];
  int n = snprintf(file, sizeof file, "%s.hold", calls);
  return n > 0 && n < (int)sizeof file && access(file, F_OK) == 0;
}

static pintle_status execute(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in) {
  const char *calls = pintle_str_or(call->host->config(call), "/calls", "");
  char line[600];
  (void)self;
  const char *name = pintle_str_or(item, "/metadata/name", "");
  int n = snprintf(line, sizeof line, "%s of %s\n", name, pintle_str_or(in->run, "/metadata/name", ""));
  int fd = open(calls, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (fd >= 0) {
    if (write(fd, line, (size_t)n) != n) name = "";
    close(fd);
  }
  if (item->api->set_str((pintle_doc *)(size_t)item, "/x", "y", PINTLE_Z) != PINTLE_DENIED) return PINTLE_FAILED;
  return strcmp(name, "victim") == 0 && is_held(calls) ? pintle_fail(call, PINTLE_DENIED, "the vendor holds it") : PINTLE_OK;
}

static const char *const resources[] = {"configmaps", NULL};
static const pintle_selector selector = {.struct_size = sizeof selector, .included_resources = resources};
static const pintle_action action = {
    .struct_size = sizeof action, .name = "tests.pintle.io/delete", .summary = "A fixture: hears of deletions", .options = options};
static const pintle_delete_item_action table = {.struct_size = sizeof table, .action = &action, .selector = &selector, .execute = execute};
static const pintle_delete_item_action *const list[] = {&table, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_delete", .version = "1.0", .delete_item_actions = list};
