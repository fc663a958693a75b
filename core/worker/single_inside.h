/* single_inside.h -- the supervisor's side of single calls, inside.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_WORKER_SINGLE_INSIDE_H
#define PINTLE_WORKER_SINGLE_INSIDE_H
#include "base/clock.h"
#include "worker/proc.h"
#include "worker/single.h"
#include "worker/single_wire.h"
#include <poll.h>
#include <pthread.h>

enum { SINGLE_STRIKES = 3 };
enum single_state { SINGLE_NONE, SINGLE_STARTING, SINGLE_READY, SINGLE_FINISHING, SINGLE_FINISHED };

/* A call in flight, or the start or end of the worker, which are waited for in the same way. */
typedef struct single_call {
  const char *what; /* for messages until the page tells better: "put_object", "create" */
  uint32_t flags;   /* of its function */
  single_args args;
  pintle_call *caller;
  const pintle_reader *body;
  const pintle_writer *to;
  pintle_result *result;
  bool done; /* nothing more comes: answered, ready, finished or dead */
  bool died;
  single_answer answer;
  buf text, patch; /* of the answer */
  arena memory;    /* of one frame */
  /* bytes */
  int64_t credit, pulled; /* what the worker may still get, what it got */
  uint64_t owed, given;   /* credit to grant, bytes or entries that came */
  bool body_over;
  pintle_status unread, refused; /* our reader's error; our writer's or result's no */
  /* time */
  int64_t started, seen_at, told_at, reported_at;
  int32_t told;  /* 1, 2 as host->cancelled; 0: not yet */
  bool deaf;     /* the caller's cancel_fd tells nothing */
  int64_t limit; /* without a sign of life, or in all */
  uint64_t seen_moved;
} single_call;

struct worker_single {
  worker_single_options o;
  arena memory; /* copies of the options' texts */
  pthread_mutex_t lock;
  HOST_PADDED(pintle_action) action;
  HOST_PADDED(pintle_object_store) store;
  HOST_PADDED(pintle_volume_snapshotter) snapshotter;
  HOST_PADDED(pintle_verify) verify;
  HOST_PADDED(pintle_backup_item_action) backup;
  HOST_PADDED(pintle_restore_item_action) restore;
  host_call *own; /* of what belongs to no call */
  int64_t timeout, grace;
  uint64_t number;
  unsigned strikes;
  bool told_grown; /* of a worker that may not be replaced */
  char last_end[PROC_HOW + 60]; /* of the worker that died last: "crashed (SIGSEGV) in put_object" */
  /* the worker */
  enum single_state state;
  proc proc;
  uint32_t has;
  error failure;                /* why it could not be set up, or what finish said */
  int64_t killed_at, closed_at; /* when we killed it; when its socket ended */
  bool timed_out;
  char why_killed[120];
  buf out, in, joined, lines[2];
  size_t out_at, in_used;
  uint64_t out_seq, in_seq;
};

/* single_call.c. begin, then rounds until c->done; each waits up to `wait` for something to happen. single_wait does both. */
enum { SINGLE_FDS = 5 };
void single_begin(worker_single *s, single_call *c);
void single_round(worker_single *s, single_call *c, int64_t wait);
void single_wait(worker_single *s, single_call *c);
void single_fds(const worker_single *s, const single_call *c, struct pollfd *f); /* SINGLE_FDS of them, which end the waiting */
void single_queue(worker_single *s, enum wire_type type, str body);
void single_call_free(single_call *c);
/* single_take.c */
bool single_read(worker_single *s, single_call *c); /* false: what came is no frame of ours */
/* single_death.c */
void single_watch(worker_single *s, single_call *c); /* passes cancellation on, kills what is past its time */
void single_kill(worker_single *s, const char *why);
void single_buried(worker_single *s, single_call *c); /* its pidfd is readable, or it is abandoned */
void single_recycle(worker_single *s, pintle_call *caller); /* between two calls: one that has grown too far is finished */
void single_read_logs(worker_single *s, const single_call *c, bool last);
/* single.c */
/* No worker yet. NULL: *st and *e say why. */
worker_single *single_new(const worker_single_options *options, pintle_status *st, error *e);
void single_free(worker_single *s);                                                            /* its worker is gone */
/* Starts the worker: state STARTING, c is to be waited for. single_started tells what came of it. */
pintle_status single_launch(worker_single *s, single_call *c, error *e);
pintle_status single_started(worker_single *s, const single_call *c, error *e);
/* Says goodbye: state FINISHING, c is to be waited for. */
void single_finish(worker_single *s, single_call *c);
/* A worker that is ready; starts one where there is none. */
pintle_status single_ready(worker_single *s, pintle_call *caller, error *e);
/* single_table.c */
void single_tables(worker_single *s);
void single_send_call(worker_single *s, single_id id, single_call *c);         /* c is to be waited for */
pintle_status single_settle(const worker_single *s, const single_call *c); /* its status, told to the caller's host and result */
#endif
