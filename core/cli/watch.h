/* watch.h -- the listener of a run: events become progress, lines, diffs, items and counts.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_WATCH_H
#define PINTLE_CLI_WATCH_H
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/session.h"

enum { WATCH_NOTHING, WATCH_DIFF, WATCH_JSON, WATCH_YAML }; /* what an item prints on standard output */
typedef struct cli_watch {
  cli *c;
  int mode;
  bool json_log;
  cli_progress progress;
  int events; /* descriptor; -1: none */
  item_doc *doc;
  uint64_t shown, most_shown;                                           /* lines of warnings and errors on standard error */
  uint64_t items, changed, own, skipped, failed, unresolved, unmatched; /* own: changed by pintle's own steps only */
  uint64_t matched, lost;                                               /* rules; findings of what is not kept, or is doubtful */
  struct {
    const char *action;
    uint64_t changes, items;
  } did[32]; /* in a dry run: what plugins' actions changed */
  size_t n_did;
  struct {
    const char *action, *why;
    uint64_t items;
  } left[16]; /* not called in a dry run */
  size_t n_left;
  bool broken; /* the file of events could not be written */
  buf line, actions; /* actions: JSON of ENGINE_ACTIONS */
  cli_report report;
} cli_watch;
/* Exit status; flags: --events and --report, where the command has them. */
int cli_watch_open(cli *c, const char *temp_dir, int mode, cli_watch *w);
engine_listener cli_watch_listener(cli_watch *w);
/* ", 12 changed (3 of them by pintle's own steps only)" */
void cli_watch_changes(const cli_watch *w, buf *out);
/* The bar goes away; what was begun on standard output is ended. */
int cli_watch_close(cli_watch *w, int status);
#endif
