/* chain_show.c -- chain show, chain explain.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/gather.h"
#include "cli/table.h"

uint32_t cli_phase_kind(const cli *c) {
  const char *phase = cli_text(&c->flags, "phase");
  if (strcmp(phase, "item-block") == 0) return CONF_ITEM_BLOCK_ACTION;
  return strcmp(phase, "restore") == 0 ? CONF_RESTORE_ITEM_ACTION : CONF_BACKUP_ITEM_ACTION;
}

static const char *phase_name(const cli *c) {
  return cli_phase_kind(c) == CONF_ITEM_BLOCK_ACTION ? "block of items" : cli_text(&c->flags, "phase");
}

static const char *plugin_of(const chain_plan *p, const chain_entry *e) {
  return e->plugin == CHAIN_BUILT_IN ? "pintle" : p->plugins[e->plugin].file;
}

static const char *on_error(const chain_entry *e) {
  static const char *const words[] = {"FailItem", "Warn", "FailRun"};
  return e->on_error >= 0 && e->on_error < 3 ? words[e->on_error] : "?";
}

/* "pods, persistentvolumes; not namespaces kube-*" */
static void clause(buf *b, const char *word, const char *const *list) {
  enum { SHOWN = 3 };
  size_t n = 0;
  while (list && list[n]) n++;
  if (n == 0) return;
  if (b->len) buf_addz(b, "; ");
  buf_addz(b, word);
  for (size_t i = 0; i < n && i < SHOWN; i++) buf_printf(b, "%s%s", i ? ", " : "", list[i]);
  if (n > SHOWN) buf_printf(b, " and %zu more", n - SHOWN);
}

static void selects(const chain_entry *e, buf *b) {
  clause(b, "", e->selector.included_resources);
  clause(b, "not ", e->selector.excluded_resources);
  clause(b, "namespaces ", e->selector.included_namespaces);
  clause(b, "not namespaces ", e->selector.excluded_namespaces);
  if (e->selector.labels_text && *e->selector.labels_text) buf_printf(b, "%slabels %s", b->len ? "; " : "", e->selector.labels_text);
  if (e->has & HOST_HAS_APPLIES_TO) buf_addz(b, b->len ? " (or as it computes)" : "(as it computes)");
  if (b->len == 0) buf_addz(b, "everything");
}

static void show_table(cli *c, const chain_plan *p) {
  CLEANUP(buf_free) buf out = {0};
  char text[64];
  cli_table t;
  cli_table_begin(&t, "#|ACTION|FROM|WHY HERE|SELECTS|ON ERROR|TIMEOUT");
  for (size_t i = 0; i < p->n; i++) {
    const chain_entry *e = &p->entries[i];
    CLEANUP(buf_free) buf selected = {0};
    CLEANUP(buf_free) buf number = {0};
    selects(e, &selected);
    buf_printf(&number, "%zu", i + 1);
    cli_table_cell(&t, buf_str(&number));
    cli_table_cellz(&t, e->name);
    cli_table_cellz(&t, plugin_of(p, e));
    cli_table_cellz(&t, e->why ? e->why : "");
    cli_table_cell(&t, buf_str(&selected));
    cli_table_cellz(&t, on_error(e));
    cli_table_cellz(&t, clock_duration_text(e->timeout, text));
  }
  cli_table_end(&t, &out);
  cli_out(c, buf_str(&out));
}

static void text_member(buf *b, const char *key, const char *value) {
  if (!value || !*value) return;
  buf_printf(b, ",\"%s\":", key);
  buf_json_go(b, str_of(value));
}

static void list_member(buf *b, const char *key, const char *const *v) {
  if (!v || !v[0]) return;
  buf_printf(b, "%s\"%s\":[", b->data[b->len - 1] == '{' ? "" : ",", key);
  for (size_t i = 0; v[i]; i++) buf_addz(b, i ? "," : ""), buf_json_go(b, str_of(v[i]));
  buf_addc(b, ']');
}

