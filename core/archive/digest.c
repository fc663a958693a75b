/* digest.c -- see digest.h.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/digest.h"
#include <openssl/evp.h>

pintle_status archive_digest_begin(archive_digest *d, error *e) {
  if (!d->ctx && !(d->ctx = EVP_MD_CTX_new())) return error_nomem(e);
  if (EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1) return error_set(e, PINTLE_FAILED, "OpenSSL cannot make a SHA-256");
  return PINTLE_OK;
}

bool archive_digest_add(archive_digest *d, const void *p, size_t n) { return n == 0 || EVP_DigestUpdate(d->ctx, p, n) == 1; }

bool archive_digest_end(archive_digest *d, unsigned char out[ARCHIVE_SHA256]) {
  unsigned int n = 0;
  return EVP_DigestFinal_ex(d->ctx, out, &n) == 1 && n == ARCHIVE_SHA256;
}

void archive_digest_free(archive_digest *d) {
  EVP_MD_CTX_free(d->ctx);
  d->ctx = NULL;
}

bool archive_sha256(str text, unsigned char out[ARCHIVE_SHA256]) {
  archive_digest d = {0};
  bool ok = archive_digest_begin(&d, NULL) == PINTLE_OK && archive_digest_add(&d, text.ptr, text.len) && archive_digest_end(&d, out);
  archive_digest_free(&d);
  return ok;
}

void archive_hex(const unsigned char *p, size_t n, char *to) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) *to++ = digits[p[i] >> 4], *to++ = digits[p[i] & 15];
  *to = 0;
}
