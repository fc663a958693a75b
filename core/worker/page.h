/* page.h -- the shared page: who is running what since when.  SPDX-License-Identifier: Apache-2.0
 *
 * A memfd of one page that supervisor and worker map. The worker writes before and after each call of plugin code; the supervisor reads it to enforce
 * deadlines and, when the worker is dead, to name the culprit. A plugin could scribble over it: what is read is checked, and only used for words. */
#ifndef PINTLE_WORKER_PAGE_H
#define PINTLE_WORKER_PAGE_H
#include <stdatomic.h>
#include <stdint.h>

enum { PAGE_CLOSED = 113 }; /* exit status of a worker whose socket a plugin has closed */
enum { PAGE_DEPTH = 4, PAGE_TRACE = 3000, PAGE_GROWTH = 256, PAGE_DONE = 40 };
typedef struct page_call {
  _Atomic uint32_t entry;            /* of the plan */
  char what[28];                     /* "execute", "create"... */
  _Atomic uint64_t ticket;           /* of the item; UINT64_MAX: none */
  _Atomic int64_t started, deadline; /* clock_monotonic; deadline 0 = none */
} page_call;
typedef struct page {
  _Atomic uint32_t cancel; /* supervisor: 0 go on, 1 cancelled, 2 past the deadline */
  _Atomic uint32_t depth;  /* worker: calls in flight; a plugin may call a store */
  _Atomic int64_t told;    /* worker: when the plugin was told to stop; 0 = not yet */
  _Atomic uint64_t calls;  /* worker: calls begun so far; tells one call from the next */
  _Atomic uint64_t moved;  /* worker: grows with every byte and report of a single call */
  page_call stack[PAGE_DEPTH];
  page_call last; /* the call that ended last */
  _Atomic uint32_t trace_len;
  char trace[PAGE_TRACE]; /* backtrace of a crash, lines */
  _Atomic uint32_t grown;    /* worker: MiB since it was ready, once they are PAGE_GROWTH */
  _Atomic uint32_t grown_by; /* worker: the entry + 1 that grew it most; 0: unknown */
  /* Calls of the item in work that have returned: should its worker die, they are counted all the same.
   * What one took is told by the next one's start: another look at the clock would cost more than all of this. */
  _Atomic uint32_t n_done;
  struct {
    _Atomic uint32_t entry;
    _Atomic int64_t started;
  } done[PAGE_DONE];
} page;
_Static_assert(sizeof(page) <= 4096, "one page");
#endif
