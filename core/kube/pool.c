/* pool.c -- see pool.h.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/pool.h"
#include <stdlib.h>

#define BITS 17 /* blocks of 128 KiB */
#define BLOCK (1u << BITS)

void kube_pool_free(kube_pool *p) {
  free(p->blocks);
  arena_free(&p->memory);
  *p = (kube_pool){0};
}

static bool new_block(kube_pool *p) {
  if (p->n == 1u << (32 - BITS)) return false;
  if (p->n == p->cap) {
    uint32_t cap = p->cap ? p->cap * 2 : 8;
    char **blocks = realloc(p->blocks, cap * sizeof *blocks);
    if (!blocks) return false;
    p->blocks = blocks, p->cap = cap;
  }
  char *block = arena_alloc(&p->memory, BLOCK);
  if (!block) return false;
  p->blocks[p->n++] = block;
  p->used = 0;
  return true;
}

uint32_t kube_pool_add(kube_pool *p, str s) {
  if (s.len >= 65536) return KUBE_POOL_NONE;
  if ((p->n == 0 || BLOCK - p->used < s.len + 1) && !new_block(p)) return KUBE_POOL_NONE;
  char *at = p->blocks[p->n - 1] + p->used;
  uint32_t id = (p->n - 1) << BITS | p->used;
  if (id == KUBE_POOL_NONE) return KUBE_POOL_NONE;
  if (s.len) memcpy(at, s.ptr, s.len);
  at[s.len] = 0;
  p->used += (uint32_t)s.len + 1;
  return id;
}

const char *kube_pool_at(const kube_pool *p, uint32_t id) { return p->blocks[id >> BITS] + (id & (BLOCK - 1)); }

uint64_t kube_hash(uint64_t seed, str s) {
  uint64_t h = seed ^ s.len * 0x9e3779b97f4a7c15u, x;
  const char *p = s.ptr;
  for (size_t n = s.len; n; p += n < 8 ? n : 8, n -= n < 8 ? n : 8) {
    x = 0;
    memcpy(&x, p, n < 8 ? n : 8);
    h = (h ^ x) * 0xff51afd7ed558ccdu;
    h ^= h >> 32;
  }
  h *= 0xc4ceb9fe1a85ec53u;
  return h ^ h >> 29;
}

void kube_intern_free(kube_intern *i) {
  free(i->v);
  free(i->table);
  *i = (kube_intern){0};
}

static uint32_t *slot(const kube_intern *i, const kube_pool *p, str s) {
  for (uint32_t at = (uint32_t)kube_hash(i->seed, s) & (i->size - 1);; at = (at + 1) & (i->size - 1))
    if (!i->table[at] || str_eq(kube_intern_at(i, p, i->table[at] - 1), s)) return i->table + at;
}

static bool grow(kube_intern *i, const kube_pool *p) {
  uint32_t cap = i->cap ? i->cap * 2 : 32;
  void *v = cap < UINT32_MAX / 16 ? realloc(i->v, cap * sizeof *i->v) : NULL;
  if (!v) return false;
  i->v = v;
  uint32_t *table = calloc((size_t)cap * 2, sizeof *table);
  if (!table) return false;
  free(i->table);
  i->table = table, i->cap = cap, i->size = cap * 2;
  for (uint32_t n = 0; n < i->n; n++) *slot(i, p, kube_intern_at(i, p, n)) = n + 1;
  return true;
}

uint32_t kube_intern_find(const kube_intern *i, const kube_pool *p, str s) {
  if (!i->n) return KUBE_POOL_NONE;
  uint32_t at = *slot(i, p, s);
  return at ? at - 1 : KUBE_POOL_NONE;
}

uint32_t kube_intern_add(kube_intern *i, kube_pool *p, str s) {
  if (i->n && str_eq(kube_intern_at(i, p, i->last), s)) return i->last; /* neighbours are alike */
  if (i->n == i->cap && !grow(i, p)) return KUBE_POOL_NONE;
  uint32_t *at = slot(i, p, s);
  if (!*at) {
    uint32_t text = kube_pool_add(p, s);
    if (text == KUBE_POOL_NONE) return KUBE_POOL_NONE;
    i->v[i->n].text = text, i->v[i->n].len = (uint32_t)s.len;
    *at = ++i->n;
  }
  return i->last = *at - 1;
}
