/* segment_read.c -- entries out of a segment, of which nothing is believed.  SPDX-License-Identifier: Apache-2.0 */
#include "segment.h"
#include <stdlib.h>

static bool grow(void *list, size_t *room, size_t need, size_t size) {
  void **p = list;
  if (need <= *room) return true;
  size_t n = *room ? *room : 16;
  while (n < need) n *= 2;
  void *more = realloc(*p, n * size);
  if (!more) return false;
  *p = more, *room = n;
  return true;
}

bool fp_unpack_begin(fp_unpacker *u, const void *data, size_t n, fp_runs *runs) {
  u->scan = (fp_scan){.p = data, .n = n};
  fp_scan *s = &u->scan;
  u->n_runs = 0, u->first = true, u->last = (fp_block){0};
  if (fp_scan_uint(s, UINT64_MAX, "version") != 1) fp_scan_bad(s, "written by a newer version");
  u->left = fp_scan_uint(s, n, "number of entries");
  uint64_t many = fp_scan_uint(s, n / FP_ID_LEN, "number of runs");
  size_t room = 0;
  free(u->runs);
  u->runs = NULL;
  if (!s->why && !grow(&u->runs, &room, (size_t)many + 1, sizeof *u->runs)) fp_scan_bad(s, "no memory");
  for (; !s->why && u->n_runs < many; u->n_runs++) {
    const char *id = (const char *)fp_scan_bytes(s, FP_ID_LEN, "name of a run");
    if (id && !fp_id_right(id, FP_ID_LEN)) fp_scan_bad(s, "name of a run");
    else if (id && !fp_runs_number(runs, id, &u->runs[u->n_runs])) fp_scan_bad(s, "too many runs");
  }
  u->why = s->why;
  return !s->why;
}

/* A text that ends with NUL behind its length. */
static const char *read_text(fp_scan *s, size_t max, size_t *n, const char *what) {
  const char *p = (const char *)fp_scan_text(s, max, n, what);
  const uint8_t *end = fp_scan_bytes(s, 1, what);
  if (end && (*end || memchr(p, 0, *n))) fp_scan_bad(s, what);
  return s->why ? (*n = 0, "") : p;
}

static void read_path(fp_unpacker *u) {
  fp_scan *s = &u->scan;
  size_t n = 0, shared = (size_t)fp_scan_uint(s, u->first ? 0 : u->path.n, "shared part of a path");
  const char *rest = (const char *)fp_scan_text(s, FP_PATH_MAX, &n, "path");
  if (s->why) return;
  if (u->any && fp_path_cmp((const char *)u->path.p + shared, u->path.n - shared, rest, n) >= 0) fp_scan_bad(s, "path out of order");
  u->path.n = shared;
  fp_bytes_add(&u->path, rest, n);
  if (!fp_bytes_room(&u->path, 1)) return fp_scan_bad(s, "no memory");
  u->path.p[u->path.n] = 0;
  u->entry.path = (const char *)u->path.p, u->entry.path_len = u->path.n;
}

static void read_xattrs(fp_unpacker *u) {
  fp_scan *s = &u->scan;
  size_t n = (size_t)fp_scan_uint(s, FP_XATTRS_MAX, "number of xattrs"), length;
  if (!s->why && n && !grow(&u->xattrs, &u->xattr_room, n, sizeof *u->xattrs)) fp_scan_bad(s, "no memory");
  for (size_t i = 0; !s->why && i < n; i++) {
    u->xattrs[i].name = read_text(s, 255, &length, "name of an xattr");
    u->xattrs[i].value = fp_scan_text(s, FP_XATTR_MAX, &u->xattrs[i].size, "value of an xattr");
  }
  u->entry.xattrs = u->xattrs, u->entry.n_xattrs = s->why ? 0 : n;
}

static void read_holes(fp_unpacker *u) {
  fp_scan *s = &u->scan;
  size_t n = (size_t)fp_scan_uint(s, FP_HOLES_MAX, "number of holes");
  uint64_t end = 0;
  if (!s->why && n > (s->n - s->at) / 2) fp_scan_bad(s, "number of holes");
  if (!s->why && n && !grow(&u->holes, &u->hole_room, n, sizeof *u->holes)) fp_scan_bad(s, "no memory");
  for (size_t i = 0; !s->why && i < n; i++) {
    u->holes[i].at = end + fp_scan_uint(s, INT64_MAX - end, "place of a hole");
    end = u->holes[i].at;
    u->holes[i].size = fp_scan_uint(s, INT64_MAX - end, "size of a hole");
    end += u->holes[i].size;
  }
  u->entry.holes = u->holes, u->entry.n_holes = s->why ? 0 : n;
}

