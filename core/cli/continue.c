/* continue.c -- pintle backup continue, pintle restore continue.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/run_end.h"

static int go_on(cli *c, const cli_run_kind *kind, const char *from) {
  cli_session s;
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED) {
    cli_session_tell(c, &s, cli_text(&c->flags, "storage-location"));
    status = cli_run_continue(c, &s, kind, c->args[0], from);
  }
  cli_session_close(&s);
  return status;
}

int cli_backup_continue(cli *c) { return go_on(c, &cli_kind_backup, cli_text(&c->flags, "from")); }
int cli_restore_continue(cli *c) { return go_on(c, &cli_kind_restore, NULL); }
