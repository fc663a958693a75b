/* creds_sts.c -- roles: AWS' token service, asked with a web identity's token or signed with other keys.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include "sigv4.h"
#include "sum.h"
#include "xml.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- where it is */
/* AWS_STS_REGIONAL_ENDPOINTS=legacy: these regions' is the global one (botocore: regions.py). */
static const char *const legacy[] = {"ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global", "ca-central-1",
                                     "eu-central-1",   "eu-north-1", "eu-west-1",      "eu-west-2",      "eu-west-3",  "sa-east-1",
                                     "us-east-1",      "us-east-2",  "us-west-1",      "us-west-2",      NULL};

static bool is_global(const char *region) {
  if (!*region || strcmp(region, "aws-global") == 0) return true;
  if (strcasecmp(creds_env("AWS_STS_REGIONAL_ENDPOINTS"), "legacy") != 0) return false;
  for (size_t i = 0; legacy[i]; i++)
    if (strcmp(legacy[i], region) == 0) return true;
  return false;
}

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

typedef struct place {
  char url[512], host[256];
  const char *path, *region; /* of the signature */
  bool own;                  /* not AWS' */
} place;

static pintle_status find_place(creds_ask *a, place *p) {
  const char *named = creds_env("AWS_ENDPOINT_URL_STS"), *region = a->chain->region;
  if (!*named) named = creds_env("AWS_ENDPOINT_URL");
  if (strcasecmp(creds_env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") == 0) named = "";
  if (strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(region) && !*named)
    return creds_none(a, PINTLE_INVALID, "token service: \"%s\" is no region of AWS", region);
  p->own = *named, p->region = is_global(region) ? "us-east-1" : region;
  const char *end = begins(region, "cn-")        ? ".amazonaws.com.cn"
                    : begins(region, "us-iso-")  ? ".c2s.ic.gov"
                    : begins(region, "us-isob-") ? ".sc2s.sgov.gov"
                                                 : ".amazonaws.com";
  int n = *named              ? snprintf(p->url, sizeof p->url, "%s", named)
          : is_global(region) ? snprintf(p->url, sizeof p->url, "https://sts.amazonaws.com/")
                              : snprintf(p->url, sizeof p->url, "https://sts.%s%s/", region, end);
  const char *host = strstr(p->url, "://");
  if (n >= (int)sizeof p->url - 1 || !host || (!begins(p->url, "https://") && !begins(p->url, "http://")) || strpbrk(p->url, "?#@ "))
    return creds_none(a, PINTLE_INVALID, "token service: AWS_ENDPOINT_URL_STS is no URL of http or https");
  size_t all = strcspn(host += 3, "/");
  if (all == 0 || all >= sizeof p->host) return creds_none(a, PINTLE_INVALID, "token service: AWS_ENDPOINT_URL_STS has no host");
  memcpy(p->host, host, all);
  p->host[all] = 0;
  if (!host[all]) memcpy(p->url + n, "/", 2);
  p->path = host + all;
  return PINTLE_OK;
}

/* ---- what it answers */
typedef struct answer {
  s3_text access, secret, token, expires, code, message;
} answer;

static void answer_free(answer *r) {
  s3_text_free(&r->access), s3_text_free(&r->secret), s3_text_free(&r->token);
  s3_text_free(&r->expires), s3_text_free(&r->code), s3_text_free(&r->message);
}

static bool on_element(void *ctx, const char *path, const char *text) {
  answer *r = ctx;
  const char *slash = strrchr(path, '/'), *parent = slash;
  while (parent > path && *--parent != '/') continue;
  s3_text *to = strcmp(parent, "/Credentials/AccessKeyId") == 0       ? &r->access
                : strcmp(parent, "/Credentials/SecretAccessKey") == 0 ? &r->secret
                : strcmp(parent, "/Credentials/SessionToken") == 0    ? &r->token
                : strcmp(parent, "/Credentials/Expiration") == 0      ? &r->expires
                : strcmp(parent, "/Error/Code") == 0                  ? &r->code
                : strcmp(parent, "/Error/Message") == 0               ? &r->message
                                                                      : NULL;
  if (to && !to->n) s3_addz(to, text);
  return !to || !to->failed;
}

static pintle_status read_answer(creds_ask *a, const char *source, long status, const s3_text *body, const char *secret, s3_creds *out) {
  answer r = {0};
  int64_t expires = 0;
  bool xml = s3_xml(s3_z(body), body->n, on_element, &r);
  pintle_status st;
  if (status != 200) {
    s3_text said = {0};
    creds_quote(&said, s3_z(&r.code), secret);
    s3_addz(&said, r.message.n ? ": " : "");
    creds_quote(&said, s3_z(&r.message), secret);
    bool later =
        status >= 500 || status == 429 || strcmp(s3_z(&r.code), "Throttling") == 0 || strcmp(s3_z(&r.code), "IDPCommunicationError") == 0;
    st = creds_none(a, later ? PINTLE_TRANSIENT : PINTLE_DENIED, "%s: the token service answers %ld %s", source, status, s3_z(&said));
    s3_text_free(&said);
  } else if (!xml || !creds_time(s3_z(&r.expires), &expires)) {
    st = creds_none(a, PINTLE_INVALID, "%s: the token service's answer is not readable", source);
  } else {
    st = creds_set(a, out, source, s3_z(&r.access), s3_z(&r.secret), s3_z(&r.token), expires);
  }
  answer_free(&r);
  return st;
}

/* ---- what it is asked */
static void parameter(s3_text *to, const char *name, const char *value) {
  if (!value || !*value) return;
  s3_addf(to, "%s%s=", to->n ? "&" : "", name);
  s3_encode(to, value, false);
}

static void session_name(char to[64], s3_creds_chain *c) { snprintf(to, 64, "pintle-%lld", (long long)c->clock()); }

static const char form[] = "application/x-www-form-urlencoded; charset=utf-8";

static pintle_status send(creds_ask *a, const place *p, const char *source, const s3_text *body, const char *const more[3],
                          const char *secret, s3_creds *out) {
  s3_text got = {0}, type = {0};
  long status = 0;
  s3_addf(&type, "Content-Type: %s", form);
  if (type.failed || body->failed) {
    s3_text_free(&type);
    return creds_none(a, PINTLE_NOMEM, "out of memory");
  }
  const creds_request r = {.method = "POST",
                           .url = p->url,
                           .body = body->p,
                           .headers = {type.p, more[0], more[1], more[2]},
                           .connect_ms = 10000,
                           .total_ms = 30000,
                           .tries = 3,
                           .insecure = p->own};
  pintle_status st = creds_fetch(a, &r, &status, &got);
  if (st == PINTLE_OK) st = read_answer(a, source, status, &got, secret, out);
  s3_text_free(&got);
  s3_text_free(&type);
  return st;
}

pintle_status creds_assume_web(creds_ask *a, const char *token_file, const char *role, const char *session, s3_creds *out) {
  s3_text token = {0}, body = {0};
  place p;
  char name[64];
  static const char *const none[3];
  session_name(name, a->chain);
  pintle_status st = creds_secret_file(a, token_file, &token); /* read each time: it is renewed */
  if (st == PINTLE_NOT_FOUND) st = PINTLE_INVALID;
  if (st == PINTLE_OK) st = find_place(a, &p);
  if (st == PINTLE_OK) {
    s3_addz(&body, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
    parameter(&body, "RoleArn", role);
    parameter(&body, "RoleSessionName", *session ? session : name);
    parameter(&body, "WebIdentityToken", token.p);
    st = send(a, &p, "web identity", &body, none, token.p, out);
  }
  s3_text_free(&token);
  s3_text_free(&body);
  return st;
}

/* The three headers of a signed request. */
static bool sign(creds_ask *a, const place *p, const s3_creds *by, const s3_text *body, s3_text to[3]) {
  char date[17], hash[129];
  int64_t now = a->chain->clock();
  s3_sign_cache cache = {0};
  s3_text value = {0};
  s3_amz_date(now, date);
  if (body->failed || !s3_sum_hex(S3_SUM_SHA256, s3_z(body), body->n, hash)) return false;
  const s3_field headers[] = {{"content-type", form}, {"host", p->host}, {"x-amz-date", date}, {"x-amz-security-token", by->session_token}};
  const s3_sign s = {.method = "POST",
                     .path = p->path,
                     .headers = headers,
                     .n_headers = *by->session_token ? 4 : 3,
                     .payload = hash,
                     .region = p->region,
                     .service = "sts",
                     .access_key = by->access_key,
                     .secret_key = by->secret_key,
                     .session_token = by->session_token,
                     .now = now};
  bool ok = s3_sign_header(&s, &cache, &value);
  s3_addf(&to[0], "Authorization: %s", s3_z(&value));
  s3_addf(&to[1], "X-Amz-Date: %s", date);
  if (*by->session_token) s3_addf(&to[2], "X-Amz-Security-Token: %s", by->session_token);
  OPENSSL_cleanse(&cache, sizeof cache);
  s3_text_free(&value);
  return ok && !to[0].failed && !to[1].failed && !to[2].failed;
}

pintle_status creds_assume(creds_ask *a, const creds_role *role, const s3_creds *by, s3_creds *out) {
  s3_text body = {0}, headers[3] = {{0}};
  place p;
  char name[64];
  session_name(name, a->chain);
  s3_addz(&body, "Action=AssumeRole&Version=2011-06-15");
  parameter(&body, "RoleArn", role->arn);
  parameter(&body, "RoleSessionName", role->session ? role->session : name);
  parameter(&body, "ExternalId", role->external_id);
  parameter(&body, "DurationSeconds", role->seconds);
  pintle_status st = find_place(a, &p);
  if (st == PINTLE_OK && !sign(a, &p, by, &body, headers)) st = creds_none(a, PINTLE_FAILED, "assumed role: the request cannot be signed");
  if (st == PINTLE_OK) {
    const char *const more[3] = {headers[0].p, headers[1].p, headers[2].p};
    st = send(a, &p, "assumed role", &body, more, *by->session_token ? by->session_token : by->secret_key, out);
  }
  s3_text_free(&body);
  for (size_t i = 0; i < 3; i++) s3_text_free(&headers[i]);
  return st;
}
