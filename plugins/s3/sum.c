/* sum.c -- the checksums that S3 knows: three CRCs of our own, the rest by OpenSSL.  SPDX-License-Identifier: Apache-2.0 */
#include "sum.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const struct {
  const char *name, *header, *element, *digest;
  uint64_t poly; /* reflected */
  int bits;
} kinds[] = {
    [S3_SUM_NONE] = {"none", NULL, NULL, NULL, 0, 0},
    [S3_SUM_CRC32] = {"CRC32", "x-amz-checksum-crc32", "ChecksumCRC32", NULL, 0, 32},
    [S3_SUM_CRC32C] = {"CRC32C", "x-amz-checksum-crc32c", "ChecksumCRC32C", NULL, 0x82f63b78, 32},
    [S3_SUM_CRC64NVME] = {"CRC64NVME", "x-amz-checksum-crc64nvme", "ChecksumCRC64NVME", NULL, 0x9a6c9329ac4bc9b5u, 64},
    [S3_SUM_SHA1] = {"SHA1", "x-amz-checksum-sha1", "ChecksumSHA1", "SHA1", 0, 0},
    [S3_SUM_SHA256] = {"SHA256", "x-amz-checksum-sha256", "ChecksumSHA256", "SHA256", 0, 0},
    [S3_SUM_MD5] = {"MD5", "content-md5", NULL, "MD5", 0, 0},
};
const char *s3_sum_name(s3_algorithm a) { return kinds[a].name; }
const char *s3_sum_header(s3_algorithm a) { return kinds[a].header; }
const char *s3_sum_element(s3_algorithm a) { return kinds[a].element; }

/* Eight tables take eight bytes a step. */
struct s3_sum {
  s3_algorithm a;
  uint64_t crc;
  EVP_MD_CTX *md;
  uint64_t table[8][256];
};

static void make_tables(s3_sum *s, uint64_t poly) {
  for (unsigned i = 0; i < 256; i++) {
    uint64_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ poly : c >> 1;
    s->table[0][i] = c;
  }
  for (unsigned i = 0; i < 256; i++)
    for (int k = 1; k < 8; k++) s->table[k][i] = s->table[k - 1][i] >> 8 ^ s->table[0][s->table[k - 1][i] & 255];
}

s3_sum *s3_sum_new(s3_algorithm a) {
  s3_sum *s = malloc(kinds[a].poly ? sizeof *s : offsetof(s3_sum, table));
  if (!s) return NULL;
  s->a = a, s->crc = a == S3_SUM_CRC32 ? crc32(0, NULL, 0) : kinds[a].bits == 32 ? UINT32_MAX : UINT64_MAX, s->md = NULL;
  if (kinds[a].poly) make_tables(s, kinds[a].poly);
  if (!kinds[a].digest) return s;
  const EVP_MD *md = EVP_get_digestbyname(kinds[a].digest);
  s->md = EVP_MD_CTX_new();
  if (md && s->md && EVP_DigestInit_ex(s->md, md, NULL) == 1) return s;
  s3_sum_free(s);
  return NULL;
}

void s3_sum_free(s3_sum *s) {
  if (s) EVP_MD_CTX_free(s->md);
  free(s);
}

static void add_crc(s3_sum *s, const unsigned char *p, size_t n) {
  uint64_t c = s->crc, eight;
  for (; n >= 8; p += 8, n -= 8) {
    memcpy(&eight, p, 8);
    c ^= eight; /* little endian */
    c = s->table[7][c & 255] ^ s->table[6][c >> 8 & 255] ^ s->table[5][c >> 16 & 255] ^ s->table[4][c >> 24 & 255] ^
        s->table[3][c >> 32 & 255] ^ s->table[2][c >> 40 & 255] ^ s->table[1][c >> 48 & 255] ^ s->table[0][c >> 56];
  }
  for (; n; p++, n--) c = c >> 8 ^ s->table[0][(c ^ *p) & 255];
  s->crc = c;
}

bool s3_sum_add(s3_sum *s, const void *data, size_t n) {
  if (s->md) return EVP_DigestUpdate(s->md, data, n) == 1;
  if (s->a == S3_SUM_CRC32) s->crc = crc32_z(s->crc, data, n);
  else if (s->a != S3_SUM_NONE) add_crc(s, data, n);
  return true;
}

size_t s3_sum_end(s3_sum *s, unsigned char to[64]) {
  unsigned length = 0;
  if (s->md && EVP_DigestFinal_ex(s->md, to, &length) != 1) length = 0;
  uint64_t crc = s->a == S3_SUM_CRC32 ? s->crc : ~s->crc;
  if (!s->md)
    for (length = 0; length < (unsigned)kinds[s->a].bits / 8; length++)
      to[length] = (unsigned char)(crc >> (kinds[s->a].bits - 8 - 8 * (int)length));
  s3_sum_free(s);
  return length;
}

size_t s3_sum_of(s3_algorithm a, const void *data, size_t n, unsigned char to[64]) {
  s3_sum *s = s3_sum_new(a);
  if (!s) return 0;
  if (s3_sum_add(s, data, n)) return s3_sum_end(s, to);
  s3_sum_free(s);
  return 0;
}

bool s3_sum_base64(s3_algorithm a, const void *data, size_t n, char to[S3_SUM_TEXT]) {
  unsigned char sum[64];
  size_t length = s3_sum_of(a, data, n, sum);
  if (length) s3_base64(sum, length, to);
  return length > 0;
}

bool s3_sum_hex(s3_algorithm a, const void *data, size_t n, char to[129]) {
  unsigned char sum[64];
  size_t length = s3_sum_of(a, data, n, sum);
  if (length) s3_hex(sum, length, to);
  return length > 0;
}
