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
  error_hint(e, "choose one by --chain, or by the annotation pintle.io/chain");
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

static void read_spec(arena *a, const item_node *spec, conf_chain *out, bool *failed) {
  const item_node *plugins = given(spec, STR("plugins")), *actions = given(spec, STR("actions")), *aliases = given(spec, STR("aliases"));
  conf_chain_plugin *p = arena_zalloc(a, (item_count(plugins) + 1) * sizeof *p);
  conf_chain_action *x = arena_zalloc(a, (item_count(actions) + 1) * sizeof *x);
  struct conf_alias *l = arena_zalloc(a, (item_count(aliases) + 1) * sizeof *l);
  if (!p || !x || !l) {
    *failed = true;
    return;
  }
  out->strict = str_is(item_string(given(spec, STR("trust"))), "strict");
  for (const item_node *m = item_first(plugins); m; m = item_next(m)) read_plugin(a, m, &p[out->n_plugins++], failed);
  for (const item_node *m = item_first(actions); m; m = item_next(m)) read_action(a, m, &x[out->n_actions++], failed);
  for (const item_node *m = item_first(aliases); m; m = item_next(m)) {
    l[out->n_aliases].alias = arena_copy(a, item_key(m));
    l[out->n_aliases].name = text_of(a, m, failed);
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
  out->document = d;
  out->name = text_of(a, item_at(d->doc, "/metadata/name"), &failed);
  read_spec(a, given(item_root(d->doc), STR("spec")), out, &failed);
  return failed ? error_nomem(e) : PINTLE_OK;
}
