/* creds_json.c -- credentials as services and programs give them: JSON.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_json.h"
#include "creds_in.h"
#include <cjson/cJSON.h>
#include <openssl/crypto.h>
#include <string.h>

void creds_json_free(cJSON *j) {
  for (cJSON *c = j ? j->child : NULL; c; c = c->next) {
    if (c->valuestring) OPENSSL_cleanse(c->valuestring, strlen(c->valuestring));
    for (cJSON *d = c->child; d; d = d->next)
      if (d->valuestring) OPENSSL_cleanse(d->valuestring, strlen(d->valuestring));
  }
  cJSON_Delete(j);
}

const char *creds_json_text(const cJSON *j, const char *name) {
  const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(j, name));
  return s ? s : "";
}

pintle_status creds_from_json(creds_ask *a, const char *what, const char *source, const char *json, s3_creds *out) {
  cJSON *j = cJSON_Parse(json);
  if (!cJSON_IsObject(j)) return cJSON_Delete(j), creds_none(a, PINTLE_INVALID, "%s: the answer is no JSON object", what);
  const char *code = creds_json_text(j, "Code"), *token = creds_json_text(j, "SessionToken"), *until = creds_json_text(j, "Expiration");
  int64_t expires = INT64_MAX;
  pintle_status st = PINTLE_OK;
  bool process = strcmp(source, "credential_process") == 0;
  if (!*token) token = creds_json_text(j, "Token");
  if (*code && strcmp(code, "Success") != 0) {
    s3_text said = {0};
    creds_quote(&said, code, NULL);
    st = creds_none(a, PINTLE_DENIED, "%s: %s", what, s3_z(&said));
    s3_text_free(&said);
  } else if (process && cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(j, "Version")) != 1) {
    st = creds_none(a, PINTLE_INVALID, "%s: Version is not 1", what);
  } else if (*until && !creds_time(until, &expires)) {
    st = creds_none(a, PINTLE_INVALID, "%s: Expiration is no time", what);
  } else {
    st = creds_set(a, out, source, creds_json_text(j, "AccessKeyId"), creds_json_text(j, "SecretAccessKey"), token, expires);
  }
  creds_json_free(j);
  return st;
}
