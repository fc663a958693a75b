/* retry.c -- what a try came to: the end, or another one.  SPDX-License-Identifier: Apache-2.0 */
#include "retry.h"
#include "xml.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

enum { COST = 5, LONGEST_RETRY_AFTER = 120, TOLERATED_SKEW = 240 };
static const int64_t ms = 1000000, second = 1000000000;

/* ---- what the store says */
typedef struct complaint {
  s3_request *r;
  char region[64];
  bool seen;
} complaint;

static void keep(char *to, size_t size, const char *text) {
  size_t n = strnlen(text, size - 1);
  for (size_t i = 0; i < n; i++) to[i] = (char)((unsigned char)text[i] < ' ' || text[i] == 127 ? ' ' : text[i]);
  while (n && ((unsigned char)to[n - 1] & 0xc0) == 0x80 && text[n]) n--; /* no half character where it was cut */
  to[n] = 0;
}

static bool on_error(void *ctx, const char *path, const char *text) {
  complaint *c = ctx;
  if (strncmp(path, "/Error", 6) != 0) return false;
  c->seen = true;
  if (strcmp(path, "/Error/Code") == 0) keep(c->r->code, sizeof c->r->code, text);
  if (strcmp(path, "/Error/Message") == 0) keep(c->r->said, sizeof c->r->said, text);
  if (strcmp(path, "/Error/Region") == 0) keep(c->region, sizeof c->region, text);
  return true;
}

static complaint hear(s3_request *r) {
  complaint c = {.r = r};
  if (r->answer.n) s3_xml(r->answer.p, r->answer.n, on_error, &c);
  if (!c.seen) r->code[0] = 0;
  if (r->status >= 300 && !*c.region) s3_field_of(r, "x-amz-bucket-region", c.region, sizeof c.region);
  return c;
}

static bool one_of(const char *text, const char *const *list) {
  for (; *list; list++)
    if (strcmp(text, *list) == 0) return true;
  return false;
}

/* ---- another try */
static bool spend(s3 *s) {
  int have = atomic_load(&s->tokens);
  while (have >= COST)
    if (atomic_compare_exchange_weak(&s->tokens, &have, have - COST)) return true;
  return false;
}

static void refund(s3 *s) {
  int have = atomic_load(&s->tokens);
  while (have < S3_RETRY_TOKENS)
    if (atomic_compare_exchange_weak(&s->tokens, &have, have + 1)) return;
}

static int64_t jittered(int tries) {
  int64_t pause = 200 * ms << (tries < 8 ? tries - 1 : 7);
  uint64_t random = 0;
  if (pause > 20 * second) pause = 20 * second;
  if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0) random = (uint64_t)s3_clock();
  return pause / 2 + (int64_t)(random % (uint64_t)(pause / 2));
}

static int64_t retry_after(const s3_request *r) {
  char text[64];
  int64_t n = s3_number_of(r, "retry-after");
  if (n < 0 && s3_field_of(r, "retry-after", text, sizeof text)) {
    time_t at = curl_getdate(text, NULL);
    n = at > 0 ? (int64_t)at - (int64_t)time(NULL) : 0;
  }
  return (n < 0 ? 0 : n > LONGEST_RETRY_AFTER ? LONGEST_RETRY_AFTER : n) * second;
}

static bool again(struct s3_http *h, s3_request *r) {
  s3 *s = s3_http_instance(h);
  if (r->sink && r->got > r->got_before) r->tries = 1; /* it goes on: only the budget counts */
  r->got_before = r->got;
  if (r->tries > s->config.max_retries) return false;
  if (!spend(s)) {
    pintle_log(s3_http_call(h), PINTLE_LOG_WARN, "the store fails so often that requests are not repeated any more");
    return false;
  }
  int64_t pause = jittered(r->tries), asked = retry_after(r);
  if (asked > pause) pause = asked;
  pintle_log(s3_http_call(h), PINTLE_LOG_DEBUG, "%s %s/%s: %ld %s%s%s; try %d follows in %lld ms", r->method, r->bucket, r->key, r->status,
             r->code, *r->code ? ": " : "", r->said, r->tries + 1, (long long)(pause / ms));
  r->next = s3_clock() + pause;
  return true;
}

/* At once, after something was put right. */
static bool fixed(s3_request *r, unsigned what) {
  if (r->fixed & what) return false;
  r->fixed |= what;
  r->tries--;
  r->next = 1;
  return true;
}

