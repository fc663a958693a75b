/* packs.h -- which packs of a repository are there, and how long they are.  SPDX-License-Identifier: Apache-2.0
 *
 * A block that stands in a manifest is no proof that its pack is still in the store, or whole. */
#ifndef FP_PACKS_H
#define FP_PACKS_H
#include "repo_in.h"

typedef struct fp_packs {
  struct fp_packs_run { /* by the run's number in the repository */
    uint32_t *sizes, n; /* 0: not there */
  } * runs;
  uint32_t n_runs;
  bool listed, told;
} fp_packs;

/* Lists them. */
pintle_status fp_packs_list(pintle_call *call, fp_repo *r, fp_packs *p);
/* Do these blocks lie in packs that are there? Without a listing they do. The first time that some do not is a warning. */
bool fp_packs_have(pintle_call *call, const fp_repo *r, fp_packs *p, const fp_block *blocks, size_t n);
void fp_packs_free(fp_packs *p);
#endif
