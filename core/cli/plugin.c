/* plugin.c -- plugin list, plugin inspect.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/digest.h"
#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/gather.h"
#include "cli/plugin_text.h"
#include "cli/table.h"
#include <stdio.h>

/* ---- list */
static void rows(cli_table *t, const host_plugin *p) {
  for (size_t i = 0; i < (p->n_actions ? p->n_actions : 1); i++) {
    const host_action *a = p->n_actions ? &p->actions[i] : NULL;
    cli_table_cellz(t, p->file);
    cli_table_cellz(t, !a ? "<none>" : a->kind < CONF_KINDS ? conf_kind_names[a->kind] : "?");
    cli_table_cellz(t, a ? a->name : p->name[0] ? p->name : "<none>");
    cli_table_cellz(t, p->version[0] ? p->version : "<none>");
    cli_table_cellz(t, cli_plugin_status(p, a));
  }
}

static void below(buf *b, const char *word, const char *file, const char *what, const char *hint) {
  buf_printf(b, "%s: ", word);
  cli_clean(b, str_of(file));
  buf_addc(b, ' ');
  cli_clean(b, str_of(what));
  buf_addc(b, '\n');
  if (!hint || !*hint) return;
  buf_addz(b, "  hint: ");
  cli_clean(b, str_of(hint));
  buf_addc(b, '\n');
}

static void remarks(const host_plugin *p, buf *b) {
  if (p->reason) below(b, "set aside", p->file, p->reason, p->hint);
  for (size_t i = 0; i < p->n_actions; i++) {
    CLEANUP(buf_free) buf what = {0};
    if (!p->actions[i].refused) continue;
    buf_printf(&what, "%s: %s", p->actions[i].name, p->actions[i].refused);
    below(b, "refused", p->file, buf_z(&what), NULL);
  }
  for (size_t i = 0; p->warnings[i]; i++) below(b, "warning", p->file, p->warnings[i], NULL);
}

static int print_table(cli *c, const cli_session *s, const host_registry *r) {
  CLEANUP(buf_free) buf out = {0};
  CLEANUP(buf_free) buf more = {0};
  cli_table t;
  if (r->n_plugins == 0) {
    cli_note(c, "No plugins found in %s.",
             s->found.plugin_dirs[0] ? s->found.plugin_dirs[0] : "any directory (name one with --plugin-dir)");
    return CLI_COMPLETED;
  }
  cli_table_begin(&t, "FILE|KIND|NAME|VERSION|STATUS");
  for (size_t i = 0; i < r->n_plugins; i++) rows(&t, &r->plugins[i]), remarks(&r->plugins[i], &more);
  cli_table_end(&t, &out);
  if (more.len) buf_addc(&out, '\n'), buf_adds(&out, buf_str(&more));
  cli_out(c, buf_str(&out));
  return CLI_COMPLETED;
}

static int print_list(cli *c, const host_registry *r, const char *format) {
  CLEANUP(buf_free) buf items = {0};
  error e = {0};
  for (size_t i = 0; i < r->n_plugins; i++) {
    if (i) buf_addc(&items, ',');
    cli_plugin_json(&r->plugins[i], &items);
  }
  if (items.failed) return error_nomem(&e), cli_fail(c, &e);
  return cli_print_items(c, "pintle.io/v1alpha1", "PluginList", buf_str(&items), format);
}

int cli_plugin_list(cli *c) {
  const char *format = cli_text(&c->flags, "output");
  const host_registry *r = NULL;
  cli_session s;
  error e = {0};
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED && run_plugins(s.run, &r, &e) != PINTLE_OK) status = cli_fail(c, &e);
  if (status == CLI_COMPLETED) status = strcmp(format, "table") == 0 ? print_table(c, &s, r) : print_list(c, r, format);
  cli_session_close(&s);
  return status;
}

/* ---- inspect */
static const host_plugin *find(const host_registry *r, const char *word) {
  for (size_t i = 0; i < r->n_plugins; i++)
    if (strcmp(r->plugins[i].name, word) == 0 || strcmp(r->plugins[i].file, word) == 0) return &r->plugins[i];
  for (size_t i = 0; i < r->n_plugins; i++) /* or one of its actions */
    for (size_t k = 0; k < r->plugins[i].n_actions; k++)
      if (strcmp(r->plugins[i].actions[k].name, word) == 0) return &r->plugins[i];
  return NULL;
}

static int unknown(cli *c, const host_registry *r, const char *word) {
  const char *names[128], *near;
  char hint[200];
  size_t n = 0;
  for (size_t i = 0; i < r->n_plugins && n + 2 <= 128; i++) names[n++] = r->plugins[i].name, names[n++] = r->plugins[i].file;
  near = nearest(str_of(word), names, n);
  if (near) snprintf(hint, sizeof hint, "did you mean %s?", near);
  else snprintf(hint, sizeof hint, "`pintle plugin list` lists them; a file is named with its directory, as ./%.100s", word);
  return cli_usage(c, hint, "there is no plugin \"%s\"", word);
}

static int print_one(cli *c, const host_plugin *p) {
  const char *format = cli_text(&c->flags, "output");
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(buf_free) buf out = {0};
  CLEANUP(item_freep) item_doc *doc = NULL;
  error e = {0};
  if (strcmp(format, "plaintext") == 0) {
    cli_plugin_text(p, &text);
    if (!text.failed) cli_tabs(buf_str(&text), 2, &out);
    if (text.failed || out.failed) return error_nomem(&e), cli_fail(c, &e);
    cli_out(c, buf_str(&out));
    return CLI_COMPLETED;
  }
  cli_plugin_json(p, &text);
  if (text.failed || item_new(&doc) != PINTLE_OK) error_nomem(&e);
  else if (item_parse(doc, buf_str(&text), 0, NULL, &e) == PINTLE_OK) return cli_print_doc(c, doc, format);
  return cli_fail(c, &e);
}

/* A file is looked at alone, without configuration's pins: whoever inspects it wants to know what it is. */
static int inspect_file(cli *c, const char *path) {
  cli_found found;
  host_registry r = {0};
  error e = {0};
  pintle_status st = cli_find(c, NULL, &found, &e);
  const host_scan_options scan = {
      .directories = (const char *const[]){path, NULL}, .worker = found.worker, .velero_worker = found.velero_worker, .digest = archive_sha256,
      .environment = c->process->environment};
  if (st == PINTLE_OK) st = host_scan(&scan, &r, &e);
  if (st != PINTLE_OK) return cli_fail(c, &e);
  int status = r.n_plugins == 1 ? print_one(c, &r.plugins[0]) : cli_usage(c, "name one file", "%s holds %zu plugins", path, r.n_plugins);
  if (status == CLI_COMPLETED && r.plugins[0].reason) status = CLI_FAILED;
  host_registry_free(&r);
  return status;
}

int cli_plugin_inspect(cli *c) {
  const char *word = c->args[0];
  const host_registry *r = NULL;
  cli_session s;
  error e = {0};
  if (strchr(word, '/')) return inspect_file(c, word);
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED && run_plugins(s.run, &r, &e) != PINTLE_OK) status = cli_fail(c, &e);
  if (status == CLI_COMPLETED) {
    const host_plugin *p = find(r, word);
    status = p ? print_one(c, p) : unknown(c, r, word);
    if (status == CLI_COMPLETED && p && p->reason) status = CLI_FAILED;
  }
  cli_session_close(&s);
  return status;
}
