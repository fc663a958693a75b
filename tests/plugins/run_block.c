/* run_block.c -- an ItemBlockAction, and a BackupItemAction that writes down where and when an item was.  SPDX-License-Identifier: Apache-2.0
 *
 * tests.pintle.io/block names what the item's annotation tests.pintle.io/with lists, "resource/name" or "resource/name#count" (name-0 to
 * name-(count-1)) in the item's namespace, with commas between. tests.pintle.io/where writes annotations: the worker's pid, and which call of it in this
 * process this was. Variants: "slow" takes 3 ms; "relating" crashes tests.pintle.io/block at the item, "fails" lets it fail there; "running" crashes
 * tests.pintle.io/where. */
#include "run.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pintle_status name(const pintle_doc *item, pintle_result *r, char *related) {
  char *slash = strchr(related, '/'), *count = strchr(related, '#'), text[300];
  const pintle_id id = {"", "", related, pintle_str_or(item, "/metadata/namespace", ""), text};
  if (!slash) return PINTLE_INVALID;
  *slash = 0;
  if (count) *count++ = 0;
  long n = count ? atol(count) : 1;
  for (long i = 0; i < n; i++) {
    if (count) snprintf(text, sizeof text, "%s-%ld", slash + 1, i);
    else snprintf(text, sizeof text, "%s", slash + 1);
    pintle_status st = r->api->additional_item(r, &id, 0);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

static pintle_status get_related_items(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *r) {
  char list[2000];
  (void)self, (void)in;
  if (run_strikes(call, item) && run_is(call, "relating")) raise(SIGSEGV);
  if (run_strikes(call, item) && run_is(call, "fails")) return pintle_fail(call, PINTLE_FAILED, "cannot say what belongs to it");
  snprintf(list, sizeof list, "%s", pintle_str_or(item, "/metadata/annotations/tests.pintle.io~1with", ""));
  for (char *one = list, *next; one && *one; one = next) {
    if ((next = strchr(one, ','))) *next++ = 0;
    pintle_status st = name(item, r, one);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  static int calls;
  char text[32];
  (void)self, (void)in, (void)r;
  if (run_strikes(call, item) && run_is(call, "running")) raise(SIGSEGV);
  if (run_strikes(call, item) && run_is(call, "slow")) usleep(3000); /* so that one worker alone does not do all */
  snprintf(text, sizeof text, "%d", (int)getpid());
  pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1pid", text);
  snprintf(text, sizeof text, "%d", ++calls);
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1call", text);
}

static const pintle_action block = {.struct_size = sizeof(pintle_action),
                                    .flags = PINTLE_PURE,
                                    .name = "tests.pintle.io/block",
                                    .summary = "A fixture: names the items of a block",
                                    .options = run_options};
static const pintle_action where = {.struct_size = sizeof(pintle_action),
                                    .name = "tests.pintle.io/where",
                                    .summary = "A fixture: says which worker had the item",
                                    .options = run_options};
static const char *const types[] = {"configmaps", "secrets", NULL};
static const pintle_selector selector = {.struct_size = sizeof(pintle_selector), .included_resources = types};
static const pintle_item_block_action block_table = {
    .struct_size = sizeof block_table, .action = &block, .selector = &selector, .get_related_items = get_related_items};
static const pintle_backup_item_action where_table = {.struct_size = sizeof where_table, .action = &where, .execute = execute};
static const pintle_item_block_action *const blocks[] = {&block_table, NULL};
static const pintle_backup_item_action *const backups[] = {&where_table, NULL};
const pintle_plugin PINTLE_ENTRY = {
    PINTLE_PLUGIN_HEAD, .name = "run_block", .version = "1.0", .backup_item_actions = backups, .item_block_actions = blocks};
