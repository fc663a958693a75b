/* flow_inside.h -- what the files of the flow share: tickets, and who calls whom.  SPDX-License-Identifier: Apache-2.0
 *
 * Private to core/engine/flow*.c. flow.c is the loop; flow_item.c begins, resumes and ends an item; flow_children.c has what items wait for;
 * flow_ready.c asks whether they are ready; flow_ticket.c has their memory. */
#ifndef PINTLE_ENGINE_FLOW_INSIDE_H
#define PINTLE_ENGINE_FLOW_INSIDE_H
#include "engine/flow.h"

enum { FLOW_UNCLAIMED = 0, FLOW_GONE = UINT32_MAX }; /* in of[]: not claimed; emitted */

enum flow_state { FLOW_RUNNING, FLOW_WAITING, FLOW_DONE };
typedef struct flow_asking { /* in the ticket's arena */
  uint32_t entry;
  int64_t at, until; /* when it is asked next, and how long */
  int64_t timeout;
  size_t *items, n;
} flow_asking;
typedef struct flow_ticket {
  size_t item;
  enum flow_state state;
  bool in_use, begun, emitting;
  uint32_t depth, block;
  uint32_t waits; /* children not done yet */
  struct child {
    uint32_t item;
    bool waited;
  } * children;
  size_t n_children, cap_children; /* in the order asked for */
  size_t *waiters;
  size_t n_waiters, cap_waiters; /* tickets */
  uint32_t next;                 /* entry to resume with */
  chain_input in;                /* id and type; texts are in the bufs */
  buf text, stored, labels, record, id;
  buf volume_action, volume_parameters;
  bool has_labels, changed, died;
  uint64_t edited;
  int32_t what;
  uint32_t entry;
  size_t weight; /* its part of the window */
  const kube_type *type;
  buf ns, name, skip, trace;
  error *error;    /* NULL: none. It is large, and rare */
  arena sentences; /* holds the error and the texts of missing */
  const char **missing;
  size_t n_missing, cap_missing;
  flow_asking *asking; /* NULL: it goes on when its children are done */
} flow_ticket;

struct engine_flow {
  engine_flow_ops ops;
  kube_source *source;
  kube_types *types;
  worker_pool *pool;
  uint32_t *of; /* by item: ticket + 1, FLOW_UNCLAIMED or FLOW_GONE */
  flow_ticket **tickets;
  size_t n_tickets;
  size_t *free_tickets;
  size_t n_free;
  size_t *order;
  size_t order_at, order_n, order_cap; /* items begun by their turn, not emitted yet */
  size_t *start;
  size_t start_at, n_start, cap_start; /* children to begin, in the order asked for */
  size_t *todo;
  size_t n_todo, cap_todo; /* tickets to resume */
  size_t *asking;
  size_t n_asking, cap_asking; /* tickets whose children are done, but perhaps not ready */
  size_t window;
  uint32_t block; /* of the item emitted last */
  engine_flow_stats stats;
  error failure; /* ends the run */
};

/* flow_ticket.c */
void flow_nomem(engine_flow *f);
flow_ticket *flow_claim(engine_flow *f, size_t item, uint32_t depth); /* NULL: no memory, which is f->failure */
flow_ticket *flow_ticket_of(const engine_flow *f, size_t item);       /* NULL: not claimed, or emitted */
void flow_release(engine_flow *f, flow_ticket *t);                    /* emitted */
void flow_weigh(engine_flow *f, flow_ticket *t);                      /* its part of the window, again */
void flow_keep_error(engine_flow *f, flow_ticket *t, const error *e);
void flow_ticket_free(flow_ticket *t);
engine_done flow_done_of(const flow_ticket *t);

/* flow_children.c */
void flow_add_missing(engine_flow *f, flow_ticket *t, const char *sentence);
void flow_add_related(engine_flow *f, flow_ticket *t, size_t number, const chain_outcome *o);
void flow_wake(engine_flow *f, flow_ticket *t); /* t is done: who waits for it goes on */

/* flow_ready.c */
void flow_want_ready(engine_flow *f, flow_ticket *t, const chain_outcome *o); /* before its children are added; notes that it asks */
void flow_want_item(flow_ticket *t, size_t item);
void flow_go_on(engine_flow *f, size_t number); /* its children are done */
void flow_ask(engine_flow *f);
int64_t flow_next_question(const engine_flow *f, int64_t wait); /* how long to wait for others, wait at most */

/* flow_item.c: only the main loop begins and resumes, an outcome may not submit */
void flow_begin(engine_flow *f, flow_ticket *t);
void flow_submit(engine_flow *f, flow_ticket *t);
#endif
