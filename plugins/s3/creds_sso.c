/* creds_sso.c -- single sign-on: the token that `aws sso login` left in its cache.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include "creds_json.h"
#include "sigv4.h"
#include "sum.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

typedef struct sso {
  const char *start_url, *session, *region, *account, *role;
} sso;

/* [sso-session x] has the address, or the profile itself, as before. NOT_FOUND: the profile has none. */
static pintle_status read_profile(creds_ask *a, const char *profile, sso *s) {
  char section[256];
  *s = (sso){.session = creds_profile_get(a, profile, "sso_session"),
             .account = creds_profile_get(a, profile, "sso_account_id"),
             .role = creds_profile_get(a, profile, "sso_role_name"),
             .region = creds_profile_get(a, profile, "sso_region"),
             .start_url = creds_profile_get(a, profile, "sso_start_url")};
  if (!s->session && !s->start_url) return PINTLE_NOT_FOUND;
  if (s->session) {
    int n = snprintf(section, sizeof section, "sso-session %s", s->session);
    if (n >= (int)sizeof section || !creds_ini_has(&a->config, section))
      return creds_none(a, PINTLE_INVALID, "profile \"%s\": there is no [sso-session %s]", profile, s->session);
    s->start_url = creds_ini_get(&a->config, section, "sso_start_url");
    s->region = creds_ini_get(&a->config, section, "sso_region");
  }
  const char *missing = !s->start_url ? "sso_start_url"
                        : !s->region  ? "sso_region"
                        : !s->account ? "sso_account_id"
                        : !s->role    ? "sso_role_name"
                                      : NULL;
  return missing ? creds_none(a, PINTLE_INVALID, "profile \"%s\" has no %s", profile, missing) : PINTLE_OK;
}

/* The file is named after the SHA-1 of the session's name, or of the address. */
static pintle_status read_token(creds_ask *a, const sso *s, s3_text *token) {
  const char *key = s->session ? s->session : s->start_url;
  char hash[129], path[1024];
  s3_text text = {0};
  int64_t expires = 0;
  if (!s3_sum_hex(S3_SUM_SHA1, key, strlen(key), hash)) return creds_none(a, PINTLE_NOMEM, "out of memory");
  if (snprintf(path, sizeof path, "%s/.aws/sso/cache/%s.json", creds_env("HOME"), hash) >= (int)sizeof path)
    return creds_none(a, PINTLE_INVALID, "sso: HOME is too long");
  FILE *f = fopen(path, "re");
  if (!f) return creds_none(a, PINTLE_DENIED, "sso: %s is not there: aws sso login", path);
  char buffer[4096];
  setvbuf(f, NULL, _IONBF, 0);
  for (size_t n; text.n < 65536 && (n = fread(buffer, 1, sizeof buffer, f)) > 0;) s3_add(&text, buffer, n);
  fclose(f);
  OPENSSL_cleanse(buffer, sizeof buffer);
  cJSON *j = text.failed ? NULL : cJSON_Parse(s3_z(&text));
  const char *said = creds_json_text(j, "accessToken");
  pintle_status st = PINTLE_OK;
  if (!*said || strpbrk(said, "\r\n") || !creds_time(creds_json_text(j, "expiresAt"), &expires))
    st = creds_none(a, PINTLE_INVALID, "sso: %s has no token", path);
  else if (expires <= a->chain->clock()) st = creds_none(a, PINTLE_DENIED, "sso: the token of %s has expired: aws sso login", path);
  else s3_addz(token, said);
  creds_json_free(j);
  s3_text_free(&text);
  return st;
}

static pintle_status read_answer(creds_ask *a, const char *json, s3_creds *out) {
  cJSON *j = cJSON_Parse(json);
  const cJSON *keys = cJSON_GetObjectItemCaseSensitive(j, "roleCredentials");
  double until = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(keys, "expiration")); /* milliseconds */
  pintle_status st = until > 0 && until < 1e16
                         ? creds_set(a, out, "sso", creds_json_text(keys, "accessKeyId"), creds_json_text(keys, "secretAccessKey"),
                                     creds_json_text(keys, "sessionToken"), (int64_t)(until / 1000))
                         : creds_none(a, PINTLE_INVALID, "sso: the answer is not readable");
  creds_json_free(j);
  return st;
}

pintle_status creds_from_sso(creds_ask *a, const char *profile, s3_creds *out) {
  sso s;
  s3_text token = {0}, header = {0}, url = {0}, body = {0}, said = {0};
  long status = 0;
  pintle_status st = read_profile(a, profile, &s);
  if (st == PINTLE_OK) st = read_token(a, &s, &token);
  if (st != PINTLE_OK) goto out;
  if (strspn(s.region, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(s.region)) {
    st = creds_none(a, PINTLE_INVALID, "profile \"%s\": sso_region is no region", profile);
    goto out;
  }
  const char *named = creds_env("AWS_ENDPOINT_URL_SSO");
  if (*named) s3_addz(&url, named);
  else s3_addf(&url, "https://portal.sso.%s.amazonaws.com%s", s.region, strncmp(s.region, "cn-", 3) == 0 ? ".cn" : "");
  s3_addz(&url, "/federation/credentials?role_name=");
  s3_encode(&url, s.role, false);
  s3_addz(&url, "&account_id=");
  s3_encode(&url, s.account, false);
  s3_addf(&header, "x-amz-sso_bearer_token: %s", s3_z(&token));
  if (url.failed || header.failed || token.failed) {
    st = creds_none(a, PINTLE_NOMEM, "out of memory");
    goto out;
  }
  const creds_request r = {.method = "GET", .url = url.p, .headers = {header.p}, .connect_ms = 10000, .total_ms = 30000, .tries = 3};
  st = creds_fetch(a, &r, &status, &body);
  if (st == PINTLE_OK && status == 200) {
    st = read_answer(a, s3_z(&body), out);
  } else if (st == PINTLE_OK) {
    creds_quote(&said, s3_z(&body), token.p);
    st = creds_none(a, status == 429 || status >= 500 ? PINTLE_TRANSIENT : PINTLE_DENIED, "sso: status %ld: %s", status, s3_z(&said));
  }
out:
  s3_text_free(&token), s3_text_free(&header), s3_text_free(&url), s3_text_free(&body), s3_text_free(&said);
  return st;
}
