/* retry.h -- what a try came to: the end, or another one.  SPDX-License-Identifier: Apache-2.0 */
#ifndef S3_RETRY_H
#define S3_RETRY_H
#include "http.h"

/* Bits of s3_request.fixed: each is done once. TOKEN_NOW: the next try asks for new credentials. */
enum { S3_FIX_SKEW = 1, S3_FIX_TOKEN = 2, S3_FIX_TOKEN_NOW = 4, S3_FIX_REGION = 8, S3_FIX_REDIRECT = 16 };
#define S3_NO_CREDENTIALS "(no credentials)" /* as code: the error is recorded already */

int64_t s3_clock(void); /* monotonic, ns */
void s3_http_free_all(s3 *s);

/* curl is through with a try (rc: CURLcode). Sets r->next when there is to be another one; else returns what the request came to. */
pintle_status s3_judge(struct s3_http *h, s3_request *r, int rc);
pintle_status s3_http_open(s3_request *r); /* an object without a byte begins, too */
#endif
