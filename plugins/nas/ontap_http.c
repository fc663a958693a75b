/* ontap_http.c -- http.h in its smallest form, until the plugin's own is there.  SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include "text.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LARGEST_ANSWER = 32 << 20 };
static const int64_t second = 1000000000;

typedef struct exchange {
  pintle_call *call;
  nas_text body;
  nas_http_answer *answer;
} exchange;

static size_t on_data(char *data, size_t one, size_t n, void *ctx) {
  exchange *e = ctx;
  (void)one;
  if (e->body.n + n > LARGEST_ANSWER) return CURL_WRITEFUNC_ERROR;
  nas_add(&e->body, data, n);
  return e->body.failed ? CURL_WRITEFUNC_ERROR : n;
}

static size_t on_header(char *data, size_t one, size_t n, void *ctx) {
  exchange *e = ctx;
  (void)one;
  if (n > 12 && strncasecmp(data, "retry-after:", 12) == 0) {
    char number[16] = "";
    memcpy(number, data + 12, n - 12 < 15 ? n - 12 : 15);
    e->answer->retry_after = strtol(number, NULL, 10) * second;
  }
  return n;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  exchange *e = ctx;
  (void)a, (void)b, (void)c, (void)d;
  return e->call->host->cancelled(e->call) != 0;
}

static bool set_up(CURL *easy, exchange *e, const nas_http_request *r, struct curl_slist *headers) {
  int64_t timeout = r->timeout > 0 ? r->timeout : 60 * second, left = e->call->host->remaining(e->call);
  if (left >= 0 && left < timeout) timeout = left;
  bool good =
      curl_easy_setopt(easy, CURLOPT_URL, r->url) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method) == CURLE_OK;
  good &= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
  good &= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_WRITEDATA, e) == CURLE_OK;
  good &=
      curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_HEADERDATA, e) == CURLE_OK;
  good &= curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK &&
          curl_easy_setopt(easy, CURLOPT_XFERINFODATA, e) == CURLE_OK;
  good &=
      curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
  good &= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(timeout / 1000000) + 1) == CURLE_OK;
  if (r->body) good &= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body) == CURLE_OK;
  if (r->user)
    good &=
        curl_easy_setopt(easy, CURLOPT_USERNAME, r->user) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_PASSWORD, r->password) == CURLE_OK;
  if (r->ca_file) good &= curl_easy_setopt(easy, CURLOPT_CAINFO, r->ca_file) == CURLE_OK;
  if (r->cert_file) good &= curl_easy_setopt(easy, CURLOPT_SSLCERT, r->cert_file) == CURLE_OK;
  if (r->key_file) good &= curl_easy_setopt(easy, CURLOPT_SSLKEY, r->key_file) == CURLE_OK;
  if (r->insecure)
    good &=
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK;
  if (r->direct) good &= curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK;
  return good;
}

pintle_status nas_http(pintle_call *call, const nas_http_request *r, nas_http_answer *a) {
  exchange e = {.call = call, .answer = a};
  struct curl_slist *headers = NULL;
  CURL *easy = curl_easy_init();
  CURLcode code = CURLE_OUT_OF_MEMORY;
  *a = (nas_http_answer){.body = "", .location = ""};
  for (const char *const *h = r->headers; h && *h; h++) {
    struct curl_slist *more = curl_slist_append(headers, *h);
    if (more) headers = more;
  }
  if (easy && set_up(easy, &e, r, headers)) code = curl_easy_perform(easy);
  if (code == CURLE_OK) curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &a->status);
  curl_easy_cleanup(easy);
  curl_slist_free_all(headers);
  a->len = e.body.n;
  bool failed = e.body.failed;
  a->body = nas_take(call, &e.body);
  int32_t ended = call->host->cancelled(call);
  if (code == CURLE_OK && a->body) return PINTLE_OK;
  if (failed || !a->body) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (ended)
    return pintle_fail(call, ended == 1 ? PINTLE_CANCELLED : PINTLE_TIMED_OUT, "%s", ended == 1 ? "cancelled" : "the deadline has passed");
  return pintle_fail(call, PINTLE_TRANSIENT, "%s", curl_easy_strerror(code));
}