static void read_blocks(fp_unpacker *u, size_t n) {
  fp_scan *s = &u->scan;
  fp_entry *e = &u->entry;
  if (!s->why && n && !grow(&u->blocks, &u->block_room, e->n_blocks + n, sizeof *u->blocks)) fp_scan_bad(s, "no memory");
  for (size_t i = 0; !s->why && i < n; i++) {
    fp_block *b = &u->blocks[e->n_blocks], *l = &u->last;
    unsigned how = (unsigned)fp_scan_uint(s, 3, "kind of a block");
    const uint8_t *sha = how & 2 ? e->sha : fp_scan_bytes(s, FP_SHA, "hash of a block");
    if (sha) memcpy(b->sha, sha, FP_SHA);
    if (how & 2 && u->want != 1) fp_scan_bad(s, "kind of a block");
    b->size = (uint32_t)fp_scan_uint(s, FP_BLOCK_MAX, "size of a block");
    b->stored = (uint32_t)fp_scan_uint(s, 2 * FP_BLOCK_MAX, "stored size of a block");
    if (how & 1) {
      if (!l->size || l->stored > UINT32_MAX - l->offset) fp_scan_bad(s, "place of a block");
      b->run = l->run, b->pack = l->pack, b->offset = l->offset + l->stored;
    } else {
      uint32_t run = (uint32_t)fp_scan_uint(s, u->n_runs ? u->n_runs - 1 : 0, "run of a block");
      if (!u->n_runs) fp_scan_bad(s, "run of a block");
      b->run = s->why ? 0 : u->runs[run];
      b->pack = (uint32_t)fp_scan_uint(s, FP_PACKS_MAX - 1, "pack of a block");
      b->offset = (uint32_t)fp_scan_uint(s, UINT32_MAX, "place of a block");
    }
    u->last = *b;
    if (!s->why) e->n_blocks++;
  }
  e->blocks = u->blocks;
}

static void read_content(fp_unpacker *u) {
  fp_scan *s = &u->scan;
  read_holes(u);
  u->want = (size_t)fp_scan_uint(s, FP_BLOCKS_MAX, "number of blocks");
  const uint8_t *sha = u->want ? fp_scan_bytes(s, FP_SHA, "hash of a file") : NULL;
  if (sha) memcpy(u->entry.sha, sha, FP_SHA);
  else if (!s->why) fp_sha256("", 0, u->entry.sha);
  read_blocks(u, u->want < FP_PART ? u->want : FP_PART);
}

static void read_entry(fp_unpacker *u, unsigned type) {
  fp_scan *s = &u->scan;
  fp_entry *e = &u->entry;
  *e = (fp_entry){.type = (fp_type)type, .target = "", .path = ""};
  u->want = 0;
  if (!u->left) return fp_scan_bad(s, "more entries than it says");
  u->left--;
  read_path(u);
  e->mode = (uint32_t)fp_scan_uint(s, 07777, "mode");
  e->uid = (uint32_t)fp_scan_uint(s, UINT32_MAX, "uid");
  e->gid = (uint32_t)fp_scan_uint(s, UINT32_MAX, "gid");
  e->nlink = (uint32_t)fp_scan_uint(s, UINT32_MAX, "number of links");
  e->marks = (uint32_t)fp_scan_uint(s, FP_MARKS, "marks");
  e->size = fp_scan_uint(s, INT64_MAX, "size");
  e->ino = fp_scan_uint(s, UINT64_MAX, "inode");
  e->mtime = fp_scan_int(s, "mtime");
  e->ctime = (int64_t)((uint64_t)fp_scan_int(s, "ctime") + (uint64_t)e->mtime);
  if (type == FP_CHAR || type == FP_BLOCKDEV) e->rdev = fp_scan_uint(s, UINT64_MAX, "device");
  if (type == FP_LINK || type == FP_HARD) e->target = read_text(s, FP_PATH_MAX, &e->target_len, "target");
  read_xattrs(u);
  if (type == FP_FILE) read_content(u);
}

static int ends(fp_unpacker *u) {
  if (u->scan.why) return u->why = u->scan.why, -1;
  if (u->pending && u->left) return u->why = "entry without its last blocks", -1;
  if (u->left) return u->why = "fewer entries than it says", -1;
  return 0;
}

int fp_unpack_next(fp_unpacker *u) {
  fp_scan *s = &u->scan;
  do {
    if (s->why || s->at == s->n) return ends(u);
    unsigned tag = (unsigned)fp_scan_uint(s, 127, "kind of a record");
    if (tag == '+' && u->pending) {
      size_t lack = u->want - u->entry.n_blocks;
      read_blocks(u, (size_t)fp_scan_uint(s, lack < FP_PART ? lack : FP_PART, "number of blocks"));
    } else if (tag == '+' && u->lost) {
      u->entry.n_blocks = u->want = 0;
      read_blocks(u, (size_t)fp_scan_uint(s, FP_PART, "number of blocks"));
      u->entry.n_blocks = 0;
      if (!s->why) continue;
    } else if (u->pending || tag == '+') {
      fp_scan_bad(s, "kind of a record");
    } else {
      read_entry(u, tag);
      u->any = true, u->first = u->lost = false;
    }
    if (s->why) return ends(u);
    u->pending = u->entry.n_blocks < u->want;
  } while (u->pending || u->lost);
  u->why = fp_entry_wrong(&u->entry);
  if (u->why) s->why = u->why; /* nothing more is read here */
  return u->why ? -1 : 1;
}

void fp_unpacker_free(fp_unpacker *u) {
  fp_bytes_free(&u->path);
  free(u->runs);
  free(u->xattrs);
  free(u->holes);
  free(u->blocks);
  *u = (fp_unpacker){0};
}