/* ---- what can be put right */
static bool fix_skew(struct s3_http *h, s3_request *r) {
  s3 *s = s3_http_instance(h);
  char date[64];
  bool silent = strcmp(r->method, "HEAD") == 0 && r->status == 403;
  if (strcmp(r->code, "RequestTimeTooSkewed") != 0 && !silent) return false;
  time_t theirs = s3_field_of(r, "date", date, sizeof date) ? curl_getdate(date, NULL) : -1;
  if (theirs <= 0) return false;
  int64_t off = (int64_t)theirs - r->signed_at;
  if (silent && off < TOLERATED_SKEW && off > -TOLERATED_SKEW) return false;
  if (!fixed(r, S3_FIX_SKEW)) return false;
  int64_t skew = (int64_t)theirs - (int64_t)time(NULL);
  atomic_store(&s->skew, skew);
  if (!atomic_exchange(&s->told_skew, 1))
    pintle_log(s3_http_call(h), PINTLE_LOG_INFO,
               "this machine's clock and the store's differ by %lld seconds: requests are signed with the store's time", (long long)skew);
  return true;
}

static bool fix_token(s3_request *r) {
  static const char *const codes[] = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired", NULL};
  bool silent = strcmp(r->method, "HEAD") == 0 && r->status == 400 && r->token; /* has no body to say why */
  if ((!one_of(r->code, codes) && !silent) || !fixed(r, S3_FIX_TOKEN)) return false;
  r->fixed |= S3_FIX_TOKEN_NOW;
  return true;
}

static bool fix_region(struct s3_http *h, s3_request *r, const complaint *c) {
  s3 *s = s3_http_instance(h);
  if (r->status != 301 && r->status != 307 && r->status != 400 && r->status != 403) return false;
  if (!*c->region || strpbrk(c->region, "/ ,") || (r->status == 403 && strcmp(r->code, "SignatureDoesNotMatch") != 0)) return false;
  if (strcmp(r->region, c->region) == 0 || !fixed(r, S3_FIX_REGION)) return false;
  pthread_mutex_lock(&s->lock);
  bool known = strcmp(s->region, c->region) == 0; /* another call has found it meanwhile */
  memcpy(s->region, c->region, sizeof s->region);
  pthread_mutex_unlock(&s->lock);
  if (!known) pintle_log(s3_http_call(h), PINTLE_LOG_INFO, "the bucket is in region %s", c->region);
  return true;
}

static bool ends_with(const char *host, const char *tail) {
  size_t n = strlen(host), k = strlen(tail);
  return n > k && strcasecmp(host + n - k, tail) == 0 && (tail[0] == '.' || host[n - k - 1] == '.');
}

static bool may_go(const s3_endpoint *from, const s3_endpoint *to) {
  if (from->https && !to->https) return false;
  char a[sizeof from->host], b[sizeof to->host]; /* without ports */
  memcpy(a, from->host, sizeof a), memcpy(b, to->host, sizeof b);
  if (strchr(a, ']') == NULL) a[strcspn(a, ":")] = 0;
  if (strchr(b, ']') == NULL) b[strcspn(b, ":")] = 0;
  if (strcasecmp(a, b) == 0 || ends_with(b, a)) return true;
  return to->https && ((ends_with(a, ".amazonaws.com") && ends_with(b, ".amazonaws.com")) ||
                       (ends_with(a, ".amazonaws.com.cn") && ends_with(b, ".amazonaws.com.cn")));
}

/* Location's path comes as the store wrote it; the query is ours again. */
static bool fix_redirect(s3_request *r) {
  char place[2048];
  s3_endpoint to;
  if (r->status != 301 && r->status != 302 && r->status != 307 && r->status != 308) return false;
  if (!s3_field_of(r, "location", place, sizeof place)) return false;
  place[strcspn(place, "?#")] = 0;
  const char *host = strstr(place, "://"), *path = host ? strchr(host + 3, '/') : place;
  char origin[300];
  bool absolute =
      host && (size_t)snprintf(origin, sizeof origin, "%.*s", (int)(path ? (size_t)(path - place) : strlen(place)), place) < sizeof origin;
  if (!host) to = r->to;
  else if (!absolute || s3_endpoint_read(origin, &to)) return false;
  if (!may_go(&r->to, &to)) {
    snprintf(r->said, sizeof r->said, "a redirect to %.100s is not followed", to.host);
    return false;
  }
  if ((path && *path != '/') || !fixed(r, S3_FIX_REDIRECT)) return false;
  r->moved.n = 0;
  s3_addz(&r->moved, path ? path : "/");
  r->to = to;
  return !r->moved.failed;
}

