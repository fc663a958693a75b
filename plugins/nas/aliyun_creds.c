/* aliyun_creds.c -- who we are to Alibaba Cloud: keys, roles taken with them or with an OIDC token, the instance's role.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In this order: credentialsFile, aliyunOidcTokenFile, aliyunRamRole; then what the environment says: a file (ALIBABA_CLOUD_CREDENTIALS_FILE), keys, an OIDC
 * token (as ACK's RRSA sets it); then the instance's role. */
#include "aliyun.h"
#include "http.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EARLY = 180, TRIES = 3 }; /* a token is replaced so many seconds before its end */
static const int64_t second = 1000000000;

static const char *env(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

static pintle_status put(pintle_call *call, char *to, size_t size, const char *what, const char *value) {
  size_t n = strlen(value);
  if (n >= size) return pintle_fail(call, PINTLE_DENIED, "the %s is too long to be one", what);
  for (size_t i = 0; i < n; i++) /* they become headers */
    if ((unsigned char)value[i] <= ' ' || (unsigned char)value[i] >= 127)
      return pintle_fail(call, PINTLE_DENIED, "the %s has a character that none has", what);
  memcpy(to, value, n + 1);
  return PINTLE_OK;
}

static pintle_status fill(pintle_call *call, nas_aliyun_keys *keys, const char *id, const char *secret, const char *token) {
  pintle_status st = put(call, keys->id, sizeof keys->id, "access key's id", id);
  if (st == PINTLE_OK) st = put(call, keys->secret, sizeof keys->secret, "access key's secret", secret);
  return st == PINTLE_OK ? put(call, keys->token, sizeof keys->token, "STS token", token) : st;
}

/* ---- files */
static pintle_status read_file(pintle_call *call, const char *path, char *to, size_t size) {
  FILE *f = fopen(path, "rb");
  if (!f) return pintle_fail(call, PINTLE_DENIED, "%.300s cannot be read", path);
  setvbuf(f, NULL, _IONBF, 0); /* no second copy of a secret */
  size_t n = fread(to, 1, size - 1, f);
  bool failed = ferror(f), full = n == size - 1;
  fclose(f);
  to[n] = 0;
  if (failed || full) return pintle_fail(call, PINTLE_DENIED, failed ? "%.300s cannot be read" : "%.300s is too large", path);
  return PINTLE_OK;
}

/* KEY=value, KEY: value, with quotes, "export" and comments, as godotenv has them. Cut in place. */
static char *value_of(char *line, char **key) {
  line += strspn(line, " \t");
  if (strncmp(line, "export ", 7) == 0) line += 7, line += strspn(line, " \t");
  char *sign = strpbrk(line, "=:");
  if (!*line || *line == '#' || !sign) return NULL;
  char *value = sign + 1 + strspn(sign + 1, " \t"), *end = sign;
  while (end > line && (end[-1] == ' ' || end[-1] == '\t')) end--;
  *end = 0, *key = line;
  char *quote = *value == '"' || *value == '\'' ? strchr(value + 1, *value) : NULL;
  if (quote) return *quote = 0, value + 1;
  char *comment = *value == '#' ? value : strstr(value, " #");
  if (comment) *comment = 0;
  for (end = value + strlen(value); end > value && strchr(" \t\r", end[-1]);) *--end = 0;
  return value;
}

static pintle_status from_file(pintle_call *call, const char *path, nas_aliyun_keys *keys) {
  char text[16384];
  const char *id = "", *secret = "", *token = "";
  pintle_status st = read_file(call, path, text, sizeof text);
  for (char *line = st == PINTLE_OK ? text : NULL, *next; line; line = next) {
    char *key = NULL;
    if ((next = strchr(line, '\n'))) *next++ = 0;
    const char *value = value_of(line, &key);
    if (!value) continue;
    if (strcmp(key, "ALIBABA_CLOUD_ACCESS_KEY_ID") == 0) id = value;
    else if (strcmp(key, "ALIBABA_CLOUD_ACCESS_KEY_SECRET") == 0) secret = value;
    else if (strcmp(key, "ALIBABA_CLOUD_ACCESS_STS_TOKEN") == 0 || strcmp(key, "ALIBABA_CLOUD_SECURITY_TOKEN") == 0) token = value;
  }
  if (st == PINTLE_OK && (!*id || !*secret))
    st = nas_aliyun_fail(call, PINTLE_DENIED, "its lines are ALIBABA_CLOUD_ACCESS_KEY_ID=... and ALIBABA_CLOUD_ACCESS_KEY_SECRET=...",
                         "%.300s names no access key", path);
  if (st == PINTLE_OK) st = fill(call, keys, id, secret, token);
  OPENSSL_cleanse(text, sizeof text);
  return st;
}

/* ---- answers with keys in them */
static int64_t time_of(const char *text) {
  struct tm tm = {0};
  const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
  return end && !*end ? (int64_t)timegm(&tm) : 0;
}

static pintle_status take(pintle_call *call, const pintle_doc *d, const char *below, nas_aliyun_keys *keys) {
  static const char *const names[] = {"AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"};
  const char *values[4];
  for (size_t i = 0; i < 4; i++) {
    char pointer[64];
    snprintf(pointer, sizeof pointer, "%s/%s", below, names[i]);
    values[i] = pintle_str_or(d, pointer, "");
  }
  keys->until = time_of(values[3]);
  if (!*values[0] || !*values[1] || !*values[2] || !keys->until)
    return pintle_fail(call, PINTLE_DENIED, "the answer has no keys, or does not say until when they are good");
  return fill(call, keys, values[0], values[1], values[2]);
}

static void wipe(const nas_http_answer *http) {
  if (http->len) OPENSSL_cleanse((void *)(uintptr_t)http->body, http->len);
}

/* ---- STS */
static const char *sts(const nas_aliyun *a) { return *a->sts_endpoint ? a->sts_endpoint : "https://sts.aliyuncs.com"; }
static const char *role(const nas_aliyun *a) { return *a->role_arn ? a->role_arn : env("ALIBABA_CLOUD_ROLE_ARN"); }
static const char *session(void) {
  const char *name = env("ALIBABA_CLOUD_ROLE_SESSION_NAME");
  return *name ? name : "pintle";
}

static pintle_status assume(const nas_aliyun *a, pintle_call *call, nas_aliyun_keys *keys) {
  const nas_aliyun_param params[] = {{"RoleArn", a->role_arn}, {"RoleSessionName", session()}, {"DurationSeconds", "3600"}};
  const nas_aliyun_request r = {"taking the role", sts(a), "AssumeRole", "2015-04-01", params, 3};
  nas_aliyun_keys base = *keys;
  nas_aliyun_answer answer;
  pintle_status st = nas_aliyun_send(a, call, &base, &r, &answer);
  for (int n = 1; st == PINTLE_TRANSIENT && n < TRIES; n++)
    if ((st = nas_aliyun_pause(call, r.doing, n)) == PINTLE_OK) st = nas_aliyun_send(a, call, &base, &r, &answer);
  OPENSSL_cleanse(&base, sizeof base);
  return st == PINTLE_OK ? take(call, answer.doc, "/Credentials", keys) : st;
}

static pintle_status oidc_body(pintle_call *call, const nas_aliyun *a, const char *provider, const char *file, nas_text *body) {
  char token[16384];
  pintle_status st = read_file(call, file, token, sizeof token);
  token[st == PINTLE_OK ? strcspn(token, "\r\n \t") : 0] = 0;
  const nas_aliyun_param params[] = {{"RoleArn", role(a)},
                                     {"OIDCProviderArn", provider},
                                     {"OIDCToken", token},
                                     {"RoleSessionName", session()},
                                     {"DurationSeconds", "3600"}};
  if (st == PINTLE_OK && !nas_aliyun_query(params, sizeof params / sizeof *params, body))
    st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  OPENSSL_cleanse(token, sizeof token);
  return st;
}

/* Needs no signature: the token says who asks. */
static pintle_status oidc_once(const nas_aliyun *a, pintle_call *call, const char *body, nas_aliyun_keys *keys) {
  static const char doing[] = "taking the role with the OIDC token";
  unsigned char random[16];
  char date[NAS_ALIYUN_DATE], nonce[33];
  nas_text url = {0};
  nas_http_answer http = {0};
  nas_aliyun_answer answer = {0};
  if (RAND_bytes(random, sizeof random) != 1) return pintle_fail(call, PINTLE_FAILED, "%s: no random numbers", doing);
  nas_hex(random, sizeof random, nonce);
  nas_aliyun_date((int64_t)time(NULL), date);
  const nas_aliyun_param params[] = {
      {"Action", "AssumeRoleWithOIDC"}, {"Format", "JSON"}, {"Version", "2015-04-01"}, {"Timestamp", date}, {"SignatureNonce", nonce}};
  nas_addf(&url, "%s/?", sts(a));
  bool good = nas_aliyun_query(params, sizeof params / sizeof *params, &url);
  const nas_http_request r = {
      .method = "POST", .url = nas_z(&url), .body = body, .ca_file = *a->ca_file ? a->ca_file : NULL, .cleaning = a->cleaning};
  pintle_status st = good ? nas_http(call, &r, &http) : pintle_fail(call, PINTLE_NOMEM, "out of memory");
  nas_text_free(&url);
  if (st != PINTLE_OK) return pintle_wrap(call, st, "%s", doing);
  st = nas_aliyun_read(call, doing, http.status, http.body, http.len, &answer);
  if (st == PINTLE_OK) st = take(call, answer.doc, "/Credentials", keys);
  wipe(&http);
  return st;
}

static pintle_status oidc(const nas_aliyun *a, pintle_call *call, const char *provider, const char *file, nas_aliyun_keys *keys) {
  nas_text body = {0};
  pintle_status st = oidc_body(call, a, provider, file, &body);
  if (st == PINTLE_OK) st = oidc_once(a, call, nas_z(&body), keys);
  for (int n = 1; st == PINTLE_TRANSIENT && n < TRIES; n++)
    if ((st = nas_aliyun_pause(call, "taking the role with the OIDC token", n)) == PINTLE_OK) st = oidc_once(a, call, nas_z(&body), keys);
  nas_text_free(&body);
  return st;
}

/* ---- the instance's role: with a session token where the service gives one */
static pintle_status metadata(const nas_aliyun *a, pintle_call *call, const char *method, const char *path, const char *header,
                              nas_http_answer *http) {
  nas_text url = {0};
  const char *headers[] = {header, NULL};
  nas_addf(&url, "%s/latest/%s", a->metadata, path);
  const nas_http_request r = {.method = method,
                              .url = nas_z(&url),
                              .headers = *header ? headers : NULL,
                              .body = strcmp(method, "PUT") == 0 ? "" : NULL,
                              .direct = true,
                              .cleaning = a->cleaning,
                              .timeout = 5 * second};
  pintle_status st = url.failed ? pintle_fail(call, PINTLE_NOMEM, "out of memory") : nas_http(call, &r, http);
  nas_text_free(&url);
  return st;
}

static bool is_line(const char *text) {
  size_t n = strlen(text);
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 127) return false;
  return n > 0 && n < 512;
}

