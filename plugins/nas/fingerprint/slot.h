/* slot.h -- names on their way from the walk into the manifest, in order.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_SLOT_H
#define FP_SLOT_H
#include "blocks.h"
#include "share.h"
#include <pthread.h>

/* FP_SPARE: bytes kept for parts to come. FP_AHEAD: bytes of made blocks that wait for their turn; FP_COPIES: of entries that do.
 * FP_TOGETHER: slots that the call takes at a time. */
enum { FP_SLOTS = 1024, FP_TOGETHER = 64, FP_AHEAD = 8 << 20, FP_COPIES = 4 << 20, FP_SPARE = 24 << 20 };

typedef struct fp_part { /* a made block, or: what was made so far does not count */
  struct fp_part *next;
  fp_made made;
  bool again;
} fp_part;

/* The lock is for parts, done; the rest is the worker's until done, then the call's. */
typedef struct fp_slot {
  fp_entry e;      /* the texts and lists below */
  void *copy;      /* memory of path, and of what the manifest before knows of it */
  bool known;      /* e is whole: no worker needs to see it */
  bool had;        /* copy has a previous version's content */
  bool sampled;    /* it looks unchanged */
  size_t copied;   /* size of copy */
  fp_entry before; /* it */
  uint64_t dev;
  fp_part *first, *last;
  bool done, gone; /* gone: there is no such name any more */
  int error;       /* errno: it could not be read */
  const char *why; /* fatal: no memory and the like */
  fp_xattr *xattrs;
  char *target;
  fp_hole *holes;
  fp_block *blocks;
  size_t n_blocks, room_blocks, room_holes;
  uint64_t read;
  bool whole; /* it is one block: e.sha is there already */
} fp_slot;

typedef struct fp_ring {
  int root;
  const fp_share *share; /* instead of root; NULL: none */
  pthread_mutex_t lock;
  pthread_cond_t work, turn, made;
  unsigned idle, waiting; /* workers that wait for work, for their turn */
  bool asleep;            /* the call waits for the head, */
  uint64_t awaited;       /* and is told when this one is done: not of each name by itself */
  fp_part *spare;         /* parts to be used again */
  size_t spared;          /* their bytes */
  fp_slot slots[FP_SLOTS];
  uint64_t head, next, tail; /* head: to be written next; next: to be given to a worker; tail: free */
  size_t ahead, copied;      /* copied: the call's alone */
  bool stop;
} fp_ring;

/* to gets a copy of everything, in one piece of memory: free(*memory). Its size; 0: no memory. */
size_t fp_entry_copy(const fp_entry *from, fp_entry *to, void **memory);
void fp_slot_clear(fp_slot *s);
void fp_part_free(fp_part *p);
/* With the lock: p is kept for the next one who needs a part, or else to be freed (true). */
bool fp_part_spare(fp_ring *r, fp_part *p);
/* slot.c: a worker: takes slots that are not known until the ring stops. room: FP_BLOCK_MAX bytes. */
void fp_slot_work(fp_ring *r, fp_maker *m, uint8_t *room);
#endif
