/* restore_get.c -- pintle restore get.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/get.h"

static void row(cli_table *t, const item_doc *d) {
  str phase = item_str(d, "/status/phase", "");
  cli_table_cell(t, item_str(d, "/metadata/name", ""));
  cli_table_cell(t, item_str(d, "/spec/backupName", ""));
  cli_table_cell(t, phase.len ? phase : STR("New"));
  cli_cell_time(t, d, "/status/startTimestamp");
  cli_cell_time(t, d, "/status/completionTimestamp");
  cli_cell_number(t, d, "/status/errors");
  cli_cell_number(t, d, "/status/warnings");
  cli_cell_time(t, d, "/metadata/creationTimestamp");
  cli_cell_selector(t, d);
}

static int get(cli *c, cli_session *s, store *from) {
  return cli_get(c, s, from, &cli_kind_restore, "NAME|BACKUP|STATUS|STARTED|COMPLETED|ERRORS|WARNINGS|CREATED|SELECTOR", row);
}

int cli_restore_get(cli *c) { return cli_with_store(c, get); }
