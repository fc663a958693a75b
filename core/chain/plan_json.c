/* plan_json.c -- a plan as workers get it, and its end.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/json.h"
#include "chain/select.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* ------------------------------------------------------------------------------------------------------------ printing */
static void print_plugin(const chain_plugin *p, buf *out) {
  chain_json j = chain_json_begin(out);
  chain_json_text(&j, "name", p->name);
  chain_json_text(&j, "version", p->version);
  chain_json_text(&j, "path", p->path);
  chain_json_text(&j, "file", p->file);
  chain_json_text(&j, "sha256", p->sha256);
  chain_json_int(&j, "fd", p->fd);
  chain_json_list(&j, "env", p->env);
  chain_json_end(&j);
}

static void print_entry(const chain_entry *entry, buf *out) {
  chain_json j = chain_json_begin(out);
  chain_json_int(&j, "plugin", entry->plugin);
  chain_json_text(&j, "name", entry->name);
  chain_json_text(&j, "alias", entry->alias);
  chain_json_int(&j, "flags", entry->flags);
  chain_json_int(&j, "has", entry->has);
  chain_json_int(&j, "onError", entry->on_error);
  chain_json_int(&j, "threadModel", entry->thread_model);
  chain_json_int(&j, "timeout", entry->timeout);
  chain_json_int(&j, "segment", entry->segment);
  chain_json_text(&j, "why", entry->why);
  chain_json_key(&j, "config");
  buf_adds(out, entry->config.len ? entry->config : STR("{}"));
  chain_json_key(&j, "selector");
  chain_selector_print(&entry->selector, out);
  chain_json_end(&j);
}

static void print_type(const kube_type *t, buf *out) {
  chain_json j = chain_json_begin(out);
  chain_json_text(&j, "group", t->group);
  chain_json_text(&j, "version", t->version);
  chain_json_text(&j, "kind", t->kind);
  chain_json_text(&j, "resource", t->resource);
  chain_json_text(&j, "singular", t->singular);
  chain_json_text(&j, "shortNames", t->short_names);
  chain_json_bool(&j, "namespaced", t->namespaced);
  chain_json_int(&j, "origin", t->origin);
  chain_json_bool(&j, "preferred", t->preferred);
  chain_json_end(&j);
}

static void comma(buf *out, bool *more) {
  if (*more) buf_addc(out, ',');
  *more = true;
}

void chain_plan_print(const chain_plan *p, const kube_types *types, buf *out) {
  bool more = false;
  chain_json j = chain_json_begin(out);
  chain_json_int(&j, "kind", p->kind);
  chain_json_bool(&j, "dryRun", p->dry_run);
  chain_json_bool(&j, "finalizing", p->finalizing);
  chain_json_key(&j, "plugins");
  buf_addc(out, '[');
  for (size_t i = 0; i < p->n_plugins; i++) comma(out, &more), print_plugin(&p->plugins[i], out);
  buf_addc(out, ']');
  chain_json_key(&j, "entries");
  buf_addc(out, '[');
  more = false;
  for (size_t i = 0; i < p->n; i++) comma(out, &more), print_entry(&p->entries[i], out);
  buf_addc(out, ']');
  chain_json_key(&j, "types");
  buf_addc(out, '[');
  more = false;
  for (size_t i = 0, n = types ? kube_types_count(types) : 0; i < n; i++) {
    const kube_type *t = kube_types_get(types, i);
    if (t && t->origin != KUBE_BUILT_IN) comma(out, &more), print_type(t, out);
  }
  buf_addc(out, ']');
  chain_json_end(&j);
}

/* ------------------------------------------------------------------------------------------------------------ parsing */
static pintle_status read_plugin(arena *a, const item_node *from, chain_plugin *out, error *e) {
  chain_reader r = {a, from, e, PINTLE_OK};
  out->name = chain_read_text(&r, "name");
  out->version = chain_read_text(&r, "version");
  out->path = chain_read_text(&r, "path");
  out->file = chain_read_text(&r, "file");
  out->fd = (int)chain_read_int(&r, "fd", -1, INT_MAX);
  const char *sha = chain_read_text(&r, "sha256");
  out->env = chain_read_list(&r, "env");
  if (r.status != PINTLE_OK) return r.status;
  if (!out->env) {
    const char **none = arena_zalloc(a, sizeof *none);
    if (!none) return error_nomem(e);
    out->env = none;
  }
  if (strlen(sha) >= sizeof out->sha256) return error_set(e, PINTLE_INVALID, "sha256 is too long");
  memcpy(out->sha256, sha, strlen(sha) + 1);
  return PINTLE_OK;
}

