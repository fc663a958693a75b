/* table.h -- columns.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_TABLE_H
#define PINTLE_CLI_TABLE_H
#include "base/buf.h"

/* Text with tabs as columns: a cell is what a tab ends, and neighbouring lines that have such a cell share its width (as Go's text/tabwriter
 * does it); padding blanks follow the widest. Appended to *out. */
void cli_tabs(str text, unsigned padding, buf *out);

/* Rows of cells for cli_tabs, as kubectl prints tables: three blanks between columns, none at the end. */
typedef struct cli_table {
  buf text;
  size_t columns, at;
} cli_table;
void cli_table_begin(cli_table *t, const char *headers); /* "NAME|STATUS|STORAGE LOCATION" */
void cli_table_cell(cli_table *t, str cell);             /* control characters are made visible; "" is "<none>"-less: it stays empty */
void cli_table_cellz(cli_table *t, const char *cell);
void cli_table_end(cli_table *t, buf *out); /* frees t */
#endif
