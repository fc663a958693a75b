/* table.c -- see table.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"
#include "cli/cli.h"
#include <stdlib.h>

/* ---- elastic tabs. Cells of all lines stand in one array; lines[i] is the first cell of line i. */
typedef struct cells {
  str *v;
  size_t *width; /* of v[i]; for cells that a tab ends, made equal in a block */
  size_t *lines, n, n_lines;
} cells;

static bool split(cells *c, str text) {
  size_t tabs = 1, feeds = 1;
  for (size_t i = 0; i < text.len; i++) tabs += text.ptr[i] == '\t' || text.ptr[i] == '\n', feeds += text.ptr[i] == '\n';
  c->v = calloc(tabs, sizeof *c->v);
  c->width = calloc(tabs, sizeof *c->width);
  c->lines = calloc(feeds + 1, sizeof *c->lines);
  if (!c->v || !c->width || !c->lines) return false;
  c->n_lines = 1;
  for (size_t i = 0, from = 0; i <= text.len; i++) {
    if (i < text.len && text.ptr[i] != '\t' && text.ptr[i] != '\n') continue;
    c->v[c->n] = (str){text.ptr + from, i - from};
    c->width[c->n] = cli_width(c->v[c->n]);
    c->n++;
    from = i + 1;
    if (i < text.len && text.ptr[i] == '\n') c->lines[c->n_lines++] = c->n;
  }
  c->lines[c->n_lines] = c->n;
  return true;
}

static bool has(const cells *c, size_t line, size_t column) { return c->lines[line] + column + 1 < c->lines[line + 1]; }

static void align(cells *c) {
  for (size_t column = 0, more = 1; more; column++) {
    more = 0;
    for (size_t i = 0, end; i < c->n_lines; i = end) {
      size_t widest = 0;
      for (end = i; end < c->n_lines && has(c, end, column); end++)
        if (c->width[c->lines[end] + column] > widest) widest = c->width[c->lines[end] + column];
      for (size_t k = i; k < end; k++) c->width[c->lines[k] + column] = widest;
      more += end - i;
      if (end == i) end++;
    }
  }
}

void cli_tabs(str text, unsigned padding, buf *out) {
  cells c = {0};
  if (split(&c, text)) {
    align(&c);
    for (size_t line = 0; line < c.n_lines; line++) {
      if (line) buf_addc(out, '\n');
      for (size_t i = c.lines[line]; i < c.lines[line + 1]; i++) {
        buf_adds(out, c.v[i]);
        if (i + 1 == c.lines[line + 1]) break;
        /* a cell that was empty and alone in its block is no column: Go gives it the padding all the same */
        for (size_t n = c.width[i] + padding - cli_width(c.v[i]); n; n--) buf_addc(out, ' ');
      }
    }
  } else out->failed = true;
  free(c.v);
  free(c.width);
  free(c.lines);
}

/* ---- tables */
void cli_table_begin(cli_table *t, const char *headers) {
  *t = (cli_table){.columns = 1};
  for (const char *p = headers; *p; p++)
    if (*p == '|') t->columns++, buf_addc(&t->text, '\t');
    else buf_addc(&t->text, *p);
}

void cli_table_cell(cli_table *t, str cell) {
  buf_addc(&t->text, t->at == 0 ? '\n' : '\t');
  cli_clean(&t->text, cell);
  t->at = (t->at + 1) % t->columns;
}

void cli_table_cellz(cli_table *t, const char *cell) { cli_table_cell(t, str_of(cell)); }

void cli_table_end(cli_table *t, buf *out) {
  buf_addc(&t->text, '\n');
  if (t->text.failed) out->failed = true;
  else cli_tabs(buf_str(&t->text), 3, out);
  buf_free(&t->text);
}
