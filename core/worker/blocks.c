/* blocks.c -- item blocks: all items of one go to one worker, in order.  SPDX-License-Identifier: Apache-2.0
 *
 * An item of a block stands in the pool's queue like any other. Whoever takes the first one has the block; what others find of it in the queue they
 * put into that worker's own queue. So the order within a block is that of submission, and nobody waits for it. */
#include "worker/pool.h"
#include <stdlib.h>

#define MOST_OWNED ((size_t)4 << 20) /* bytes put aside before the queue counts as full */

static pool_block **find(worker_pool *p, uint32_t number) {
  pool_block **at = &p->blocks[number % POOL_BLOCKS];
  while (*at && (*at)->number != number) at = &(*at)->next;
  return at;
}

static bool lives(const pool_proc *w) { return w->state == POOL_READY && !w->gone && !w->killed_at; }

static pool_block *block_of(worker_pool *p, uint32_t number) {
  pool_block **at = find(p, number), *b = *at;
  if (b || !(b = calloc(1, sizeof *b))) return b;
  b->number = number;
  return *at = b;
}

/* Who has the item's block; w from now on when nobody does. Without memory w runs it: order is lost, the item is not. */
static pool_proc *owner(worker_pool *p, const pool_item *i, pool_proc *w) {
  pool_block *b = i->block ? block_of(p, i->block) : NULL;
  if (!b) return w;
  if (!b->proc || !lives(b->proc)) b->proc = w;
  return b->proc;
}

bool pool_has_next(const worker_pool *p, const pool_proc *w) { return w->own.first || p->queues[w->segment].first; }

static bool fits(const pool_item *i, size_t room) { return i && (room == 0 || i->len <= room); }

pool_item *pool_next(worker_pool *p, pool_proc *w, size_t room) {
  pool_queue *q = &p->queues[w->segment];
  if (w->own.first) {
    if (!fits(w->own.first, room)) return NULL;
    p->owned -= w->own.first->len;
    return pool_pop(&w->own);
  }
  while (q->first) {
    pool_proc *to = owner(p, q->first, w);
    if (to == w && !fits(q->first, room)) return NULL;
    pool_item *i = pool_pop(q);
    p->backlog -= i->len;
    if (to == w) return i;
    p->owned += i->len;
    pool_push(&to->own, i);
  }
  return NULL;
}

void pool_release(worker_pool *p, pool_proc *w, pool_queue *back) {
  for (pool_item *i; (i = pool_pop(&w->own));) {
    p->owned -= i->len;
    p->backlog += i->len;
    pool_push(back, i);
  }
  for (size_t k = 0; k < POOL_BLOCKS; k++)
    for (pool_block *b = p->blocks[k]; b; b = b->next)
      if (b->proc == w) b->proc = NULL;
  if (!back->first) return;
  pool_queue *q = &p->queues[w->segment];
  back->last->next = q->first;
  if (!q->first) q->last = back->last;
  q->first = back->first;
}

size_t worker_pool_backlog(const worker_pool *p) { return p->backlog + (p->owned > MOST_OWNED ? p->owned : 0); }

void worker_pool_end_block(worker_pool *p, uint32_t block) {
  pool_block **at = find(p, block), *b = *at;
  if (!b) return;
  *at = b->next;
  free(b);
}

void pool_forget_blocks(worker_pool *p) {
  for (size_t k = 0; k < POOL_BLOCKS; k++)
    while (p->blocks[k]) worker_pool_end_block(p, p->blocks[k]->number);
}
