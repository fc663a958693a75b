/* text.h -- bytes that grow, and names with values.  SPDX-License-Identifier: Apache-2.0 */
#ifndef S3_TEXT_H
#define S3_TEXT_H
#include <pintle/plugin.h>
#include <stdbool.h>

/* Zeroed is empty. After a lack of memory `failed` is set and stays: check once, at the end. p ends with NUL and is NULL when empty. */
typedef struct s3_text {
  char *p;
  size_t n, cap;
  bool failed;
} s3_text;
void s3_add(s3_text *t, const void *data, size_t n);
void s3_addz(s3_text *t, const char *text);
PINTLE_PRINTF(2, 3) void s3_addf(s3_text *t, const char *format, ...);
void s3_text_free(s3_text *t); /* wiped: it may have held a secret */
static inline const char *s3_z(const s3_text *t) { return t->p ? t->p : ""; }

typedef struct s3_field {
  const char *name, *value;
} s3_field;

void s3_hex(const unsigned char *data, size_t n, char *to);    /* 2n + 1 bytes, lower case */
void s3_base64(const unsigned char *data, size_t n, char *to); /* 4 * ((n + 2) / 3) + 1 bytes */
size_t s3_unbase64(const char *text, unsigned char *to, size_t most); /* what is no base64 is passed over; the bytes it has, which may be more than most */
#endif
