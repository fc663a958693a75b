/* arena.h -- memory that is freed all at once.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_ARENA_H
#define PINTLE_BASE_ARENA_H
#include "base/buf.h"

/* {0} is an empty arena. Not thread-safe. */
typedef struct arena {
  struct arena_chunk *chunks; /* newest first */
  char *at, *end;             /* free room in the newest */
  size_t total;               /* bytes asked of malloc */
} arena;

void *arena_slow(arena *a, size_t n);
/* Aligned to 16, not zeroed. NULL: no memory. */
static inline void *arena_alloc(arena *a, size_t n) {
  size_t room = (n + 15) & ~(size_t)15;
  if (room >= n && (size_t)(a->end - a->at) >= room && a->at) {
    void *p = a->at;
    a->at += room;
    return p;
  }
  return arena_slow(a, n);
}
void *arena_zalloc(arena *a, size_t n);
char *arena_copy(arena *a, str s);           /* NUL-terminated; NULL: no memory */
static inline char *arena_dup(arena *a, const char *z) { return arena_copy(a, str_of(z)); }
void arena_reset(arena *a);                  /* all is gone; one chunk of at most 1 MiB is kept for the next round */
void arena_free(arena *a);
#endif
