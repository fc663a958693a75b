/* creds.h -- who we are: keys, from where, and until when.  SPDX-License-Identifier: Apache-2.0 */
#ifndef S3_CREDS_H
#define S3_CREDS_H
#include <pintle/plugin.h>
#include <stdbool.h>

typedef struct s3_creds {
  char *access_key, *secret_key, *session_token; /* "" none */
  int64_t expires;                               /* unix seconds; INT64_MAX: never */
  const char *source;                            /* "environment", "web identity", ... for the log */
} s3_creds;

typedef struct s3_creds_options {
  const char *credentials_file, *profile, *region, *ca;
  bool insecure;
} s3_creds_options;

typedef struct s3_creds_chain s3_creds_chain;
pintle_status s3_creds_chain_new(pintle_call *, const s3_creds_options *, s3_creds_chain **out);
/* Thread-safe; out's strings are the caller's copies. refresh: the store said ExpiredToken. */
pintle_status s3_creds_get(s3_creds_chain *, pintle_call *, bool refresh, s3_creds *out);
void s3_creds_wipe(s3_creds *);
void s3_creds_chain_free(s3_creds_chain *);
#endif
