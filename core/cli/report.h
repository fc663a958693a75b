/* report.h -- --report FILE: the report of a run (core/report), with what the command line knows of it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_REPORT_H
#define PINTLE_CLI_REPORT_H
#include "cli/session.h"
#include "report/report.h"

typedef struct cli_report {
  report *report; /* NULL: none was asked for */
  const char *file;
  bool html;
  buf counters;
} cli_report;
/* Reads --report, where the command has it: the file's name must end in .html or .json, and its directory be there. CLI_COMPLETED or told. */
int cli_report_open(cli *c, const char *temp_dir, cli_report *r);
void cli_report_event(cli_report *r, const engine_event *event);

typedef struct cli_report_facts {
  cli_session *session;          /* NULL: none (a log is read) */
  uint32_t action_kind;          /* CONF_* */
  const char *const *only;       /* as run_plan */
  const char *kind, *name;       /* "Restore", "r1" */
  const char *source, *target;   /* for people; NULL */
  const char *backup, *location; /* whose volumes are told; NULL */
  const char *next;              /* the next command; NULL */
  const item_doc *resource;      /* NULL */
  const engine_summary *summary; /* NULL */
  bool dry;
} cli_report_facts;
/* Writes it and says so; the exit status. */
int cli_report_write(cli *c, cli_report *r, const cli_report_facts *facts, int status);
void cli_report_close(cli_report *r);
#endif
