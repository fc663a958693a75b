/* backup_get.c -- pintle backup get.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/get.h"

/* status.expiration, else creation and ttl. */
static int64_t expiration(const item_doc *d) {
  int64_t t = 0, created = 0, ttl = 0;
  if (clock_parse(item_str(d, "/status/expiration", ""), &t) == PINTLE_OK) return t;
  if (clock_duration(item_str(d, "/spec/ttl", ""), &ttl) != PINTLE_OK || ttl <= 0) return 0;
  return clock_parse(item_str(d, "/metadata/creationTimestamp", ""), &created) == PINTLE_OK ? created + ttl : 0;
}

static void row(cli_table *t, const item_doc *d) {
  char text[64];
  bool deleting = item_str(d, "/metadata/deletionTimestamp", "").len > 0;
  str phase = item_str(d, "/status/phase", "");
  cli_table_cell(t, item_str(d, "/metadata/name", ""));
  cli_table_cell(t, deleting ? STR("Deleting") : phase.len ? phase : STR("New"));
  cli_cell_number(t, d, "/status/errors");
  cli_cell_number(t, d, "/status/warnings");
  cli_cell_time(t, d, "/status/startTimestamp");
  cli_table_cellz(t, cli_from_now(expiration(d), clock_now(), text));
  cli_table_cell(t, item_str(d, "/spec/storageLocation", ""));
  cli_cell_selector(t, d);
}

static int get(cli *c, cli_session *s, store *from) {
  return cli_get(c, s, from, &cli_kind_backup, "NAME|STATUS|ERRORS|WARNINGS|CREATED|EXPIRES|STORAGE LOCATION|SELECTOR", row);
}

int cli_backup_get(cli *c) { return cli_with_store(c, get); }
