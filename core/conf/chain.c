/* chain.c -- see chain.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/chain.h"
#include "base/clock.h"

/* ---- which document */

static pintle_status choose(const conf_set *set, const char *name, const conf_document **out, error *e) {
  pintle_status st = conf_set_find(set, "pintle.io", "PluginChain", name, out, e);
  if (name || st == PINTLE_OK) return st;
  error_clear(e);
  if (st == PINTLE_NOT_FOUND) return *out = NULL, PINTLE_OK;
  if (st != PINTLE_CONFLICT) return st;
  st = conf_set_find(set, "pintle.io", "PluginChain", "default", out, e);
  if (st != PINTLE_NOT_FOUND) return st;
  error_set(e, PINTLE_CONFLICT, "there is more than one PluginChain, and none is named \"default\"");
  error_hint(e, "name one \"default\", or choose by the annotation pintle.io/chain of the Backup or Restore (standalone also by --chain)");
  return PINTLE_CONFLICT;
}

/* ---- reading; conf_check has found every type right */

static const char *text_of(arena *a, const item_node *node, bool *failed) {
  str s = item_string(node);
  char *copy = arena_copy(a, s.ptr ? s : (str){"", 0});
  if (!copy) *failed = true;
  return copy;
}

/* A NULL-ended list of a text, or of a list of texts. */
static const char *const *texts_of(arena *a, const item_node *node, bool *failed) {
  bool one = item_type(node) == PINTLE_T_STRING;
  size_t n = 0, count = one ? 1 : item_count(node);
  const char **v = arena_zalloc(a, (count + 1) * sizeof *v);
  if (!v) return *failed = true, NULL;
  if (one) v[n++] = text_of(a, node, failed);
  else
    for (const item_node *m = item_first(node); m && n < count; m = item_next(m)) v[n++] = text_of(a, m, failed);
  return v;
}

static void lower(const char *const *v) {
  for (; v && *v; v++)
    for (char *p = (char *)(uintptr_t)*v; *p; p++) /* our own copy in the arena */
      if (*p >= 'A' && *p <= 'F') *p = (char)(*p - 'A' + 'a');
}

static const item_node *given(const item_node *object, str key) {
  const item_node *m = item_member(object, key);
  return item_type(m) == PINTLE_T_NULL ? NULL : m;
}

static void read_plugin(arena *a, const item_node *at, conf_chain_plugin *p, bool *failed) {
  const item_node *sha256 = given(at, STR("sha256"));
  p->name = text_of(a, item_member(at, STR("name")), failed);
  if (sha256) lower(p->sha256 = texts_of(a, sha256, failed));
  p->env = texts_of(a, given(at, STR("env")), failed);
  p->at = at;
}

static uint32_t index_of(const char *const *names, size_t n, str s) {
  for (uint32_t i = 0; i < n; i++)
    if (str_is(s, names[i])) return i;
  return 0;
}

static void read_action(arena *a, const item_node *at, conf_chain_action *x, bool *failed) {
  static const char *const policies[] = {"FailItem", "Warn", "FailRun"};
  const item_node *timeout = given(at, STR("timeout"));
  x->name = text_of(a, item_member(at, STR("name")), failed);
  x->kind = index_of(conf_kind_names, CONF_KINDS, item_string(given(at, STR("kind"))));
  x->on_error = (int32_t)index_of(policies, 3, item_string(given(at, STR("onError"))));
  if (!timeout || clock_duration(item_string(timeout), &x->timeout) != PINTLE_OK) x->timeout = 0;
  x->config = given(at, STR("config"));
  x->at = at;
}

static void read_drop_in(const item_node *at, conf_chain *out) {
  const item_node *timeout = given(at, STR("fileSystemBackupTimeout"));
  out->one_action |= item_true(given(at, STR("oneAction")));
  if (timeout && clock_duration(item_string(timeout), &out->file_system_timeout) != PINTLE_OK) out->file_system_timeout = 0;
}

/* An array with the n elements of v and room for more. */
static void *extend(arena *a, const void *v, size_t n, size_t more, size_t size) {
  char *to = arena_zalloc(a, (n + more + 1) * size);
  if (to && n) memcpy(to, v, n * size);
  return to;
}