static pintle_status read_config(arena *a, const item_doc *doc, const item_node *from, str *out, error *e) {
  const item_node *config = item_member(from, STR("config"));
  buf json = {0};
  if (item_type(config) != PINTLE_T_OBJECT) return error_set(e, PINTLE_INVALID, "config is no object");
  pintle_status st = item_print(doc, config, 0, &json);
  const char *text = st == PINTLE_OK ? arena_copy(a, buf_str(&json)) : NULL;
  *out = (str){text ? text : "", json.len};
  if (json.data) explicit_bzero(json.data, json.cap);
  buf_free(&json);
  return text ? PINTLE_OK : error_nomem(e);
}

static pintle_status read_entry(chain_plan *p, const item_doc *doc, const item_node *from, error *e) {
  chain_reader r = {&p->memory, from, e, PINTLE_OK};
  chain_entry *entry = &p->entries[p->n];
  *entry = (chain_entry){.kind = p->kind, .index = (uint32_t)p->n};
  p->n++;
  entry->plugin = (int32_t)chain_read_int(&r, "plugin", CHAIN_BUILT_IN, (int64_t)p->n_plugins - 1);
  entry->name = chain_read_text(&r, "name");
  entry->alias = chain_read_text(&r, "alias");
  if (!entry->alias[0]) entry->alias = NULL;
  entry->flags = (uint32_t)chain_read_int(&r, "flags", 0, UINT32_MAX);
  entry->has = (uint32_t)chain_read_int(&r, "has", 0, UINT32_MAX);
  entry->on_error = (int32_t)chain_read_int(&r, "onError", CONF_FAIL_ITEM, CONF_FAIL_RUN);
  entry->thread_model = (int32_t)chain_read_int(&r, "threadModel", PINTLE_SERIAL_PLUGIN, PINTLE_PARALLEL);
  entry->timeout = chain_read_int(&r, "timeout", 1, INT64_MAX);
  entry->segment = (uint32_t)chain_read_int(&r, "segment", 0, UINT32_MAX);
  entry->why = chain_read_text(&r, "why");
  if (r.status != PINTLE_OK) return r.status;
  if (!entry->name[0] || entry->timeout == 0) return error_set(e, PINTLE_INVALID, "an entry without name or timeout");
  if (entry->plugin >= 0 && (size_t)entry->plugin >= p->n_plugins) return error_set(e, PINTLE_INVALID, "plugin is out of range");
  pintle_status st = read_config(&p->memory, doc, from, &entry->config, e);
  return st == PINTLE_OK ? chain_selector_read(&p->memory, item_member(from, STR("selector")), &entry->selector, e) : st;
}

static pintle_status read_type(arena *a, const item_node *from, kube_types *types, error *e) {
  chain_reader r = {a, from, e, PINTLE_OK};
  kube_type t = {.group = chain_read_text(&r, "group"),
                 .version = chain_read_text(&r, "version"),
                 .kind = chain_read_text(&r, "kind"),
                 .resource = chain_read_text(&r, "resource"),
                 .singular = chain_read_text(&r, "singular"),
                 .short_names = chain_read_text(&r, "shortNames"),
                 .namespaced = chain_read_bool(&r, "namespaced"),
                 .origin = (uint8_t)chain_read_int(&r, "origin", KUBE_BUILT_IN, KUBE_GUESSED),
                 .preferred = chain_read_bool(&r, "preferred")};
  if (r.status != PINTLE_OK) return r.status;
  pintle_status st = kube_types_add(types, &t);
  if (st == PINTLE_OK || st == PINTLE_EXISTS) return PINTLE_OK;
  return error_set(e, st, "type %s cannot be added", t.kind);
}

