/* chain_diff.c -- pintle chain diff: two directories of plugins on the same items.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/diff.h"
#include "cli/line_diff.h"
#include "cli/session.h"
#include "cli/signals.h"
#include "cli/spec.h"
#include "kube/names.h"

enum { SAME = 0, DIFFERENT = 1, BROKEN = 2 }; /* as diff and kubectl diff have them */

typedef struct comparing {
  cli *c;
  bool json, colours;
  item_doc *old, *new;
  bool more; /* a change was printed before */
  bool secret;
  buf out;
  error failure;
} comparing;

static void flush(comparing *p) {
  if (p->out.failed && p->failure.status == PINTLE_OK) error_nomem(&p->failure);
  cli_out(p->c, buf_str(&p->out));
  buf_clear(&p->out);
}

/* ---- the plans */
static void actions(const chain_plan *plan, buf *lines) {
  for (size_t i = 0; i < plan->n; i++) {
    const chain_entry *n = &plan->entries[i];
    if (n->plugin < 0) buf_printf(lines, "%s\n", n->name);
    else buf_printf(lines, "%s  %s@%s\n", n->name, plan->plugins[n->plugin].name, plan->plugins[n->plugin].version);
  }
  if (lines->len) lines->len--; /* lines are separated, not ended */
  else buf_addz(lines, "(no actions)");
}

static void actions_json(const chain_plan *plan, buf *out) {
  buf_addc(out, '[');
  for (size_t i = 0; i < plan->n; i++) {
    const chain_entry *n = &plan->entries[i];
    const chain_plugin *plugin = n->plugin < 0 ? NULL : &plan->plugins[n->plugin];
    buf_addz(out, i ? ",{\"action\":" : "{\"action\":");
    buf_json(out, str_of(n->name));
    if (plugin) buf_addz(out, ",\"plugin\":"), buf_json(out, str_of(plugin->name));
    if (plugin) buf_addz(out, ",\"version\":"), buf_json(out, str_of(plugin->version));
    if (plugin) buf_printf(out, ",\"sha256\":\"%s\"", plugin->sha256);
    buf_addc(out, '}');
  }
  buf_addc(out, ']');
}

#define JSON_HEAD "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"ChainDifference\",\"type\":"

/* Told first; other actions alone are no difference of an item. */
static pintle_status plans(comparing *p, run_context *old, run_context *new, const run_chain_request *r, error *e) {
  CLEANUP(buf_free) buf a = {0}, b = {0};
  chain_plan x = {0}, y = {0};
  pintle_status st = run_plan(old, r->kind, r->only, &x, e);
  if (st != PINTLE_OK) error_wrap(e, "with the plugins of %s", run_options_of(old)->plugin_dirs[0]);
  if (st == PINTLE_OK && (st = run_plan(new, r->kind, r->only, &y, e)) != PINTLE_OK)
    error_wrap(e, "with the plugins of %s", run_options_of(new)->plugin_dirs[0]);
  if (st == PINTLE_OK) {
    actions(&x, &a);
    actions(&y, &b);
    bool differ = !str_eq(buf_str(&a), buf_str(&b));
    if (differ && p->json) {
      buf_addz(&p->out, JSON_HEAD "\"Chain\",\"old\":");
      actions_json(&x, &p->out);
      buf_addz(&p->out, ",\"new\":");
      actions_json(&y, &p->out);
      buf_addz(&p->out, "}\n");
    } else if (differ) {
      buf_addz(&p->out, "The chains differ:\n");
      cli_line_diff((cli_ink){p->colours, 2}, buf_str(&a), buf_str(&b), &p->out);
    }
    if (a.failed || b.failed) st = error_nomem(e);
    flush(p);
  }
  chain_plan_free(&x);
  chain_plan_free(&y);
  return st;
}

/* ---- the items */
static bool comes_out(const run_chain_result *r) {
  return *r->outcome && strcmp(r->outcome, "skipped") != 0 && strcmp(r->outcome, "failed") != 0;
}

static void came_to(const run_chain_result *r, buf *out) {
  if (comes_out(r)) buf_addz(out, "it comes out");
  else cli_clean(out, str_of(*r->outcome ? r->outcome : "not reached"));
  if (r->message.len) buf_addz(out, ": "), cli_clean(out, r->message);
}

static void title(const run_chain_difference *d, buf *out) {
  if (d->type) kube_type_gr(d->type, out);
  buf_addc(out, ' ');
  if (d->ns.len) cli_clean(out, d->ns), buf_addc(out, '/');
  cli_clean(out, d->name);
}

