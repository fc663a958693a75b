/* run.h -- a run, for the files that make one.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_RUN_H
#define FP_RUN_H
#include "packs.h"

struct fp_run {
  fp_repo *repo;
  fp_state state;
  fp_head parent;       /* id "": none */
  fp_state interrupted; /* id "": none */
  char source[1024], *scratch;
  int level;
  uint32_t number;         /* in the repository's table of runs */
  int64_t written, looked; /* the marker; for a tombstone */
  int64_t segmented;       /* the last segment was put */
  bool over;
  struct fp_blocks *blocks;
  fp_packs packs; /* not listed: nothing is taken from a manifest before */
  /* the manifest */
  fp_packer packer;
  fp_index index;
  fp_bytes segment, last; /* last: path of the last entry */
  bool any;
  fp_counts counts;
};

/* run_begin.c */
pintle_status fp_run_choose(pintle_call *call, fp_run *run, const fp_run_options *o);
#endif
