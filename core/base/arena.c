/* arena.c -- see arena.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include <stdint.h>
#include <stdlib.h>

struct arena_chunk {
  struct arena_chunk *next;
  size_t size; /* of data */
  _Alignas(16) char data[];
};

enum { FIRST = 16 << 10, LARGEST = 1 << 20 };

void *arena_slow(arena *a, size_t n) {
  if (n > SIZE_MAX / 2) return NULL;
  size_t room = (n + 15) & ~(size_t)15, size = a->chunks ? a->chunks->size * 2 : FIRST;
  if (size > LARGEST) size = LARGEST;
  if (size < room) size = room;
  struct arena_chunk *c = malloc(sizeof *c + size);
  if (!c) return NULL;
  c->size = size;
  c->next = a->chunks;
  a->chunks = c;
  a->at = c->data + room;
  a->end = c->data + size;
  a->total += sizeof *c + size;
  return c->data;
}

void *arena_zalloc(arena *a, size_t n) {
  void *p = arena_alloc(a, n);
  return p ? memset(p, 0, n) : NULL;
}

char *arena_copy(arena *a, str s) {
  char *p = s.len < SIZE_MAX ? arena_alloc(a, s.len + 1) : NULL;
  if (!p) return NULL;
  if (s.len) memcpy(p, s.ptr, s.len);
  p[s.len] = 0;
  return p;
}

void arena_reset(arena *a) {
  struct arena_chunk *keep = a->chunks;
  while (keep && keep->size > LARGEST) { /* the newest that is not oversized */
    struct arena_chunk *next = keep->next;
    a->total -= sizeof *keep + keep->size;
    free(keep);
    keep = next;
  }
  if (!keep) {
    *a = (arena){0};
    return;
  }
  while (keep->next) {
    struct arena_chunk *c = keep->next;
    keep->next = c->next;
    a->total -= sizeof *c + c->size;
    free(c);
  }
  a->chunks = keep;
  a->at = keep->data;
  a->end = keep->data + keep->size;
}

void arena_free(arena *a) {
  while (a->chunks) {
    struct arena_chunk *c = a->chunks;
    a->chunks = c->next;
    free(c);
  }
  *a = (arena){0};
}
