/* place.c -- where a bucket and a key are, and what is said when a request failed.  SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include "retry.h"
#include <stdlib.h>
#include <string.h>

bool s3_region_known(s3 *s) {
  pthread_mutex_lock(&s->lock);
  bool known = *s->region || *s->config.url || *s3_creds_region(s->creds);
  pthread_mutex_unlock(&s->lock);
  return known;
}

void s3_region(s3 *s, char to[64]) {
  const char *given = s3_creds_region(s->creds);
  pthread_mutex_lock(&s->lock);
  snprintf(to, 64, "%s", *s->region ? s->region : *given ? given : "us-east-1");
  pthread_mutex_unlock(&s->lock);
}

static bool is_address(const char *host) {
  size_t n = strcspn(host, ":");
  return *host == '[' || strspn(host, "0123456789.") == n;
}

/* Can the bucket be a part of the host's name? */
static bool is_label(const char *bucket, bool https) {
  size_t n = strlen(bucket);
  if (n < 3 || n > 63 || strspn(bucket, "abcdefghijklmnopqrstuvwxyz0123456789-.") != n) return false;
  if (strstr(bucket, "..") || strstr(bucket, ".-") || strstr(bucket, "-.") || *bucket == '-' || bucket[n - 1] == '-' || *bucket == '.' ||
      bucket[n - 1] == '.')
    return false;
  return !https || !strchr(bucket, '.'); /* a certificate's wildcard covers one label */
}

bool s3_place(s3 *s, const char *bucket, const char *key, bool public, s3_endpoint *to, s3_text *path) {
  const s3_config *c = &s->config;
  const char *url = public && *c->public_url ? c->public_url : c->url;
  if (!*url) {
    char region[64];
    s3_region(s, region);
    *to = (s3_endpoint){.https = true};
    snprintf(to->host, sizeof to->host, "s3.%s.amazonaws.com%s", region, strncmp(region, "cn-", 3) == 0 ? ".cn" : "");
  } else if (s3_endpoint_read(url, to)) return false;
  s3_addz(path, to->base);
  if (c->path_style || is_address(to->host) || !is_label(bucket, to->https)) {
    s3_addz(path, "/");
    s3_encode(path, bucket, false);
  } else {
    char host[sizeof to->host];
    if ((size_t)snprintf(host, sizeof host, "%s.%s", bucket, to->host) >= sizeof host) return false;
    memcpy(to->host, host, sizeof host);
  }
  if (*key || !path->n) s3_addz(path, "/");
  s3_encode(path, key, true);
  return !path->failed;
}

/* ---- */
static const char *hint(const s3_request *r) {
  static const struct {
    const char *code, *hint;
  } all[] = {
      {"InvalidAccessKeyId", "the store does not know this access key: see the credentials file or environment"},
      {"XAdminUserNotFound", "the store does not know this access key: see the credentials file or environment"},
      {"SignatureDoesNotMatch", "the secret key is not the one that belongs to this access key, or something on the way changes requests"},
      {"AccessDenied", "the policy of these credentials does not allow this"},
      {"NoSuchBucket", "make the bucket, or correct objectStorage.bucket; some stores want s3ForcePathStyle: \"true\""},
      {"RequestTimeTooSkewed", "set this machine's clock"},
      {"(certificate)", "give the certificate of its authority as objectStorage.caCert"},
      {"EntityTooLarge", "the store allows smaller objects only; see partSize"}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(r->code, all[i].code) == 0) return all[i].hint;
  if (!r->status && strstr(r->said, "wrong version number")) return "no TLS is spoken there: s3Url may have to begin with http://";
  if (!r->status && !r->to.https && strstr(r->said, "Empty reply")) return "TLS may be spoken there: s3Url may have to begin with https://";
  return NULL;
}

/* No answer, and a proxy is on the way, told without its password. */
static const char *proxy_hint(struct s3_http *h, const s3_request *r, char *to, size_t size) {
  const char *proxy = r->status ? NULL : s3_proxy(&s3_http_instance(h)->config, r->to.https);
  if (!proxy) return NULL;
  const char *host = strstr(proxy, "://"), *no = getenv("NO_PROXY") ? getenv("NO_PROXY") : getenv("no_proxy");
  host = host ? host + 3 : proxy;
  size_t n = strcspn(host, "/");
  for (size_t i = 0; i < n; i++)
    if (host[i] == '@') host += i + 1, n -= i + 1, i = 0;
  snprintf(to, size, "%.*s is the proxy on the way to the store (%s)%s", n < 200 ? (int)n : 200, host,
           *s3_http_instance(h)->config.proxy ? "proxy" : "of the environment", no && *no ? ", unless NO_PROXY has the store" : "");
  return to;
}

pintle_status s3_say(struct s3_http *h, const s3_request *r, const char *doing) {
  pintle_call *call = s3_http_call(h);
  char text[1024], number[24] = "", proxy[320];
  if (strcmp(r->code, S3_NO_CREDENTIALS) == 0) return pintle_wrap(call, r->st, "%s", doing);
  if (r->st == PINTLE_CANCELLED || r->st == PINTLE_TIMED_OUT)
    return pintle_fail(call, r->st, "%s: %s", doing, r->st == PINTLE_CANCELLED ? "cancelled" : "past the deadline");
  if (r->st == PINTLE_NOMEM) return pintle_fail(call, r->st, "out of memory");
  const char *said = *r->said ? r->said : r->st == PINTLE_NOT_FOUND ? "no such object" : "";
  bool code = *r->code && *r->code != '(';
  if (r->status) snprintf(number, sizeof number, "%ld%s", r->status, code || *said ? " " : "");
  snprintf(text, sizeof text, "%s %s%s%s: %s%s%s%s%s", doing, r->bucket, *r->key ? "/" : "", r->key, number, code ? r->code : "",
           code && *said ? ": " : "", said, r->tries > 1 ? " (repeated in vain)" : "");
  const char *why = hint(r);
  if (!why) why = proxy_hint(h, r, proxy, sizeof proxy);
  pintle_error e = {.struct_size = sizeof e, .status = r->st, .message = text, .hint = why, .code = code ? r->code : NULL};
  return (call->host->fail)(call, &e);
}
