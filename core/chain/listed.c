/* listed.c -- are the actions there that chain file and command line name?  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/file_store.h"
#include "chain/order.h"

static bool built_in_store(const char *name) { return strcmp(name, BUILTIN_FILE_STORE) == 0; }

/* An action of that kind and name, a usable one if there is one. */
static const host_action *find(const chain_order *order, uint32_t kind, const char *name, const chain_source **source) {
  const host_action *found = NULL;
  for (size_t i = 0; i < order->n_sources; i++) {
    const chain_source *s = &order->sources[i];
    for (size_t k = 0; k < s->plugin->n_actions; k++) {
      const host_action *action = &s->plugin->actions[k];
      if ((kind != CONF_ANY_KIND && action->kind != kind) || strcmp(action->name, name) != 0) continue;
      if (!found || chain_usable(s, action)) found = action, *source = s;
      if (chain_usable(s, action)) return found;
    }
  }
  return found;
}

static const char *nearest_action(const chain_order *order, const conf_chain *chain, uint32_t kind, const char *name, arena *a) {
  size_t most = chain ? chain->n_aliases : 0, n = 0;
  for (size_t i = 0; i < order->n_sources; i++) most += order->sources[i].plugin->n_actions;
  const char **names = arena_alloc(a, (most + 1) * sizeof *names);
  if (!names) return NULL;
  for (size_t i = 0; i < order->n_sources; i++) {
    const chain_source *s = &order->sources[i];
    for (size_t k = 0; k < s->plugin->n_actions && !s->built_in; k++)
      if (chain_usable(s, &s->plugin->actions[k]) && (kind == CONF_ANY_KIND || s->plugin->actions[k].kind == kind))
        names[n++] = s->plugin->actions[k].name;
  }
  for (size_t i = 0; chain && i < chain->n_aliases; i++) names[n++] = chain->aliases[i].alias;
  return kube_nearest(str_of(name), names, n);
}

/* Set aside before it could say which actions it has: the one that is looked for may be among them. */
static bool unknown(const host_plugin *p) { return p->reason && p->n_actions == 0; }

static size_t count_unknown(const chain_order *order) {
  size_t n = 0;
  for (size_t i = 0; i < order->n_sources; i++) n += unknown(order->sources[i].plugin);
  return n;
}

/* An action that nobody is known to have: the message names the files that were set aside, the hint says what to do about those and about the name. */
static pintle_status nobody_has(const chain_plan_options *o, const chain_order *order, uint32_t kind, const char *name, arena *a,
                                error *e) {
  enum { SHOWN = 3, LONGEST = 270 }; /* of the files; of a text, so that what follows has room */
  CLEANUP(buf_free) buf aside = {0};
  CLEANUP(buf_free) buf todo = {0};
  size_t n = count_unknown(order), shown = 0;
  for (size_t i = 0; i < order->n_sources && shown < SHOWN; i++) {
    const host_plugin *p = order->sources[i].plugin;
    if (!unknown(p)) continue;
    shown++;
    buf_printf(&aside, "; plugin %s was set aside: %.*s", p->file, LONGEST, p->reason);
    if (p->hint && *p->hint) buf_printf(&todo, "%s%s: %.*s", todo.len ? "; " : "", p->file, LONGEST / (n > 1 ? SHOWN : 1), p->hint);
  }
  if (n > shown) buf_printf(&aside, "; %zu more plugin%s set aside", n - shown, n - shown > 1 ? "s were" : " was");
  if (n && todo.len == 0) buf_addz(&todo, "see `pintle plugin list`");
  error_set(e, PINTLE_INVALID, "there is no %s named %s%s", kind == CONF_ANY_KIND ? "action" : conf_kind_names[kind], name, buf_z(&aside));
  const char *near = nearest_action(order, o->chain, kind, name, a);
  if (n && near) error_hint(e, "%s; or did you mean %s?", buf_z(&todo), near);
  else if (near) error_hint(e, "did you mean %s?", near);
  else error_hint(e, "%s", n ? buf_z(&todo) : "pintle plugin list shows the actions that there are");
  return PINTLE_INVALID;
}