/* The configuration itself is not shown: it may hold secrets. */
static int show_list(cli *c, const chain_plan *p, const char *format) {
  CLEANUP(buf_free) buf b = {0};
  char text[64];
  error e = {0};
  for (size_t i = 0; i < p->n && !b.failed; i++) {
    const chain_entry *entry = &p->entries[i];
    buf_printf(&b, "%s{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"ChainEntry\",\"position\":%zu", i ? "," : "", i + 1);
    text_member(&b, "action", entry->name);
    text_member(&b, "alias", entry->alias);
    text_member(&b, "actionKind", entry->kind < CONF_KINDS ? conf_kind_names[entry->kind] : "");
    text_member(&b, "plugin", plugin_of(p, entry));
    text_member(&b, "why", entry->why);
    text_member(&b, "onError", on_error(entry));
    text_member(&b, "timeout", clock_duration_text(entry->timeout, text));
    buf_addz(&b, ",\"selector\":{");
    list_member(&b, "includedResources", entry->selector.included_resources);
    list_member(&b, "excludedResources", entry->selector.excluded_resources);
    list_member(&b, "includedNamespaces", entry->selector.included_namespaces);
    list_member(&b, "excludedNamespaces", entry->selector.excluded_namespaces);
    if (entry->selector.labels_text && *entry->selector.labels_text) {
      buf_addz(&b, b.data[b.len - 1] == '{' ? "\"labels\":" : ",\"labels\":");
      buf_json_go(&b, str_of(entry->selector.labels_text));
    }
    buf_addz(&b, "}}");
  }
  if (b.failed) return error_nomem(&e), cli_fail(c, &e);
  return cli_print_items(c, "pintle.io/v1alpha1", "ChainEntryList", buf_str(&b), format);
}

/* Where each option's value comes from; the values themselves may be secret. */
static void show_options(cli *c, const chain_plan *p) {
  static const pintle_option *const none[] = {NULL};
  CLEANUP(item_freep) item_doc *config = NULL;
  CLEANUP(buf_free) buf out = {0};
  char place[600];
  if (item_new(&config) != PINTLE_OK) return;
  for (size_t i = 0; i < p->n; i++) {
    const chain_entry *e = &p->entries[i];
    if (e->config.len < 3 || item_parse(config, e->config, 0, NULL, NULL) != PINTLE_OK) continue;
    buf_printf(&out, "%sOptions of %s:\n", out.len ? "" : "\n", e->name);
    for (const item_node *o = item_first(item_root(config)); o; o = item_next(o)) {
      CLEANUP(buf_free) buf pointer = {0};
      item_pointer(o, &pointer);
      const char *source = conf_options_source(none, e->layers, e->n_layers, item_key(o).ptr);
      conf_options_place(e->layers, e->n_layers, buf_z(&pointer), place, sizeof place);
      buf_printf(&out, "  %s: %s%s%s\n", item_key(o).ptr, source ? source : "default", source ? ", " : "", source ? place : "");
    }
  }
  cli_out(c, buf_str(&out));
}

static int show(cli *c, cli_session *s) {
  const char *const *only = NULL, *format = cli_text(&c->flags, "output");
  chain_plan plan = {0};
  error e = {0};
  pintle_status st = cli_list(&c->flags, "action", &c->memory, &only, &e);
  if (st == PINTLE_OK) st = run_plan(s->run, cli_phase_kind(c), only, &plan, &e);
  if (st != PINTLE_OK) return cli_fail(c, &e);
  int status = CLI_COMPLETED;
  if (strcmp(format, "table") != 0) status = show_list(c, &plan, format);
  else if (plan.n == 0) cli_note(c, "The chain has no action for a %s: items go through as they are.", phase_name(c));
  else {
    show_table(c, &plan);
    show_options(c, &plan);
  }
  chain_plan_free(&plan);
  return status;
}

int cli_chain_show(cli *c) {
  cli_session s;
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED) {
    cli_session_tell(c, &s, "");
    status = show(c, &s);
  }
  cli_session_close(&s);
  return status;
}

/* ---- explain */
typedef struct explaining {
  cli *c;
  bool table;
  buf out; /* text, or JSON of the items */
  const kube_type *type;
  buf item; /* "ns/name" of the one before */
  bool any;
} explaining;

