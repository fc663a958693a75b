/* packs.c -- see packs.h.  SPDX-License-Identifier: Apache-2.0 */
#include "packs.h"
#include "pack.h"
#include <stdlib.h>

typedef struct listing {
  fp_repo *repo;
  fp_packs *packs;
  size_t skip; /* of keys: what stands before the run */
} listing;

/* *list has room for [at]; new ones are zeroed. */
static bool grow(void **list, uint32_t *n, uint32_t at, size_t size) {
  if (at < *n) return true;
  uint32_t room = at + 1 + at / 2;
  char *more = realloc(*list, room * size);
  if (!more) return false;
  memset(more + *n * size, 0, (room - *n) * size);
  return *list = more, *n = room, true;
}

static pintle_status each(void *ctx, const pintle_entry *e) {
  const listing *l = ctx;
  uint32_t run = 0;
  char *end;
  const char *id = e->key + l->skip;
  if (strlen(e->key) < l->skip + FP_ID_LEN + 2 || !fp_id_right(id, FP_ID_LEN) || id[FP_ID_LEN] != '/') return PINTLE_OK;
  unsigned long long number = strtoull(id + FP_ID_LEN + 1, &end, 10);
  if (*end || number >= FP_PACKS_MAX || e->size <= 0) return PINTLE_OK;
  if (!fp_runs_number(&l->repo->runs, id, &run)) return PINTLE_NOMEM;
  void *runs = l->packs->runs;
  if (!grow(&runs, &l->packs->n_runs, run, sizeof *l->packs->runs)) return PINTLE_NOMEM;
  l->packs->runs = runs;
  struct fp_packs_run *of = &l->packs->runs[run];
  void *sizes = of->sizes;
  if (!grow(&sizes, &of->n, (uint32_t)number, sizeof *of->sizes)) return PINTLE_NOMEM;
  of->sizes = sizes;
  of->sizes[number] = e->size < UINT32_MAX ? (uint32_t)e->size : UINT32_MAX;
  return PINTLE_OK;
}

pintle_status fp_packs_list(pintle_call *call, fp_repo *r, fp_packs *p) {
  char prefix[FP_OBJECT];
  fp_object(r, prefix, "pack/");
  listing l = {r, p, strlen(prefix)};
  pintle_status st = r->blobs.list(r->blobs.self, call, prefix, each, &l);
  p->listed = st == PINTLE_OK;
  return st == PINTLE_NOMEM ? pintle_fail(call, st, "out of memory") : st;
}

static bool has(const fp_packs *p, const fp_block *b) {
  const struct fp_packs_run *of = b->run < p->n_runs ? &p->runs[b->run] : NULL;
  return of && b->pack < of->n && (uint64_t)b->offset + b->stored + FP_PACK_TAIL <= of->sizes[b->pack];
}

bool fp_packs_have(pintle_call *call, const fp_repo *r, fp_packs *p, const fp_block *blocks, size_t n) {
  char key[FP_OBJECT];
  size_t i = 0;
  if (!p->listed) return true;
  while (i < n && has(p, &blocks[i])) i++;
  if (i == n) return true;
  if (!p->told) {
    fp_object(r, key, "pack/%s/%u", r->runs.ids[blocks[i].run], blocks[i].pack);
    pintle_log(call, PINTLE_LOG_WARN,
               "%s is missing in the store, or cut off: what is lost of the share is read again; backups before this one lack it", key);
  }
  p->told = true;
  return false;
}

void fp_packs_free(fp_packs *p) {
  for (uint32_t i = 0; i < p->n_runs; i++) free(p->runs[i].sizes);
  free(p->runs);
  *p = (fp_packs){0};
}
