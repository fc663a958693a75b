/* run_run_operation.c -- operations whose work run_operation does, in a process of its own.  SPDX-License-Identifier: Apache-2.0
 *
 * DIR/NAME.runs has a line for each time it was begun. It works, reporting, until DIR/NAME.go says how it ends: ok, fail, die, hang. Cancelled
 * it leaves DIR/NAME.cleaned. */
#include "operation.h"
#include <stdlib.h>

static pintle_status run_operation(void *self, pintle_call *call, const char *id, const pintle_doc *run, pintle_result *r) {
  char how[16];
  pintle_progress p = {.struct_size = sizeof p, .n_total = 100, .units = "steps", .started = 1700000000000000000};
  (void)self;
  if (!*pintle_str_or(run, "/metadata/name", "")) return pintle_fail(call, PINTLE_INVALID, "no run was given");
  op_note(call, id, "runs");
  while (op_read(call, id, "go", how, sizeof how) == 0) {
    p.n_completed += p.n_completed < 99;
    call->host->report(call, &p);
    pintle_status st = call->host->pause(call, 10000000);
    if (st == PINTLE_OK) continue;
    op_note(call, id, "cleaned");
    return pintle_fail(call, st, "told to stop at step %d", (int)p.n_completed);
  }
  if (strncmp(how, "fail", 4) == 0) return pintle_fail(call, PINTLE_FAILED, "the work went wrong");
  if (strncmp(how, "die", 3) == 0) abort();
  while (strncmp(how, "hang", 4) == 0) pause();
  p.n_completed = 100, p.completed = 1;
  return r->api->progress(r, &p);
}

static const pintle_action action = {
    .struct_size = sizeof action, .name = "tests.pintle.io/run-operation", .summary = "A fixture: run_operation", .options = op_options};
static const pintle_backup_item_action backup = {
    .struct_size = sizeof backup, .action = &action, .execute = op_execute, .run_operation = run_operation};
static const pintle_restore_item_action restore = {
    .struct_size = sizeof restore, .action = &action, .execute = op_execute, .run_operation = run_operation};
static const pintle_backup_item_action *const backups[] = {&backup, NULL};
static const pintle_restore_item_action *const restores[] = {&restore, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_run_operation", .version = "1.0", .backup_item_actions = backups,
                                    .restore_item_actions = restores};