static bool is_another(explaining *x, const kube_entry *item, buf *now) {
  buf_adds(now, item->ns);
  buf_addc(now, '/');
  buf_adds(now, item->name);
  bool same = x->any && x->type == item->type && str_eq(buf_str(now), buf_str(&x->item));
  buf_clear(&x->item);
  buf_adds(&x->item, buf_str(now));
  x->type = item->type;
  x->any = true;
  return !same;
}

static void explain_text(explaining *x, const kube_entry *item, const chain_entry *action, bool another, bool matches, str why) {
  bool colours = cli_colours(x->c);
  if (another) {
    kube_type_gr(item->type, &x->out);
    buf_addc(&x->out, ' ');
    if (item->ns.len) cli_clean(&x->out, item->ns), buf_addc(&x->out, '/');
    cli_clean(&x->out, item->name);
    buf_addc(&x->out, '\n');
  }
  buf_addz(&x->out, "  ");
  cli_colour(&x->out, colours, matches ? CLI_GREEN : CLI_YELLOW, matches ? STR("yes") : STR("no "));
  buf_addz(&x->out, "  ");
  cli_clean(&x->out, str_of(action->name));
  if (!matches) buf_addz(&x->out, ": "), cli_clean(&x->out, why);
  buf_addc(&x->out, '\n');
}

static void explain_json(explaining *x, const kube_entry *item, const chain_entry *action, bool another, bool matches, str why) {
  buf *b = &x->out;
  if (another) {
    CLEANUP(buf_free) buf gr = {0};
    kube_type_gr(item->type, &gr);
    buf_addz(b, b->len ? "]},{" : "{");
    buf_addz(b, "\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"Explanation\",\"resource\":");
    buf_json_go(b, buf_str(&gr));
    if (item->ns.len) buf_addz(b, ",\"namespace\":"), buf_json_go(b, item->ns);
    buf_addz(b, ",\"name\":");
    buf_json_go(b, item->name);
    buf_addz(b, ",\"actions\":[");
  } else buf_addc(b, ',');
  buf_addz(b, "{\"action\":");
  buf_json_go(b, str_of(action->name));
  buf_printf(b, ",\"matches\":%s", matches ? "true" : "false");
  if (!matches) buf_addz(b, ",\"why\":"), buf_json_go(b, why);
  buf_addc(b, '}');
}

static void each(void *ctx, const kube_entry *item, const chain_entry *action, bool matches, str why) {
  explaining *x = ctx;
  CLEANUP(buf_free) buf now = {0};
  bool another = is_another(x, item, &now);
  if (x->table) explain_text(x, item, action, another, matches, why);
  else explain_json(x, item, action, another, matches, why);
  if (x->table && x->out.len > (64 << 10)) cli_out(x->c, buf_str(&x->out)), buf_clear(&x->out);
}

static int explain(cli *c, cli_session *s) {
  const char *format = cli_text(&c->flags, "output");
  explaining x = {.c = c, .table = strcmp(format, "table") == 0};
  error e = {0};
  pintle_status st = run_explain(s->run, cli_phase_kind(c), c->args[0], cli_text(&c->flags, "from-backup"),
                                 cli_text(&c->flags, "storage-location"), each, &x, &e);
  int status = st == PINTLE_OK ? CLI_COMPLETED : cli_fail(c, &e);
  if (st == PINTLE_OK && !x.any) cli_note(c, "There is no item, or the chain has no action for a %s.", phase_name(c));
  if (st == PINTLE_OK && x.out.failed) error_nomem(&e), status = cli_fail(c, &e);
  else if (st == PINTLE_OK && x.table) cli_out(c, buf_str(&x.out));
  else if (st == PINTLE_OK) {
    if (x.out.len) buf_addz(&x.out, "]}");
    status = cli_print_items(c, "pintle.io/v1alpha1", "ExplanationList", buf_str(&x.out), format);
  }
  buf_free(&x.out);
  buf_free(&x.item);
  return status;
}

int cli_chain_explain(cli *c) {
  cli_session s;
  bool backup = cli_given(&c->flags, "from-backup");
  if ((c->n_args == 1) == backup)
    return cli_usage(c, "pintle chain explain ITEMFILE, or --from-backup NAME", "name the items: a file or a backup, one of them");
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED) status = explain(c, &s);
  cli_session_close(&s);
  return status;
}