static pintle_status missing(const chain_plan_options *o, const chain_order *order, uint32_t kind, const char *name, arena *a, error *e) {
  const chain_source *s = NULL;
  const host_action *action = find(order, kind, name, &s);
  if (action && s->built_in) {
    error_set(e, PINTLE_INVALID, "%s is a step of pintle itself: it always runs and cannot be named here", name);
    error_hint(e, "leave it out");
  } else if (action && s->plugin->reason) {
    error_set(e, PINTLE_INVALID, "plugin %s, which has action %s, was set aside: %s", s->plugin->file, name, s->plugin->reason);
    error_hint(e, "%s", s->plugin->hint ? s->plugin->hint : "");
  } else if (action) {
    error_set(e, PINTLE_INVALID, "action %s of plugin %s (%s) cannot be used: %s", name, s->plugin->name, s->plugin->file, action->refused);
  } else if (kind != CONF_ANY_KIND && (action = find(order, CONF_ANY_KIND, name, &s))) {
    error_set(e, PINTLE_INVALID, "%s is a %s, not a %s", name, conf_kind_names[action->kind], conf_kind_names[kind]);
  } else nobody_has(o, order, kind, name, a, e);
  return PINTLE_INVALID;
}

static bool there(const chain_order *order, uint32_t kind, const char *name, bool built_in_too) {
  const chain_source *s = NULL;
  const host_action *action = find(order, kind, name, &s);
  return action && chain_usable(s, action) && (built_in_too || !s->built_in);
}

static pintle_status check_action(const chain_plan_options *o, const chain_order *order, const conf_chain_action *l, arena *a, error *e) {
  const char *name = conf_alias_target(o->chain, l->name);
  char place[300];
  if (there(order, l->kind, l->name, false) || there(order, l->kind, name, false)) return PINTLE_OK;
  if (built_in_store(name) && (l->kind == CONF_ANY_KIND || l->kind == CONF_OBJECT_STORE)) return PINTLE_OK;
  missing(o, order, l->kind, name, a, e);
  if (l->document) error_place(e, "%s", conf_place(l->document, l->at, place, sizeof place));
  return PINTLE_INVALID;
}

static pintle_status check_alias(const chain_plan_options *o, const chain_order *order, const struct conf_alias *alias, arena *a,
                                 error *e) {
  const conf_document *d = alias->document;
  char place[300];
  if (there(order, CONF_ANY_KIND, alias->name, false) || built_in_store(alias->name)) return PINTLE_OK;
  missing(o, order, CONF_ANY_KIND, alias->name, a, e);
  error_wrap(e, "alias %s", alias->alias);
  if (d) {
    const item_node *at = item_member(item_at(d->doc, "/spec/aliases"), str_of(alias->alias));
    error_place(e, "%s", conf_place(d, at, place, sizeof place));
  }
  return PINTLE_INVALID;
}

pintle_status chain_check_listed(const chain_plan_options *o, const chain_order *order, arena *a, error *e) {
  pintle_status st = PINTLE_OK;
  if (o->without_missing) return PINTLE_OK;
  for (size_t i = 0; o->chain && i < o->chain->n_actions && st == PINTLE_OK; i++) st = check_action(o, order, &o->chain->actions[i], a, e);
  for (size_t i = 0; o->chain && i < o->chain->n_aliases && st == PINTLE_OK; i++) st = check_alias(o, order, &o->chain->aliases[i], a, e);
  return st;
}

pintle_status chain_check_only(const chain_plan_options *o, const chain_order *order, arena *a, error *e) {
  for (size_t i = 0; o->only && o->only[i]; i++) {
    const char *name = conf_alias_target(o->chain, o->only[i]);
    if (there(order, o->kind, o->only[i], true) || there(order, o->kind, name, true)) continue;
    return missing(o, order, o->kind, name, a, e);
  }
  return PINTLE_OK;
}
