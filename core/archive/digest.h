/* digest.h -- SHA-256 of a stream, by OpenSSL.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_ARCHIVE_DIGEST_H
#define PINTLE_ARCHIVE_DIGEST_H
#include "base/buf.h"
#include "base/error.h"

enum { ARCHIVE_SHA256 = 32 };

typedef struct archive_digest {
  struct evp_md_ctx_st *ctx;
} archive_digest; /* {0} before begin; begin again starts anew */
pintle_status archive_digest_begin(archive_digest *d, error *e);
bool archive_digest_add(archive_digest *d, const void *p, size_t n); /* false: OpenSSL failed */
bool archive_digest_end(archive_digest *d, unsigned char out[ARCHIVE_SHA256]);
void archive_digest_free(archive_digest *d); /* {0} again */
/* Of one text. false: OpenSSL failed. */
bool archive_sha256(str text, unsigned char out[ARCHIVE_SHA256]);
void archive_hex(const unsigned char *p, size_t n, char *to); /* 2 * n digits and a NUL */
#endif
