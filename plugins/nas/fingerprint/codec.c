/* codec.c -- bytes as they are stored: zstd, AES-256-GCM, and back.  SPDX-License-Identifier: Apache-2.0 */
#include "codec.h"
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <zstd.h>

bool fp_codec_level(fp_codec *c, int level) {
  if (level < ZSTD_minCLevel() || level > ZSTD_maxCLevel() || ZSTD_isError(ZSTD_CCtx_setParameter(c->cctx, ZSTD_c_compressionLevel, level)))
    return false;
  c->level = level;
  return true;
}

bool fp_codec_init(fp_codec *c, int level) {
  *c = (fp_codec){0};
  c->cctx = ZSTD_createCCtx(), c->dctx = ZSTD_createDCtx();
  c->md = EVP_MD_fetch(NULL, "SHA256", NULL), c->sum = EVP_MD_CTX_new();
  c->seal.ctx = EVP_CIPHER_CTX_new(), c->open.ctx = EVP_CIPHER_CTX_new();
  return c->cctx && c->dctx && c->md && c->sum && c->seal.ctx && c->open.ctx && fp_codec_level(c, level ? level : FP_LEVEL);
}

void fp_codec_free(fp_codec *c) {
  ZSTD_freeCCtx(c->cctx);
  ZSTD_freeDCtx(c->dctx);
  EVP_MD_CTX_free(c->sum);
  EVP_MD_free(c->md);
  EVP_CIPHER_CTX_free(c->seal.ctx);
  EVP_CIPHER_CTX_free(c->open.ctx);
  OPENSSL_cleanse(c, sizeof *c);
}

bool fp_codec_sha(fp_codec *c, const void *data, size_t n, uint8_t to[FP_SHA]) {
  return EVP_DigestInit_ex2(c->sum, c->md, NULL) == 1 && EVP_DigestUpdate(c->sum, data, n) == 1 &&
         EVP_DigestFinal_ex(c->sum, to, NULL) == 1;
}

/* The key's schedule is kept: most of what is encoded has the same key as the last. */
static bool cipher_set(fp_cipher *c, const uint8_t *key, const uint8_t *nonce, int seal) {
  bool same = c->keyed && CRYPTO_memcmp(c->key, key, FP_KEY_LEN) == 0;
  if (!c->keyed && EVP_CipherInit_ex(c->ctx, EVP_aes_256_gcm(), NULL, NULL, NULL, seal) != 1) return false;
  c->keyed = false;
  if (EVP_CipherInit_ex(c->ctx, NULL, NULL, same ? NULL : key, nonce, seal) != 1) return false;
  memcpy(c->key, key, FP_KEY_LEN);
  return c->keyed = true;
}

/* Content in place, behind the nonce; the tag goes behind it. */
static bool gcm_seal(fp_cipher *c, const uint8_t *key, const void *aad, size_t aad_n, uint8_t *nonce, size_t n) {
  uint8_t *text = nonce + FP_NONCE;
  int got = 0;
  return n <= INT32_MAX && RAND_bytes(nonce, FP_NONCE) == 1 && cipher_set(c, key, nonce, 1) &&
         EVP_EncryptUpdate(c->ctx, NULL, &got, aad, (int)aad_n) == 1 && EVP_EncryptUpdate(c->ctx, text, &got, text, (int)n) == 1 &&
         EVP_EncryptFinal_ex(c->ctx, text + n, &got) == 1 && EVP_CIPHER_CTX_ctrl(c->ctx, EVP_CTRL_AEAD_GET_TAG, FP_TAG, text + n) == 1;
}

static bool gcm_open(fp_cipher *c, const uint8_t *key, const void *aad, size_t aad_n, const uint8_t *nonce, size_t n, uint8_t *to) {
  const uint8_t *text = nonce + FP_NONCE;
  uint8_t tag[FP_TAG];
  int got = 0;
  memcpy(tag, text + n, FP_TAG);
  return n <= INT32_MAX && cipher_set(c, key, nonce, 0) && EVP_DecryptUpdate(c->ctx, NULL, &got, aad, (int)aad_n) == 1 &&
         EVP_DecryptUpdate(c->ctx, to, &got, text, (int)n) == 1 && EVP_CIPHER_CTX_ctrl(c->ctx, EVP_CTRL_AEAD_SET_TAG, FP_TAG, tag) == 1 &&
         EVP_DecryptFinal_ex(c->ctx, to + got, &got) == 1;
}

