/* describe.c -- see describe.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/describe.h"
#include "cli/selector.h"
#include "cli/table.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- lines */
static void clean(describer *d, str s) {
  CLEANUP(buf_free) buf b = {0};
  cli_clean(&b, s);
  if (b.failed) d->text.failed = true;
  else buf_adds(&d->text, buf_str(&b)); /* cli_clean left no tab, so no column is torn */
}

void describe_line(describer *d, const char *label, str value) {
  buf_printf(&d->text, "%s:\t", label);
  clean(d, value);
  buf_addc(&d->text, '\n');
}

void describe_string(describer *d, const char *label, const char *pointer, const char *otherwise) {
  str s = item_str(d->d, pointer, "");
  describe_line(d, label, s.len ? s : str_of(otherwise));
}

void describe_bool(describer *d, const char *label, const char *pointer, const char *no, const char *yes, const char *otherwise) {
  const item_node *n = item_at(d->d, pointer);
  describe_line(d, label, str_of(item_type(n) != PINTLE_T_BOOL ? otherwise : item_true(n) ? yes : no));
}

void describe_time(describer *d, const char *label, const char *pointer) {
  char text[64];
  describe_line(d, label, str_of(cli_time(item_str(d->d, pointer, ""), "<n/a>", text)));
}

void describe_joined(const item_node *list, const char *between, const char *otherwise, buf *out) {
  for (const item_node *n = item_first(list); n; n = item_next(n)) {
    if (n != item_first(list)) buf_addz(out, between);
    if (item_string(n).ptr) buf_adds(out, item_string(n));
  }
  if (item_count(list) == 0) buf_addz(out, otherwise);
}

void describe_list(describer *d, const char *label, const char *pointer, const char *otherwise) {
  CLEANUP(buf_free) buf b = {0};
  describe_joined(item_at(d->d, pointer), ", ", otherwise, &b);
  describe_line(d, label, buf_str(&b));
}

void describe_map(describer *d, const char *label, const char *pointer) {
  bool first = true;
  buf_printf(&d->text, "%s:\t", label);
  for (const item_node *n = item_first(item_at(d->d, pointer)); n; n = item_next(n)) {
    if (!first) buf_addc(&d->text, '\t');
    first = false;
    clean(d, item_key(n));
    buf_addc(&d->text, '=');
    if (item_string(n).ptr) clean(d, item_string(n));
    buf_addc(&d->text, '\n');
  }
  if (first) buf_addz(&d->text, "<none>\n");
}

/* ---- parts */
void describe_metadata(describer *d) {
  CLEANUP(buf_free) buf name = {0};
  cli_clean(&name, item_str(d->d, "/metadata/name", ""));
  buf_addz(&d->text, "Name:\t");
  cli_colour(&d->text, d->colours, CLI_BOLD, buf_str(&name));
  buf_addc(&d->text, '\n');
  describe_string(d, "Namespace", "/metadata/namespace", "");
  describe_map(d, "Labels", "/metadata/labels");
  describe_map(d, "Annotations", "/metadata/annotations");
  buf_addc(&d->text, '\n');
}

void describe_phase(describer *d) {
  CLEANUP(buf_free) buf phase = {0};
  str s = item_str(d->d, "/status/phase", "New");
  bool good = str_is(s, "Completed"),
       bad = str_is(s, "Failed") || str_is(s, "PartiallyFailed") || str_is(s, "FailedValidation") || str_is(s, "Interrupted");
  cli_clean(&phase, s);
  buf_addz(&d->text, "Phase:\t");
  cli_colour(&d->text, d->colours && (good || bad), good ? CLI_GREEN : CLI_RED, buf_str(&phase));
  if (str_is(s, "Failed") || str_is(s, "PartiallyFailed")) {
    buf_printf(&d->text, " (run `pintle %s logs ", d->kind->word);
    clean(d, item_str(d->d, "/metadata/name", ""));
    buf_addz(&d->text, "` for more information)");
  }
  buf_addc(&d->text, '\n');
  str reason = item_str(d->d, "/status/failureReason", "");
  if (reason.len) describe_line(d, "Failure Reason", reason);
}

void describe_or_selectors(const describer *d, buf *out) {
  for (const item_node *n = item_first(item_at(d->d, "/spec/orLabelSelectors")); n; n = item_next(n)) {
    if (out->len) buf_addz(out, " or ");
    cli_selector_text(n, out);
  }
}

