/* codec.h -- bytes as they are stored: zstd, AES-256-GCM, and back.  SPDX-License-Identifier: Apache-2.0
 *
 * One codec serves one thread. Encoded: a byte of flags (1 zstd, 2 encrypted), with 2 a nonce of 12 bytes, the content, with 2 a tag of 16 bytes. */
#ifndef FP_CODEC_H
#define FP_CODEC_H
#include "bytes.h"
#include <openssl/evp.h>

enum { FP_KEY_LEN = 32, FP_NONCE = 12, FP_TAG = 16, FP_ENCODED = 1 + FP_NONCE + FP_TAG, FP_LEVEL = 1 };

typedef struct fp_cipher { /* one direction, with the key that it has */
  EVP_CIPHER_CTX *ctx;
  uint8_t key[FP_KEY_LEN];
  bool keyed;
} fp_cipher;

typedef struct fp_codec {
  void *cctx, *dctx; /* zstd's */
  EVP_MD *md;
  EVP_MD_CTX *sum;
  fp_cipher seal, open;
  int level;
} fp_codec;
bool fp_codec_init(fp_codec *c, int level);  /* false: no memory; free it all the same */
bool fp_codec_level(fp_codec *c, int level); /* false: zstd has no such level */
void fp_codec_free(fp_codec *c);

/* SHA-256 with what the codec keeps ready. */
bool fp_codec_sha(fp_codec *c, const void *data, size_t n, uint8_t to[FP_SHA]);
/* Appends. key NULL: not encrypted. aad is authenticated, not stored. false: no memory, or OpenSSL failed. */
bool fp_encode(fp_codec *c, const uint8_t *key, const void *aad, size_t aad_n, const void *data, size_t n, fp_bytes *out);
/* Exactly n bytes to `to`. Returns NULL, or what is wrong. key NULL: what is encrypted is wrong; else: what is not. */
const char *fp_decode(fp_codec *c, const uint8_t *key, const void *aad, size_t aad_n, const uint8_t *stored, size_t stored_n, void *to,
                      size_t n);
/* Is it worth to try zstd? A look at some of it. */
bool fp_compressible(const uint8_t *data, size_t n);

/* One text of at most 64 bytes under a key of a user: nonce, text, tag. */
bool fp_wrap(fp_codec *c, const uint8_t *key, const uint8_t *data, size_t n, uint8_t *out);       /* n + 28 bytes */
bool fp_unwrap(fp_codec *c, const uint8_t *key, const uint8_t *wrapped, size_t n, uint8_t *data); /* n - 28 bytes; false: not this key */
bool fp_hmac(const uint8_t *key, const char *label, const void *data, size_t n, uint8_t to[FP_SHA]);

/* Objects that are no packs: "PNAS", kind, version 1, two zero bytes, size of the content (8 bytes, low ones first), it encoded, SHA-256 of the
 * object's name, a NUL and all before. */
enum { FP_BOX_HEAD = 16, FP_BOX = FP_BOX_HEAD + FP_ENCODED + FP_SHA };
bool fp_box(fp_codec *c, const uint8_t *key, const char *name, char kind, const void *data, size_t n,
            fp_bytes *out); /* out is emptied first */
/* The size of the content, for a buffer; -1: why. */
int64_t fp_box_size(const uint8_t *box, size_t box_n, char kind, uint64_t max, const char **why);
const char *fp_box_open(fp_codec *c, const uint8_t *key, const char *name, const uint8_t *box, size_t box_n, void *to, size_t n);
/* Is it a whole box of that name? Needs no key. */
const char *fp_box_wrong(fp_codec *c, const char *name, const uint8_t *box, size_t box_n);
#endif
