/* get_details.c -- backup get NAME --details, restore get NAME --details: what each item came to.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/get.h"

typedef struct details {
  cli *c;
  bool json;
  buf rest, out; /* rest: the begun line */
  item_doc *line;
} details;

static str of(const details *d, const char *key) {
  str s = item_string(item_member(item_root(d->line), str_of(key)));
  return s.ptr ? s : STR("");
}

static void why(details *d) {
  buf *b = &d->out;
  const item_node *actions = item_member(item_root(d->line), STR("actions"));
  if (of(d, "message").len) {
    buf_addz(b, ": ");
    cli_clean(b, of(d, "message"));
  } else if (of(d, "by").len) {
    buf_addz(b, ", by ");
    cli_clean(b, of(d, "by"));
  }
  for (const item_node *a = item_first(actions); a; a = item_next(a)) {
    buf_addz(b, a == item_first(actions) ? "  changed by " : ", ");
    if (item_string(a).ptr) cli_clean(b, item_string(a));
  }
}

static pintle_status print_text(details *d, str line, error *e) {
  pintle_status st = item_parse(d->line, line, 0, NULL, e);
  if (st != PINTLE_OK) return error_wrap(e, "a line of the items' outcomes");
  size_t from = d->out.len;
  cli_clean(&d->out, of(d, "outcome"));
  do buf_addc(&d->out, ' ');
  while (d->out.len - from < 10);
  cli_clean(&d->out, of(d, "resource"));
  buf_addc(&d->out, ' ');
  if (of(d, "namespace").len) cli_clean(&d->out, of(d, "namespace")), buf_addc(&d->out, '/');
  cli_clean(&d->out, of(d, "name"));
  why(d);
  buf_addc(&d->out, '\n');
  return PINTLE_OK;
}

static pintle_status take_line(details *d, str line, error *e) {
  if (!d->json) return print_text(d, line, e);
  if (d->c->out_terminal) cli_clean_json(&d->out, line);
  else buf_adds(&d->out, line);
  buf_addc(&d->out, '\n');
  return PINTLE_OK;
}

static pintle_status take_piece(void *ctx, str data, error *e) {
  details *d = ctx;
  pintle_status st = PINTLE_OK;
  for (const char *end; st == PINTLE_OK && (end = memchr(data.ptr, '\n', data.len));) {
    size_t n = (size_t)(end - data.ptr);
    buf_add(&d->rest, data.ptr, n);
    st = d->rest.failed ? error_nomem(e) : take_line(d, buf_str(&d->rest), e);
    buf_clear(&d->rest);
    data.ptr += n + 1, data.len -= n + 1;
  }
  buf_adds(&d->rest, data);
  if (d->rest.failed || d->out.failed) return error_nomem(e);
  cli_out(d->c, buf_str(&d->out));
  buf_clear(&d->out);
  return st == PINTLE_OK && d->c->out_broken ? error_set(e, PINTLE_CANCELLED, "standard output is gone") : st;
}

int cli_get_details(cli *c, cli_session *s, store *from, const cli_run_kind *kind) {
  const char *format = cli_text(&c->flags, "output");
  details d = {.c = c, .json = strcmp(format, "json") == 0};
  cli_gathered all;
  error e = {0};
  if (c->n_args == 0) return cli_usage(c, NULL, "--details needs the name of a %s", kind->word);
  if (strcmp(format, "yaml") == 0) return cli_usage(c, "-o json writes one JSON object a line", "--details cannot be printed as YAML");
  int status = cli_gather(c, s, from, kind, &all);
  if (status != CLI_COMPLETED) return status;
  if (all.failed) status = CLI_FAILED;
  pintle_status st = item_new(&d.line) == PINTLE_OK ? PINTLE_OK : error_nomem(&e);
  for (size_t i = 0; st == PINTLE_OK && i < all.n; i++) {
    const char *name = item_str(all.v[i], "/metadata/name", "").ptr;
    if (all.n > 1 && !d.json) cli_outf(c, "%s%s:\n", i ? "\n" : "", name);
    buf_clear(&d.rest);
    st = run_object(s->run, from, kind->restore, name, STORE_OUTCOMES, true, take_piece, &d, &e);
    if (st != PINTLE_NOT_FOUND) continue;
    cli_note(c, "pintle: of %s \"%s\" it was not kept what each item came to; `pintle %s describe %s --details` lists its items",
             kind->word, name, kind->word, name);
    status = CLI_FAILED, st = PINTLE_OK;
  }
  if (st != PINTLE_OK && !c->out_broken) cli_fail(c, &e);
  item_free(d.line);
  buf_free(&d.rest);
  buf_free(&d.out);
  cli_gathered_free(&all);
  return st == PINTLE_OK ? status : CLI_FAILED;
}
