/* pool.h -- many short strings in few allocations, named by 32 bits.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_KUBE_POOL_H
#define PINTLE_KUBE_POOL_H
#include "base/arena.h"

#define KUBE_POOL_NONE UINT32_MAX
/* Strings never move. */
typedef struct kube_pool {
  arena memory;
  char **blocks; /* in it */
  uint32_t n, cap;
  uint32_t used; /* of the newest block */
} kube_pool;
void kube_pool_free(kube_pool *p);
/* NUL-terminated there. NONE: no memory, or 4 GiB, or longer than 64 KiB. */
uint32_t kube_pool_add(kube_pool *p, str s);
const char *kube_pool_at(const kube_pool *p, uint32_t id);

/* Strings (which may hold NUL, in their middle) with dense numbers, each once. */
typedef struct kube_intern {
  struct {
    uint32_t text, len;
  } * v;
  uint32_t n, cap;
  uint32_t *table; /* number + 1 */
  uint32_t size, last;
  uint64_t seed;
} kube_intern;
void kube_intern_free(kube_intern *i);
uint32_t kube_intern_add(kube_intern *i, kube_pool *p, str s); /* NONE: no memory */
uint32_t kube_intern_find(const kube_intern *i, const kube_pool *p, str s);
static inline str kube_intern_at(const kube_intern *i, const kube_pool *p, uint32_t id) {
  return (str){kube_pool_at(p, i->v[id].text), i->v[id].len};
}
uint64_t kube_hash(uint64_t seed, str s);
#endif
