/* worker.h -- processes that run the chain, and the pool that survives them.  SPDX-License-Identifier: Apache-2.0
 *
 * The supervisor's side is single-threaded: everything happens inside worker_pool_step and worker_pool_submit. Docs: docs/architecture.md. */
#ifndef PINTLE_WORKER_WORKER_H
#define PINTLE_WORKER_WORKER_H
#include "chain/chain.h"
#include <stdatomic.h>

typedef struct worker_pool worker_pool;
struct ask_question;
struct worker_times;
struct chain_stores;

/* What an item's stretch through the chain came to. `chain` is as chain_apply gave it, or, when the worker died or was killed in it, FAILED with
 * an error that says so. Everything lives until the callback returns. */
typedef struct worker_outcome {
  const chain_outcome *chain;
  bool died;             /* the worker crashed, exited or was killed on this item: it is not run again */
  const char *backtrace; /* lines of frames, "" = none */
} worker_outcome;

typedef struct worker_pool_options {
  const char *worker;   /* path of pintle-worker; NULL with concurrency 0 */
  const char *velero_worker; /* path of pintle-worker-velero, for segments of a Go plugin of Velero; NULL: the plan has none */
  unsigned concurrency; /* item workers; 0 = the chain runs in this process */
  chain_plan *plan;     /* computed selectors are taken into it by worker_pool_open */
  kube_types *types;
  str run; /* JSON of the Backup or Restore */
  const char *mode, *scratch;
  const char *const *properties;  /* as chain_options */
  const char *const *environment; /* NAME=VALUE of this process, NULL-ended: the workers' are taken from it by name */
  uint32_t
      stop_before; /* entry index + 1: the worker stops (SIGSTOP) before that entry is called, for a debugger; deadlines are off then */
  int64_t grace;   /* for cleaning up after cancel or deadline; 0 = 10 s */
  int32_t (*cancelled)(void *ctx); /* asked by worker_pool_open while workers start: not 0 ends that, CANCELLED. NULL: nobody asks */
  void *cancelled_ctx;
  /* Crashes and deadlines of entries 0..n_strikes-1, counted together with other pools of the same plan: the third quarantines it in all. NULL: this
   * pool counts alone. */
  atomic_uint *strikes;
  size_t n_strikes;
  const struct chain_stores *stores; /* for plugins that ask for pintle.store/1; may be NULL */
  struct worker_times *times; /* of calls beside the items (worker/times.h); the pool itself does not use it. May be NULL */
  void *ctx;
  void (*outcome)(void *ctx, uint64_t ticket, const worker_outcome *o);
  /* What a call of that entry asks the run (worker/ask.h); the answer is appended. NULL: UNSUPPORTED. */
  pintle_status (*ask)(void *ctx, uint32_t entry, const struct ask_question *question, buf *answer, error *e);
  /* Lines that belong to no item: stdout and stderr of a worker (source "stdout"/"stderr"), a plugin's own threads, restarts, quarantine (source
   * "pintle"). plugin may be "". */
  void (*log)(void *ctx, int32_t level, const char *source, const char *plugin, str message);
} worker_pool_options;

/* Starts the first worker, and before it those that compute a selector for actions outside of it, and waits until they have loaded the chain: a plugin
 * that cannot be loaded or refuses its configuration ends the run here, with the place in the chain file. */
pintle_status worker_pool_open(const worker_pool_options *options, worker_pool **out, error *e);
/* Queues one item (all is copied). The outcome comes in a later step, or, with concurrency 0, before this returns. block: the item block it is of, 0 =
 * none: items of one block go to one worker, in the order of their submission, a resumed one too; when that worker dies, the rest goes to another. */
pintle_status worker_pool_submit(worker_pool *p, uint64_t ticket, uint32_t block, const chain_input *in, error *e);
/* No item of that block is submitted any more. */
void worker_pool_end_block(worker_pool *p, uint32_t block);
/* Pumps: waits up to `wait` nanoseconds (0 = do not wait) for something to happen, then handles all that has. An error is one that ends the run (no
 * worker can be started any more). */
pintle_status worker_pool_step(worker_pool *p, int64_t wait, error *e);
size_t worker_pool_pending(const worker_pool *p); /* submitted, no outcome yet */
size_t worker_pool_backlog(const worker_pool *p); /* bytes of items not yet handed to a worker: keep it filled, but small */
/* Tells all running calls to stop; queued items come back as FAILED with CANCELLED. After the grace workers are killed. */
void worker_pool_cancel(worker_pool *p);
/* finish() in every worker, all processes gone; *counters gets JSON {"action":{"counter":n}}, summed over workers and what *counters held
 * before: that of a pool before this one, or nothing. */
pintle_status worker_pool_close(worker_pool *p, buf *counters, error *e);
/* Kills what is left, frees. NULL is fine. worker_pool_close may have been called before or not. */
void worker_pool_free(worker_pool *p);
/* pids of living workers, for people and tests; returns how many, at most n are stored. */
size_t worker_pool_pids(const worker_pool *p, int *pids, size_t n);

/* What the calls of an action for items came to; kept in the supervisor, so that a dead worker takes nothing with it. */
enum { WORKER_LIMITS = 8 };
typedef struct worker_action_stats {
  uint64_t calls;                      /* begun */
  uint64_t errors;                     /* of them: an error came back */
  uint64_t timeouts, deaths;           /* past the deadline, by itself or killed; the worker died */
  uint64_t buckets[WORKER_LIMITS + 1]; /* calls by what they took: up to 10 us, 100 us, 1 ms, ... 10 s, 60 s, more */
  int64_t elapsed;                     /* of all */
  unsigned strikes;                    /* towards quarantine */
  bool quarantined;
} worker_action_stats;
const worker_action_stats *worker_pool_stats(const worker_pool *p, uint32_t entry);
/* All of them as JSON: [{"action","plugin":"name@version","operation":"execute","calls","errors","timeouts","deaths","seconds",
 * "histogram":{"1e-05":n,...,"60":n,"+Inf":n}}]; the histogram is cumulative, as Prometheus' are. "quarantined":true where it is so. */
void worker_pool_actions(const worker_pool *p, buf *json);
int64_t worker_seconds(str seconds); /* such "seconds" in nanoseconds */

/* ---- the worker's side: main of pintle-worker, and of the drop-in when it is executed as its own worker.
 * --probe FD NAME | --run SOCKET PAGE CANCEL */
int worker_main(int argc, char **argv);
/* The same where plugins are opened by *opener: pintle-worker-velero. */
int worker_main_with(int argc, char **argv, const host_opener *opener);
#endif
