/* chain_run.c -- pintle chain run: manifests through the chain, and what comes out.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/fail_on.h"
#include "cli/run_end.h"
#include "cli/signals.h"
#include "cli/spec.h"

static int write_report(cli *c, cli_session *s, const run_chain_request *request, const engine_summary *summary, cli_watch *w, int status) {
  const cli_report_facts facts = {.session = s,
                                  .action_kind = request->kind,
                                  .only = request->only,
                                  .kind = "Chain run",
                                  .name = request->from_backup ? request->from_backup : request->from,
                                  .source = request->from_backup ? request->from_backup : request->from,
                                  .backup = request->from_backup,
                                  .location = request->location,
                                  .resource = request->resource,
                                  .summary = summary,
                                  .dry = !request->execute};
  return cli_report_write(c, &w->report, &facts, status);
}

static int put_through(cli *c, cli_session *s, const run_chain_request *made) {
  const char *format = cli_text(&c->flags, "output");
  run_chain_request request = *made;
  engine_summary summary = {.phase = "Failed"};
  error e = {0};
  cli_watch w;
  int mode = strcmp(format, "diff") == 0 ? WATCH_DIFF : strcmp(format, "json") == 0 ? WATCH_JSON : WATCH_YAML;
  int status = cli_watch_open(c, s->found.temp_dir, mode, &w);
  if (status != CLI_COMPLETED) return cli_watch_close(&w, status);
  cli_signals_watch();
  request.listener = cli_watch_listener(&w);
  request.control = (engine_control){.cancelled = cli_signals_cancelled};
  pintle_status st = run_chain_items(s->run, &request, &summary, &e);
  int number = cli_signals_number();
  status = st == PINTLE_OK ? cli_phase_status(summary.phase) : CLI_FAILED;
  if (st != PINTLE_OK || (status == CLI_FAILED && e.message[0])) {
    int told = cli_fail(c, &e);
    if (st != PINTLE_OK) status = told;
  }
  bool failed = status != CLI_COMPLETED && status != CLI_PARTLY;
  if (!failed) status = cli_fail_on(c, &w, &summary, status);
  if (st == PINTLE_OK) status = write_report(c, s, &request, &summary, &w, status);
  status = cli_watch_close(&w, status);
  if (!failed) {
    CLEANUP(buf_free) buf changes = {0};
    cli_watch_changes(&w, &changes);
    cli_note(c, "%s: %llu item%s%s, %llu skipped, %llu failed; %llu error%s, %llu warning%s.", request.execute ? "Executed" : "Dry run",
             (unsigned long long)w.items, w.items == 1 ? "" : "s", buf_z(&changes), (unsigned long long)w.skipped,
             (unsigned long long)w.failed, (unsigned long long)summary.errors, summary.errors == 1 ? "" : "s",
             (unsigned long long)summary.warnings, summary.warnings == 1 ? "" : "s");
  }
  return number && failed ? CLI_SIGNAL + number : status;
}

int cli_chain_run(cli *c) {
  CLEANUP(item_freep) item_doc *resource = NULL;
  const char *file = cli_text(&c->flags, "resource"), *backup = cli_text(&c->flags, "from-backup");
  cli_session s;
  error e = {0};
  run_chain_request request = {.kind = cli_phase_kind(c),
                               .from = c->args[0],
                               .from_backup = backup,
                               .location = cli_text(&c->flags, "storage-location"),
                               .execute = cli_is(&c->flags, "execute")};
  if ((c->n_args == 1) == (backup != NULL))
    return cli_usage(c, "pintle chain run FILE|DIR|FILE.tar.gz|-, or --from-backup NAME", "name the items: files or a backup, one of them");
  pintle_status st = cli_list(&c->flags, "action", &c->memory, &request.only, &e);
  if (st == PINTLE_OK && file) st = cli_spec_read(file, request.kind == CONF_RESTORE_ITEM_ACTION ? "Restore" : "Backup", &resource, &e);
  if (st != PINTLE_OK) return cli_fail(c, &e);
  request.resource = resource;
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED) {
    cli_session_tell(c, &s, backup ? request.location : "");
    status = put_through(c, &s, &request);
  }
  cli_session_close(&s);
  return status;
}
