/* chain.h -- a loaded chain put to one item after another; knows no process.  SPDX-License-Identifier: Apache-2.0
 *
 * Runs in a worker, or in pintle itself with --concurrency 0. One thread. */
#ifndef PINTLE_CHAIN_CHAIN_H
#define PINTLE_CHAIN_CHAIN_H
#include "chain/plan.h"
#include "host/module.h"

typedef struct chain chain;
typedef struct chain_options {
  const chain_plan *plan;
  kube_types *types;
  str run;                       /* JSON of the Backup or Restore resource */
  uint32_t segment;              /* entries of this segment are called; others end the stretch (outcome YIELD with no items) */
  const char *mode, *scratch;    /* host.mode; run.dir parent */
  const char *const *properties; /* NULL-ended pairs name, value: run.name, velero.namespace, features... */
  /* blame: before each call of plugin code (entry, what: "load", "create", "execute"...), and after it with entry NULL. */
  void (*enter)(void *ctx, const chain_entry *entry, const char *what, int64_t deadline);
  void (*leave)(void *ctx);
  void (*stray_log)(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n); /* outside a call, or call NULL */
  int32_t (*cancelled)(void *ctx);
  int (*cancel_fd)(void *ctx);
  const void *(*extension)(void *ctx, const char *id); /* pintle.items/1...; NULL: none */
  /* A question of an extension (worker/ask.h) in the call of that entry; NULL: nobody answers. */
  pintle_status (*ask)(void *ctx, pintle_call *call, const chain_entry *entry, str question, buf *answer, error *e);
  struct stores_side *stores; /* for pintle.store/1; NULL: none */
  void *ctx;
  const pintle_plugin *const *linked; /* as in chain_plan_options */
  const host_opener *opener;          /* of the segment's plugins; NULL: host_module_open */
} chain_options;
/* Backup, Restore, Delete and ItemBlockActions; UNSUPPORTED: another kind. While a chain with stray_log is open, host_stray_log is its own.
 * Opens the plugins of the plan, load(), create() each entry of this segment, applies_to where there is one. The error names plugin and
 * action; its place is a JSON Pointer into the config where the plugin gave one, and *failed (may be NULL) is the entry. */
pintle_status chain_open(const chain_options *options, chain **out, const chain_entry **failed, error *e);
/* Selectors computed by applies_to, as JSON {"entry":{selector}}; "{}" = none. The supervisor takes them into its plan by
 * chain_plan_selectors. */
void chain_selectors(const chain *c, buf *json);
pintle_status chain_plan_selectors(chain_plan *p, str json, error *e);
/* finish() each, in reverse order; counters as JSON {"action":{"counter":n}} appended to *counters; all destroyed. Errors are in *e
 * (the first). */
pintle_status chain_close(chain *c, buf *counters, error *e);

/* Items that the entry would be called for now fail, by the action's name and why (with onError Warn: a warning). why "" or NULL: no
 * more. */
pintle_status chain_quarantine(chain *c, uint32_t entry, const char *why);

/* ---- one item */
typedef struct chain_input {
  pintle_id id; /* as in the backup (before mapping) */
  const kube_type *type;
  str text;            /* the item: as it came, or as YIELD gave it */
  str stored;          /* restore: the item as stored; {NULL,0} else */
  uint32_t next;       /* first entry to run; 0 at the beginning */
  str original_labels; /* backup after a YIELD: JSON of the labels at the beginning; {NULL,0} = take the text's */
  str volume_action, volume_parameters; /* properties item.volume-action and item.volume-parameters; empty where no policy speaks */
  /* only: the entry `next` alone; it ends DONE even when it named items. chosen: and that whatever it selects, since the caller has decided. */
  bool only, chosen;
  /* The Backup or Restore of this item, instead of that of the options; parsed when it is another text than the last one. Given for all items of a
   * chain or for none ({NULL,0}). With it the phase Finalizing counts as a plan's `finalizing`, and the record has what each call counted. */
  str run;
} chain_input;
enum { CHAIN_DONE = 0, CHAIN_SKIPPED = 1, CHAIN_FAILED = 2, CHAIN_YIELD = 3, CHAIN_FAIL_RUN = 4 };
typedef struct chain_related {
  pintle_id id;
  uint32_t flags;
  uint32_t entry;
} chain_related;
typedef struct chain_operation {
  uint32_t entry;
  const char *id;
  const chain_related *post;
  size_t n_post;
} chain_operation;
typedef struct chain_time { /* one call of an action, tries included */
  uint32_t entry;
  int32_t status; /* pintle_status it came to */
  bool edited;    /* the item is another after it */
  int64_t elapsed;
} chain_time;
typedef struct chain_outcome {
  int32_t what;
  uint32_t next;         /* YIELD: the entry to go on with */
  bool changed;          /* the text differs from the input */
  str text;              /* DONE, YIELD: the item now; the input's text when not changed */
  const kube_type *type; /* now; NULL when no kind can be told any more */
  str ns, name;          /* now */
  const char *skip;      /* SKIPPED: why */
  error error;           /* FAILED: "action NAME of plugin P: ..." */
  const char *file, *function; /* FAILED: where in the plugin's source; NULL: not told */
  uint32_t line;
  uint32_t entry;        /* FAILED, SKIPPED: which */
  uint32_t warnings, errors, findings,
      calls; /* log lines of WARN, ERROR (an action's error with onError Warn counts as a warning); findings; actions called */
  const chain_related *related;
  size_t n_related; /* YIELD: additional items, in order; backup: PINTLE_MUST_INCLUDE in flags. SKIPPED of a backup: they are still taken. Item
                       blocks: what all actions of the stretch named, whatever it came to; 10,000 at most */
  const char *operation; /* with entry in op_entry; NULL: none. The next issue's engine journals it */
  uint32_t op_entry;
  int64_t wait; /* -1 none */
  const chain_related *post;
  size_t n_post;
  str record;                        /* JSON array: what each action did; "" when none was called. See docs/architecture.md */
  str original_labels;               /* to hand back after a YIELD */
  const chain_operation *operations; /* all of this stretch; operation, op_entry and post above are the first one's */
  size_t n_operations;
  const chain_time *times; /* each call of this stretch, in order: at most one an entry */
  size_t n_times;
} chain_outcome;
/* Never fails itself: everything is in *out, which lives until the next call of chain_apply. ItemBlockActions: the item is read-only, they do not
 * yield for what they name, and the error of one leaves the others (and is counted in errors), unless it says onError FailRun. */
void chain_apply(chain *c, const chain_input *in, chain_outcome *out);
#endif
