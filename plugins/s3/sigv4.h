/* sigv4.h -- AWS Signature Version 4 with S3's rules of encoding.  SPDX-License-Identifier: Apache-2.0
 *
 * The path is encoded once and never normalized: "//", "/./" and ".." stay. What is signed is what is sent: both come from the functions
 * here. Pure: no clock, no environment, no state but the caller's cache. */
#ifndef S3_SIGV4_H
#define S3_SIGV4_H
#include "text.h"

/* Signing key of one day, region and service; zeroed is empty. Wipe it after use (s3_text_free and friends do not know it). */
typedef struct s3_sign_cache {
  char scope[128];
  unsigned char secret[32], key[32]; /* secret: SHA-256 of the secret key that made it */
} s3_sign_cache;

typedef struct s3_sign {
  const char *method;
  const char *path;      /* as encoded by s3_encode(..., true), begins with "/" */
  const s3_field *query; /* raw names and values; a name alone has value "" */
  size_t n_query;
  const s3_field *headers; /* all that are to be signed: lower-case names, "host" among them; x-amz-date and the token too */
  size_t n_headers;
  const char *payload; /* hex SHA-256, or UNSIGNED-PAYLOAD */
  const char *region, *service;
  const char *access_key, *secret_key, *session_token; /* "" none */
  int64_t now;                                         /* unix seconds */
} s3_sign;

/* Percent-encoding: A-Z a-z 0-9 - . _ ~ stay, and "/" if slashes; everything else is %XX. */
void s3_encode(s3_text *to, const char *text, bool slashes);
/* "a=b&c=d", encoded, sorted by name and then value. */
void s3_query(s3_text *to, const s3_field *query, size_t n);
/* "20130524T000000Z" */
void s3_amz_date(int64_t now, char to[17]);
/* Value of the Authorization header. false: no memory, or OpenSSL fails. */
bool s3_sign_header(const s3_sign *s, s3_sign_cache *cache, s3_text *authorization);
/* The whole query of a presigned URL, signature at the end; payload and x-amz-date are set here, ttl is in seconds. */
bool s3_presign(const s3_sign *s, int64_t ttl, s3_sign_cache *cache, s3_text *query);
#endif
