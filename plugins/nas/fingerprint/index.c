/* index.c -- a backup's index: the segments of its manifest, the packs that it needs.  SPDX-License-Identifier: Apache-2.0 */
#include "repo_in.h"
#include <stdlib.h>

bool fp_index_add(fp_index *x, const fp_segment_ref *s) {
  if (x->n == x->room) {
    size_t room = x->room ? 2 * x->room : 16;
    fp_segment_ref *more = realloc(x->segments, room * sizeof *more);
    if (!more) return false;
    x->segments = more, x->room = room;
  }
  x->segments[x->n++] = *s;
  return true;
}

bool fp_index_use(fp_index *x, uint32_t run, uint32_t pack) {
  if (run >= FP_RUNS_MAX || pack >= FP_PACKS_MAX) return false;
  if (run >= x->n_used) {
    uint32_t n = run + 8;
    fp_used *more = realloc(x->used, n * sizeof *more);
    if (!more) return false;
    memset(more + x->n_used, 0, (n - x->n_used) * sizeof *more);
    x->used = more, x->n_used = n;
  }
  fp_used *u = &x->used[run];
  if (pack / 8 >= u->n) {
    uint32_t n = pack / 8 + 1 + u->n / 2;
    uint8_t *more = realloc(u->bits, n);
    if (!more) return false;
    memset(more + u->n, 0, n - u->n);
    u->bits = more, u->n = n;
  }
  u->bits[pack / 8] |= (uint8_t)(1u << pack % 8);
  return true;
}

bool fp_index_uses(const fp_index *x, uint32_t run, uint32_t pack) {
  return run < x->n_used && pack / 8 < x->used[run].n && x->used[run].bits[pack / 8] >> pack % 8 & 1;
}

/* The next pack from `from` on that is used (or, with used false, is not); the end of the bits. */
static uint32_t next_pack(const fp_used *u, uint32_t from, bool used) {
  while (from < 8 * u->n && (u->bits[from / 8] >> from % 8 & 1) != used) from++;
  return from;
}

static void write_run(const fp_used *u, const char *id, fp_bytes *out) {
  uint32_t ranges = 0, end = 0;
  for (uint32_t at = next_pack(u, 0, true); at < 8 * u->n; at = next_pack(u, next_pack(u, at, false), true)) ranges++;
  if (!ranges) return;
  fp_bytes_add(out, id, FP_ID_LEN);
  fp_bytes_uint(out, ranges);
  for (uint32_t at = next_pack(u, 0, true); at < 8 * u->n; at = next_pack(u, end, true)) {
    fp_bytes_uint(out, at - end);
    end = next_pack(u, at, false);
    fp_bytes_uint(out, end - at);
  }
}

bool fp_index_write(const fp_index *x, const fp_runs *runs, fp_bytes *out) {
  out->n = 0;
  fp_bytes_uint(out, 1);
  fp_bytes_uint(out, x->n);
  for (size_t i = 0; i < x->n; i++) {
    fp_bytes_uint(out, x->segments[i].size);
    fp_bytes_uint(out, x->segments[i].entries);
    fp_bytes_add(out, x->segments[i].sha, FP_SHA);
  }
  for (uint32_t i = 0; i < x->n_used && i < runs->n; i++) write_run(&x->used[i], runs->ids[i], out);
  return !out->failed;
}

static void read_segments(fp_index *x, fp_scan *s) {
  uint64_t n = fp_scan_uint(s, s->n / FP_SHA, "number of segments");
  x->n = 0;
  for (uint64_t i = 0; !s->why && i < n; i++) {
    fp_segment_ref ref = {{0}, fp_scan_uint(s, FP_SEGMENT_MAX, "size of a segment"), fp_scan_uint(s, INT64_MAX, "entries of a segment")};
    const uint8_t *sha = fp_scan_bytes(s, FP_SHA, "hash of a segment");
    if (sha) memcpy(ref.sha, sha, FP_SHA);
    if (!s->why && !fp_index_add(x, &ref)) fp_scan_bad(s, "no memory");
  }
}

static void read_run(fp_index *x, fp_runs *runs, fp_scan *s) {
  const char *id = (const char *)fp_scan_bytes(s, FP_ID_LEN, "name of a run");
  uint32_t number = 0, at = 0;
  if (id && !fp_id_right(id, FP_ID_LEN)) return fp_scan_bad(s, "name of a run");
  if (id && !fp_runs_number(runs, id, &number)) return fp_scan_bad(s, "too many runs");
  for (uint64_t ranges = fp_scan_uint(s, FP_PACKS_MAX, "number of ranges"); !s->why && ranges; ranges--) {
    at += (uint32_t)fp_scan_uint(s, FP_PACKS_MAX - at, "pack");
    for (uint64_t n = fp_scan_uint(s, FP_PACKS_MAX - at, "number of packs"); !s->why && n; n--)
      if (!fp_index_use(x, number, at++)) fp_scan_bad(s, "no memory");
  }
}

const char *fp_index_read(fp_index *x, fp_runs *runs, const void *data, size_t n, size_t *at) {
  fp_scan s = {.p = data, .n = n};
  if (fp_scan_uint(&s, UINT64_MAX, "version") != 1) fp_scan_bad(&s, "written by a newer version");
  read_segments(x, &s);
  while (!s.why && s.at < s.n) read_run(x, runs, &s);
  *at = s.at;
  return s.why;
}

pintle_status fp_index_get(pintle_call *call, fp_repo *r, const fp_head *h, fp_index *x) {
  char key[FP_OBJECT];
  fp_bytes b = {0};
  size_t at = 0;
  fp_object(r, key, "seg/%s/index", h->id);
  pintle_status st = fp_repo_get_box(call, r, key, 'I', h->index_size, h->index_sha, FP_INDEX_MAX, &b);
  const char *why = st == PINTLE_OK ? fp_index_read(x, &r->runs, b.p, b.n, &at) : NULL;
  if (why) st = fp_bad_thing(call, r, "%s: byte %zu: %s", key, at, why);
  fp_bytes_free(&b);
  return st;
}

void fp_index_free(fp_index *x) {
  for (uint32_t i = 0; i < x->n_used; i++) free(x->used[i].bits);
  free(x->used);
  free(x->segments);
  *x = (fp_index){0};
}
