/* format.h -- what texts in a configuration must look like (inside conf only).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_FORMAT_H
#define PINTLE_CONF_FORMAT_H
#include "conf/schema.h"

bool conf_is_subdomain(str s); /* DNS-1123, at most 253 bytes */

extern const schema_format format_duration;    /* as Go's time.ParseDuration */
extern const schema_format format_deadline;    /* the same, over 0 */
extern const schema_format format_time;        /* RFC 3339 */
extern const schema_format format_subdomain;   /* an object's name */
extern const schema_format format_action_name; /* "dns.subdomain/name" */
extern const schema_format format_file_name;   /* no directory */
extern const schema_format format_environment; /* "HTTPS_PROXY", "AWS_*" */
extern const schema_format format_sha256;      /* 64 hexadecimal digits */
extern const schema_format format_base64;
extern const schema_format format_secret_data; /* base64 too */
extern const schema_format format_data_key;    /* of a ConfigMap or Secret */
extern const schema_format format_cron;        /* five fields, @daily..., @every 6h */
#endif
