/* segment.h -- entries as bytes: a segment of a manifest, written and read.  SPDX-License-Identifier: Apache-2.0
 *
 * No call, no store: what is read may be anything. A segment stands for itself: it names the runs that its blocks lie in. */
#ifndef FP_SEGMENT_H
#define FP_SEGMENT_H
#include "entry.h"

enum {
  FP_SEGMENT_RAW = 4 << 20,  /* a segment is closed when it has so many bytes */
  FP_SEGMENT_MAX = 16 << 20, /* what a reader takes */
  FP_PART = 4096,            /* blocks in a record; the others follow in records of their own */
  FP_RUNS_MAX = 1 << 20,     /* runs in a repository's table */
  FP_PACKS_MAX = 1 << 22,    /* packs of a run */
  FP_ID_LEN = 32
};

/* Runs by name, and their numbers. An fp_repo's. */
typedef struct fp_runs {
  char (*ids)[FP_ID_LEN + 1];
  uint32_t n, cap;
} fp_runs;
bool fp_runs_number(fp_runs *r, const char *id, uint32_t *number); /* added if need be; false: no memory, or too many */
bool fp_id_right(const char *id, size_t n);                        /* 15 hex, "-", 16 hex */

/* Writing. Zeroed is empty; reuse it. */
typedef struct fp_packer {
  fp_bytes records;
  uint64_t entries;
  fp_bytes path;   /* of the last entry */
  fp_block last;   /* the last block */
  uint32_t *local; /* local[run] - 1 is the run's number in this segment */
  uint32_t *runs;  /* and back */
  uint32_t n_runs, room, n_local;
  bool failed; /* no memory */
} fp_packer;
/* Adds the entry but for blocks behind FP_PART, then those: from *done on, as many as a record takes; true: there are more of them. */
bool fp_pack_entry(fp_packer *p, const fp_entry *e, size_t *done);
/* The segment, into out (emptied first); p is empty then. false: no memory. */
bool fp_pack_end(fp_packer *p, const fp_runs *runs, fp_bytes *out);
void fp_packer_free(fp_packer *p);

/* Reading. */
typedef struct fp_unpacker {
  fp_scan scan;
  uint64_t left;  /* entries that this segment still has, by its own count */
  uint32_t *runs; /* number of the segment's run in the repository's table */
  uint32_t n_runs;
  fp_block last;
  /* the entry, and its memory; kept over segments */
  fp_entry entry;
  fp_bytes path;
  fp_xattr *xattrs;
  fp_hole *holes;
  fp_block *blocks;
  size_t xattr_room, hole_room, block_room;
  size_t want;              /* blocks that the entry has in all */
  bool pending, any, first; /* an entry lacks blocks; there was an entry; no record of this segment was read yet */
  bool lost;                /* the segment before could not be read: blocks in front of the first entry belong to nobody */
  const char *why;          /* with false */
} fp_unpacker;
/* A segment's bytes, borrowed: until the last entry that began in it is done with. false: why. */
bool fp_unpack_begin(fp_unpacker *u, const void *data, size_t n, fp_runs *runs);
/* 1: u->entry; 0: the segment ends (an entry's blocks may go on in the next one); -1: why, at u->scan.at. */
int fp_unpack_next(fp_unpacker *u);
/* Is an entry without its last blocks? */
static inline bool fp_unpack_open(const fp_unpacker *u) { return u->pending; }
void fp_unpacker_free(fp_unpacker *u);
#endif
