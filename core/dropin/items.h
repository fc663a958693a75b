/* items.h -- the actions of one kind put to one item after another, in a worker: what a lane for item actions does.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One thread. Knows chain and worker, no gRPC. */
#ifndef PINTLE_DROPIN_ITEMS_H
#define PINTLE_DROPIN_ITEMS_H
#include "chain/chain.h"
#include "chain/stores.h"
#include "dropin/log.h"
#include <stdatomic.h>

typedef struct dropin_items_options {
  const host_registry *registry;
  const host_plugin *plugin; /* whose actions; NULL: the whole chain */
  uint32_t kind;
  const conf_chain *chain;
  const conf_set *set;
  const conf_environment *lookup;
  const char *self; /* is its own worker */
  const char *const *environment;
  const char *scratch; /* NULL: none */
  const chain_stores *stores; /* for plugins that ask for pintle.store/1 */
  const char *features;
  dropin_log *log;
  atomic_uint *strikes; /* of the plan's first n_strikes entries, shared by all lanes of one plan; NULL: none are shared */
  size_t n_strikes;
} dropin_items_options;

/* The actions and their configuration, without a worker; selectors that are computed are those of the descriptors. chain_plan_free ends it. */
pintle_status dropin_items_plan(const dropin_items_options *o, chain_plan *out, error *e);

typedef struct dropin_items dropin_items;
/* Makes the plan and starts the worker; an error of the plugin's configuration has its place. run: of the first call, for create(); may be empty. */
pintle_status dropin_items_open(const dropin_items_options *o, str run, dropin_items **out, error *e);
/* finish(), and the worker's end; NULL is fine. */
void dropin_items_close(dropin_items *t);
/* Hears what the worker prints between two calls. */
void dropin_items_idle(dropin_items *t);
/* false: no worker can be started any more, or a call was cancelled; close it and open another. */
bool dropin_items_usable(const dropin_items *t);
const chain_plan *dropin_items_plan_of(const dropin_items *t); /* with computed selectors */
/* NULL: the chain has no such action. */
const chain_entry *dropin_entry_of(const chain_plan *p, const char *action);

/* Where a call comes from; members may be NULL. */
typedef struct dropin_caller {
  void *ctx;
  bool (*cancelled)(void *ctx);
  int (*cancel_fd)(void *ctx);
  int64_t deadline; /* 0: none */
} dropin_caller;

typedef struct dropin_item {
  const char *action; /* NULL: the whole chain */
  str item, stored;   /* stored: restore */
  str run;            /* Backup or Restore; never empty */
  bool chosen;        /* the action is called whatever it selects */
  dropin_caller caller; /* once it is cancelled, plugins are told to stop, and killed after the grace */
} dropin_item;
typedef struct dropin_answer {
  error error;                 /* status OK: what follows counts */
  const char *file, *function; /* of the error; NULL: unknown */
  uint32_t line;
  str text; /* the item now; dropin_item.item where it is not changed */
  bool changed;
  const char *skip; /* NULL: it is not left out */
  chain_related *related, *post;
  size_t n_related, n_post;
  bool must_include; /* one of related is */
  int64_t wait;      /* -1: not asked; 0: the run's default */
  const char *operation;
} dropin_answer;
/* *answer and its texts live in *a. An operation with run_operation is run before this returns: its failure is an error line of the log, and then there is
 * no operation. An action that the chain has not, or that selects no such item, leaves it as it is. */
void dropin_items_apply(dropin_items *t, const dropin_item *in, arena *a, dropin_answer *answer);
#endif
