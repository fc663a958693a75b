/* summary.c -- see summary.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/summary.h"
#include <stdlib.h>

static void counted(cli *c, const char *label, uint64_t n, const char *one, const char *more) {
  if (n) cli_outf(c, "  %-12s %llu %s%s%s\n", label, (unsigned long long)n, one, n == 1 ? "" : "s", more);
}

static void changes(cli *c, const cli_watch *w) {
  for (size_t i = 0; i < w->n_did; i++)
    cli_outf(c, "  %-12s %s: %llu in %llu item%s\n", i ? "" : "Changes:", w->did[i].action, (unsigned long long)w->did[i].changes,
             (unsigned long long)w->did[i].items, w->did[i].items == 1 ? "" : "s");
}

/* Of the plugins' actions; pintle's own steps are known. */
static void slowest(cli *c, const cli_watch *w) {
  CLEANUP(item_freep) item_doc *d = NULL;
  CLEANUP(buf_free) buf name = {0};
  double most = 0, calls = 0;
  const item_node *slow = NULL;
  if (w->actions.len < 3 || item_new(&d) != PINTLE_OK || item_parse(d, buf_str(&w->actions), 0, NULL, NULL) != PINTLE_OK) return;
  for (const item_node *a = item_first(item_root(d)); a; a = item_next(a)) {
    str plugin = item_string(item_member(a, STR("plugin"))), seconds = item_number(item_member(a, STR("seconds")));
    double s = seconds.ptr ? strtod(seconds.ptr, NULL) : 0;
    if (!plugin.ptr || str_starts(plugin, "pintle@") || s <= most) continue;
    most = s, slow = a;
  }
  str action = item_string(item_member(slow, STR("action"))), n = item_number(item_member(slow, STR("calls")));
  if (!action.ptr || !n.ptr || (calls = strtod(n.ptr, NULL)) < 1) return;
  cli_clean(&name, action);
  cli_outf(c, "  %-12s %s: %.1f ms in %.0f calls, %.0f us each\n", "Slowest:", buf_z(&name), most * 1e3, calls, most * 1e6 / calls);
}

void cli_summary(cli *c, const cli_watch *w, const char *next) {
  changes(c, w);
  if (w->matched + w->unmatched)
    cli_outf(c, "  %-12s %llu matched, %llu never\n", "Rules:", (unsigned long long)w->matched, (unsigned long long)w->unmatched);
  counted(c, "Unresolved:", w->unresolved, "reference", " to what is of the old cluster, or not there");
  counted(c, "Not kept:", w->lost, "finding", " of what was lost, had to change, or is doubtful");
  slowest(c, w);
  if (*next) cli_outf(c, "  %-12s %s\n", "Next:", next);
}
