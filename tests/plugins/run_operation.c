/* run_operation.c -- operations that a vendor's system works at: the test plays the vendor.  SPDX-License-Identifier: Apache-2.0
 *
 * DIR/NAME.state is what progress answers: a document with completed, nCompleted, nTotal, units, description, error, started and updated, or one
 * with status (TRANSIENT, INVALID, FAILED, CRASH); none: nothing yet. DIR/NAME.cancelled is what cancel leaves. */
#include "operation.h"
#include <stdlib.h>

static int64_t number(const pintle_doc *d, const char *pointer) {
  int64_t n = 0;
  d->api->get_i64(d, pointer, &n);
  return n;
}

static pintle_status answer(pintle_call *call, const pintle_doc *d, pintle_result *r) {
  int32_t completed = 0;
  d->api->get_bool(d, "/completed", &completed);
  const pintle_progress p = {.struct_size = sizeof p,
                             .completed = completed,
                             .n_completed = number(d, "/nCompleted"),
                             .n_total = number(d, "/nTotal"),
                             .started = number(d, "/started"),
                             .updated = number(d, "/updated"),
                             .units = pintle_str_or(d, "/units", NULL),
                             .description = pintle_str_or(d, "/description", NULL),
                             .error = pintle_str_or(d, "/error", NULL),
                             .code = pintle_str_or(d, "/code", NULL)};
  const char *status = pintle_str_or(d, "/status", "");
  if (strcmp(status, "TRANSIENT") == 0) return pintle_fail(call, PINTLE_TRANSIENT, "the vendor is busy");
  if (strcmp(status, "INVALID") == 0) return pintle_fail(call, PINTLE_INVALID, "no operation of mine");
  if (strcmp(status, "FAILED") == 0) return pintle_fail(call, PINTLE_FAILED, "the vendor's door is closed");
  if (strcmp(status, "CRASH") == 0) abort();
  return r->api->progress(r, &p);
}

static pintle_status progress(void *self, pintle_call *call, const char *id, const pintle_doc *run, pintle_result *r) {
  char text[4096];
  pintle_doc *d;
  (void)self;
  if (!*pintle_str_or(run, "/metadata/name", "")) return pintle_fail(call, PINTLE_INVALID, "no run was given");
  if (op_read(call, id, "state", text, sizeof text) == 0) return PINTLE_OK;
  pintle_status st = call->host->new_doc(call, text, PINTLE_Z, &d);
  return st == PINTLE_OK ? answer(call, d, r) : pintle_fail(call, PINTLE_TRANSIENT, "the test's file is half written");
}

static pintle_status cancel(void *self, pintle_call *call, const char *id, const pintle_doc *run) {
  (void)self, (void)run;
  op_note(call, id, "cancelled");
  return run_is(call, "stubborn") ? pintle_fail(call, PINTLE_FAILED, "it cannot be stopped") : PINTLE_OK;
}

static const pintle_action action = {
    .struct_size = sizeof action, .name = "tests.pintle.io/operation", .summary = "A fixture: operation", .options = op_options};
static const pintle_backup_item_action backup = {
    .struct_size = sizeof backup, .action = &action, .execute = op_execute, .progress = progress, .cancel = cancel};
static const pintle_restore_item_action restore = {
    .struct_size = sizeof restore, .action = &action, .execute = op_execute, .progress = progress, .cancel = cancel};
static const pintle_backup_item_action *const backups[] = {&backup, NULL};
static const pintle_restore_item_action *const restores[] = {&restore, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_operation", .version = "1.0", .backup_item_actions = backups,
                                    .restore_item_actions = restores};