static void as_text(comparing *p, const run_chain_difference *d, bool both) {
  CLEANUP(buf_free) buf head = {0}, line = {0};
  buf_addz(&head, both ? "~ " : "! ");
  title(d, &head);
  cli_colour(&p->out, p->colours, CLI_BOLD, buf_str(&head));
  if (d->place && *d->place) {
    buf_addz(&line, "   ");
    cli_clean(&line, str_of(d->place));
    cli_colour(&p->out, p->colours, CLI_DIM, buf_str(&line));
  }
  buf_addc(&p->out, '\n');
  if (both) {
    const cli_diff_style style = {.colours = p->colours, .secret = p->secret, .indent = 4};
    cli_diff_values(&style, item_root(p->old), item_root(p->new), &p->out);
    return;
  }
  buf_clear(&line);
  came_to(&d->old, &line);
  cli_marked((cli_ink){p->colours, 4}, '-', buf_str(&line), &p->out);
  buf_clear(&line);
  came_to(&d->new, &line);
  cli_marked((cli_ink){p->colours, 4}, '+', buf_str(&line), &p->out);
}

static void change(void *ctx, const char *pointer, const item_node *old, const item_node *new) {
  comparing *p = ctx;
  const item_doc *docs[] = {p->old, p->new};
  const item_node *nodes[] = {old, new};
  bool hidden = p->secret && kube_secret_hides(str_of(pointer));
  buf_addz(&p->out, p->more ? ",{\"path\":" : "{\"path\":");
  buf_json(&p->out, str_of(pointer));
  for (size_t i = 0; i < 2; i++) {
    if (!nodes[i]) continue;
    buf_addz(&p->out, i ? ",\"new\":" : ",\"old\":");
    if (hidden) buf_addz(&p->out, "\"***\"");
    else item_print(docs[i], nodes[i], 0, &p->out);
  }
  buf_addc(&p->out, '}');
  p->more = true;
}

static void result(const char *key, const run_chain_result *r, buf *out) {
  buf_printf(out, ",\"%s\":{\"outcome\":", key);
  buf_json(out, str_of(comes_out(r) ? "done" : r->outcome));
  if (r->message.len) buf_addz(out, ",\"message\":"), buf_json(out, r->message);
  buf_addc(out, '}');
}

static void as_json(comparing *p, const run_chain_difference *d, bool both) {
  CLEANUP(buf_free) buf gr = {0};
  if (d->type) kube_type_gr(d->type, &gr);
  buf_addz(&p->out, JSON_HEAD "\"Item\",\"resource\":");
  buf_json(&p->out, buf_str(&gr));
  if (d->ns.len) buf_addz(&p->out, ",\"namespace\":"), buf_json(&p->out, d->ns);
  buf_addz(&p->out, ",\"name\":");
  buf_json(&p->out, d->name);
  if (d->place && *d->place) buf_addz(&p->out, ",\"place\":"), buf_json(&p->out, str_of(d->place));
  result("old", &d->old, &p->out);
  result("new", &d->new, &p->out);
  buf_addz(&p->out, ",\"changes\":[");
  p->more = false;
  if (both) cli_diff_walk(item_root(p->old), item_root(p->new), change, p);
  buf_addz(&p->out, "]}\n");
}

static void each(void *ctx, const run_chain_difference *d) {
  comparing *p = ctx;
  bool both = comes_out(&d->old) && comes_out(&d->new);
  if (p->failure.status != PINTLE_OK) return;
  if (both && (item_parse(p->old, d->old.text, 0, NULL, &p->failure) != PINTLE_OK ||
               item_parse(p->new, d->new.text, 0, NULL, &p->failure) != PINTLE_OK))
    return;
  p->secret = d->type && strcmp(d->type->resource, "secrets") == 0;
  if (p->json) as_json(p, d, both);
  else as_text(p, d, both);
  flush(p);
}

