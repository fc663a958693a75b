/* report.c -- see report.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int cli_report_open(cli *c, const char *temp_dir, cli_report *r) {
  const char *file = cli_flag_named(&c->flags, STR("report")) ? cli_text(&c->flags, "report") : NULL;
  CLEANUP(buf_free) buf directory = {0};
  struct stat s;
  error e = {0};
  *r = (cli_report){.file = file};
  if (!file) return CLI_COMPLETED;
  r->html = str_ends(str_of(file), ".html");
  if (!r->html && !str_ends(str_of(file), ".json"))
    return cli_usage(c, "the end of its name says what is written: a page, or the same data for programs",
                     "--report %s: FILE.html or FILE.json", file);
  const char *slash = strrchr(file, '/');
  if (slash) buf_add(&directory, file, (size_t)(slash - file) + 1);
  else buf_addz(&directory, ".");
  if (faccessat(AT_FDCWD, buf_z(&directory), W_OK | X_OK, AT_EACCESS) != 0) error_errno(&e, errno, "--report %s: cannot be written", file);
  else if (stat(file, &s) == 0 && S_ISDIR(s.st_mode)) error_set(&e, PINTLE_INVALID, "--report %s is a directory", file);
  if (e.status != PINTLE_OK) return cli_fail(c, &e), CLI_USAGE;
  return report_new(temp_dir, &r->report, &e) == PINTLE_OK ? CLI_COMPLETED : cli_fail(c, &e);
}

void cli_report_event(cli_report *r, const engine_event *v) {
  if (!r->report) return;
  if (v->kind == ENGINE_COUNTERS) buf_clear(&r->counters), buf_adds(&r->counters, v->counters);
  else report_event(r->report, v);
}

void cli_report_close(cli_report *r) {
  report_free(r->report);
  buf_free(&r->counters);
  *r = (cli_report){0};
}

/* ---- its parts */
static void add(buf *b, const char *key, str value) {
  if (!value.len) return;
  buf_printf(b, "%s\"%s\":", b->len > 1 ? "," : "", key);
  buf_json_go(b, value);
}

static void add_object(buf *b, const char *key, const item_doc *d, const char *pointer) {
  const item_node *n = item_at(d, pointer);
  if (!n || item_count(n) == 0) return;
  buf_printf(b, ",\"%s\":", key);
  if (item_print(d, n, 0, b) != PINTLE_OK) b->failed = true;
}

static pintle_status plugins(run_context *run, buf *b, error *e) {
  const host_registry *registry = NULL;
  pintle_status st = run_plugins(run, &registry, e);
  bool first = true;
  if (st != PINTLE_OK) return st;
  buf_addz(b, ",\"plugins\":[");
  for (size_t i = 0; i < registry->n_plugins; i++) {
    const host_plugin *p = &registry->plugins[i];
    if (p->reason) continue;
    CLEANUP(buf_free) buf one = {0};
    buf_addc(&one, '{');
    add(&one, "name", str_of(p->name));
    add(&one, "version", str_of(p->version));
    add(&one, "file", str_of(p->file));
    add(&one, "sha256", str_of(p->sha256));
    buf_printf(b, "%s%s}", first ? "" : ",", buf_z(&one));
    first = false;
  }
  buf_addc(b, ']');
  return PINTLE_OK;
}

static pintle_status run_part(const cli_report_facts *f, buf *b, error *e) {
  pintle_status st = PINTLE_OK;
  buf_addc(b, '{');
  add(b, "kind", str_of(f->kind));
  add(b, "name", str_of(f->name));
  add(b, "source", str_of(f->source));
  add(b, "target", str_of(f->target));
  add(b, "next", str_of(f->next));
  add(b, "pintle", STR(PINTLE_VERSION));
  buf_printf(b, ",\"dryRun\":%s", f->dry ? "true" : "false");
  if (f->summary) {
    add(b, "phase", str_of(f->summary->phase));
    buf_printf(b, ",\"seconds\":%.1f", (double)(f->summary->ended - f->summary->started) / 1e9);
  }
  if (f->resource) add_object(b, "namespaceMapping", f->resource, "/spec/namespaceMapping");
  if (f->session) {
    const conf_chain *chain = NULL;
    add(b, "configuration", str_of(f->session->found.config));
    if (run_chain(f->session->run, f->resource, &chain, e) == PINTLE_OK && chain) add(b, "chain", str_of(chain->name));
    st = plugins(f->session->run, b, e);
  }
  buf_addc(b, '}');
  return st;
}