static pintle_status read_plan(chain_plan *p, const item_doc *doc, kube_types *types, error *e) {
  chain_reader r = {&p->memory, item_root(doc), e, PINTLE_OK};
  size_t n_plugins, n_entries, n_types;
  pintle_status st = PINTLE_OK;
  p->kind = (uint32_t)chain_read_int(&r, "kind", CONF_BACKUP_ITEM_ACTION, CONF_KINDS - 1);
  p->dry_run = chain_read_bool(&r, "dryRun");
  p->finalizing = chain_read_bool(&r, "finalizing");
  const item_node *plugins = chain_read_array(&r, "plugins", &n_plugins), *entries = chain_read_array(&r, "entries", &n_entries),
                  *list = chain_read_array(&r, "types", &n_types);
  if (r.status != PINTLE_OK) return r.status;
  p->plugins = arena_zalloc(&p->memory, (n_plugins + 1) * sizeof *p->plugins);
  p->entries = arena_zalloc(&p->memory, (n_entries + 1) * sizeof *p->entries);
  p->resources = chain_resources_new(n_entries);
  if (!p->plugins || !p->entries || !p->resources) return error_nomem(e);
  for (const item_node *v = item_first(plugins); v && st == PINTLE_OK; v = item_next(v))
    st = read_plugin(&p->memory, v, &p->plugins[p->n_plugins++], e);
  for (const item_node *v = item_first(entries); v && st == PINTLE_OK; v = item_next(v)) st = read_entry(p, doc, v, e);
  for (const item_node *v = item_first(list); v && st == PINTLE_OK && types; v = item_next(v)) st = read_type(&p->memory, v, types, e);
  return st;
}

pintle_status chain_plan_parse(str json, chain_plan *out, kube_types *types, error *e) {
  CLEANUP(item_freep) item_doc *doc = NULL;
  static const item_limits limits = {.max_bytes = (size_t)256 << 20};
  *out = (chain_plan){0};
  if (item_new(&doc) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(doc, json, ITEM_UNIQUE_KEYS, &limits, e);
  if (st == PINTLE_OK) st = read_plan(out, doc, types, e);
  if (st != PINTLE_OK) {
    error_wrap(e, "plan of the chain");
    chain_plan_free(out);
  }
  return st;
}

/* ------------------------------------------------------------------------------------------------------------ computed selectors */
static pintle_status take_selector(chain_plan *p, const item_node *v, error *e) {
  str key = item_key(v);
  char *end;
  errno = 0;
  unsigned long i = strtoul(key.ptr, &end, 10);
  if (key.len == 0 || key.len > 9 || *end || i >= p->n) return error_set(e, PINTLE_INVALID, "there is no entry \"%s\"", key.ptr);
  chain_selector s;
  pintle_status st = chain_selector_read(&p->memory, v, &s, e);
  if (st != PINTLE_OK) return st;
  chain_selector_free(&p->entries[i].selector);
  p->entries[i].selector = s;
  p->entries[i].has &= ~(uint32_t)HOST_HAS_APPLIES_TO; /* known from now on, in every worker */
  return PINTLE_OK;
}

pintle_status chain_plan_selectors(chain_plan *p, str json, error *e) {
  CLEANUP(item_freep) item_doc *doc = NULL;
  if (item_new(&doc) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(doc, json, ITEM_UNIQUE_KEYS, NULL, e);
  for (const item_node *v = st == PINTLE_OK ? item_first(item_root(doc)) : NULL; v && st == PINTLE_OK; v = item_next(v))
    st = take_selector(p, v, e);
  chain_resources_free(p->resources); /* what it remembers was of the selectors before */
  p->resources = chain_resources_new(p->n);
  if (st == PINTLE_OK && !p->resources) st = error_nomem(e);
  if (st != PINTLE_OK) error_wrap(e, "selectors of the chain");
  return st;
}

void chain_plan_free(chain_plan *p) {
  if (!p) return;
  for (size_t i = 0; i < p->n; i++) chain_selector_free(&p->entries[i].selector);
  chain_resources_free(p->resources);
  arena_free(&p->memory);
  *p = (chain_plan){0};
}
