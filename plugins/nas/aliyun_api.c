/* aliyun_api.c -- signed requests to Alibaba Cloud, and what it answers.  SPDX-License-Identifier: Apache-2.0 */
#include "aliyun.h"
#include "http.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIES = 6, LINES = 10 };
static const int64_t second = 1000000000;

pintle_status nas_aliyun_fail(pintle_call *call, pintle_status st, const char *hint, const char *format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) *text = 0;
  va_end(ap);
  const pintle_error e = {.struct_size = sizeof e, .status = st, .message = text, .hint = hint};
  return (call->host->fail)(call, &e);
}

static pintle_status ended(pintle_call *call, const char *doing, pintle_status st) {
  return pintle_fail(call, st, "%s: %s", doing, st == PINTLE_CANCELLED ? "cancelled" : "the deadline has passed");
}

pintle_status nas_aliyun_pause(pintle_call *call, const char *doing, int n) {
  int64_t duration = second << (n < 5 ? n - 1 : 4);
  pintle_status st = call->host->pause(call, duration);
  return st == PINTLE_OK ? st : ended(call, doing, st);
}

pintle_status nas_aliyun_wait(const nas_aliyun *a, pintle_call *call, const char *doing, int64_t seconds, int64_t *waited) {
  int64_t duration = (seconds < 2 ? 2 : seconds > 15 ? 15 : seconds) * second;
  if (*waited >= a->timeout)
    return nas_aliyun_fail(call, PINTLE_TIMED_OUT, "aliyunTimeout says how long", "%s: not done after %lld s", doing,
                           (long long)(*waited / second));
  *waited += duration;
  pintle_status st = call->host->pause(call, duration);
  return st == PINTLE_OK ? st : ended(call, doing, st);
}

/* ---- what is answered */
static bool has(const char *text, const char *part) { return strstr(text, part) != NULL; }

static pintle_status status_of(long http, const char *code) {
  if (strncmp(code, "Throttling", 10) == 0 || strcmp(code, "SignatureNonceUsed") == 0) return PINTLE_TRANSIENT;
  if (http >= 500 || http == 429) return PINTLE_TRANSIENT;
  if (has(code, "AccessKeyId") || has(code, "SecurityToken") || has(code, "SignatureDoesNotMatch")) return PINTLE_DENIED;
  if (has(code, "Forbidden") || has(code, "NoPermission") || http == 401 || http == 403) return PINTLE_DENIED;
  if (has(code, "NotFound") || has(code, "NotExist")) return PINTLE_NOT_FOUND;
  if (http == 409 || has(code, "Conflict") || has(code, "InProgress") || has(code, "IncorrectStatus") || has(code, "InvalidStatus"))
    return PINTLE_CONFLICT;
  return PINTLE_FAILED;
}

static const char *hint_of(pintle_status st, const char *code) {
  if (has(code, "InvalidTimeStamp")) return "the clock of this machine is wrong by more than 15 minutes";
  if (has(code, "AccessKeyId") || has(code, "SignatureDoesNotMatch")) return "look at the access key and its secret";
  if (has(code, "SecurityToken")) return "the STS token has ended, or belongs to another key";
  if (st == PINTLE_DENIED)
    return "the user or role needs nas:CreateSnapshot, DescribeSnapshots, DeleteSnapshot, CreateFileSystem, DescribeFileSystems, "
           "CreateMountTarget";
  return NULL;
}

pintle_status nas_aliyun_read(pintle_call *call, const char *doing, long http, const char *body, size_t len, nas_aliyun_answer *a) {
  pintle_status st = call->host->new_doc(call, len ? body : "{}", len ? len : 2, &a->doc);
  if (st == PINTLE_NOMEM) return pintle_fail(call, st, "out of memory");
  const pintle_doc *d = st == PINTLE_OK ? a->doc : NULL;
  if (http / 100 == 2 && d && len) return PINTLE_OK;
  snprintf(a->code, sizeof a->code, "%s", pintle_str_or(d, "/Code", ""));
  if (!*a->code) /* a proxy's, or somebody else's: nothing is taken for gone because of it */
    return pintle_fail(call, http >= 500 || http == 429 ? PINTLE_TRANSIENT : PINTLE_FAILED,
                       "%s: HTTP status %ld with no answer of Alibaba Cloud's", doing, http);
  char text[1024];
  st = status_of(http, a->code);
  snprintf(text, sizeof text, "%.80s: %.600s (HTTP status %ld, %s, request %.80s)", doing, pintle_str_or(d, "/Message", "no message"), http,
           a->code, pintle_str_or(d, "/RequestId", "unknown"));
  for (char *c = text; *c; c++)
    if ((unsigned char)*c < ' ') *c = ' ';
  const pintle_error e = {
      .struct_size = sizeof e, .status = st, .message = text, .hint = hint_of(st, a->code), .code = a->code, .retry_after = a->retry_after};
  return (call->host->fail)(call, &e);
}

