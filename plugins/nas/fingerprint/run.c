/* run.c -- a run: begun, alive, committed or abandoned.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdio.h>
#include <stdlib.h>

enum { SEGMENT_EVERY = 30, MARKER_EVERY = 10, LOOK_EVERY = 60, ASLEEP = 1800 }; /* seconds */

static void copy_text(char *to, size_t room, const char *from) { snprintf(to, room, "%s", from ? from : ""); }

pintle_status fp_run_begin(pintle_call *call, fp_repo *r, const fp_run_options *o, fp_run **out) {
  fp_run *run = calloc(1, sizeof *run);
  if (!run) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  int64_t now = o->now ? o->now : fp_now();
  run->repo = r, run->level = o->level, run->scratch = strdup(o->scratch ? o->scratch : "/tmp");
  copy_text(run->state.name, sizeof run->state.name, o->name);
  copy_text(run->source, sizeof run->source, o->source);
  run->state.started = now, run->state.beat = now, run->written = run->looked = run->segmented = fp_now();
  pintle_status st = PINTLE_OK;
  if (!run->scratch || !fp_new_id(now, run->state.id) || !fp_runs_number(&r->runs, run->state.id, &run->number))
    st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (st == PINTLE_OK) st = fp_keys_make(call, r);
  if (st == PINTLE_OK) st = fp_run_choose(call, run, o);
  if (st == PINTLE_OK && run->level && !fp_codec_level(&r->codec, run->level))
    st = pintle_fail(call, PINTLE_INVALID, "%d is no level of zstd", run->level);
  if (st != PINTLE_OK) return fp_run_free(run), st;
  *out = run;
  return PINTLE_OK;
}

void fp_run_free(fp_run *run) {
  if (!run) return;
  fp_blocks_free(run->blocks);
  fp_packs_free(&run->packs);
  fp_packer_free(&run->packer);
  fp_index_free(&run->index);
  fp_bytes_free(&run->segment);
  fp_bytes_free(&run->last);
  free(run->scratch);
  free(run);
}

const char *fp_run_id(const fp_run *run) { return run->state.id; }
int64_t fp_run_started(const fp_run *run) { return run->state.started; }
const fp_head *fp_run_parent(const fp_run *run) { return run->parent.id[0] ? &run->parent : NULL; }
const fp_state *fp_run_interrupted(const fp_run *run) { return run->interrupted.id[0] ? &run->interrupted : NULL; }
fp_repo *fp_run_repo(fp_run *run) { return run->repo; }
const char *fp_run_scratch(const fp_run *run) { return run->scratch; }
int fp_run_level(const fp_run *run) { return run->level; }
uint32_t fp_run_number(const fp_run *run) { return run->number; }
struct fp_blocks **fp_run_blocks(fp_run *run) {
  return &run->blocks;
}
struct fp_packs *fp_run_packs(fp_run *run) {
  return &run->packs;
}
void fp_run_sleep(fp_run *run, int64_t seconds) { run->written -= seconds * FP_SECOND, run->looked -= seconds * FP_SECOND; }

static pintle_status look(pintle_call *call, fp_run *run, bool slept) {
  bool gone = false;
  fp_state s;
  pintle_status st = fp_tombstone_has(call, run->repo, run->state.id, &gone);
  if (st == PINTLE_OK && gone) st = pintle_fail(call, PINTLE_CANCELLED, "run %s was cancelled", run->state.id);
  if (st != PINTLE_OK || !slept) return st;
  st = fp_state_get(call, run->repo, run->state.id, 0, 0, &s);
  return st == PINTLE_NOT_FOUND ? pintle_fail(call, PINTLE_CANCELLED, "run %s slept for so long that it was taken for dead", run->state.id)
                                : st;
}

pintle_status fp_run_alive(pintle_call *call, fp_run *run) {
  int64_t now = fp_now(), age = now - run->written;
  pintle_status st = PINTLE_OK;
  int32_t stop = call->host->cancelled(call);
  if (stop) return pintle_fail(call, stop == 1 ? PINTLE_CANCELLED : PINTLE_TIMED_OUT, stop == 1 ? "cancelled" : "past the deadline");
  if (now - run->looked >= LOOK_EVERY * FP_SECOND || age >= ASLEEP * FP_SECOND) {
    st = look(call, run, age >= ASLEEP * FP_SECOND);
    run->looked = now;
  }
  if (st == PINTLE_OK && (age < 0 || age >= MARKER_EVERY * FP_SECOND)) {
    run->state.beat = run->written = now;
    st = fp_state_put(call, run->repo, &run->state);
  }
  return st;
}

pintle_status fp_run_beat(pintle_call *call, fp_run *run, uint64_t files, uint64_t done, uint64_t total) {
  run->state.files = files, run->state.done = done, run->state.total = total;
  return fp_run_alive(call, run);
}

static pintle_status put_segment(pintle_call *call, fp_run *run) {
  char key[FP_OBJECT];
  fp_segment_ref ref = {{0}, 0, run->packer.entries};
  if (!run->packer.records.n) return PINTLE_OK;
  fp_object(run->repo, key, "seg/%s/%zu", run->state.id, run->index.n);
  if (!fp_pack_end(&run->packer, &run->repo->runs, &run->segment)) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pintle_status st = fp_repo_put_box(call, run->repo, key, 'S', run->segment.p, run->segment.n, ref.sha, &ref.size);
  if (st == PINTLE_OK && !fp_index_add(&run->index, &ref)) st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  return st;
}