/* Adds what the document says to *out. */
static void read_document(arena *a, const conf_document *d, conf_chain *out, bool *failed) {
  const item_node *spec = given(item_root(d->doc), STR("spec")), *plugins = given(spec, STR("plugins")),
                  *actions = given(spec, STR("actions")), *aliases = given(spec, STR("aliases"));
  conf_chain_plugin *p = extend(a, out->plugins, out->n_plugins, item_count(plugins), sizeof *p);
  conf_chain_action *x = extend(a, out->actions, out->n_actions, item_count(actions), sizeof *x);
  struct conf_alias *l = extend(a, out->aliases, out->n_aliases, item_count(aliases), sizeof *l);
  if (!p || !x || !l) {
    *failed = true;
    return;
  }
  if (!out->document) out->document = d, out->name = text_of(a, item_at(d->doc, "/metadata/name"), failed);
  out->strict |= str_is(item_string(given(spec, STR("trust"))), "strict");
  read_drop_in(given(spec, STR("dropIn")), out);
  for (const item_node *m = item_first(plugins); m; m = item_next(m)) {
    p[out->n_plugins].document = d;
    read_plugin(a, m, &p[out->n_plugins++], failed);
  }
  for (const item_node *m = item_first(actions); m; m = item_next(m)) {
    x[out->n_actions].document = d;
    read_action(a, m, &x[out->n_actions++], failed);
  }
  for (const item_node *m = item_first(aliases); m; m = item_next(m)) {
    l[out->n_aliases] = (struct conf_alias){arena_copy(a, item_key(m)), text_of(a, m, failed), d};
    if (!l[out->n_aliases++].alias) *failed = true;
  }
  out->plugins = p, out->actions = x, out->aliases = l;
}

pintle_status conf_chain_read(const conf_set *set, const char *name, arena *a, conf_chain *out, error *e) {
  const conf_document *d = NULL;
  bool failed = false;
  *out = (conf_chain){.name = "default"};
  pintle_status st = choose(set, name, &d, e);
  if (st != PINTLE_OK || !d) return st;
  if ((st = conf_check(d, e)) != PINTLE_OK) return st;
  read_document(a, d, out, &failed);
  return failed ? error_nomem(e) : PINTLE_OK;
}

/* ---- one chain of several documents */
static bool is_chain(const conf_document *d) {
  return str_is(item_str(d->doc, "/kind", ""), "PluginChain") && str_starts(item_str(d->doc, "/apiVersion", ""), "pintle.io/");
}

/* The name that is meant where none is said: the only one, else "default". NULL: there is no chain at all. */
static const char *usual_name(const conf_set *set) {
  const char *only = NULL;
  for (size_t i = 0; i < set->n; i++) {
    if (!is_chain(set->v[i])) continue;
    const char *name = item_str(set->v[i]->doc, "/metadata/name", "").ptr;
    if (only && strcmp(only, name) != 0) return "default";
    only = name;
  }
  return only;
}

static pintle_status twice(const char *what, const char *name, const conf_document *d, const item_node *at, const conf_document *other,
                           const item_node *first, error *e) {
  char place[300];
  error_set(e, PINTLE_INVALID, "%s %s is there twice, first at %s", what, name, conf_place(other, first, place, sizeof place));
  error_place(e, "%s", conf_place(d, at, place, sizeof place));
  return PINTLE_INVALID;
}

static pintle_status check_joined(const conf_chain *c, error *e) {
  for (size_t i = 1; i < c->n_actions; i++)
    for (size_t k = 0; k < i; k++) {
      const conf_chain_action *x = &c->actions[i], *y = &c->actions[k];
      if (x->kind == y->kind && strcmp(x->name, y->name) == 0) return twice("action", x->name, x->document, x->at, y->document, y->at, e);
    }
  for (size_t i = 1; i < c->n_plugins; i++)
    for (size_t k = 0; k < i; k++) {
      const conf_chain_plugin *x = &c->plugins[i], *y = &c->plugins[k];
      if (strcmp(x->name, y->name) == 0) return twice("plugin", x->name, x->document, x->at, y->document, y->at, e);
    }
  for (size_t i = 1; i < c->n_aliases; i++)
    for (size_t k = 0; k < i; k++) {
      const struct conf_alias *x = &c->aliases[i], *y = &c->aliases[k];
      if (strcmp(x->alias, y->alias) == 0) return twice("alias", x->alias, x->document, NULL, y->document, NULL, e);
    }
  return PINTLE_OK;
}

pintle_status conf_chain_join(const conf_set *set, const char *name, arena *a, conf_chain *out, error *e) {
  const char *wanted = name ? name : usual_name(set);
  bool failed = false;
  *out = (conf_chain){.name = "default"};
  for (size_t i = 0; wanted && i < set->n; i++) {
    const conf_document *d = set->v[i];
    if (!is_chain(d) || !str_is(item_str(d->doc, "/metadata/name", ""), wanted)) continue;
    pintle_status st = conf_check(d, e);
    if (st != PINTLE_OK) return st;
    read_document(a, d, out, &failed);
  }
  if (failed) return error_nomem(e);
  if (wanted && !out->document) return conf_chain_read(set, name, a, out, e); /* says what there is */
  return check_joined(out, e);
}

/* ---- lookups */
const char *conf_alias_target(const conf_chain *chain, const char *name) {
  for (size_t i = 0; chain && i < chain->n_aliases; i++)
    if (strcmp(chain->aliases[i].alias, name) == 0) return chain->aliases[i].name;
  return name;
}

const char *const *conf_plugin_env(const conf_chain *chain, const char *file) {
  for (size_t i = 0; chain && i < chain->n_plugins; i++)
    if (strcmp(chain->plugins[i].name, file) == 0) return chain->plugins[i].env;
  return NULL;
}
