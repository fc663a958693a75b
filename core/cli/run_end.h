/* run_end.h -- what both create commands share: the run's flags, and how a run ends.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_RUN_END_H
#define PINTLE_CLI_RUN_END_H
#include "cli/watch.h"

typedef struct cli_run_kind {
  bool restore;
  const char *kind, *word; /* "Backup", "backup" */
} cli_run_kind;
extern const cli_run_kind cli_kind_backup, cli_kind_restore;

/* The resource of -f FILE, NAME and the flags; name: what it is called (NULL: -f must say). CLI_COMPLETED or told. */
int cli_run_resource(cli *c, const cli_run_kind *kind, const char *name, item_doc **out);
/* -o json|yaml: prints the resource. */
int cli_run_show(cli *c, item_doc *resource);
/* Runs it, tells how it ended, writes the metrics; the exit status. */
int cli_run_now(cli *c, cli_session *s, const cli_run_kind *kind, item_doc *resource, const char *from, const char *to);
/* The same for a run that another process began. */
int cli_run_continue(cli *c, cli_session *s, const cli_run_kind *kind, const char *name, const char *from);
/* The exit status of a phase, before --fail-on and signals. */
int cli_phase_status(const char *phase);
#endif
