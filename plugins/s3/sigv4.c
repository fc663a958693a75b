/* sigv4.c -- AWS Signature Version 4 with S3's rules of encoding.  SPDX-License-Identifier: Apache-2.0 */
#include "sigv4.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 64 }; /* headers or query parameters */

void s3_encode(s3_text *to, const char *text, bool slashes) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  for (; *text; text++)
    if (strchr(plain, *text) || (slashes && *text == '/')) s3_add(to, text, 1);
    else s3_addf(to, "%%%02X", (unsigned char)*text);
}

/* ---- query: each pair is encoded first; what is sorted is what is sent */
static int by_pair(const void *a, const void *b) {
  const s3_field *x = a, *y = b;
  int c = strcmp(x->name, y->name);
  return c ? c : strcmp(x->value, y->value);
}

void s3_query(s3_text *to, const s3_field *query, size_t n) {
  s3_text all = {0};
  size_t at[MOST][2];
  s3_field sorted[MOST];
  if (n > MOST) to->failed = true;
  for (size_t i = 0; i < n && n <= MOST; i++)
    for (int k = 0; k < 2; k++) {
      at[i][k] = all.n;
      s3_encode(&all, k ? query[i].value : query[i].name, false);
      s3_add(&all, "", 1);
    }
  if (all.failed) to->failed = true;
  if (!to->failed && n) {
    for (size_t i = 0; i < n; i++) sorted[i] = (s3_field){all.p + at[i][0], all.p + at[i][1]};
    qsort(sorted, n, sizeof *sorted, by_pair);
    for (size_t i = 0; i < n; i++) s3_addf(to, "%s%s=%s", i ? "&" : "", sorted[i].name, sorted[i].value);
  }
  s3_text_free(&all);
}

void s3_amz_date(int64_t now, char to[17]) {
  struct tm tm;
  time_t t = (time_t)now;
  if (!gmtime_r(&t, &tm) || strftime(to, 17, "%Y%m%dT%H%M%SZ", &tm) != 16) memcpy(to, "19700101T000000Z", 17);
}

/* ---- headers */
static void add_trimmed(s3_text *to, const char *value) {
  size_t n = strlen(value);
  while (n && (*value == ' ' || *value == '\t')) value++, n--;
  while (n && (value[n - 1] == ' ' || value[n - 1] == '\t')) n--;
  for (size_t i = 0; i < n; i++)
    if (value[i] != ' ' || value[i - 1] != ' ') s3_add(to, value + i, 1);
}

/* signed_names: "host;range;x-amz-date" */
static void add_headers(const s3_sign *s, s3_text *canonical, s3_text *signed_names) {
  s3_field sorted[MOST];
  if (s->n_headers > MOST) canonical->failed = true;
  if (canonical->failed) return;
  memcpy(sorted, s->headers, s->n_headers * sizeof *sorted);
  qsort(sorted, s->n_headers, sizeof *sorted, by_pair);
  for (size_t i = 0; i < s->n_headers; i++) {
    s3_addf(canonical, "%s:", sorted[i].name);
    add_trimmed(canonical, sorted[i].value);
    s3_addz(canonical, "\n");
    s3_addf(signed_names, "%s%s", i ? ";" : "", sorted[i].name);
  }
}

/* ---- keys */
static bool hmac(const unsigned char *key, size_t n_key, const char *data, size_t n, unsigned char to[32]) {
  size_t got = 0;
  return EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, n_key, (const unsigned char *)data, n, to, 32, &got) && got == 32;
}

static bool sha256(const void *data, size_t n, unsigned char to[32]) { return EVP_Q_digest(NULL, "SHA256", NULL, data, n, to, NULL) == 1; }

static bool signing_key(const s3_sign *s, const char *scope, s3_sign_cache *cache) {
  unsigned char secret[32], key[32];
  s3_text first = {0};
  if (!sha256(s->secret_key, strlen(s->secret_key), secret)) return false;
  if (strcmp(cache->scope, scope) == 0 && memcmp(cache->secret, secret, 32) == 0) return true;
  s3_addf(&first, "AWS4%s", s->secret_key);
  bool ok = !first.failed && strlen(scope) < sizeof cache->scope && hmac((const unsigned char *)first.p, first.n, scope, 8, key) &&
            hmac(key, 32, s->region, strlen(s->region), key) && hmac(key, 32, s->service, strlen(s->service), key) &&
            hmac(key, 32, "aws4_request", 12, key);
  s3_text_free(&first);
  if (ok) {
    memcpy(cache->scope, scope, strlen(scope) + 1);
    memcpy(cache->secret, secret, 32);
    memcpy(cache->key, key, 32);
  }
  OPENSSL_cleanse(key, sizeof key);
  return ok;
}