static pintle_status role_name(const nas_aliyun *a, pintle_call *call, const char *header, char *to, size_t size) {
  nas_http_answer http = {0};
  if (*a->ram_role) return snprintf(to, size, "%s", a->ram_role), PINTLE_OK;
  pintle_status st = metadata(a, call, "GET", "meta-data/ram/security-credentials/", header, &http);
  if (st != PINTLE_OK) return st;
  snprintf(to, size, "%.*s", (int)strcspn(http.body, "\r\n"), http.body);
  if (http.status == 404 || !*to) return pintle_fail(call, PINTLE_DENIED, "this instance has no RAM role");
  if (http.status != 200 || !is_line(to))
    return pintle_fail(call, PINTLE_DENIED, "the metadata do not say the instance's role: HTTP status %ld", http.status);
  return PINTLE_OK;
}

static pintle_status from_metadata(const nas_aliyun *a, pintle_call *call, nas_aliyun_keys *keys) {
  char header[600] = "", name[200];
  nas_text path = {0};
  nas_http_answer http = {0};
  pintle_doc *d = NULL;
  pintle_status st = metadata(a, call, "PUT", "api/token", "X-aliyun-ecs-metadata-token-ttl-seconds: 600", &http);
  if (st == PINTLE_OK && http.status == 200 && is_line(http.body))
    snprintf(header, sizeof header, "X-aliyun-ecs-metadata-token: %s", http.body);
  if (st == PINTLE_OK) st = role_name(a, call, header, name, sizeof name);
  if (st != PINTLE_OK) return pintle_wrap(call, st, "asking the instance's metadata");
  nas_addz(&path, "meta-data/ram/security-credentials/");
  nas_aliyun_encode(&path, name);
  st = path.failed ? pintle_fail(call, PINTLE_NOMEM, "out of memory") : metadata(a, call, "GET", path.p, header, &http);
  nas_text_free(&path);
  if (st == PINTLE_OK && http.status != 200) st = pintle_fail(call, PINTLE_DENIED, "role %s: HTTP status %ld", name, http.status);
  if (st == PINTLE_OK && call->host->new_doc(call, http.body, http.len, &d) != PINTLE_OK)
    st = pintle_fail(call, PINTLE_DENIED, "role %s: the answer is no JSON", name);
  if (st == PINTLE_OK && strcmp(pintle_str_or(d, "/Code", "Success"), "Success") != 0)
    st = pintle_fail(call, PINTLE_DENIED, "role %s: %.100s", name, pintle_str_or(d, "/Code", ""));
  if (st == PINTLE_OK) st = take(call, d, "", keys);
  wipe(&http);
  OPENSSL_cleanse(header, sizeof header);
  return st == PINTLE_OK ? st : pintle_wrap(call, st, "asking the instance's metadata");
}

