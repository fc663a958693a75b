/* run_waits.c -- asks for a ConfigMap and waits until the test says that it is ready.  SPDX-License-Identifier: Apache-2.0
 *
 * The item of the option `item` asks for the ConfigMap that its annotation tests.pintle.io/needs names. DIR/NAME.state: ready, fail, crash; none: not
 * yet. DIR/NAME.asked has a line for each time it was asked, DIR/NAME.had the names that it was given. Option variant: how long it waits, in ms. */
#include "operation.h"
#include <stdlib.h>

static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  const char *needs = pintle_str_or(item, "/metadata/annotations/tests.pintle.io~1needs", NULL);
  (void)self;
  if (!needs || !run_strikes(call, item)) return PINTLE_OK;
  const pintle_id id = {"", "v1", "configmaps", in->id->ns, needs}, nobody = {"", "v1", "configmaps", in->id->ns, "nobody"};
  r->api->additional_item(r, &id, 0);
  r->api->additional_item(r, &nobody, 0); /* not in the backup: not asked for */
  return r->api->wait_for_additional_items(r, 1000000ll * atoll(pintle_str_or(call->host->config(call), "/variant", "0")));
}

static pintle_status are_ready(void *self, pintle_call *call, const pintle_id *ids, size_t n, const pintle_doc *run, int32_t *ready) {
  char how[16] = "", what[64];
  (void)self;
  if (!*pintle_str_or(run, "/metadata/name", "")) return pintle_fail(call, PINTLE_INVALID, "no run was given");
  for (size_t i = 0; i < n; i++) {
    snprintf(what, sizeof what, "had-%s-%s", ids[i].resource, ids[i].name);
    op_note(call, "x/needed", what);
  }
  op_note(call, "x/needed", "asked");
  op_read(call, "x/needed", "state", how, sizeof how);
  if (strncmp(how, "fail", 4) == 0) return pintle_fail(call, PINTLE_FAILED, "nobody knows");
  if (strncmp(how, "crash", 5) == 0) abort();
  *ready = strncmp(how, "ready", 5) == 0;
  return PINTLE_OK;
}

static const pintle_action action = {
    .struct_size = sizeof action, .name = "tests.pintle.io/waits", .summary = "A fixture: waits", .options = op_options};
static const pintle_restore_item_action restore = {
    .struct_size = sizeof restore, .action = &action, .execute = execute, .are_additional_items_ready = are_ready};
static const pintle_restore_item_action *const restores[] = {&restore, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_waits", .version = "1.0", .restore_item_actions = restores};