/* ---- what is sent */
static bool make_nonce(char to[33]) {
  unsigned char random[16];
  if (RAND_bytes(random, sizeof random) != 1) return false;
  nas_hex(random, sizeof random, to);
  return true;
}

static pintle_status send_signed(const nas_aliyun *a, pintle_call *call, const nas_aliyun_request *r, const char *query,
                                 const char *headers, size_t n, nas_http_answer *http) {
  const char *lines[LINES + 2];
  nas_text url = {0};
  size_t i = 0;
  for (; i < n && i < LINES; i++, headers += strlen(headers) + 1) lines[i] = headers;
  lines[i++] = "Content-Type:";
  lines[i] = NULL;
  nas_addf(&url, "%s/?%s", r->url, query);
  const nas_http_request request = {
      .method = "POST", .url = nas_z(&url), .headers = lines, .ca_file = *a->ca_file ? a->ca_file : NULL, .cleaning = a->cleaning};
  pintle_status st = url.failed ? pintle_fail(call, PINTLE_NOMEM, "out of memory") : nas_http(call, &request, http);
  nas_text_free(&url);
  return st == PINTLE_OK ? st : pintle_wrap(call, st, "%s", r->doing);
}

pintle_status nas_aliyun_send(const nas_aliyun *a, pintle_call *call, const nas_aliyun_keys *keys, const nas_aliyun_request *r,
                              nas_aliyun_answer *answer) {
  char date[NAS_ALIYUN_DATE], nonce[33];
  nas_text query = {0}, headers = {0};
  nas_http_answer http = {0};
  size_t n = 0;
  const char *host = strstr(r->url, "://");
  *answer = (nas_aliyun_answer){0};
  if (!host || !make_nonce(nonce)) return pintle_fail(call, PINTLE_FAILED, "%s: no random numbers", r->doing);
  nas_aliyun_date((int64_t)time(NULL), date);
  const nas_aliyun_signing s = {host + 3, r->action, r->version, r->params, r->n_params, date, nonce, keys->id, keys->secret, keys->token};
  pintle_status st = nas_aliyun_sign(&s, &query, &headers, &n, NULL) ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (st == PINTLE_OK) st = send_signed(a, call, r, nas_z(&query), nas_z(&headers), n, &http);
  nas_text_free(&query);
  nas_text_free(&headers);
  answer->retry_after = http.retry_after;
  return st == PINTLE_OK ? nas_aliyun_read(call, r->doing, http.status, http.body, http.len, answer) : st;
}

/* The region becomes part of the host that is sent the signature. */
static pintle_status endpoint(const nas_aliyun *a, pintle_call *call, const char *region, char *to, size_t size) {
  if (!*region) region = a->region;
  if (*a->endpoint) return snprintf(to, size, "%s", a->endpoint), PINTLE_OK;
  if (!*region) return nas_aliyun_fail(call, PINTLE_INVALID, "set aliyunRegion", "the volume's region is not known");
  size_t n = strlen(region);
  if (n > 40 || strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
    return pintle_fail(call, PINTLE_INVALID, "\"%.60s\" is no region", region);
  snprintf(to, size, "https://nas.%s.aliyuncs.com", region);
  return PINTLE_OK;
}

static pintle_status ask_once(nas_aliyun *a, pintle_call *call, const nas_aliyun_request *r, nas_aliyun_answer *answer) {
  nas_aliyun_keys keys;
  pintle_status st = nas_aliyun_who(a, call, &keys);
  if (st == PINTLE_OK) st = nas_aliyun_send(a, call, &keys, r, answer);
  OPENSSL_cleanse(&keys, sizeof keys);
  return st;
}

pintle_status nas_aliyun_ask(nas_aliyun *a, pintle_call *call, const char *region, const char *doing, const char *action,
                             const nas_aliyun_param *params, size_t n_params, bool again, pintle_doc **doc) {
  char url[300];
  const nas_aliyun_request r = {doing, url, action, "2017-06-26", params, n_params};
  nas_aliyun_answer answer = {0};
  *doc = NULL;
  pintle_status st = endpoint(a, call, region, url, sizeof url);
  if (st != PINTLE_OK) return st;
  st = ask_once(a, call, &r, &answer);
  if (st == PINTLE_DENIED && has(answer.code, "SecurityToken") && a->keys.until) { /* ended before its time: with another one, once */
    OPENSSL_cleanse(&a->keys, sizeof a->keys);
    st = ask_once(a, call, &r, &answer);
  }
  for (int n = 1; st == PINTLE_TRANSIENT && again && n < (a->cleaning ? 2 : TRIES); n++) {
    int64_t told = answer.retry_after;
    st = told > 0 && told <= 60 * second ? call->host->pause(call, told) : PINTLE_OK;
    if (st != PINTLE_OK) return ended(call, doing, st);
    st = nas_aliyun_pause(call, doing, n);
    if (st == PINTLE_OK) st = ask_once(a, call, &r, &answer);
  }
  *doc = answer.doc;
  return st;
}
