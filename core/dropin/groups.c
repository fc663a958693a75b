/* groups.c -- which lanes there are, and the worker of each.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/inside.h"
#include <stdlib.h>

enum { MOST_LANES = 4, MOST_FAILURES = 3 };

static void idle(void *ctx, void *state) {
  const dropin_group *g = ctx;
  if (g->items) dropin_items_idle(state);
}

static void close_state(void *ctx, void *state) {
  const dropin_group *g = ctx;
  if (g->items) dropin_items_close(state);
  else dropin_single_close(state);
}

static void ended(void *ctx) {
  dropin_group *g = ctx;
  for (size_t i = 0; i < g->n_init; i++) explicit_bzero((char *)(uintptr_t)g->init[i].value, strlen(g->init[i].value));
  if (g->config.len) explicit_bzero((char *)(uintptr_t)g->config.ptr, g->config.len);
  pthread_mutex_destroy(&g->lock);
  arena_free(&g->memory);
  free(g);
}

static bool one_instance(const dropin_group *g) {
  const host_registry *r = &g->d->registry;
  if (!g->items) return g->offer->action && g->offer->action->flags & PINTLE_ONE_INSTANCE;
  for (size_t i = 0; i < r->n_plugins; i++)
    for (size_t k = 0; (!g->offer->plugin || g->offer->plugin == &r->plugins[i]) && k < r->plugins[i].n_actions; k++)
      if (r->plugins[i].actions[k].kind == g->offer->kind && r->plugins[i].actions[k].flags & PINTLE_ONE_INSTANCE) return true;
  return false;
}

/* A plan has no more entries than that. */
static bool make_strikes(dropin_group *g) {
  const host_registry *r = &g->d->registry;
  g->n_strikes = g->chain->n_actions;
  for (size_t i = 0; i < r->n_plugins; i++) g->n_strikes += r->plugins[i].n_actions;
  return (g->strikes = arena_zalloc(&g->memory, (g->n_strikes + 1) * sizeof *g->strikes)) != NULL;
}

static dropin_group *make(dropin *d, const dropin_offer *offer, const conf_chain *chain, bool items, error *e) {
  dropin_group *g = calloc(1, sizeof *g);
  if (!g) return error_nomem(e), NULL;
  *g = (dropin_group){.d = d, .offer = offer, .chain = chain, .items = items};
  pthread_mutex_init(&g->lock, NULL);
  const dropin_team_options o = {.most = one_instance(g) ? 1 : MOST_LANES, .ctx = g, .idle = idle, .close = close_state, .ended = ended};
  if (items && !make_strikes(g)) error_nomem(e);
  else if (dropin_team_new(&o, &g->team, e) == PINTLE_OK) return g;
  ended(g);
  return NULL;
}

static bool is_for(const dropin_group *g, const dropin_offer *offer, const conf_chain *chain, bool items) {
  if (g->chain != chain || g->items != items || g->offer->kind != offer->kind || g->config.ptr) return false;
  return items ? g->offer->plugin == offer->plugin : g->offer == offer;
}

dropin_group *dropin_group_of(dropin *d, const dropin_offer *offer, const conf_chain *chain, bool items, error *e) {
  for (dropin_group *g = d->groups; g; g = g->next)
    if (is_for(g, offer, chain, items)) return g;
  dropin_group *g = make(d, offer, chain, items, e);
  if (!g) return NULL;
  g->next = d->groups;
  return d->groups = g;
}

static bool copy_init(dropin_group *g, const pintle_kv *init, size_t n) {
  g->init = arena_zalloc(&g->memory, (n + 1) * sizeof *g->init);
  for (size_t i = 0; g->init && i < n; i++) {
    g->init[i] = (pintle_kv){arena_dup(&g->memory, init[i].key), arena_dup(&g->memory, init[i].value)};
    if (!g->init[i].key || !g->init[i].value) return false;
    g->n_init++;
  }
  return g->init != NULL;
}

dropin_group *dropin_group_location(dropin *d, const dropin_offer *offer, const conf_chain *chain, const pintle_kv *init, size_t n,
                                    error *e) {
  CLEANUP(buf_free) buf config = {0};
  dropin_single_options o = {.action = offer->action, .init = init, .n_init = n};
  dropin_group *g = make(d, offer, chain, false, e);
  if (!g) return NULL;
  dropin_group_options(g, &o.of);
  pintle_status st = dropin_single_config(&o, &config, e);
  if (st == PINTLE_OK) {
    g->config = (str){arena_copy(&g->memory, buf_str(&config)), config.len};
    if (!g->config.ptr || !copy_init(g, init, n)) st = error_nomem(e);
  } else error_wrap(e, "action %s of plugin %s", offer->action->name, offer->plugin->file);
  if (config.data) explicit_bzero(config.data, config.cap);
  if (st == PINTLE_OK) return g;
  dropin_team_retire(g->team); /* no lane yet: frees g as well */
  return NULL;
}

void dropin_group_options(const dropin_group *g, dropin_items_options *o) {
  dropin_options(g->d, g->offer, g->chain, o);
  o->strikes = g->strikes, o->n_strikes = g->n_strikes;
}

void dropin_options(dropin *d, const dropin_offer *offer, const conf_chain *chain, dropin_items_options *o) {
  *o = (dropin_items_options){.registry = &d->registry,
                              .plugin = offer->plugin,
                              .kind = offer->kind,
                              .chain = chain,
                              .set = &d->config.set,
                              .lookup = &d->config.lookup,
                              .self = d->config.self,
                              .environment = d->config.environment,
                              .scratch = d->scratch,
                              .stores = &d->stores,
                              .features = d->features,
                              .log = &d->log};
}

/* ---- workers */
static bool given_up(dropin_group *g, error *e) {
  pthread_mutex_lock(&g->lock);
  bool up = g->failures >= MOST_FAILURES;
  if (up) *e = g->failure;
  pthread_mutex_unlock(&g->lock);
  return up;
}

static void started(dropin_group *g, pintle_status st, const error *e) {
  pthread_mutex_lock(&g->lock);
  if (st == PINTLE_OK) g->failures = 0;
  else g->failures++, g->failure = *e;
  pthread_mutex_unlock(&g->lock);
}

dropin_items *dropin_items_of(dropin_group *g, void **state, str run, error *e) {
  dropin_items_options o;
  dropin_items *t = *state;
  if (t && dropin_items_usable(t)) return t;
  dropin_items_close(t);
  *state = t = NULL;
  if (given_up(g, e)) return NULL;
  dropin_group_options(g, &o);
  started(g, dropin_items_open(&o, run, &t, e), e);
  return *state = t;
}

dropin_single *dropin_single_of(dropin_group *g, void **state, str run, error *e) {
  dropin_single_options o = {.action = g->offer->action, .init = g->init, .n_init = g->n_init};
  dropin_single *s = *state;
  if (s) return s;
  if (given_up(g, e)) return NULL;
  dropin_group_options(g, &o.of);
  started(g, dropin_single_open(&o, run, &s, e), e);
  return *state = s;
}
