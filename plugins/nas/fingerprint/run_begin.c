/* run_begin.c -- what a run builds on, so that gc leaves it alone.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

enum { TRIES = 5, CHAIN = 64 };

typedef struct lists {
  fp_ids heads, gone, runs;
} lists;

static pintle_status lists_get(pintle_call *call, fp_repo *r, lists *l) {
  pintle_status st = fp_ids_list(call, r, "backups", &l->heads);
  if (st == PINTLE_OK) st = fp_ids_list(call, r, "deleted", &l->gone);
  return st == PINTLE_OK ? fp_ids_list(call, r, "run", &l->runs) : st;
}

static void lists_free(lists *l) {
  fp_ids_free(&l->heads);
  fp_ids_free(&l->gone);
  fp_ids_free(&l->runs);
}

/* The newest backup that can be read. */
static pintle_status find_parent(pintle_call *call, fp_run *run, const lists *l) {
  run->parent = (fp_head){0};
  for (size_t i = l->heads.n; i-- > 0;) {
    const char *id = l->heads.list[i].id;
    if (fp_ids_has(&l->gone, id)) continue;
    pintle_status st = fp_head_get(call, run->repo, id, &run->parent);
    if (st == PINTLE_OK) return st;
    run->parent = (fp_head){0};
    if (st != PINTLE_FAILED && st != PINTLE_NOT_FOUND) return st;
    pintle_log(call, PINTLE_LOG_WARN, "backup %s is damaged: what is newer than the one before is read again", id);
  }
  return PINTLE_OK;
}

/* What an interrupted run builds on must be there, too: markers name each other. */
static pintle_status chain_whole(pintle_call *call, fp_run *run, const lists *l, const fp_state *first, bool *whole) {
  fp_state s = *first;
  *whole = false;
  for (int i = 0; s.resumed[0]; i++) {
    if (i == CHAIN || fp_ids_has(&l->gone, s.resumed) || !fp_ids_has(&l->runs, s.resumed)) return PINTLE_OK;
    char id[FP_ID];
    memcpy(id, s.resumed, FP_ID);
    pintle_status st = fp_state_get(call, run->repo, id, 0, 0, &s);
    if (st != PINTLE_OK) return st == PINTLE_NOT_FOUND || st == PINTLE_FAILED ? PINTLE_OK : st;
    if (strcmp(s.parent, first->parent) != 0) return PINTLE_OK;
  }
  *whole = true;
  return PINTLE_OK;
}

/* The newest run that did not end in a backup and has the same parent. */
static pintle_status find_interrupted(pintle_call *call, fp_run *run, const lists *l) {
  bool whole = false;
  run->interrupted = (fp_state){0};
  for (size_t i = l->runs.n; i-- > 0;) {
    const char *id = l->runs.list[i].id;
    if (strcmp(id, run->state.id) == 0 || fp_ids_has(&l->heads, id) || fp_ids_has(&l->gone, id)) continue;
    pintle_status st = fp_state_get(call, run->repo, id, 0, 0, &run->interrupted);
    if (st == PINTLE_OK && strcmp(run->interrupted.parent, run->parent.id) == 0) st = chain_whole(call, run, l, &run->interrupted, &whole);
    if (whole) return PINTLE_OK;
    run->interrupted = (fp_state){0};
    if (st != PINTLE_OK && st != PINTLE_FAILED && st != PINTLE_NOT_FOUND) return st;
  }
  return PINTLE_OK;
}

/* The marker is written: from now on gc sees what we use. Was it too late? A tombstone is written before markers are looked at, and stays until
 * all is gone: so it is either here, or the thing itself is gone, or gc keeps it. */
static pintle_status still_there(pintle_call *call, fp_run *run, lists *l, bool *there) {
  fp_head head;
  *there = false;
  pintle_status st = fp_ids_list(call, run->repo, "deleted", &l->gone);
  if (st == PINTLE_OK) st = fp_ids_list(call, run->repo, "run", &l->runs);
  if (st != PINTLE_OK) return st;
  if (run->parent.id[0]) {
    if (fp_ids_has(&l->gone, run->parent.id)) return PINTLE_OK;
    st = fp_head_get(call, run->repo, run->parent.id, &head);
    if (st != PINTLE_OK) return st == PINTLE_NOT_FOUND ? PINTLE_OK : st;
  }
  *there = true;
  if (!run->interrupted.id[0]) return PINTLE_OK;
  *there = false;
  if (fp_ids_has(&l->gone, run->interrupted.id) || !fp_ids_has(&l->runs, run->interrupted.id)) return PINTLE_OK;
  return chain_whole(call, run, l, &run->interrupted, there);
}

pintle_status fp_run_choose(pintle_call *call, fp_run *run, const fp_run_options *o) {
  lists l = {0};
  bool there = false;
  pintle_status st = PINTLE_OK;
  for (int i = 0; st == PINTLE_OK && !there && i < TRIES; i++) {
    st = lists_get(call, run->repo, &l);
    if (st == PINTLE_OK && !o->no_parent) st = find_parent(call, run, &l);
    if (st == PINTLE_OK && !o->no_resume) st = find_interrupted(call, run, &l);
    memcpy(run->state.parent, run->parent.id, FP_ID);
    memcpy(run->state.resumed, run->interrupted.id, FP_ID);
    if (st == PINTLE_OK) st = fp_state_put(call, run->repo, &run->state);
    if (st == PINTLE_OK) st = still_there(call, run, &l, &there);
  }
  if (st == PINTLE_OK && !there)
    st = pintle_fail(call, PINTLE_CONFLICT, "backups of %s are being deleted as fast as one is begun", run->repo->volume);
  lists_free(&l);
  return st;
}
