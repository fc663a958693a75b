/* config.h -- the configuration: velero-plugin-for-aws' keys and ours.  SPDX-License-Identifier: Apache-2.0 */
#ifndef S3_CONFIG_H
#define S3_CONFIG_H
#include "sum.h"

#ifndef S3_LEAST_PART
#define S3_LEAST_PART (5 << 20) /* Amazon's; a test has another one, so that 10,000 parts are few bytes */
#endif

/* Texts are those of call->host->config(): they live until destroy. "" is unset. Durations are nanoseconds. */
typedef struct s3_config {
  const char *region, *url, *public_url, *ca, *credentials_file, *profile;
  bool path_style, insecure;
  const char *kms_key, *encryption;                          /* serverSideEncryption's value: "AES256", "aws:kms" */
  char customer_key[S3_SUM_TEXT], customer_md5[S3_SUM_TEXT]; /* SSE-C as its headers want it, base64; "" none. Wipe */
  const char *storage_class, *lock_mode;
  int64_t retain; /* object lock: from now; 0: none */
  char *tagging;  /* encoded for x-amz-tagging; "" none. Owned */
  s3_algorithm checksum;
  bool read_back; /* verify: read */
  int64_t part_size, concurrency, max_retries;
  int64_t connect_timeout, idle_timeout;
  const char *proxy;
} s3_config;

extern const pintle_option *const s3_options[];

/* Reads and checks everything; an error has its place. */
pintle_status s3_config_read(pintle_call *call, s3_config *to);
void s3_config_free(s3_config *c); /* wipes the customer's key */

/* "https://host:port/base" taken apart: an http or https URL with a host, without user, query or fragment. */
typedef struct s3_endpoint {
  bool https;
  char host[256]; /* with its port, unless that is the scheme's own */
  char base[256]; /* "" or "/path", no slash at the end */
} s3_endpoint;
const char *s3_endpoint_read(const char *url, s3_endpoint *to); /* NULL; else what is wrong with it: "it names no host" */
#endif
