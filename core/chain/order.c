/* order.c -- host steps, listed actions, the rest by priority and name.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/order.h"
#include "builtin/builtin.h"
#include "host/module.h"
#include <stdlib.h>

/* What a plugin that is part of the program says of itself, as the probe would. */
static pintle_status describe(const pintle_plugin *plugin, arena *a, chain_source *out, error *e) {
  host_module *m = NULL;
  pintle_status st = host_module_adopt(plugin, plugin->name, &m, e);
  if (st != PINTLE_OK) return st;
  host_plugin *p = arena_zalloc(a, sizeof *p);
  if (!p) {
    st = error_nomem(e);
    goto out;
  }
  static const char *const none[] = {NULL};
  p->fd = -1;
  p->path = p->file = p->glibc = "";
  p->warnings = p->needed = p->env = p->extensions = none;
  st = host_module_describe(m, a, p, e);
  out->plugin = p;
out:
  host_module_close(m);
  return st;
}

static pintle_status collect_sources(const chain_plan_options *o, arena *a, chain_order *out, error *e) {
  size_t n_linked = 0, n = 0, n_registry = o->registry ? o->registry->n_plugins : 0;
  while (o->linked && o->linked[n_linked]) n_linked++;
  out->sources = arena_zalloc(a, (1 + n_linked + n_registry) * sizeof *out->sources);
  if (!out->sources) return error_nomem(e);
  pintle_status st = describe(&builtin_plugin, a, &out->sources[n], e);
  if (st != PINTLE_OK) return st;
  out->sources[n++].built_in = true;
  for (size_t i = 0; i < n_linked; i++)
    if ((st = describe(o->linked[i], a, &out->sources[n++], e)) != PINTLE_OK) return st;
  for (size_t i = 0; i < n_registry; i++) out->sources[n++].plugin = &o->registry->plugins[i];
  out->n_sources = n;
  return PINTLE_OK;
}

const char *chain_alias_of(const conf_chain *chain, const char *name) {
  for (size_t i = 0; chain && i < chain->n_aliases; i++)
    if (strcmp(chain->aliases[i].name, name) == 0) return chain->aliases[i].alias;
  return NULL;
}

static bool asked(const chain_plan_options *o, const char *name) {
  if (!o->only) return true;
  for (size_t i = 0; o->only[i]; i++)
    if (strcmp(o->only[i], name) == 0 || strcmp(conf_alias_target(o->chain, o->only[i]), name) == 0) return true;
  return false;
}

static void find_listed(const conf_chain *chain, chain_candidate *c) {
  for (size_t i = 0; chain && i < chain->n_actions; i++) {
    const conf_chain_action *l = &chain->actions[i];
    if (l->kind != CONF_ANY_KIND && l->kind != c->action->kind) continue;
    if (strcmp(l->name, c->action->name) != 0 && strcmp(conf_alias_target(chain, l->name), c->action->name) != 0) continue;
    c->listed = l;
    c->listed_at = i;
    return;
  }
}

static bool wanted(const chain_plan_options *o, const chain_source *s, const host_action *action) {
  if (action->kind != o->kind || !chain_usable(s, action)) return false;
  if (s->built_in && strcmp(action->name, BUILTIN_MODIFIERS) == 0 && !o->modifiers.len) return false;
  if (s->built_in && (!o->without_host_steps || !o->only)) return !o->without_host_steps;
  return asked(o, action->name);
}

static int compare(const void *x, const void *y) {
  const chain_candidate *a = x, *b = y;
  if (a->stretch != b->stretch) return a->stretch < b->stretch ? -1 : 1;
  if (a->stretch == 1 && a->listed_at != b->listed_at) return a->listed_at < b->listed_at ? -1 : 1;
  if (a->action->priority != b->action->priority) return a->action->priority < b->action->priority ? -1 : 1;
  return strcmp(a->action->name, b->action->name);
}

static pintle_status collect_actions(const chain_plan_options *o, arena *a, chain_order *out, error *e) {
  size_t most = 0;
  for (size_t i = 0; i < out->n_sources; i++) most += out->sources[i].plugin->n_actions;
  out->v = arena_zalloc(a, (most ? most : 1) * sizeof *out->v);
  if (!out->v) return error_nomem(e);
  for (size_t i = 0; i < out->n_sources; i++) {
    const chain_source *s = &out->sources[i];
    for (size_t k = 0; k < s->plugin->n_actions; k++) {
      const host_action *action = &s->plugin->actions[k];
      if (!wanted(o, s, action)) continue;
      chain_candidate *c = &out->v[out->n++];
      c->source = s;
      c->action = action;
      if (s->built_in) {
        c->stretch = action->priority < 0 ? 0 : 3;
        continue;
      }
      c->alias = chain_alias_of(o->chain, action->name);
      find_listed(o->chain, c);
      c->stretch = c->listed ? 1 : 2;
    }
  }
  if (out->n) qsort(out->v, out->n, sizeof *out->v, compare);
  return PINTLE_OK;
}

pintle_status chain_order_make(const chain_plan_options *o, arena *a, chain_order *out, error *e) {
  *out = (chain_order){0};
  pintle_status st = collect_sources(o, a, out, e);
  if (st == PINTLE_OK) st = chain_check_listed(o, out, a, e);
  if (st == PINTLE_OK) st = collect_actions(o, a, out, e);
  if (st == PINTLE_OK) st = chain_check_only(o, out, a, e);
  return st;
}
