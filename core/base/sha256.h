/* sha256.h -- SHA-256 (FIPS 180-4) where only libc may be linked.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_SHA256_H
#define PINTLE_BASE_SHA256_H
#include <stddef.h>
#include <stdint.h>

typedef struct sha256_ctx {
  uint32_t state[8];
  uint64_t total; /* bytes so far */
  unsigned char block[64];
} sha256_ctx;
void sha256_init(sha256_ctx *c);
void sha256_update(sha256_ctx *c, const void *p, size_t n);
void sha256_final(sha256_ctx *c, unsigned char out[32]);
void sha256(const void *p, size_t n, unsigned char out[32]);
#endif
