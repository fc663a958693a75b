/* manifest_read.c -- manifests, entry by entry.  SPDX-License-Identifier: Apache-2.0 */
#include "repo_in.h"
#include <stdlib.h>

struct fp_reader {
  fp_repo *repo;
  char id[FP_ID];
  bool lenient; /* an interrupted run's: what is missing is the end */
  fp_index index;
  fp_head head;
  size_t at; /* the next segment */
  uint64_t entries;
  uint32_t number, packs; /* lenient: the run's, and how many of its packs there are */
  fp_unpacker unpacker;
  fp_bytes now, held; /* held: the segment in which an entry began that goes on in `now` */
  bool over, skipped;
};

static fp_reader *reader_new(fp_repo *r, const char *id) {
  fp_reader *d = calloc(1, sizeof *d);
  if (!d) return NULL;
  d->repo = r;
  memcpy(d->id, id, FP_ID);
  return d;
}

void fp_reader_close(fp_reader *d) {
  if (!d) return;
  fp_index_free(&d->index);
  fp_unpacker_free(&d->unpacker);
  fp_bytes_free(&d->now);
  fp_bytes_free(&d->held);
  free(d);
}

pintle_status fp_reader_open(pintle_call *call, fp_repo *r, const fp_head *head, fp_reader **out) {
  fp_reader *d = reader_new(r, head->id);
  if (!d) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  d->head = *head;
  pintle_status st = fp_index_get(call, r, head, &d->index);
  if (st != PINTLE_OK) return fp_reader_close(d), st;
  *out = d;
  return PINTLE_OK;
}

/* Packs are put in order: those that are there are 0 to n - 1. */
static pintle_status count_each(void *ctx, const pintle_entry *e) {
  (void)e;
  ++*(uint32_t *)ctx;
  return PINTLE_OK;
}

pintle_status fp_reader_resume(pintle_call *call, fp_repo *r, const char *id, fp_reader **out) {
  char prefix[FP_OBJECT];
  fp_reader *d = reader_new(r, id);
  if (!d || !fp_runs_number(&r->runs, id, &d->number)) return fp_reader_close(d), pintle_fail(call, PINTLE_NOMEM, "out of memory");
  d->lenient = true;
  fp_object(r, prefix, "pack/%s/", id);
  pintle_status st = r->blobs.list(r->blobs.self, call, prefix, count_each, &d->packs);
  if (st != PINTLE_OK) return fp_reader_close(d), st;
  *out = d;
  return PINTLE_OK;
}

static pintle_status load(pintle_call *call, fp_reader *d) {
  char key[FP_OBJECT];
  fp_unpacker *u = &d->unpacker;
  const fp_segment_ref *ref = d->lenient ? NULL : &d->index.segments[d->at];
  fp_object(d->repo, key, "seg/%s/%zu", d->id, d->at++);
  if (fp_unpack_open(u) && !d->held.n) {
    fp_bytes swap = d->held;
    d->held = d->now, d->now = swap;
  } else if (!fp_unpack_open(u)) d->held.n = 0;
  pintle_status st =
      fp_repo_get_box(call, d->repo, key, 'S', ref ? ref->size : FP_SEGMENT_MAX, ref ? ref->sha : NULL, FP_SEGMENT_MAX, &d->now);
  if (st != PINTLE_OK) return st;
  if (!fp_unpack_begin(u, d->now.p, d->now.n, &d->repo->runs))
    return fp_bad_thing(call, d->repo, "%s: byte %zu: %s", key, u->scan.at, u->why);
  if (ref && u->left != ref->entries) return fp_bad_thing(call, d->repo, "%s: has other entries than the index says", key);
  return PINTLE_OK;
}

bool fp_reader_skip(fp_reader *d) {
  if (d->lenient) return false;
  d->over = false, d->skipped = true;
  d->unpacker.pending = false, d->unpacker.lost = true, d->unpacker.left = 0;
  d->unpacker.scan = (fp_scan){0};
  return d->at < d->index.n;
}

void fp_reader_at(const fp_reader *d, char key[FP_OBJECT]) { fp_object(d->repo, key, "seg/%s/%zu", d->id, d->at ? d->at - 1 : 0); }

static pintle_status ended(pintle_call *call, fp_reader *d) {
  d->over = true;
  if (d->lenient) return PINTLE_OK;
  if (fp_unpack_open(&d->unpacker))
    return fp_bad_thing(call, d->repo, "fp/%s/seg/%s: an entry lacks its last blocks", d->repo->volume, d->id);
  if (d->entries != d->head.counts.entries && !d->skipped)
    return fp_bad_thing(call, d->repo, "fp/%s/seg/%s: has other entries than the head says", d->repo->volume, d->id);
  return PINTLE_OK;
}

static const char *block_wrong(const fp_reader *d, const fp_entry *e) {
  for (size_t i = 0; i < e->n_blocks; i++) {
    const fp_block *b = &e->blocks[i];
    if (d->lenient && b->run == d->number && b->pack >= d->packs) return "its pack was not stored";
    if (!d->lenient && !fp_index_uses(&d->index, b->run, b->pack)) return "its pack is not in the index";
  }
  return NULL;
}

pintle_status fp_reader_next(pintle_call *call, fp_reader *d, const fp_entry **e) {
  fp_unpacker *u = &d->unpacker;
  int got = 0;
  *e = NULL;
  while (!d->over && (!d->at || (got = fp_unpack_next(u)) == 0)) {
    if (!d->lenient && d->at == d->index.n) return ended(call, d);
    pintle_status st = load(call, d);
    if (st == PINTLE_OK) continue;
    d->over = true;
    return d->lenient && (st == PINTLE_NOT_FOUND || st == PINTLE_FAILED) ? PINTLE_OK : st;
  }
  if (d->over) return PINTLE_OK;
  const char *why = got < 0 ? u->why : block_wrong(d, &u->entry);
  if (why) {
    d->over = true;
    if (d->lenient) return PINTLE_OK;
    return fp_bad_thing(call, d->repo, "fp/%s/seg/%s/%zu: byte %zu: %s", d->repo->volume, d->id, d->at - 1, u->scan.at, why);
  }
  d->entries++;
  *e = &u->entry;
  return PINTLE_OK;
}
