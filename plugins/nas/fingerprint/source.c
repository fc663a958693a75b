/* source.c -- blocks are read back, a piece of a pack at a time.  SPDX-License-Identifier: Apache-2.0 */
#include "blocks.h"
#include "pack.h"
#include <stdlib.h>

/* What is asked for tends to lie behind what was asked before: then pieces grow. */
enum { PIECES = 4, PIECE_MIN = 256 << 10, PIECE_MAX = 4 << 20 };

typedef struct piece {
  uint32_t run, pack, from;
  size_t want; /* how much was asked for */
  fp_bytes data;
  uint64_t used; /* when */
} piece;

struct fp_source {
  fp_repo *repo;
  piece pieces[PIECES];
  uint64_t clock;
  fp_bytes plain;
};

fp_source *fp_source_new(fp_repo *r) {
  fp_source *s = calloc(1, sizeof *s);
  if (s) s->repo = r;
  return s;
}

void fp_source_free(fp_source *s) {
  if (!s) return;
  for (int i = 0; i < PIECES; i++) fp_bytes_free(&s->pieces[i].data);
  fp_bytes_free(&s->plain);
  free(s);
}

static bool holds(const piece *p, const fp_block *b) {
  return p->data.n && p->run == b->run && p->pack == b->pack && b->offset >= p->from &&
         (uint64_t)b->offset + b->stored <= (uint64_t)p->from + p->data.n;
}

static pintle_status load(pintle_call *call, fp_source *s, piece *p, const fp_block *b, size_t want, const char *key) {
  size_t got = 0;
  p->run = b->run, p->pack = b->pack, p->from = b->offset, p->data.n = 0, p->want = want;
  if (!fp_bytes_room(&p->data, want)) return p->data.failed = false, pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pintle_status st = s->repo->blobs.get(s->repo->blobs.self, call, key, b->offset, p->data.p, want, &got);
  if (st != PINTLE_OK) return st;
  p->data.n = got;
  return got >= b->stored ? PINTLE_OK : fp_bad_thing(call, s->repo, "%s: ends before the block at %u", key, b->offset);
}

static pintle_status find(pintle_call *call, fp_source *s, const fp_block *b, const char *key, piece **out) {
  piece *oldest = &s->pieces[0];
  size_t want = PIECE_MIN;
  s->clock++;
  for (int i = 0; i < PIECES; i++) {
    piece *p = &s->pieces[i];
    if (holds(p, b)) return p->used = s->clock, *out = p, PINTLE_OK;
    if (p->used < oldest->used) oldest = p;
  }
  for (int i = 0; i < PIECES; i++) { /* it goes on behind this one */
    piece *p = &s->pieces[i];
    uint64_t end = (uint64_t)p->from + p->data.n;
    if (!p->data.n || p->run != b->run || p->pack != b->pack || b->offset < p->from || b->offset > end + PIECE_MIN) continue;
    oldest = p, want = p->want < PIECE_MAX / 2 ? 2 * p->want : PIECE_MAX;
  }
  if (want < b->stored) want = b->stored;
  oldest->used = s->clock;
  *out = oldest;
  return load(call, s, oldest, b, want, key);
}

pintle_status fp_source_get(pintle_call *call, fp_source *s, const fp_block *b, const void **data) {
  char key[FP_OBJECT];
  uint8_t aad[FP_BLOCK_AAD], sum[FP_SHA];
  piece *p = NULL;
  fp_object(s->repo, key, "pack/%s/%u", b->run < s->repo->runs.n ? s->repo->runs.ids[b->run] : "?", b->pack);
  if (b->run >= s->repo->runs.n || !b->size || b->size > FP_BLOCK_MAX || b->stored > 2 * FP_BLOCK_MAX)
    return pintle_fail(call, PINTLE_INVALID, "%s: is no block", key);
  pintle_status st = find(call, s, b, key, &p);
  if (st != PINTLE_OK) return st;
  s->plain.n = 0;
  if (!fp_bytes_room(&s->plain, b->size)) return s->plain.failed = false, pintle_fail(call, PINTLE_NOMEM, "out of memory");
  fp_block_aad(b->sha, b->size, aad);
  const char *why = fp_repo_decode(s->repo, aad, sizeof aad, p->data.p + (b->offset - p->from), b->stored, s->plain.p, b->size);
  if (!why && !fp_codec_sha(&s->repo->codec, s->plain.p, b->size, sum)) why = "out of memory";
  if (!why && memcmp(sum, b->sha, FP_SHA) != 0) why = "damaged: its hash is another";
  if (why) return p->data.n = 0, fp_bad_thing(call, s->repo, "%s: block at %u: %s", key, b->offset, why);
  s->plain.n = b->size, *data = s->plain.p;
  return PINTLE_OK;
}
