/* get.c -- see get.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/get.h"
#include "cli/selector.h"
#include <stdio.h>

void cli_cell_number(cli_table *t, const item_doc *d, const char *pointer) {
  str n = item_number(item_at(d, pointer));
  cli_table_cell(t, n.ptr ? n : STR("0"));
}

void cli_cell_time(cli_table *t, const item_doc *d, const char *pointer) {
  char text[64];
  cli_table_cellz(t, cli_time(item_str(d, pointer, ""), "<nil>", text));
}

void cli_cell_selector(cli_table *t, const item_doc *d) {
  CLEANUP(buf_free) buf text = {0};
  cli_selector_text(item_at(d, "/spec/labelSelector"), &text);
  cli_table_cell(t, buf_str(&text));
}

static void labels(cli_table *t, const item_doc *d) {
  CLEANUP(buf_free) buf text = {0};
  for (const item_node *l = item_first(item_at(d, "/metadata/labels")); l; l = item_next(l)) {
    if (text.len) buf_addc(&text, ',');
    buf_adds(&text, item_key(l));
    buf_addc(&text, '=');
    if (item_string(l).ptr) buf_adds(&text, item_string(l));
  }
  cli_table_cell(t, text.len ? buf_str(&text) : STR("<none>"));
}

/* -L a.example.com/app: a column APP, as kubectl has it. */
static void label_headers(const char *const *columns, buf *out) {
  for (; columns && *columns; columns++) {
    const char *slash = strrchr(*columns, '/');
    buf_addc(out, '|');
    for (const char *p = slash ? slash + 1 : *columns; *p; p++)
      if (*p != '|' && (unsigned char)*p >= ' ') buf_addc(out, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
  }
}

static void label_cells(cli_table *t, const item_doc *d, const char *const *columns) {
  for (; columns && *columns; columns++) {
    str value = item_string(item_member(item_at(d, "/metadata/labels"), str_of(*columns)));
    cli_table_cell(t, value.ptr ? value : STR("<none>"));
  }
}

static pintle_status table(cli *c, const cli_gathered *all, const char *columns, void (*row)(cli_table *t, const item_doc *d), error *e) {
  CLEANUP(buf_free) buf out = {0};
  CLEANUP(buf_free) buf headers = {0};
  bool show = cli_is(&c->flags, "show-labels");
  const char *const *extra = NULL;
  cli_table t;
  pintle_status st = cli_list(&c->flags, "label-columns", &c->memory, &extra, e);
  if (st != PINTLE_OK) return st;
  buf_addz(&headers, columns);
  label_headers(extra, &headers);
  if (show) buf_addz(&headers, "|LABELS");
  cli_table_begin(&t, buf_z(&headers));
  for (size_t i = 0; i < all->n; i++) {
    row(&t, all->v[i]);
    label_cells(&t, all->v[i], extra);
    if (show) labels(&t, all->v[i]);
  }
  cli_table_end(&t, &out);
  cli_out(c, buf_str(&out));
  return out.failed ? error_nomem(e) : PINTLE_OK;
}

int cli_get(cli *c, cli_session *s, store *from, const cli_run_kind *kind, const char *columns,
            void (*row)(cli_table *t, const item_doc *d)) {
  const char *format = cli_text(&c->flags, "output");
  char list[32];
  cli_gathered all;
  error e = {0};
  if (cli_is(&c->flags, "details")) return cli_get_details(c, s, from, kind);
  int status = cli_gather(c, s, from, kind, &all);
  if (status != CLI_COMPLETED) return status;
  snprintf(list, sizeof list, "%sList", kind->kind);
  if (strcmp(format, "table") != 0) status = cli_print_list(c, "velero.io/v1", list, all.v, all.n, c->n_args == 1, format);
  else if (all.n && table(c, &all, columns, row, &e) != PINTLE_OK) status = cli_fail(c, &e);
  else if (!all.n && !all.failed) cli_note(c, "No %ss found.", kind->word);
  if (status == CLI_COMPLETED && all.failed) status = CLI_FAILED;
  cli_gathered_free(&all);
  return status;
}
