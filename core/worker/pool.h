/* pool.h -- the supervisor's side, inside: one record a worker process.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_WORKER_POOL_H
#define PINTLE_WORKER_POOL_H
#include "base/clock.h"
#include "worker/message.h"
#include "worker/page.h"
#include "worker/proc.h"
#include "worker/worker.h"
#include <sys/types.h>

enum { POOL_FRAME_ITEMS = 8, POOL_FRAME_BYTES = 256 << 10, POOL_FRAMES = 2, POOL_STRIKES = 3, POOL_BLOCKS = 1024 };

/* An item on its way: queued, or with a worker until its outcome is back. */
typedef struct pool_item {
  struct pool_item *next;
  uint64_t ticket;
  uint32_t segment, block;
  bool ends_frame; /* the last one of the frame it went out in */
  size_t len;
  char data[]; /* as message_put_item made it */
} pool_item;
typedef struct pool_queue {
  pool_item *first, *last;
} pool_queue;
void pool_push(pool_queue *q, pool_item *i);
pool_item *pool_pop(pool_queue *q);

/* Which worker has an item block. */
typedef struct pool_block {
  struct pool_block *next;
  uint32_t number;
  struct pool_proc *proc;
} pool_block;

enum pool_state { POOL_STARTING, POOL_READY, POOL_FINISHING, POOL_FINISHED };
typedef struct pool_proc {
  struct pool_proc *next;
  union { /* the process, and its parts by their short names */
    proc proc;
    struct {
      pid_t pid;
      int pidfd, sock, cancel_fd, logs[2];
      page *page;
    };
  };
  enum pool_state state;
  uint32_t segment;
  pool_queue with; /* items it has, oldest first */
  pool_queue own;  /* items of its blocks, not handed to it yet; they go before those of the pool's queue */
  unsigned frames; /* of them, not finished */
  buf out, in, joined, lines[2];
  size_t out_at, in_used;
  uint64_t out_seq, in_seq;
  uint64_t seen_calls; /* watchdog: page->calls at the last look */
  int64_t seen_at;     /* when that, or an outcome, last changed */
  int64_t killed_at;   /* 0: we did not */
  enum pool_state killed_in; /* what it said last may still come in after that, that it is ready say */
  bool timed_out;      /* killed for a deadline */
  bool gone;           /* to be removed */
  bool told_grown, outgrown; /* its memory has grown: that was said; it gets no more items (recycle.c) */
  char why_killed[160];
} pool_proc;

struct worker_pool {
  worker_pool_options o;
  pool_proc *procs;
  pool_queue *queues; /* by segment */
  uint32_t n_segments;
  size_t pending, backlog;
  size_t owned;                    /* bytes in the workers' own queues */
  pool_block *blocks[POOL_BLOCKS]; /* by number */
  worker_action_stats *stats;      /* by entry */
  unsigned fruitless;              /* deaths since the last outcome */
  int64_t cancelled_at;
  bool opened;
  buf setup; /* body of WIRE_SETUP up to the segment */
  buf said;  /* what workers printed before they were ready, each line behind a \n */
  struct pool_counter *sums;
  size_t n_sums;
  arena scratch;
  arena memory;        /* of the sums */
  error failure;       /* why the pool cannot go on */
  struct chain *local; /* concurrency 0 */
  struct stores_side *local_stores;
  page local_page;
};

/* blocks.c: the next item for w, which is then its own; NULL: none, or none that is at most room bytes long (0: any). */
pool_item *pool_next(worker_pool *p, pool_proc *w, size_t room);
bool pool_has_next(const worker_pool *p, const pool_proc *w);
/* w is gone: its blocks are anybody's, what was queued for it goes behind `back` and then to the front of the queue. */
void pool_release(worker_pool *p, pool_proc *w, pool_queue *back);
void pool_forget_blocks(worker_pool *p);
/* spawn.c */
pintle_status pool_spawn(worker_pool *p, uint32_t segment, error *e);
const char *pool_worker_of(const worker_pool *p, uint32_t segment); /* path of its executable; NULL: none is known */
void pool_proc_free(pool_proc *w);
/* pump.c: reads what the worker wrote; false when it sent what cannot be. */
bool pool_read(worker_pool *p, pool_proc *w);
void pool_write(worker_pool *p, pool_proc *w);
void pool_read_logs(worker_pool *p, pool_proc *w, bool last);
void pool_send(worker_pool *p, pool_proc *w, enum wire_type type, str body);
void pool_outcome(worker_pool *p, pool_item *item, const chain_outcome *o, bool died, const char *trace);
PINTLE_PRINTF(4, 5) void pool_log(worker_pool *p, int32_t level, const char *plugin, const char *format, ...);
/* answer.c: false, INVALID: no such question can be. */
bool pool_asked(worker_pool *p, pool_proc *w, wire_reader *r);
pintle_status pool_answer(worker_pool *p, uint32_t entry, str question, buf *answer, error *e);
/* death.c */
void pool_hear_strikes(worker_pool *p); /* quarantines what other pools' crashes say */
void pool_watch(worker_pool *p, pool_proc *w, int64_t now); /* kills what is past its deadline */
void pool_kill(pool_proc *w, const char *why);
void pool_buried(worker_pool *p, pool_proc *w);                   /* its pidfd is readable, or it is abandoned */
const char *pool_plugin_of(const worker_pool *p, uint32_t entry); /* file name; "pintle" for a built-in */
/* recycle.c: a worker whose memory has grown is replaced, between items */
void pool_recycle(worker_pool *p, pool_proc *w);
/* counters.c */
pintle_status pool_count(worker_pool *p, str counters, error *e);
void pool_print_counters(const worker_pool *p, buf *out);
/* stats.c */
void pool_time(worker_pool *p, const chain_time *t);                  /* a call that returned */
void pool_time_lost(worker_pool *p, uint32_t entry, int64_t elapsed); /* one that did not: pool_buried counts the death */
void pool_stats_add(worker_action_stats *s, int64_t elapsed);         /* one more call */
void pool_stats_print(const worker_action_stats *s, const char *action, str plugin, const char *operation, buf *json);
void pool_plugin_label(const worker_pool *p, const chain_entry *entry, buf *out); /* "name@version" */
/* local.c */
pintle_status pool_local_open(worker_pool *p, error *e);
void pool_local_apply(worker_pool *p, pool_item *item);
pintle_status pool_local_close(worker_pool *p, error *e);
#endif
