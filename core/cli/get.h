/* get.h -- parts of the two `get` commands.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_GET_H
#define PINTLE_CLI_GET_H
#include "cli/gather.h"
#include "cli/table.h"

/* Lists as table, JSON or YAML. columns: headers; row: one resource's cells. */
int cli_get(cli *c, cli_session *s, store *from, const cli_run_kind *kind, const char *columns,
            void (*row)(cli_table *t, const item_doc *d));
/* --details: a line for each item, what it came to and by whom; -o json: as JSON lines. */
int cli_get_details(cli *c, cli_session *s, store *from, const cli_run_kind *kind);
void cli_cell_number(cli_table *t, const item_doc *d, const char *pointer); /* 0 when absent */
void cli_cell_time(cli_table *t, const item_doc *d, const char *pointer);   /* "<nil>" when absent, as Velero prints it */
void cli_cell_selector(cli_table *t, const item_doc *d);
#endif
