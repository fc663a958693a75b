/* sum.h -- the checksums that S3 knows.  SPDX-License-Identifier: Apache-2.0 */
#ifndef S3_SUM_H
#define S3_SUM_H
#include "text.h"

typedef enum s3_algorithm {
  S3_SUM_NONE,
  S3_SUM_CRC32,
  S3_SUM_CRC32C,
  S3_SUM_CRC64NVME,
  S3_SUM_SHA1,
  S3_SUM_SHA256,
  S3_SUM_MD5
} s3_algorithm;
enum { S3_SUM_TEXT = 48 }; /* base64 of the longest, and NUL */

const char *s3_sum_name(s3_algorithm a);    /* "CRC32"; of MD5: "MD5" */
const char *s3_sum_header(s3_algorithm a);  /* "x-amz-checksum-crc32"; MD5: "content-md5"; NONE: NULL */
const char *s3_sum_element(s3_algorithm a); /* "ChecksumCRC32" of CompleteMultipartUpload; NONE and MD5: NULL */
static inline bool s3_sum_of_sums(s3_algorithm a) { /* an object of parts has the checksum of theirs, and not of its bytes */
  return a == S3_SUM_CRC32 || a == S3_SUM_CRC32C || a == S3_SUM_SHA1 || a == S3_SUM_SHA256;
}

typedef struct s3_sum s3_sum;
s3_sum *s3_sum_new(s3_algorithm a); /* NULL: no memory */
bool s3_sum_add(s3_sum *s, const void *data, size_t n);
size_t s3_sum_end(s3_sum *s, unsigned char to[64]); /* its length; 0: failed. Frees s */
void s3_sum_free(s3_sum *s);

/* In one go. */
size_t s3_sum_of(s3_algorithm a, const void *data, size_t n, unsigned char to[64]);
bool s3_sum_base64(s3_algorithm a, const void *data, size_t n, char to[S3_SUM_TEXT]);
bool s3_sum_hex(s3_algorithm a, const void *data, size_t n, char to[129]);
#endif
