/* order.h -- which actions a chain has, and in which order.  SPDX-License-Identifier: Apache-2.0
 *
 * Private to core/chain. */
#ifndef PINTLE_CHAIN_ORDER_H
#define PINTLE_CHAIN_ORDER_H
#include "chain/plan.h"

/* A plugin that actions may come from: of the registry (those set aside too), linked in, or pintle itself. */
typedef struct chain_source {
  const host_plugin *plugin;
  bool built_in;
} chain_source;
typedef struct chain_candidate {
  const chain_source *source;
  const host_action *action;
  const conf_chain_action *listed; /* NULL: not in the chain file */
  size_t listed_at;
  const char *alias; /* NULL: none */
  int stretch;       /* 0 first steps, 1 listed, 2 the rest, 3 last steps */
} chain_candidate;
typedef struct chain_order {
  chain_source *sources;
  size_t n_sources;
  chain_candidate *v; /* in the order of the chain */
  size_t n;
} chain_order;
/* Everything is in *a. INVALID: a listed or asked action that cannot be had. */
pintle_status chain_order_make(const chain_plan_options *o, arena *a, chain_order *out, error *e);

/* listed.c: are all actions there that chain file and command line name? */
pintle_status chain_check_listed(const chain_plan_options *o, const chain_order *order, arena *a, error *e);
pintle_status chain_check_only(const chain_plan_options *o, const chain_order *order, arena *a, error *e);
const char *chain_alias_of(const conf_chain *chain, const char *name);     /* NULL: none */
static inline bool chain_usable(const chain_source *s, const host_action *action) { return !s->plugin->reason && !action->refused; }
#endif