void describe_selectors(describer *d) {
  CLEANUP(buf_free) buf one = {0};
  CLEANUP(buf_free) buf any = {0};
  cli_selector_text(item_at(d->d, "/spec/labelSelector"), &one);
  describe_line(d, "Label selector", buf_str(&one));
  describe_or_selectors(d, &any);
  buf_addc(&d->text, '\n');
  describe_line(d, "Or label selector", any.len ? buf_str(&any) : STR("<none>"));
  buf_addc(&d->text, '\n');
}

void describe_counts(describer *d, const char *done) {
  const char *pointer = d->kind->restore ? "/status/progress/itemsRestored" : "/status/progress/itemsBackedUp";
  str total = item_number(item_at(d->d, "/status/progress/totalItems")), n = item_number(item_at(d->d, pointer));
  if (!total.ptr && !n.ptr) return;
  bool running = str_is(item_str(d->d, "/status/phase", ""), "InProgress");
  buf_printf(&d->text, "%s to be %s:\t%s\n%s%s:\t%s\n", running ? "Estimated total items" : "Total items",
             d->kind->restore ? "restored" : "backed up", total.ptr ? total.ptr : "0", done, running ? " so far" : "", n.ptr ? n.ptr : "0");
}

/* ---- what stands in objects of their own */
static pintle_status add_piece(void *ctx, str data, error *e) {
  buf *b = ctx;
  buf_adds(b, data);
  return b->failed ? error_nomem(e) : PINTLE_OK;
}

pintle_status describe_fetch(describer *d, int object, item_doc **out, error *e) {
  CLEANUP(buf_free) buf json = {0};
  static const item_limits limits = {.max_bytes = (size_t)1 << 30};
  str name = item_str(d->d, "/metadata/name", "");
  *out = NULL;
  pintle_status st = run_object(d->s->run, d->from, d->kind->restore, name.ptr, object, true, add_piece, &json, e);
  if (st == PINTLE_OK && item_new(out) != PINTLE_OK) st = error_nomem(e);
  if (st == PINTLE_OK) st = item_parse(*out, buf_str(&json), 0, &limits, e);
  if (st != PINTLE_OK) item_freep(out);
  return st;
}

item_doc *describe_object(describer *d, int object, const char *label) {
  item_doc *doc = NULL;
  error e = {0};
  pintle_status st = describe_fetch(d, object, &doc, &e);
  if (st == PINTLE_OK) return doc;
  buf_printf(&d->text, "%s:\t<", label);
  clean(d, st == PINTLE_NOT_FOUND ? STR("not found") : str_of(e.message));
  buf_addz(&d->text, ">\n");
  return NULL;
}

static void messages(describer *d, const char *label, const item_node *list) {
  buf_printf(&d->text, "  %s:", label);
  for (const item_node *m = item_first(list); m; m = item_next(m)) {
    buf_addc(&d->text, '\t'); /* below each other, in the second column */
    if (item_string(m).ptr) clean(d, item_string(m));
    buf_addc(&d->text, '\n');
  }
  if (item_count(list) == 0) buf_addz(&d->text, "\t<none>\n");
}

static void one_result(describer *d, const char *label, const item_node *result) {
  const item_node *namespaces = item_member(result, STR("namespaces"));
  buf_printf(&d->text, "%s:\n", label);
  messages(d, "Velero", item_member(result, STR("velero")));
  messages(d, "Cluster", item_member(result, STR("cluster")));
  if (item_count(namespaces) == 0) buf_addz(&d->text, "  Namespaces:\t<none>\n");
  else buf_addz(&d->text, "  Namespaces:\n");
  for (const item_node *n = item_first(namespaces); n; n = item_next(n)) {
    CLEANUP(buf_free) buf name = {0};
    buf_addz(&name, "  ");
    cli_clean(&name, item_key(n));
    messages(d, buf_z(&name), n);
  }
}

void describe_results(describer *d) {
  int64_t errors = 0, warnings = 0;
  item_int(item_at(d->d, "/status/errors"), &errors);
  item_int(item_at(d->d, "/status/warnings"), &warnings);
  if (errors == 0 && warnings == 0) {
    describe_line(d, "Errors", STR("0"));
    describe_line(d, "Warnings", STR("0"));
    buf_addc(&d->text, '\n');
    return;
  }
  CLEANUP(item_freep) item_doc *results = describe_object(d, STORE_RESULTS, "Errors and warnings");
  if (results) {
    if (errors) one_result(d, "Errors", item_at(results, "/errors"));
    else describe_line(d, "Errors", STR("0"));
    buf_addc(&d->text, '\n');
    if (warnings) one_result(d, "Warnings", item_at(results, "/warnings"));
    else describe_line(d, "Warnings", STR("0"));
  }
  buf_addc(&d->text, '\n');
}

