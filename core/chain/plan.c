/* plan.c -- a plan made from registry and chain file.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "chain/config.h"
#include "chain/select.h"
#include <inttypes.h>
#include <stdio.h>

#define ITEM_TIMEOUT (60 * CLOCK_SECOND)

static const char *ordinal(size_t n) {
  if (n % 100 >= 11 && n % 100 <= 13) return "th";
  return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

static const char *why(arena *a, const chain_candidate *c) {
  char text[400], place[300] = "the chain file";
  if (c->source->built_in) return "built in";
  if (c->listed) {
    if (c->listed->document) conf_place(c->listed->document, c->listed->at, place, sizeof place);
    snprintf(text, sizeof text, "listed %zu%s in %s", c->listed_at + 1, ordinal(c->listed_at + 1), place);
  } else snprintf(text, sizeof text, "priority %" PRId32, c->action->priority);
  return arena_dup(a, text);
}

/* ---- the plugins of the plan */
static size_t count_names(const char *const *l) {
  size_t n = 0;
  while (l && l[n]) n++;
  return n;
}

static void add_names(const char **to, size_t *n, const char *const *from) {
  for (size_t i = 0; from && from[i]; i++) {
    size_t k = 0;
    while (k < *n && strcmp(to[k], from[i]) != 0) k++;
    if (k == *n) to[(*n)++] = from[i];
  }
}

/* Names of environment variables: the plugin's own and those of the chain file. */
static pintle_status make_env(const conf_chain *chain, arena *a, const host_plugin *p, chain_plugin *out, error *e) {
  const char *const *more = conf_plugin_env(chain, p->file);
  const char **names = arena_alloc(a, (count_names(p->env) + count_names(more) + 1) * sizeof *names);
  size_t n = 0;
  if (!names) return error_nomem(e);
  add_names(names, &n, p->env);
  add_names(names, &n, more);
  for (size_t i = 0; i < n; i++)
    if (!(names[i] = arena_dup(a, names[i]))) return error_nomem(e);
  names[n] = NULL;
  out->env = names;
  return PINTLE_OK;
}

static pintle_status plugin_of(const chain_plan_options *o, chain_plan *p, const chain_candidate *c, int32_t *index, error *e) {
  const host_plugin *from = c->source->plugin;
  *index = CHAIN_BUILT_IN;
  if (c->source->built_in) return PINTLE_OK;
  for (size_t i = 0; i < p->n_plugins; i++)
    if (p->plugins[i].fd == from->fd && strcmp(p->plugins[i].path, from->path) == 0 && strcmp(p->plugins[i].name, from->name) == 0) {
      *index = (int32_t)i;
      return PINTLE_OK;
    }
  chain_plugin *to = &p->plugins[p->n_plugins];
  to->name = arena_dup(&p->memory, from->name);
  to->version = arena_dup(&p->memory, from->version);
  to->path = arena_dup(&p->memory, from->path);
  to->file = arena_dup(&p->memory, from->file);
  if (!to->name || !to->version || !to->path || !to->file) return error_nomem(e);
  memcpy(to->sha256, from->sha256, sizeof to->sha256);
  to->fd = from->fd;
  to->velero = from->velero;
  to->stores = host_asks_for(from, PINTLE_EXT_STORE);
  *index = (int32_t)p->n_plugins++;
  return make_env(o->chain, &p->memory, from, to, e);
}

/* ---- entries */
static int64_t timeout_of(const chain_plan_options *o, const chain_candidate *c) {
  if (c->listed && c->listed->timeout > 0) return c->listed->timeout;
  if (c->action->timeout > 0) return c->action->timeout;
  return o->item_timeout > 0 ? o->item_timeout : ITEM_TIMEOUT;
}

static pintle_status make_entry(const chain_plan_options *o, chain_plan *p, const chain_candidate *c, uint32_t *segments, error *e) {
  chain_entry *entry = &p->entries[p->n];
  const host_action *action = c->action;
  *entry = (chain_entry){.kind = action->kind,
                         .index = (uint32_t)p->n,
                         .flags = action->flags,
                         .has = action->has,
                         .on_error = c->listed ? c->listed->on_error : CONF_FAIL_ITEM,
                         .thread_model = action->thread_model,
                         .timeout = timeout_of(o, c)};
  p->n++; /* from here on its selector is freed */
  entry->name = arena_dup(&p->memory, action->name);
  entry->alias = c->alias ? arena_dup(&p->memory, c->alias) : NULL;
  entry->why = why(&p->memory, c);
  if (!entry->name || !entry->why || (c->alias && !entry->alias)) return error_nomem(e);
  pintle_status st = chain_selector_make(&p->memory, action->selector, &entry->selector, e);
  if (st != PINTLE_OK) {
    error_wrap(e, "selector of action %s of plugin %s", action->name, c->source->plugin->name);
    return st;
  }
  if ((st = plugin_of(o, p, c, &entry->plugin, e)) != PINTLE_OK) return st;
  chain_plugin *velero = entry->plugin >= 0 && p->plugins[entry->plugin].velero ? &p->plugins[entry->plugin] : NULL;
  if (velero && !velero->segment) velero->segment = ++*segments;
  if (velero) entry->segment = velero->segment;
  else if (action->flags & PINTLE_ONE_INSTANCE) entry->segment = ++*segments;
  return chain_config_make(o, &p->memory, c, entry, e);
}

pintle_status chain_plan_make(const chain_plan_options *o, chain_plan *out, error *e) {
  chain_order order;
  uint32_t segments = 0;
  *out = (chain_plan){.kind = o->kind, .dry_run = o->dry_run, .finalizing = o->finalizing};
  pintle_status st = chain_order_make(o, &out->memory, &order, e);
  if (st == PINTLE_OK) {
    out->entries = arena_zalloc(&out->memory, (order.n + 1) * sizeof *out->entries);
    out->plugins = arena_zalloc(&out->memory, (order.n + 1) * sizeof *out->plugins);
    out->resources = chain_resources_new(order.n);
    if (!out->entries || !out->plugins || !out->resources) st = error_nomem(e);
  }
  for (size_t i = 0; st == PINTLE_OK && i < order.n; i++) st = make_entry(o, out, &order.v[i], &segments, e);
  if (st != PINTLE_OK) chain_plan_free(out);
  return st;
}
