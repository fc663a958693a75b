/* aliyun_sign.c -- ACS3-HMAC-SHA256.  SPDX-License-Identifier: Apache-2.0 */
#include "aliyun_sign.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <time.h>

void nas_aliyun_encode(nas_text *t, const char *text) {
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.~", c);
    if (plain) nas_add(t, text, 1);
    else nas_addf(t, "%%%02X", c);
  }
}

void nas_aliyun_date(int64_t seconds, char to[NAS_ALIYUN_DATE]) {
  time_t t = (time_t)seconds;
  struct tm tm;
  if (!gmtime_r(&t, &tm) || !strftime(to, NAS_ALIYUN_DATE, "%Y-%m-%dT%H:%M:%SZ", &tm)) *to = 0;
}

bool nas_aliyun_query(const nas_aliyun_param *params, size_t n, nas_text *query) {
  const nas_aliyun_param *sorted[NAS_ALIYUN_PARAMS];
  size_t used = 0;
  for (size_t i = 0; i < n; i++) {
    if (!params[i].value || !*params[i].value) continue;
    if (used == NAS_ALIYUN_PARAMS) return false;
    size_t at = used++;
    for (; at && strcmp(sorted[at - 1]->name, params[i].name) > 0; at--) sorted[at] = sorted[at - 1];
    sorted[at] = &params[i];
  }
  for (size_t i = 0; i < used; i++) {
    if (i) nas_addz(query, "&");
    nas_aliyun_encode(query, sorted[i]->name);
    nas_addz(query, "=");
    nas_aliyun_encode(query, sorted[i]->value);
  }
  return !query->failed;
}

static bool sha256_hex(const char *data, size_t n, char to[65]) {
  unsigned char sum[32];
  if (EVP_Digest(data, n, sum, NULL, EVP_sha256(), NULL) != 1) return false;
  nas_hex(sum, sizeof sum, to);
  return true;
}

static bool hmac_hex(const char *secret, const char *text, char to[65]) {
  unsigned char sum[32];
  unsigned int n = sizeof sum;
  if (!HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, strlen(text), sum, &n)) return false;
  nas_hex(sum, sizeof sum, to);
  return true;
}

typedef struct field {
  const char *name, *value;
} field;

static bool authorize(const nas_aliyun_signing *s, const field *fields, size_t n, const char *query, const char *payload, nas_text *headers,
                      char canonical[65]) {
  nas_text request = {0}, names = {0}, to_sign = {0};
  char sum[65] = "", signature[65] = "";
  nas_addf(&request, "POST\n/\n%s\n", query);
  for (size_t i = 0; i < n; i++) {
    if (!*fields[i].value) continue;
    nas_addf(&request, "%s:%s\n", fields[i].name, fields[i].value);
    nas_addf(&names, "%s%s", names.n ? ";" : "", fields[i].name);
  }
  nas_addf(&request, "\n%s\n%s", nas_z(&names), payload);
  bool good = !request.failed && !names.failed && sha256_hex(nas_z(&request), request.n, sum);
  nas_addf(&to_sign, "ACS3-HMAC-SHA256\n%s", sum);
  good = good && !to_sign.failed && hmac_hex(s->secret, nas_z(&to_sign), signature);
  nas_addf(headers, "Authorization: ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s", s->key_id, nas_z(&names), signature);
  nas_add(headers, "", 1);
  if (canonical) memcpy(canonical, sum, sizeof sum);
  nas_text_free(&request);
  nas_text_free(&names);
  nas_text_free(&to_sign);
  return good && !headers->failed;
}

bool nas_aliyun_sign(const nas_aliyun_signing *s, nas_text *query, nas_text *headers, size_t *n_headers, char canonical[65]) {
  char payload[65];
  if (!nas_aliyun_query(s->params, s->n_params, query) || !sha256_hex("", 0, payload)) return false;
  const field fields[] = {{"host", s->host}, /* sorted */
                          {"x-acs-action", s->action},
                          {"x-acs-content-sha256", payload},
                          {"x-acs-date", s->date},
                          {"x-acs-security-token", s->token},
                          {"x-acs-signature-nonce", s->nonce},
                          {"x-acs-version", s->version}};
  enum { N = sizeof fields / sizeof *fields };
  *n_headers = 1;
  for (size_t i = 1; i < N; i++) {
    if (!*fields[i].value) continue;
    nas_addf(headers, "%s: %s", fields[i].name, fields[i].value);
    nas_add(headers, "", 1);
    ++*n_headers;
  }
  return authorize(s, fields, N, nas_z(query), payload, headers, canonical);
}