pintle_status fp_run_checkpoint(pintle_call *call, fp_run *run) {
  run->segmented = fp_now();
  return put_segment(call, run);
}

static const char *append_wrong(const fp_run *run, const fp_entry *e) {
  const char *why = fp_entry_wrong(e);
  if (why) return why;
  if (run->any && fp_path_cmp((const char *)run->last.p, run->last.n, e->path, e->path_len) >= 0) return "path out of order";
  for (size_t i = 0; i < e->n_blocks; i++)
    if (e->blocks[i].run >= run->repo->runs.n) return "block of no run";
  return NULL;
}

static pintle_status append_all(pintle_call *call, fp_run *run, const fp_entry *e) {
  pintle_status st = PINTLE_OK;
  size_t done = 0;
  for (bool more = true; st == PINTLE_OK && more;) {
    more = fp_pack_entry(&run->packer, e, &done);
    if (run->packer.records.n < FP_SEGMENT_RAW && (more || fp_now() - run->segmented < SEGMENT_EVERY * FP_SECOND)) continue;
    st = put_segment(call, run); /* large files have few entries: what is done is not lost with the process */
    run->segmented = fp_now();
  }
  for (size_t i = 0; st == PINTLE_OK && i < e->n_blocks; i++)
    if (!fp_index_use(&run->index, e->blocks[i].run, e->blocks[i].pack)) st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  return st;
}

pintle_status fp_run_append(pintle_call *call, fp_run *run, const fp_entry *e) {
  const char *why = append_wrong(run, e);
  if (why) return pintle_fail(call, PINTLE_INVALID, "%.900s: %s", e->path, why);
  run->last.n = 0, run->any = true;
  fp_bytes_add(&run->last, e->path, e->path_len);
  if (!fp_bytes_room(&run->last, 1)) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  run->counts.entries++;
  run->counts.files += e->type == FP_FILE, run->counts.dirs += e->type == FP_DIR;
  run->counts.bytes += e->type == FP_FILE ? e->size : 0;
  pintle_status st = append_all(call, run, e);
  return st == PINTLE_OK && run->counts.entries % 256 == 0 ? fp_run_alive(call, run) : st;
}

/* All but the head. */
static pintle_status finish(pintle_call *call, fp_run *run, fp_head *h) {
  char key[FP_OBJECT];
  pintle_status st = run->blocks ? fp_blocks_flush(call, run->blocks) : PINTLE_OK;
  if (st == PINTLE_OK) st = put_segment(call, run);
  if (st != PINTLE_OK) return st;
  fp_object(run->repo, key, "seg/%s/index", run->state.id);
  if (!fp_index_write(&run->index, &run->repo->runs, &run->segment)) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  return fp_repo_put_box(call, run->repo, key, 'I', run->segment.p, run->segment.n, h->index_sha, &h->index_size);
}

static void drop(pintle_call *call, fp_run *run, const char *kind) {
  char key[FP_OBJECT];
  fp_object(run->repo, key, "%s/%s", kind, run->state.id);
  if (run->repo->blobs.remove(run->repo->blobs.self, call, key) != PINTLE_OK) pintle_log(call, PINTLE_LOG_DEBUG, "%s stays for gc", key);
}

pintle_status fp_run_commit(pintle_call *call, fp_run *run, const fp_counts *counts, bool partial, fp_head *head) {
  fp_head h = {.started = run->state.started, .partial = partial, .counts = *counts};
  memcpy(h.id, run->state.id, FP_ID), memcpy(h.parent, run->parent.id, FP_ID);
  memcpy(h.name, run->state.name, sizeof h.name), memcpy(h.source, run->source, sizeof h.source);
  if (run->over) return pintle_fail(call, PINTLE_INVALID, "the run is over");
  pintle_status st = finish(call, run, &h);
  if (st == PINTLE_OK) st = look(call, run, fp_now() - run->written >= ASLEEP * FP_SECOND);
  if (st != PINTLE_OK) return st;
  h.counts.entries = run->counts.entries, h.counts.files = run->counts.files;
  h.counts.dirs = run->counts.dirs, h.counts.bytes = run->counts.bytes;
  h.counts.added = h.counts.stored = 0;
  if (run->blocks) fp_blocks_counts(run->blocks, &h.counts.added, &h.counts.stored);
  h.finished = fp_now();
  st = fp_head_put(call, run->repo, &h);
  if (st != PINTLE_OK) return st;
  run->over = true;
  st = look(call, run, false); /* a tombstone that came meanwhile counts */
  if (st == PINTLE_CANCELLED) return drop(call, run, "backups"), st;
  if (st == PINTLE_OK) drop(call, run, "run");
  if (st == PINTLE_OK && head) *head = h;
  return st;
}

void fp_run_abandon(pintle_call *call, fp_run *run, const char *why) {
  if (run->over) return;
  run->over = true;
  pintle_status st = run->blocks ? fp_blocks_flush(call, run->blocks) : PINTLE_OK;
  if (st == PINTLE_OK) st = put_segment(call, run);
  copy_text(run->state.error, sizeof run->state.error, why && why[0] ? why : "failed");
  run->state.beat = fp_now();
  if (st == PINTLE_OK) st = fp_state_put(call, run->repo, &run->state);
  if (st != PINTLE_OK) pintle_log(call, PINTLE_LOG_DEBUG, "run %s: its marker could not be written", run->state.id);
}
