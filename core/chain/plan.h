/* plan.h -- the chain of a run, decided before it starts: which actions, in which order, for what.  SPDX-License-Identifier: Apache-2.0
 *
 * Made by the supervisor from registry and chain file; sent to workers as JSON; immutable. */
#ifndef PINTLE_CHAIN_PLAN_H
#define PINTLE_CHAIN_PLAN_H
#include "conf/options.h"
#include "host/registry.h"
#include "kube/labels.h"
#include "kube/types.h"

/* Velero's ResourceSelector, compiled (pkg/plugin/framework/action_resolver.go): cluster-scoped items match only where no namespace is
 * named. */
typedef struct chain_selector {
  const char *const *included_resources, *const *excluded_resources; /* as given */
  const char *const *included_namespaces, *const *excluded_namespaces;
  kube_selector *labels; /* NULL: all */
  const char *labels_text;
} chain_selector;
/* The first clause that failed, as a sentence in why ("resource pods is not among persistentvolumes, ..."), or true. why may be NULL. */
bool chain_selector_matches(const chain_selector *s, const kube_types *types, const kube_type *type, str ns, kube_labels labels, buf *why);

#define CHAIN_BUILT_IN (-1)
typedef struct chain_entry {
  uint32_t kind, index; /* CONF_*; position in the plan */
  int32_t plugin;       /* index in plan->plugins, or CHAIN_BUILT_IN */
  const char *name;     /* the action's own name */
  const char *alias;    /* served as; NULL */
  uint32_t flags, has;  /* as host_action */
  int32_t on_error, thread_model;
  int64_t timeout; /* never 0 */
  str config;      /* JSON of config() */
  conf_layer *layers;
  size_t n_layers; /* for places of its errors; supervisor only */
  chain_selector selector;
  uint32_t segment; /* 0 = item workers; ONE_INSTANCE actions and Go plugins of Velero have one of their own */
  const char *why;  /* "listed 2nd in chain.yaml:14:5", "priority 10", "built in" */
} chain_entry;
typedef struct chain_plugin {
  const char *name, *version, *path, *file;
  char sha256[65];
  int fd;
  bool velero;      /* as host_plugin; supervisor only */
  uint32_t segment; /* of all its entries when velero */
  bool stores;      /* it asks for pintle.store/1; supervisor only */
  const char *const *env;
} chain_plugin;
typedef struct chain_plan {
  arena memory;
  chain_entry *entries;
  size_t n;
  chain_plugin *plugins;
  size_t n_plugins; /* only those with an entry */
  uint32_t kind;    /* CONF_BACKUP_ITEM_ACTION, CONF_RESTORE_ITEM_ACTION, CONF_DELETE_ITEM_ACTION... */
  bool dry_run;     /* entries neither PURE nor OBEYS_DRY_RUN are not called, and say so in the record */
  bool finalizing;
  struct chain_resources *resources; /* what chain_plan_wants remembers; NULL: nothing yet */
} chain_plan;

typedef struct chain_plan_options {
  const host_registry *registry;
  const conf_chain *chain; /* may be NULL */
  const conf_set *set;     /* for plugin-config ConfigMaps; may be NULL */
  uint32_t kind;
  const char *const *only; /* --action NAME...; NULL: all */
  bool dry_run, finalizing;
  int64_t item_timeout; /* 0 = 60 s */
  const conf_environment *environment;
  bool without_host_steps; /* chain run --action: nothing built in but what `only` names */
  bool without_missing;    /* listed actions and aliases that nobody has are passed over: somebody else has told */
  str modifiers;           /* configuration of pintle.io/resource-modifiers (builtin/modifiers.h); empty: the plan is without it */
  /* NULL-ended: plugins that are part of the program (tests, bench); chain_open needs them too. NULL: none. */
  const pintle_plugin *const *linked;
} chain_plan_options;
/* Order: what is built in and comes first, the chain file's actions as listed, the rest by priority and name, what is built in and comes
 * last. An action listed that is not there, is set aside or refused: INVALID with file, line, reason and the nearest right name. */
pintle_status chain_plan_make(const chain_plan_options *options, chain_plan *out, error *e);
void chain_plan_free(chain_plan *p);
/* With the types that are not built in, and with secrets: for workers only. */
void chain_plan_print(const chain_plan *p, const kube_types *types, buf *json);
pintle_status chain_plan_parse(str json, chain_plan *out, kube_types *types, error *e);
/* Does any entry want such an item? Cached by type where it can be: one thread at a time asks a plan. ns: on restore the target namespace.
 * types: those of the run, in which type is. alone: as kube_skim; what is built in and only brings others along has nothing to do with it. */
bool chain_plan_by_labels(const chain_plan *p); /* does an entry select by labels? Else chain_plan_wants need not be told any */
bool chain_plan_wants(const chain_plan *p, const kube_types *types, const kube_type *type, str ns, kube_labels labels, bool alone);
/* Prints name, file:line:column of e->place (a pointer that the plugin gave) of an entry's config error into e->place. */
void chain_plan_place(const chain_entry *entry, error *e);
#endif