static void add_scope(const s3_sign *s, const char *date, s3_text *scope) {
  s3_addf(scope, "%.8s/%s/%s/aws4_request", date, s->region, s->service);
}

/* Canonical request, string to sign, signature. headers: already canonical. */
static bool sign(const s3_sign *s, const char *query, const s3_text *headers, const s3_text *names, s3_sign_cache *cache, char hex[65]) {
  char date[17];
  unsigned char sum[32];
  s3_text scope = {0}, text = {0};
  s3_amz_date(s->now, date);
  add_scope(s, date, &scope);
  s3_addf(&text, "%s\n%s\n%s\n%s\n%s\n%s", s->method, s->path, query, s3_z(headers), s3_z(names), s->payload);
  bool ok = !text.failed && !scope.failed && !headers->failed && !names->failed && sha256(text.p, text.n, sum);
  if (ok) {
    s3_hex(sum, 32, hex);
    s3_text_free(&text);
    s3_addf(&text, "AWS4-HMAC-SHA256\n%s\n%s\n%s", date, scope.p, hex);
    ok = !text.failed && signing_key(s, scope.p, cache) && hmac(cache->key, 32, text.p, text.n, sum);
    if (ok) s3_hex(sum, 32, hex);
  }
  s3_text_free(&text);
  s3_text_free(&scope);
  return ok;
}

bool s3_sign_header(const s3_sign *s, s3_sign_cache *cache, s3_text *to) {
  char hex[65], date[17];
  s3_text query = {0}, headers = {0}, names = {0};
  s3_query(&query, s->query, s->n_query);
  add_headers(s, &headers, &names);
  bool ok = !query.failed && sign(s, s3_z(&query), &headers, &names, cache, hex);
  if (ok) {
    s3_amz_date(s->now, date);
    s3_addf(to, "AWS4-HMAC-SHA256 Credential=%s/", s->access_key);
    add_scope(s, date, to);
    s3_addf(to, ", SignedHeaders=%s, Signature=%s", s3_z(&names), hex);
  }
  s3_text_free(&query);
  s3_text_free(&headers);
  s3_text_free(&names);
  return ok && !to->failed;
}

bool s3_presign(const s3_sign *given, int64_t ttl, s3_sign_cache *cache, s3_text *to) {
  s3_sign s = *given;
  s3_field query[MOST];
  char hex[65], date[17], seconds[24];
  s3_text scope = {0}, headers = {0}, names = {0};
  if (s.n_query + 6 > MOST) return false;
  s3_amz_date(s.now, date);
  snprintf(seconds, sizeof seconds, "%lld", (long long)ttl);
  s3_addf(&scope, "%s/", s.access_key);
  add_scope(&s, date, &scope);
  add_headers(&s, &headers, &names);
  if (s.n_query) memcpy(query, s.query, s.n_query * sizeof *query);
  query[s.n_query++] = (s3_field){"X-Amz-Algorithm", "AWS4-HMAC-SHA256"};
  query[s.n_query++] = (s3_field){"X-Amz-Credential", s3_z(&scope)};
  query[s.n_query++] = (s3_field){"X-Amz-Date", date};
  query[s.n_query++] = (s3_field){"X-Amz-Expires", seconds};
  query[s.n_query++] = (s3_field){"X-Amz-SignedHeaders", s3_z(&names)};
  if (*s.session_token) query[s.n_query++] = (s3_field){"X-Amz-Security-Token", s.session_token};
  s.payload = "UNSIGNED-PAYLOAD";
  s3_query(to, query, s.n_query);
  bool ok = !to->failed && !scope.failed && sign(&s, s3_z(to), &headers, &names, cache, hex);
  if (ok) s3_addf(to, "&X-Amz-Signature=%s", hex);
  s3_text_free(&scope);
  s3_text_free(&headers);
  s3_text_free(&names);
  return ok && !to->failed;
}
