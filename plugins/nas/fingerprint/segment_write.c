/* segment_write.c -- entries into a segment.  SPDX-License-Identifier: Apache-2.0 */
#include "segment.h"
#include <openssl/crypto.h>
#include <stdlib.h>

bool fp_id_right(const char *id, size_t n) {
  if (n != FP_ID_LEN) return false;
  for (size_t i = 0; i < n; i++) {
    bool hex = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f');
    if (i == 15 ? id[i] != '-' : !hex) return false;
  }
  return true;
}

bool fp_runs_number(fp_runs *r, const char *id, uint32_t *number) {
  for (*number = r->n; *number > 0;) /* the newest are asked for most */
    if (memcmp(r->ids[--*number], id, FP_ID_LEN) == 0) return true;
  if (r->n == r->cap) {
    uint32_t cap = r->cap ? 2 * r->cap : 16;
    void *more = cap <= FP_RUNS_MAX ? realloc(r->ids, (size_t)cap * sizeof *r->ids) : NULL;
    if (!more) return false;
    r->ids = more, r->cap = cap;
  }
  memcpy(r->ids[r->n], id, FP_ID_LEN);
  r->ids[r->n][FP_ID_LEN] = 0;
  *number = r->n++;
  return true;
}

/* The run's number in this segment. */
static uint32_t local_of(fp_packer *p, uint32_t run) {
  if (run >= p->n_local) {
    uint32_t n = run + 16;
    uint32_t *more = realloc(p->local, (size_t)n * sizeof *more);
    if (!more) return p->failed = true, 0;
    memset(more + p->n_local, 0, (size_t)(n - p->n_local) * sizeof *more);
    p->local = more, p->n_local = n;
  }
  if (p->local[run]) return p->local[run] - 1;
  if (p->n_runs == p->room) {
    uint32_t room = p->room ? 2 * p->room : 16;
    uint32_t *more = realloc(p->runs, (size_t)room * sizeof *more);
    if (!more) return p->failed = true, 0;
    p->runs = more, p->room = room;
  }
  p->runs[p->n_runs++] = run;
  p->local[run] = p->n_runs;
  return p->n_runs - 1;
}

static void add_block(fp_packer *p, const fp_block *b, bool same_sha) {
  const fp_block *l = &p->last;
  bool next = l->size && b->run == l->run && b->pack == l->pack && b->offset == l->offset + l->stored;
  fp_bytes *to = &p->records;
  fp_bytes_uint(to, (unsigned)next | (unsigned)same_sha << 1);
  if (!same_sha) fp_bytes_add(to, b->sha, FP_SHA);
  fp_bytes_uint(to, b->size);
  fp_bytes_uint(to, b->stored);
  if (!next) {
    fp_bytes_uint(to, local_of(p, b->run));
    fp_bytes_uint(to, b->pack);
    fp_bytes_uint(to, b->offset);
  }
  p->last = *b;
}

static void add_holes(fp_bytes *to, const fp_entry *e) {
  uint64_t end = 0;
  fp_bytes_uint(to, e->n_holes);
  for (size_t i = 0; i < e->n_holes; i++) {
    fp_bytes_uint(to, e->holes[i].at - end);
    fp_bytes_uint(to, e->holes[i].size);
    end = e->holes[i].at + e->holes[i].size;
  }
}

static void add_head(fp_packer *p, const fp_entry *e) {
  fp_bytes *to = &p->records;
  size_t shared = 0, most = p->path.n < e->path_len ? p->path.n : e->path_len;
  while (shared < most && p->path.p[shared] == (uint8_t)e->path[shared]) shared++;
  fp_bytes_uint(to, (unsigned char)e->type);
  fp_bytes_uint(to, shared);
  fp_bytes_text(to, e->path + shared, e->path_len - shared);
  p->path.n = 0;
  fp_bytes_add(&p->path, e->path, e->path_len);
  fp_bytes_uint(to, e->mode);
  fp_bytes_uint(to, e->uid);
  fp_bytes_uint(to, e->gid);
  fp_bytes_uint(to, e->nlink);
  fp_bytes_uint(to, e->marks);
  fp_bytes_uint(to, e->size);
  fp_bytes_uint(to, e->ino);
  fp_bytes_int(to, e->mtime);
  fp_bytes_int(to, (int64_t)((uint64_t)e->ctime - (uint64_t)e->mtime));
  if (e->type == FP_CHAR || e->type == FP_BLOCKDEV) fp_bytes_uint(to, e->rdev);
  if (e->type == FP_LINK || e->type == FP_HARD) fp_bytes_text(to, e->target, e->target_len), fp_bytes_add(to, "", 1);
  fp_bytes_uint(to, e->n_xattrs);
  for (size_t i = 0; i < e->n_xattrs; i++) {
    fp_bytes_text(to, e->xattrs[i].name, strlen(e->xattrs[i].name));
    fp_bytes_add(to, "", 1);
    fp_bytes_text(to, e->xattrs[i].value, e->xattrs[i].size);
  }
}

bool fp_pack_entry(fp_packer *p, const fp_entry *e, size_t *done) {
  fp_bytes *to = &p->records;
  bool one = e->n_blocks == 1 && memcmp(e->sha, e->blocks[0].sha, FP_SHA) == 0;
  size_t n = e->n_blocks - *done < FP_PART ? e->n_blocks - *done : FP_PART;
  if (*done == 0) {
    add_head(p, e);
    p->entries++;
    if (e->type != FP_FILE) return false;
    add_holes(to, e);
    fp_bytes_uint(to, e->n_blocks);
    if (e->n_blocks) fp_bytes_add(to, e->sha, FP_SHA);
  } else {
    fp_bytes_uint(to, '+');
    fp_bytes_uint(to, n);
  }
  for (size_t i = 0; i < n; i++) add_block(p, &e->blocks[*done + i], one);
  *done += n;
  return *done < e->n_blocks;
}

bool fp_pack_end(fp_packer *p, const fp_runs *runs, fp_bytes *out) {
  out->n = 0;
  fp_bytes_uint(out, 1);
  fp_bytes_uint(out, p->entries);
  fp_bytes_uint(out, p->n_runs);
  for (uint32_t i = 0; i < p->n_runs; i++) fp_bytes_add(out, runs->ids[p->runs[i]], FP_ID_LEN);
  fp_bytes_add(out, p->records.p, p->records.n);
  bool all = !p->failed && !p->records.failed && !p->path.failed && !out->failed;
  for (uint32_t i = 0; i < p->n_runs; i++) p->local[p->runs[i]] = 0;
  p->records.n = p->path.n = 0, p->entries = 0, p->n_runs = 0, p->last = (fp_block){0};
  return all;
}

void fp_packer_free(fp_packer *p) {
  fp_bytes_free(&p->records);
  fp_bytes_free(&p->path);
  free(p->local);
  free(p->runs);
  *p = (fp_packer){0};
}
