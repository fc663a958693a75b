/* describe_operations.c -- asynchronous operations, hooks and what else a status holds, in Velero's layout.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/describe.h"

static str text_at(const item_node *n, const char *key) {
  str s = item_string(item_member(n, str_of(key)));
  return s.ptr ? s : STR("");
}

/* Velero's ResourceIdentifier has no JSON names of its own: the Go ones. "persistentvolumeclaims shop/data" */
static void identifier(const item_node *id, buf *out) {
  str group = text_at(id, "Group");
  cli_clean(out, text_at(id, "Resource"));
  if (group.len) buf_addc(out, '.'), cli_clean(out, group);
  buf_addc(out, ' ');
  cli_clean(out, text_at(id, "Namespace"));
  buf_addc(out, '/');
  cli_clean(out, text_at(id, "Name"));
}

static void optional(describer *d, const char *label, str value) {
  if (value.len) describe_line(d, label, value);
}

static void time_line(describer *d, const char *label, str value) {
  char text[64];
  if (value.len) describe_line(d, label, str_of(cli_time(value, "<n/a>", text)));
}

static void operation(describer *d, const item_node *op) {
  CLEANUP(buf_free) buf line = {0};
  const item_node *spec = item_member(op, STR("spec")), *status = item_member(op, STR("status"));
  str done = item_number(item_member(status, STR("nCompleted"))), total = item_number(item_member(status, STR("nTotal")));
  buf_addz(&d->text, "  Operation for ");
  identifier(item_member(spec, STR("resourceIdentifier")), &d->text);
  buf_addz(&d->text, ":\n");
  if (d->kind->restore) describe_line(d, "    Restore Item Action Plugin", text_at(spec, "restoreItemAction"));
  else describe_line(d, "    Backup Item Action Plugin", text_at(spec, "backupItemAction"));
  describe_line(d, "    Operation ID", text_at(spec, "operationID"));
  const item_node *post = item_member(spec, STR("postOperationItems"));
  if (item_count(post)) buf_addz(&d->text, "    Items to Update:\n");
  for (const item_node *i = item_first(post); i; i = item_next(i)) {
    buf_addz(&d->text, "      ");
    identifier(i, &d->text);
    buf_addc(&d->text, '\n');
  }
  describe_line(d, "    Phase", text_at(status, "phase"));
  optional(d, "    Operation Error", text_at(status, "error"));
  if (done.ptr || total.ptr) {
    buf_printf(&line, "%s of %s complete (", done.ptr ? done.ptr : "0", total.ptr ? total.ptr : "0");
    buf_adds(&line, text_at(status, "operationUnits"));
    buf_addc(&line, ')');
    describe_line(d, "    Progress", buf_str(&line));
  }
  optional(d, "    Progress description", text_at(status, "description"));
  time_line(d, "    Created", text_at(status, "created"));
  time_line(d, "    Started", text_at(status, "started"));
  time_line(d, "    Updated", text_at(status, "updated"));
}

void describe_operations(describer *d) {
  bool restore = d->kind->restore;
  const char *label = restore ? "Restore Item Operations" : "Backup Item Operations";
  str n = item_number(item_at(d->d, restore ? "/status/restoreItemOperationsAttempted" : "/status/backupItemOperationsAttempted"));
  str done = item_number(item_at(d->d, restore ? "/status/restoreItemOperationsCompleted" : "/status/backupItemOperationsCompleted"));
  str failed = item_number(item_at(d->d, restore ? "/status/restoreItemOperationsFailed" : "/status/backupItemOperationsFailed"));
  if (!n.ptr || str_is(n, "0")) return;
  if (!d->details) {
    buf_printf(&d->text, "%s:\t%s of %s completed successfully, %s failed (specify --details for more information)\n\n", label,
               done.ptr ? done.ptr : "0", n.ptr, failed.ptr ? failed.ptr : "0");
    return;
  }
  CLEANUP(item_freep) item_doc *all = describe_object(d, STORE_ITEM_OPERATIONS, label);
  if (all) buf_printf(&d->text, "%s:\n", label);
  for (const item_node *op = all ? item_first(item_root(all)) : NULL; op; op = item_next(op)) operation(d, op);
  buf_addc(&d->text, '\n');
}

void describe_hook_counts(describer *d) {
  if (item_type(item_at(d->d, "/status/hookStatus")) != PINTLE_T_OBJECT) return;
  str tried = item_number(item_at(d->d, "/status/hookStatus/hooksAttempted")),
      failed = item_number(item_at(d->d, "/status/hookStatus/hooksFailed"));
  buf_printf(&d->text, "\nHooksAttempted:\t%s\nHooksFailed:\t%s\n", tried.ptr ? tried.ptr : "0", failed.ptr ? failed.ptr : "0");
}

void describe_validation_errors(describer *d) {
  const item_node *list = item_at(d->d, "/status/validationErrors");
  if (item_count(list) == 0) return;
  buf_addz(&d->text, "Validation errors:");
  for (const item_node *m = item_first(list); m; m = item_next(m)) {
    CLEANUP(buf_free) buf text = {0};
    if (item_string(m).ptr) cli_clean(&text, item_string(m));
    buf_addc(&d->text, '\t');
    cli_colour(&d->text, d->colours, CLI_RED, buf_str(&text));
    buf_addc(&d->text, '\n');
  }
  buf_addc(&d->text, '\n');
}