static void totals(const engine_summary *s, buf *b) {
  if (!s) return;
  const struct {
    const char *key;
    uint64_t n;
  } all[] = {{"items", s->done},      {"created", s->created}, {"updated", s->updated}, {"unchanged", s->unchanged},
             {"skipped", s->skipped}, {"failed", s->failed},   {"errors", s->errors},   {"warnings", s->warnings}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    buf_printf(b, "%s\"%s\":%llu", i ? "," : "{", all[i].key, (unsigned long long)all[i].n);
  buf_addc(b, '}');
}

static void place(void *ctx, str action, const char *pointer, buf *out) {
  const chain_plan *plan = ctx;
  char to[600];
  for (size_t i = 0; i < plan->n; i++) {
    const chain_entry *n = &plan->entries[i];
    if (!str_is(action, n->alias ? n->alias : n->name) && !str_is(action, n->name)) continue;
    conf_options_place(n->layers, n->n_layers, pointer, to, sizeof to);
    if (strncmp(to, "default of ", 11) != 0) buf_addz(out, to);
    return;
  }
}

static pintle_status rules(cli_report *r, const cli_report_facts *f, buf *b, error *e) {
  chain_plan plan = {0};
  report_rules_from from = {.counters = buf_str(&r->counters)};
  pintle_status st = f->session ? run_plan(f->session->run, f->action_kind, f->only, &plan, e) : PINTLE_OK;
  if (st == PINTLE_OK && f->session) from.place = place, from.ctx = &plan;
  if (st == PINTLE_OK) st = report_rules(&from, b, e);
  chain_plan_free(&plan);
  return st;
}

static pintle_status piece(void *ctx, str data, error *e) {
  buf_adds(ctx, data);
  return ((buf *)ctx)->failed ? error_nomem(e) : PINTLE_OK;
}

/* Of a backup that says nothing of its volumes there is nothing to tell. */
static void volumes(const cli_report_facts *f, buf *b) {
  store *s = NULL;
  error e = {0};
  if (!f->backup || !f->session || run_store(f->session->run, f->location, &s, &e) != PINTLE_OK) return;
  pintle_status st = run_object(f->session->run, s, false, f->backup, STORE_VOLUME_INFO, true, piece, b, &e);
  while (b->len && (b->data[b->len - 1] == '\n' || b->data[b->len - 1] == ' ')) b->len--;
  if (st != PINTLE_OK || !str_starts(buf_str(b), "[")) buf_clear(b);
}

int cli_report_write(cli *c, cli_report *r, const cli_report_facts *f, int status) {
  CLEANUP(buf_free) buf run = {0};
  CLEANUP(buf_free) buf total = {0};
  CLEANUP(buf_free) buf rule = {0};
  CLEANUP(buf_free) buf volume = {0};
  error e = {0};
  if (!r->report) return status;
  pintle_status st = run_part(f, &run, &e);
  totals(f->summary, &total);
  if (st == PINTLE_OK) st = rules(r, f, &rule, &e);
  volumes(f, &volume);
  if (st == PINTLE_OK && (run.failed || total.failed)) st = error_nomem(&e);
  const report_parts parts = {buf_str(&run), buf_str(&total), buf_str(&rule), buf_str(&volume)};
  if (st == PINTLE_OK) st = report_write(r->report, &parts, r->file, r->html, &e);
  if (st == PINTLE_OK) {
    cli_note(c, "Report written to %s", r->file);
    return status;
  }
  error_wrap(&e, "--report");
  cli_fail(c, &e);
  return status == CLI_COMPLETED ? CLI_FAILED : status;
}