static void end(comparing *p, const run_chain_comparison *r) {
  unsigned long long n[] = {r->items, r->different, r->old.errors, r->old.warnings, r->new.errors, r->new.warnings};
  if (p->json)
    buf_printf(&p->out,
               JSON_HEAD "\"Summary\",\"items\":%llu,\"different\":%llu,\"old\":{\"errors\":%llu,\"warnings\":%llu},"
                         "\"new\":{\"errors\":%llu,\"warnings\":%llu}}\n",
               n[0], n[1], n[2], n[3], n[4], n[5]);
  else
    buf_printf(&p->out, "%llu item%s, %llu differ%s. Old: %llu error%s, %llu warning%s. New: %llu error%s, %llu warning%s.\n", n[0],
               n[0] == 1 ? "" : "s", n[1], n[1] == 1 ? "s" : "", n[2], n[2] == 1 ? "" : "s", n[3], n[3] == 1 ? "" : "s", n[4],
               n[4] == 1 ? "" : "s", n[5], n[5] == 1 ? "" : "s");
  flush(p);
}

static void reading(void *ctx, const engine_event *v) {
  const comparing *p = ctx;
  if (v->kind == ENGINE_LOG && v->level >= PINTLE_LOG_WARN) cli_note(p->c, "pintle: %.*s", (int)v->message.len, v->message.ptr);
}

static int run(cli *c, run_context *old, run_context *new, const run_chain_request *given) {
  comparing p = {.c = c, .json = strcmp(cli_text(&c->flags, "output"), "json") == 0, .colours = cli_colours(c)};
  run_chain_comparison r = {0};
  run_chain_request request = *given;
  error e = {0};
  cli_signals_watch();
  request.control = (engine_control){.cancelled = cli_signals_cancelled};
  request.listener = (engine_listener){.event = reading, .ctx = &p};
  pintle_status st = item_new(&p.old) == PINTLE_OK && item_new(&p.new) == PINTLE_OK ? PINTLE_OK : error_nomem(&e);
  if (st == PINTLE_OK) st = plans(&p, old, new, &request, &e);
  if (st == PINTLE_OK) st = run_chain_compare(old, new, &request, each, &p, &r, &e);
  if (st == PINTLE_OK && p.failure.status != PINTLE_OK) e = p.failure, st = e.status;
  if (st == PINTLE_OK) end(&p, &r);
  else cli_fail(c, &e);
  item_free(p.old);
  item_free(p.new);
  buf_free(&p.out);
  if (cli_signals_number()) return CLI_SIGNAL + cli_signals_number();
  return st != PINTLE_OK ? BROKEN : r.different ? DIFFERENT : SAME;
}

static int two_sessions(cli *c, const char *const *dirs, const run_chain_request *request) {
  const char *const first[] = {dirs[0], NULL}, *const second[] = {dirs[1], NULL};
  cli_session old, new;
  int status = cli_session_open_with(c, first, &old);
  if (status == CLI_COMPLETED) {
    status = cli_session_open_with(c, second, &new);
    if (status == CLI_COMPLETED) status = run(c, old.run, new.run, request);
    else status = BROKEN;
    cli_session_close(&new);
  } else status = BROKEN;
  cli_session_close(&old);
  return status;
}

int cli_chain_diff(cli *c) {
  CLEANUP(item_freep) item_doc *resource = NULL;
  const char *file = cli_text(&c->flags, "resource"), *backup = cli_text(&c->flags, "backup"), *const *dirs = NULL;
  bool restore = strcmp(cli_text(&c->flags, "phase"), "restore") == 0;
  error e = {0};
  run_chain_request request = {.kind = restore ? CONF_RESTORE_ITEM_ACTION : CONF_BACKUP_ITEM_ACTION,
                               .from = c->args[0],
                               .from_backup = backup,
                               .location = cli_text(&c->flags, "storage-location")};
  pintle_status st = cli_list(&c->flags, "plugin-dir", &c->memory, &dirs, &e);
  if (st == PINTLE_OK && (!dirs || !dirs[0] || !dirs[1] || dirs[2]))
    return cli_usage(c, "pintle chain diff --plugin-dir OLD --plugin-dir NEW FILE", "name two directories of plugins: the old and the new");
  if ((c->n_args == 1) == (backup != NULL))
    return cli_usage(c, "pintle chain diff --plugin-dir OLD --plugin-dir NEW FILE, or --backup NAME",
                     "name the items: files or a backup, one of them");
  if (st == PINTLE_OK) st = cli_list(&c->flags, "action", &c->memory, &request.only, &e);
  if (st == PINTLE_OK && file) st = cli_spec_read(file, restore ? "Restore" : "Backup", &resource, &e);
  if (st != PINTLE_OK) return cli_fail(c, &e), BROKEN;
  request.resource = resource;
  return two_sessions(c, dirs, &request);
}