bool fp_encode(fp_codec *c, const uint8_t *key, const void *aad, size_t aad_n, const void *data, size_t n, fp_bytes *out) {
  bool zstd = fp_compressible(data, n);
  size_t bound = zstd ? ZSTD_compressBound(n) : n, before = key ? 1 + FP_NONCE : 1, got = n;
  if (!fp_bytes_room(out, before + bound + FP_TAG)) return false;
  uint8_t *to = out->p + out->n, *text = to + before;
  if (zstd) {
    got = ZSTD_compress2(c->cctx, text, bound, data, n);
    if (ZSTD_isError(got)) return false;
    zstd = got < n - n / 32; /* else not worth the time of reading it */
  }
  if (!zstd) memcpy(text, data, n), got = n;
  to[0] = (uint8_t)(zstd | (key ? 2 : 0));
  if (key && !gcm_seal(&c->seal, key, aad, aad_n, to + 1, got)) return false;
  out->n += before + got + (key ? FP_TAG : 0);
  return true;
}

const char *fp_decode(fp_codec *c, const uint8_t *key, const void *aad, size_t aad_n, const uint8_t *stored, size_t stored_n, void *to,
                      size_t n) {
  fp_bytes plain = {0};
  const char *why = NULL;
  size_t frame = key ? FP_ENCODED : 1;
  if (stored_n < frame || stored[0] > 3) return "damaged: its first byte";
  if (!key != !(stored[0] & 2)) return key ? "not encrypted, in an encrypted repository" : "encrypted, and there is no key";
  const uint8_t *text = stored + 1;
  size_t text_n = stored_n - frame;
  if (!(stored[0] & 1) && text_n != n) return "damaged: its size";
  if (key && !(stored[0] & 1)) return gcm_open(&c->open, key, aad, aad_n, text, text_n, to) ? NULL : "damaged, or another key";
  if (key) {
    if (!fp_bytes_room(&plain, text_n + 1)) return "no memory";
    if (!gcm_open(&c->open, key, aad, aad_n, text, text_n, plain.p)) why = "damaged, or another key";
    text = plain.p;
  }
  if (!why && !(stored[0] & 1)) memcpy(to, text, n);
  else if (!why && ZSTD_decompressDCtx(c->dctx, to, n, text, text_n) != n) why = "damaged: zstd";
  fp_bytes_free(&plain);
  return why;
}

/* How evenly are values spread in 16 pieces of it? Of n random bytes the squares of how often each value comes add up to n * (n / 256 + 1), give or
 * take n / 11; of text to four times that and more. */
bool fp_compressible(const uint8_t *data, size_t n) {
  enum { PIECES = 16 };
  size_t piece = n < 64 << 10 ? 64 : 256, all = PIECES * piece;
  uint16_t count[256] = {0};
  uint64_t sum = 0;
  if (n < 64) return false;
  if (n < all) return true;
  for (size_t i = 0; i < PIECES; i++) {
    const uint8_t *p = data + (n - piece) / (PIECES - 1) * i;
    for (size_t k = 0; k < piece; k++) count[p[k]]++;
  }
  for (size_t i = 0; i < 256; i++) sum += (uint64_t)count[i] * count[i];
  return sum > all * (all / 256 + 4);
}

bool fp_wrap(fp_codec *c, const uint8_t *key, const uint8_t *data, size_t n, uint8_t *out) {
  static const char aad[] = "pintle.io/nas key";
  if (n > 64) return false;
  memcpy(out + FP_NONCE, data, n);
  return gcm_seal(&c->seal, key, aad, sizeof aad, out, n);
}

bool fp_unwrap(fp_codec *c, const uint8_t *key, const uint8_t *wrapped, size_t n, uint8_t *data) {
  static const char aad[] = "pintle.io/nas key";
  return n >= FP_NONCE + FP_TAG && gcm_open(&c->open, key, aad, sizeof aad, wrapped, n - FP_NONCE - FP_TAG, data);
}

bool fp_hmac(const uint8_t *key, const char *label, const void *data, size_t n, uint8_t to[FP_SHA]) {
  fp_bytes text = {0};
  unsigned got = 0;
  fp_bytes_add(&text, label, strlen(label) + 1);
  fp_bytes_add(&text, data, n);
  bool done = !text.failed && HMAC(EVP_sha256(), key, FP_KEY_LEN, text.p, text.n, to, &got) && got == FP_SHA;
  fp_bytes_free(&text);
  return done;
}