static int by_key(const void *a, const void *b) {
  return str_cmp(item_key(*(const item_node *const *)a), item_key(*(const item_node *const *)b));
}

void describe_resource_list(describer *d) {
  CLEANUP(item_freep) item_doc *list = describe_object(d, STORE_RESOURCE_LIST, "Resource List");
  if (!list) return;
  size_t n = item_count(item_root(list)), i = 0;
  CLEANUP(free_p) const item_node **v = calloc(n + 1, sizeof *v);
  if (!v) {
    d->text.failed = true;
    return;
  }
  for (const item_node *m = item_first(item_root(list)); m && i < n; m = item_next(m)) v[i++] = m;
  qsort(v, n, sizeof *v, by_key);
  buf_addz(&d->text, "Resource List:\n");
  for (i = 0; i < n; i++) {
    buf_addz(&d->text, "  ");
    clean(d, item_key(v[i]));
    buf_addz(&d->text, ":\n");
    for (const item_node *m = item_first(v[i]); m; m = item_next(m)) {
      buf_addz(&d->text, "    - ");
      if (item_string(m).ptr) clean(d, item_string(m));
      buf_addc(&d->text, '\n');
    }
  }
}

/* ---- the command */

/* As Velero prints it: keys sorted, four blanks a level. */
static int print_one(describer *d, const item_doc *one) {
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(buf_free) buf wide = {0};
  CLEANUP(buf_free) buf safe = {0};
  error e = {0};
  item_print(one, NULL, ITEM_PRINT_PRETTY | ITEM_PRINT_SORTED, &text);
  for (const char *line = buf_z(&text), *end; *line; line = end) {
    size_t blanks = strspn(line, " ");
    end = strchrnul(line, '\n');
    buf_add(&wide, line, blanks), buf_add(&wide, line, (size_t)(end - line));
    buf_addc(&wide, '\n');
    end += *end == '\n';
  }
  if (d->c->out_terminal) cli_clean_json(&safe, buf_str(&wide));
  if (text.failed || wide.failed || safe.failed) return error_nomem(&e), cli_fail(d->c, &e);
  cli_out(d->c, buf_str(d->c->out_terminal ? &safe : &wide));
  return CLI_COMPLETED;
}

/* One alone, or a list. Velero describes several as text. */
static int print_json(describer *d, const cli_gathered *all) {
  CLEANUP(buf_free) buf items = {0};
  CLEANUP(item_freep) item_doc *one = NULL;
  static const item_limits limits = {.max_bytes = (size_t)1 << 30};
  char list[40];
  error e = {0};
  for (size_t i = 0; i < all->n; i++) {
    d->d = all->v[i];
    if (i) buf_addc(&items, ',');
    describe_json(d, &items);
  }
  snprintf(list, sizeof list, "%sDescriptionList", d->kind->kind);
  if (items.failed || item_new(&one) != PINTLE_OK) return error_nomem(&e), cli_fail(d->c, &e);
  if (all->n != 1) return cli_print_items(d->c, "pintle.io/v1alpha1", list, buf_str(&items), "json");
  return item_parse(one, buf_str(&items), 0, &limits, &e) == PINTLE_OK ? print_one(d, one) : cli_fail(d->c, &e);
}

static int print_text(describer *d, const cli_gathered *all, void (*text)(describer *)) {
  for (size_t i = 0; i < all->n; i++) {
    CLEANUP(buf_free) buf out = {0};
    error e = {0};
    d->d = all->v[i];
    buf_clear(&d->text);
    if (i) buf_addz(&d->text, "\n\n");
    text(d);
    if (!d->text.failed) cli_tabs(buf_str(&d->text), 2, &out);
    if (d->text.failed || out.failed) return error_nomem(&e), cli_fail(d->c, &e);
    cli_out(d->c, buf_str(&out));
  }
  return CLI_COMPLETED;
}

int cli_describe(cli *c, cli_session *s, store *from, const cli_run_kind *kind, void (*text)(describer *)) {
  describer d = {.c = c, .s = s, .from = from, .kind = kind, .colours = cli_colours(c), .details = cli_is(&c->flags, "details")};
  cli_gathered all;
  int status = cli_gather(c, s, from, kind, &all);
  if (status != CLI_COMPLETED) return status;
  d.json = strcmp(cli_text(&c->flags, "output"), "json") == 0;
  if (d.json) status = print_json(&d, &all);
  else if (all.n == 0 && !all.failed) cli_note(c, "No %ss found.", kind->word);
  else status = print_text(&d, &all, text);
  if (status == CLI_COMPLETED && all.failed) status = CLI_FAILED;
  cli_gathered_free(&all);
  buf_free(&d.text);
  return status;
}
