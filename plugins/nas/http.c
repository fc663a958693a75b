/* http.c -- one request and its answer over libcurl.  SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include "text.h"
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LARGEST_ANSWER = 32 << 20, LONGEST_RETRY = 3600, CLEANING = 8 };
static const int64_t second = 1000000000;

typedef struct exchange {
  pintle_call *call;
  CURL *easy;
  struct curl_slist *headers;
  CURLcode rc; /* of setting it up */
  nas_text body, location;
  int64_t retry_after;
  bool cleaning;
} exchange;

/* ---- what comes */
static size_t on_data(char *data, size_t one, size_t n, void *ctx) {
  exchange *e = ctx;
  (void)one;
  if (e->body.n + n > LARGEST_ANSWER) return 0;
  nas_add(&e->body, data, n);
  return e->body.failed ? 0 : n;
}

/* The value of a header line, if it is this one's. */
static const char *value_of(const char *line, size_t n, const char *name, size_t *length) {
  size_t k = strlen(name);
  if (n <= k || strncasecmp(line, name, k) != 0 || line[k] != ':') return NULL;
  const char *value = line + k + 1, *end = line + n;
  while (value < end && (*value == ' ' || *value == '\t')) value++;
  while (end > value && strchr("\r\n\t ", end[-1])) end--;
  *length = (size_t)(end - value);
  return value;
}

static void take_retry_after(exchange *e, const char *value, size_t n) {
  char number[12] = "";
  if (n == 0 || n >= sizeof number || strspn(value, "0123456789") < n) return; /* a date is not worth a clock's error */
  memcpy(number, value, n);
  long seconds = strtol(number, NULL, 10);
  e->retry_after = (seconds < LONGEST_RETRY ? seconds : LONGEST_RETRY) * second;
}

static size_t on_header(char *data, size_t one, size_t n, void *ctx) {
  exchange *e = ctx;
  size_t length = 0;
  (void)one;
  if (n >= 5 && memcmp(data, "HTTP/", 5) == 0) nas_text_free(&e->location), e->retry_after = 0; /* after 100 Continue, or a proxy's */
  const char *value = value_of(data, n, "retry-after", &length);
  if (value) take_retry_after(e, value, length);
  value = value_of(data, n, "location", &length);
  if (value) nas_text_free(&e->location), nas_add(&e->location, value, length);
  return n;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  const exchange *e = ctx;
  (void)a, (void)b, (void)c, (void)d;
  return !e->cleaning && e->call->host->cancelled(e->call) != 0;
}

/* ---- what is sent */
static void set_text(exchange *e, CURLoption option, const char *text) {
  if (e->rc == CURLE_OK && text && *text) e->rc = curl_easy_setopt(e->easy, option, text);
}
static void set_number(exchange *e, CURLoption option, long number) {
  if (e->rc == CURLE_OK) e->rc = curl_easy_setopt(e->easy, option, number);
}
static void set_pointer(exchange *e, CURLoption option, void *pointer) {
  if (e->rc == CURLE_OK) e->rc = curl_easy_setopt(e->easy, option, pointer);
}

static void add_header(exchange *e, const char *line) {
  struct curl_slist *more = e->rc == CURLE_OK ? curl_slist_append(e->headers, line) : NULL;
  if (more) e->headers = more;
  else e->rc = CURLE_OUT_OF_MEMORY;
}

