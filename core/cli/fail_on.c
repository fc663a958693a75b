/* fail_on.c -- see fail_on.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/fail_on.h"

static bool asked(cli *c, const char *what) {
  const char *const *list = NULL;
  if (cli_list(&c->flags, "fail-on", &c->memory, &list, NULL) != PINTLE_OK) return false;
  for (; list && *list; list++)
    if (strcmp(*list, what) == 0) return true;
  return false;
}

static bool stops(cli *c, const char *what, uint64_t n, const char *one, const char *more) {
  if (n == 0 || !asked(c, what)) return false;
  cli_note(c, "pintle: stopped by --fail-on %s: %llu %s%s%s", what, (unsigned long long)n, one, n == 1 ? "" : "s", more);
  return true;
}

int cli_fail_on(cli *c, const cli_watch *w, const engine_summary *summary, int status) {
  bool stop = stops(c, "unresolved", w->unresolved, "unresolved reference", "");
  stop |= stops(c, "unmatched", w->unmatched, "rule", " that matched nothing");
  stop |= stops(c, "warnings", summary->warnings, "warning", "");
  stop |= stops(c, "volumes", summary->volumes.unsaved, "volume", " whose data was not saved");
  return stop ? CLI_STOPPED : status;
}
