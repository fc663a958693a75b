/* pack.h -- packs: blocks one behind the other, and what they are.  SPDX-License-Identifier: Apache-2.0
 *
 * "PNPACK1\n", the blocks as codec.h encodes them, a box 'P' (codec.h) with the size, stored size and hash of each, the box's length in 4 bytes (low
 * ones first), "PACK". */
#ifndef FP_PACK_H
#define FP_PACK_H
#include "repo_in.h"

enum { FP_PACK_HEAD = 8, FP_PACK_TAIL = 8, FP_BLOCK_AAD = FP_SHA + 4 };

/* What a block's encryption is bound to. */
void fp_block_aad(const uint8_t sha[FP_SHA], uint32_t size, uint8_t to[FP_BLOCK_AAD]);
/* The contents of a pack's box. `end`: where the box begins. NULL, or what is wrong, at *at. each: not OK ends the reading with it in *st. */
const char *fp_pack_contents(const void *contents, size_t n, uint32_t end, pintle_status (*each)(void *ctx, const fp_block *), void *ctx,
                             size_t *at);
#endif