static void set_tls(exchange *e, const nas_http_request *r) {
  set_number(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  set_text(e, CURLOPT_CAINFO, r->ca_file); /* the system's directory of certificates stays */
  if (e->rc == CURLE_OK && r->ca_pem && *r->ca_pem) {
    struct curl_blob pem = {(void *)(uintptr_t)r->ca_pem, strlen(r->ca_pem), CURL_BLOB_NOCOPY};
    e->rc = curl_easy_setopt(e->easy, CURLOPT_CAINFO_BLOB, &pem);
  }
  set_text(e, CURLOPT_SSLCERT, r->cert_file);
  set_text(e, CURLOPT_SSLKEY, r->key_file);
  if (r->insecure) set_number(e, CURLOPT_SSL_VERIFYPEER, 0), set_number(e, CURLOPT_SSL_VERIFYHOST, 0);
}

static void set_body(exchange *e, const nas_http_request *r) {
  bool post = strcmp(r->method, "POST") == 0;
  if (r->body || post) { /* has a Content-Length, be it 0 */
    set_number(e, CURLOPT_POST, 1);
    set_pointer(e, CURLOPT_POSTFIELDS, (void *)(uintptr_t)(r->body ? r->body : ""));
    set_number(e, CURLOPT_POSTFIELDSIZE, r->body ? (long)strlen(r->body) : 0);
  }
  if (strcmp(r->method, "HEAD") == 0) set_number(e, CURLOPT_NOBODY, 1);
  else if (!post && strcmp(r->method, "GET") != 0) set_text(e, CURLOPT_CUSTOMREQUEST, r->method);
  else if (!post && r->body) set_text(e, CURLOPT_CUSTOMREQUEST, "GET");
}

static void set_callbacks(exchange *e) {
  if (e->rc == CURLE_OK) e->rc = curl_easy_setopt(e->easy, CURLOPT_WRITEFUNCTION, on_data);
  if (e->rc == CURLE_OK) e->rc = curl_easy_setopt(e->easy, CURLOPT_HEADERFUNCTION, on_header);
  if (e->rc == CURLE_OK) e->rc = curl_easy_setopt(e->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  set_pointer(e, CURLOPT_WRITEDATA, e);
  set_pointer(e, CURLOPT_HEADERDATA, e);
  set_pointer(e, CURLOPT_XFERINFODATA, e);
  set_number(e, CURLOPT_NOPROGRESS, 0);
}

static void set_up(exchange *e, const nas_http_request *r) {
  int64_t timeout = r->timeout > 0 ? r->timeout : 60 * second, left = e->call->host->remaining(e->call);
  if (r->cleaning) timeout = left > 0 && left < CLEANING * second ? left : CLEANING * second;
  else if (left >= 0 && left < timeout) timeout = left;
  set_text(e, CURLOPT_URL, r->url);
  set_text(e, CURLOPT_PROTOCOLS_STR, "http,https");
  set_number(e, CURLOPT_PATH_AS_IS, 1);
  set_number(e, CURLOPT_FOLLOWLOCATION, 0);
  set_number(e, CURLOPT_NOSIGNAL, 1);
  set_number(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
  set_number(e, CURLOPT_TIMEOUT_MS, (long)(timeout / 1000000) + 1);
  set_text(e, CURLOPT_USERAGENT, "pintle-nas");
  for (const char *const *h = r->headers; h && *h; h++) add_header(e, *h);
  add_header(e, "Expect:");
  set_pointer(e, CURLOPT_HTTPHEADER, e->headers);
  set_body(e, r);
  set_callbacks(e);
  set_tls(e, r);
  if (r->user) set_number(e, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
  set_text(e, CURLOPT_USERNAME, r->user);
  if (r->user) set_text(e, CURLOPT_PASSWORD, r->password);
  set_text(e, CURLOPT_PROXY, r->proxy);
  if (r->direct) set_text(e, CURLOPT_NOPROXY, "*");
}

static void end(exchange *e) {
  for (struct curl_slist *l = e->headers; l; l = l->next) OPENSSL_cleanse(l->data, strlen(l->data)); /* signatures, tokens */
  curl_slist_free_all(e->headers);
  curl_easy_cleanup(e->easy);
  nas_text_free(&e->body);
  nas_text_free(&e->location);
}

static pintle_status fail(exchange *e, CURLcode rc) {
  pintle_call *call = e->call;
  int32_t ended = e->cleaning ? 0 : call->host->cancelled(call);
  if (ended)
    return pintle_fail(call, ended == 1 ? PINTLE_CANCELLED : PINTLE_TIMED_OUT, "%s", ended == 1 ? "cancelled" : "the deadline has passed");
  if (rc == CURLE_OUT_OF_MEMORY || e->body.failed || e->location.failed) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (rc == CURLE_WRITE_ERROR) return pintle_fail(call, PINTLE_FAILED, "the answer is larger than %d MiB", LARGEST_ANSWER >> 20);
  if (rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_SSL_CERTPROBLEM || rc == CURLE_SSL_CACERT_BADFILE)
    return pintle_fail(call, PINTLE_INVALID, "%s", curl_easy_strerror(rc));
  return pintle_fail(call, PINTLE_TRANSIENT, "%s", curl_easy_strerror(rc));
}

pintle_status nas_http(pintle_call *call, const nas_http_request *r, nas_http_answer *a) {
  exchange e = {.call = call, .easy = curl_easy_init(), .cleaning = r->cleaning};
  *a = (nas_http_answer){.body = "", .location = ""};
  if (!e.easy) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  set_up(&e, r);
  CURLcode rc = e.rc == CURLE_OK ? curl_easy_perform(e.easy) : e.rc;
  pintle_status st = rc == CURLE_OK && !e.location.failed ? PINTLE_OK : fail(&e, rc);
  if (st == PINTLE_OK) {
    curl_easy_getinfo(e.easy, CURLINFO_RESPONSE_CODE, &a->status);
    a->retry_after = e.retry_after, a->len = e.body.n;
    const char *body = nas_take(call, &e.body), *location = nas_take(call, &e.location);
    if (body && location) a->body = body, a->location = location;
    else *a = (nas_http_answer){.body = "", .location = ""}, st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  }
  end(&e);
  return st;
}