/* ---- the order */
static pintle_status from_env(pintle_call *call, nas_aliyun_keys *keys) {
  const char *token = env("ALIBABA_CLOUD_SECURITY_TOKEN");
  return fill(call, keys, env("ALIBABA_CLOUD_ACCESS_KEY_ID"), env("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
              *token ? token : env("ALIBABA_CLOUD_ACCESS_STS_TOKEN"));
}

static pintle_status find_out(const nas_aliyun *a, pintle_call *call, nas_aliyun_keys *keys) {
  const char *file = *a->credentials_file ? a->credentials_file : env("ALIBABA_CLOUD_CREDENTIALS_FILE");
  const char *provider = env("ALIBABA_CLOUD_OIDC_PROVIDER_ARN"), *token = env("ALIBABA_CLOUD_OIDC_TOKEN_FILE");
  pintle_status st;
  if (*a->credentials_file) st = from_file(call, file, keys);
  else if (*a->oidc_token_file) return oidc(a, call, a->oidc_provider, a->oidc_token_file, keys);
  else if (*a->ram_role) st = from_metadata(a, call, keys);
  else if (*file) st = from_file(call, file, keys);
  else if (*env("ALIBABA_CLOUD_ACCESS_KEY_ID") && *env("ALIBABA_CLOUD_ACCESS_KEY_SECRET")) st = from_env(call, keys);
  else if (*provider && *token && *role(a)) return oidc(a, call, provider, token, keys);
  else st = from_metadata(a, call, keys);
  return st == PINTLE_OK && *a->role_arn ? assume(a, call, keys) : st;
}

pintle_status nas_aliyun_who(nas_aliyun *a, pintle_call *call, nas_aliyun_keys *keys) {
  *keys = (nas_aliyun_keys){.until = 0};
  if (a->keys.until - EARLY > (int64_t)time(NULL)) return *keys = a->keys, PINTLE_OK;
  pintle_status st = find_out(a, call, keys);
  if (st != PINTLE_OK) return pintle_wrap(call, st, "credentials of Alibaba Cloud");
  if (keys->until) a->keys = *keys;
  return PINTLE_OK;
}
