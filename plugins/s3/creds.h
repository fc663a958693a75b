/* creds.h -- who we are: keys, from where, and until when.  SPDX-License-Identifier: Apache-2.0
 *
 * The order of the AWS SDK for Go, version 2 (config/resolve_credentials.go), with what velero-plugin-for-aws makes of it; credentials.md is
 * the page. Each chain has its own; the environment is read and never changed. No text that comes from here holds a secret. */
#ifndef S3_CREDS_H
#define S3_CREDS_H
#include <pintle/plugin.h>
#include <stdbool.h>

typedef struct s3_creds {
  char *access_key, *secret_key, *session_token; /* "" none */
  int64_t expires;                               /* unix seconds; INT64_MAX: never */
  const char *source;                            /* "environment", "web identity", ... for the log; constant */
} s3_creds;

/* Borrowed until s3_creds_chain_free; NULL is "". ca: PEM text, beside the system's. insecure holds for a token service of the user's own
 * (AWS_ENDPOINT_URL_STS), never for AWS'. */
typedef struct s3_creds_options {
  const char *credentials_file, *profile, *region, *ca, *proxy;
  bool insecure;
} s3_creds_options;

typedef struct s3_creds_chain s3_creds_chain;
/* Gets the first credentials, so that wrong ones fail early. INVALID: a file or profile is wrong or not there; DENIED: nobody has any, or a
 * source refuses; TRANSIENT: a source does not answer. The message says who was asked and what each said. */
pintle_status s3_creds_chain_new(pintle_call *, const s3_creds_options *, s3_creds_chain **out);
/* Thread-safe; out's strings are the caller's copies: wipe them. Asks the sources again 5 minutes before the end (of a short life: when half
 * is over); one caller does, the others go on with what they have, or wait. When that fails and the old ones still hold, they are given, with
 * a warning, and the next try is a minute later. refresh: the store said ExpiredToken; then the old ones do not hold. */
pintle_status s3_creds_get(s3_creds_chain *, pintle_call *, bool refresh, s3_creds *out);
/* The region of the options, else AWS_REGION, AWS_DEFAULT_REGION or the profile; "" when nobody says. Lives as long as the chain. */
const char *s3_creds_region(const s3_creds_chain *);
void s3_creds_wipe(s3_creds *);
void s3_creds_chain_free(s3_creds_chain *); /* NULL is fine */
#endif
