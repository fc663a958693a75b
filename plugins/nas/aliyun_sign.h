/* aliyun_sign.h -- Alibaba Cloud's signature of a request, ACS3-HMAC-SHA256.  SPDX-License-Identifier: Apache-2.0 */
#ifndef NAS_ALIYUN_SIGN_H
#define NAS_ALIYUN_SIGN_H
#include "text.h"

typedef struct nas_aliyun_param {
  const char *name, *value; /* value NULL or "": left out */
} nas_aliyun_param;

enum { NAS_ALIYUN_PARAMS = 24, NAS_ALIYUN_DATE = 21 };

typedef struct nas_aliyun_signing {
  const char *host, *action, *version;
  const nas_aliyun_param *params;      /* of the query */
  size_t n_params;                     /* NAS_ALIYUN_PARAMS at most */
  const char *date, *nonce;            /* "2023-10-26T10:22:32Z" */
  const char *key_id, *secret, *token; /* token "": none */
} nas_aliyun_signing;

/* The canonical query: sorted, RFC 3986. */
bool nas_aliyun_query(const nas_aliyun_param *params, size_t n, nas_text *query);

/* Of a POST to "/" with an empty body. query: as it must be sent; headers: n_headers lines "name: value", each ended by NUL, all but host, with
 * Authorization last. false: no memory, or too many parameters. canonical: hex SHA-256 of the canonical request, for tests; may be NULL. */
bool nas_aliyun_sign(const nas_aliyun_signing *s, nas_text *query, nas_text *headers, size_t *n_headers, char canonical[65]);

/* RFC 3986's unreserved characters stay. */
void nas_aliyun_encode(nas_text *t, const char *text);
void nas_aliyun_date(int64_t seconds, char to[NAS_ALIYUN_DATE]);
#endif
