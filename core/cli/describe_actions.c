/* describe_actions.c -- what the calls of each action came to in a run.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cli/describe.h"

static unsigned long long count(const item_node *action, const char *key) {
  int64_t n = 0;
  item_int(item_member(action, str_of(key)), &n);
  return (unsigned long long)n;
}

static void amount(buf *b, unsigned long long n, const char *one, const char *many) {
  if (n) buf_printf(b, ", %llu %s", n, n == 1 ? one : many);
}

item_doc *describe_report(describer *d) {
  item_doc *report = NULL;
  error e = {0};
  if (item_new(&report) != PINTLE_OK) d->text.failed = true;
  else if (run_report(d->s->run, d->from, d->kind->restore, item_str(d->d, "/metadata/name", "").ptr, report, &e) != PINTLE_OK)
    item_freep(&report);
  return report;
}

void describe_actions(describer *d) {
  CLEANUP(item_freep) item_doc *report = describe_report(d);
  if (!report) return;
  const item_node *actions = item_at(report, "/actions");
  if (item_count(actions) == 0) return;
  buf_addz(&d->text, "\nActions:\n");
  for (const item_node *a = item_first(actions); a; a = item_next(a)) {
    CLEANUP(buf_free) buf label = {0}, value = {0};
    char took[32];
    unsigned long long calls = count(a, "calls");
    if (calls == 0 && str_starts(item_string(item_member(a, STR("plugin"))), "pintle@")) continue; /* built in and of no use here */
    buf_addz(&label, "  ");
    str name = item_string(item_member(a, STR("action"))), plugin = item_string(item_member(a, STR("plugin")));
    if (name.ptr) cli_clean(&label, name);
    if (plugin.ptr) buf_addz(&label, " ("), cli_clean(&label, plugin), buf_addc(&label, ')');
    str operation = item_string(item_member(a, STR("operation")));
    if (operation.ptr && !str_is(operation, "execute")) buf_addc(&label, ' '), cli_clean(&label, operation);
    buf_printf(&value, "%llu call%s", calls, calls == 1 ? "" : "s");
    amount(&value, count(a, "errors"), "error", "errors");
    amount(&value, count(a, "timeouts"), "timeout", "timeouts");
    amount(&value, count(a, "deaths"), "crash", "crashes");
    if (calls) buf_printf(&value, ", %s in all", clock_duration_text(worker_seconds(item_number(item_member(a, STR("seconds")))), took));
    if (item_true(item_member(a, STR("quarantined")))) buf_addz(&value, ", quarantined");
    describe_line(d, buf_z(&label), buf_str(&value));
  }
}
