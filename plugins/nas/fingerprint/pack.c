/* pack.c -- what a pack says of itself.  SPDX-License-Identifier: Apache-2.0 */
#include "pack.h"

void fp_block_aad(const uint8_t sha[FP_SHA], uint32_t size, uint8_t to[FP_BLOCK_AAD]) {
  memcpy(to, sha, FP_SHA);
  for (int i = 0; i < 4; i++) to[FP_SHA + i] = (uint8_t)(size >> (8 * i));
}

const char *fp_pack_contents(const void *contents, size_t n, uint32_t end, pintle_status (*each)(void *ctx, const fp_block *), void *ctx,
                             size_t *at) {
  fp_scan s = {.p = contents, .n = n};
  uint64_t offset = FP_PACK_HEAD;
  if (fp_scan_uint(&s, UINT64_MAX, "version") != 1) fp_scan_bad(&s, "written by a newer version");
  for (uint64_t blocks = fp_scan_uint(&s, n, "number of blocks"); !s.why && blocks; blocks--) {
    fp_block b = {.size = (uint32_t)fp_scan_uint(&s, FP_BLOCK_MAX, "size of a block")};
    b.stored = (uint32_t)fp_scan_uint(&s, 2 * FP_BLOCK_MAX, "stored size of a block");
    const uint8_t *sha = fp_scan_bytes(&s, FP_SHA, "hash of a block");
    if (!s.why && (!b.size || !b.stored || b.stored > end - offset)) fp_scan_bad(&s, "block behind the end of the pack");
    if (s.why || !sha) break;
    memcpy(b.sha, sha, FP_SHA);
    b.offset = (uint32_t)offset, offset += b.stored;
    if (each(ctx, &b) != PINTLE_OK) fp_scan_bad(&s, "stopped");
  }
  if (!s.why && s.at != s.n) fp_scan_bad(&s, "bytes behind the end");
  if (!s.why && offset != end) fp_scan_bad(&s, "bytes that belong to no block");
  *at = s.at;
  return s.why;
}