/* ---- */
static bool lost(CURLcode rc) {
  switch (rc) {
  case CURLE_COULDNT_CONNECT:
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_GOT_NOTHING:
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR:
  case CURLE_PARTIAL_FILE:
  case CURLE_OPERATION_TIMEDOUT:
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_SEND_FAIL_REWIND:
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_UNSUPPORTED_PROTOCOL: return true; /* bytes behind the last answer are taken for HTTP/0.9 */
  default: return false;
  }
}

static bool busy(const s3_request *r) {
  static const char *const codes[] = {"SlowDown",
                                      "InternalError",
                                      "ServiceUnavailable",
                                      "RequestTimeout",
                                      "Throttling",
                                      "ThrottlingException",
                                      "RequestThrottled",
                                      "RequestLimitExceeded",
                                      "BandwidthLimitExceeded",
                                      "OperationAborted",
                                      "PriorRequestNotComplete",
                                      "ConditionalRequestConflict",
                                      "TooManyRequests",
                                      NULL};
  return r->status == 429 || r->status == 408 || (r->status >= 500 && r->status != 501 && r->status != 505) || one_of(r->code, codes);
}

/* 404 says that an object is not there only where nothing else is said: versitygw's XAdminUserNotFound is about who asks. */
static bool says_no_object(const s3_request *r) {
  static const char *const codes[] = {"NotFound", "KeyNotFound", "ObjectNotFound", "BlobNotFound", "ResourceNotFound", "404", NULL};
  return !*r->code || strncmp(r->code, "NoSuch", 6) == 0 || one_of(r->code, codes);
}

static pintle_status meaning(const s3_request *r) {
  if (strcmp(r->code, "NoSuchBucket") == 0) return PINTLE_INVALID;
  if (strcmp(r->code, "XAdminUserNotFound") == 0) return PINTLE_DENIED;
  if (busy(r)) return PINTLE_TRANSIENT;
  switch (r->status) {
  case 401:
  case 403: return PINTLE_DENIED;
  case 404: return says_no_object(r) ? PINTLE_NOT_FOUND : PINTLE_FAILED;
  case 409:
  case 412: return PINTLE_CONFLICT;
  case 501: return PINTLE_UNSUPPORTED;
  default: return PINTLE_FAILED;
  }
}

/* All bytes are there that were asked for, as far as anybody has said. */
static bool complete(const s3_request *r) {
  int64_t want = r->total < 0 ? -1 : r->total > r->from ? r->total - r->from : 0;
  if (r->length >= 0 && (want < 0 || want > r->length)) want = r->total < 0 ? r->got : r->length;
  return want < 0 || r->got == want;
}

static pintle_status answered(struct s3_http *h, s3_request *r) {
  bool good = r->status >= 200 && r->status < 300;
  if (good && r->sink) {
    pintle_status st = r->opened ? PINTLE_OK : s3_http_open(r);
    if (st != PINTLE_OK) return st;
    if (complete(r)) return refund(s3_http_instance(h)), PINTLE_OK;
    snprintf(r->said, sizeof r->said, "the answer ended early");
    return again(h, r) ? PINTLE_OK : PINTLE_TRANSIENT;
  }
  if (r->status == 416 && r->sink && !r->got) return PINTLE_OK; /* at or behind the end */
  const complaint c = hear(r);
  if (good && !c.seen) return refund(s3_http_instance(h)), PINTLE_OK;
  if (fix_skew(h, r) || fix_token(r) || fix_region(h, r, &c) || fix_redirect(r)) return PINTLE_OK;
  if (busy(r) && again(h, r)) return PINTLE_OK;
  return meaning(r);
}

pintle_status s3_judge(struct s3_http *h, s3_request *r, int rc) {
  r->next = 0;
  if (r->st != PINTLE_OK) { /* the sink's */
    if (!*r->said) keep(r->said, sizeof r->said, "the bytes could not be handed on");
    return r->st;
  }
  if (r->enough) return refund(s3_http_instance(h)), PINTLE_OK;
  if (rc == CURLE_OK) return answered(h, r);
  r->ambiguous = true;
  r->status = 0;
  if (rc != CURLE_WRITE_ERROR || !*r->said) keep(r->said, sizeof r->said, *r->error ? r->error : curl_easy_strerror((CURLcode)rc));
  if (rc == CURLE_OUT_OF_MEMORY) keep(r->said, sizeof r->said, "no memory, or a header that is longer than libcurl takes");
  if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CACERT_BADFILE)
    return keep(r->code, sizeof r->code, "(certificate)"), PINTLE_FAILED;
  if (!lost((CURLcode)rc) || (r->tunnel >= 400 && r->tunnel < 500)) return PINTLE_FAILED; /* a proxy that wants to know who we are */
  return again(h, r) ? PINTLE_OK : PINTLE_TRANSIENT;
}
