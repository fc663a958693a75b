/* listed.c -- are the actions there that chain file and command line name?  SPDX-License-Identifier: Apache-2.0 */
#include "chain/order.h"

/* Stores that are part of pintle; they belong to a room above this one. */
static bool built_in_store(const char *name) { return strcmp(name, "pintle.io/file") == 0; }

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

/* What to do about an action that nobody has. */
static void hint_missing(const chain_plan_options *o, const chain_order *order, uint32_t kind, const char *name, arena *a, error *e) {
  const char *near = nearest_action(order, o->chain, kind, name, a);
  if (near) {
    error_hint(e, "did you mean %s?", near);
    return;
  }
  char text[380] = "";
  size_t len = 0, n = 0;
  for (size_t i = 0; i < order->n_sources && n < 3; i++) {
    const host_plugin *p = order->sources[i].plugin;
    if (!p->reason) continue;
    int k = snprintf(text + len, sizeof text - len, "%s%s was set aside: %s", n ? "; " : "", p->file, p->reason);
    if (k < 0 || (size_t)k >= sizeof text - len) break;
    len += (size_t)k;
    n++;
  }
  if (text[0]) error_hint(e, "%s", text);
  else error_hint(e, "pintle plugin list shows the actions that there are");
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
  } else {
    error_set(e, PINTLE_INVALID, "there is no %s named %s", kind == CONF_ANY_KIND ? "action" : conf_kind_names[kind], name);
    hint_missing(o, order, kind, name, a, e);
  }
  return PINTLE_INVALID;
}

static bool there(const chain_order *order, uint32_t kind, const char *name, bool built_in_too) {
  const chain_source *s = NULL;
  const host_action *action = find(order, kind, name, &s);
  return action && chain_usable(s, action) && (built_in_too || !s->built_in);
}

static pintle_status check_action(const chain_plan_options *o, const chain_order *order, const conf_chain_action *l, arena *a, error *e) {
  const char *name = chain_alias_target(o->chain, l->name);
  char place[300];
  if (there(order, l->kind, l->name, false) || there(order, l->kind, name, false)) return PINTLE_OK;
  if (built_in_store(name) && (l->kind == CONF_ANY_KIND || l->kind == CONF_OBJECT_STORE)) return PINTLE_OK;
  missing(o, order, l->kind, name, a, e);
  if (o->chain->document) error_place(e, "%s", conf_place(o->chain->document, l->at, place, sizeof place));
  return PINTLE_INVALID;
}

static pintle_status check_alias(const chain_plan_options *o, const chain_order *order, const struct conf_alias *alias, arena *a,
                                 error *e) {
  const conf_document *d = o->chain->document;
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
  for (size_t i = 0; o->chain && i < o->chain->n_actions && st == PINTLE_OK; i++) st = check_action(o, order, &o->chain->actions[i], a, e);
  for (size_t i = 0; o->chain && i < o->chain->n_aliases && st == PINTLE_OK; i++) st = check_alias(o, order, &o->chain->aliases[i], a, e);
  return st;
}

pintle_status chain_check_only(const chain_plan_options *o, const chain_order *order, arena *a, error *e) {
  for (size_t i = 0; o->only && o->only[i]; i++) {
    const char *name = chain_alias_target(o->chain, o->only[i]);
    if (there(order, o->kind, o->only[i], true) || there(order, o->kind, name, true)) continue;
    return missing(o, order, o->kind, name, a, e);
  }
  return PINTLE_OK;
}
