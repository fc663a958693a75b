/* blocks.h -- content: hashed, de-duplicated, compressed, encrypted, packed; and read back.  SPDX-License-Identifier: Apache-2.0
 *
 * A worker makes blocks (fp_maker, one per thread: no call, no store), the thread of the call places them. What is known is found in a table
 * on disk. */
#ifndef FP_BLOCKS_H
#define FP_BLOCKS_H
#include "manifest.h"

/* ---- writing, for one run. Freed with the run. */
typedef struct fp_blocks fp_blocks;
pintle_status fp_blocks_of(pintle_call *call, fp_run *, fp_blocks **out); /* always the same one; the first time the table's file is made */

/* A block that was made; reuse it: memory is kept. Zeroed is empty. */
typedef struct fp_made {
  fp_block block;  /* sha and size; the rest once it is known */
  bool known;      /* it is stored already: data is empty */
  fp_bytes data;   /* as it will be stored */
  const char *why; /* of an error of make */
} fp_made;
void fp_made_free(fp_made *);

typedef struct fp_maker fp_maker;
fp_maker *fp_maker_new(fp_blocks *); /* any thread; NULL: no memory. Free it before the run */
void fp_maker_free(fp_maker *);
/* [any thread, one at a time per maker] n 1..FP_BLOCK_MAX. NOMEM, FAILED: made->why. */
pintle_status fp_maker_make(fp_maker *, const void *data, size_t n, fp_made *made);
/* SHA-256 of a file of several blocks, by the same thread: begin, add each block's data, end. */
void fp_maker_sha_begin(fp_maker *);
void fp_maker_sha_add(fp_maker *, const void *data, size_t n);
pintle_status fp_maker_sha_end(fp_maker *, uint8_t to[FP_SHA]);

/* [call] Where it lies: as known, or at the end of the pack, which is put when it is full (16 MiB). made->data is left to be reused. */
pintle_status fp_blocks_place(pintle_call *call, fp_blocks *, fp_made *made, fp_block *out);
/* [call] These are stored already (a parent's entry, an interrupted run's). */
pintle_status fp_blocks_learn(pintle_call *call, fp_blocks *, const fp_block *, size_t n);
/* [call] The same of all blocks of the run's parent and of what it resumes. Once; later calls do nothing. Do it when the first changed file is met,
 * before making any of its blocks. */
pintle_status fp_blocks_learn_parents(pintle_call *call, fp_blocks *);
/* [call] Puts the pack that is open. fp_run_commit does it. */
pintle_status fp_blocks_flush(pintle_call *call, fp_blocks *);

/* ---- reading. One thread, that of the call. */
typedef struct fp_source fp_source;
fp_source *fp_source_new(fp_repo *); /* NULL: no memory. Keeps up to 16 MiB of packs */
void fp_source_free(fp_source *);
/* The content, checked against its hash: *data, block->size bytes, until the next call. */
pintle_status fp_source_get(pintle_call *call, fp_source *, const fp_block *block, const void **data);
#endif
