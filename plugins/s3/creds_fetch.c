/* creds_fetch.c -- one blocking request over one curl easy handle.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 20, PAUSE = 200000000 };

static size_t on_body(char *data, size_t size, size_t n, void *ctx) {
  s3_text *body = ctx;
  if (body->n + size * n > LARGEST) return 0;
  s3_add(body, data, size * n);
  return body->failed ? 0 : size * n;
}

static int on_progress(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up) {
  pintle_call *call = ctx;
  (void)total, (void)now, (void)up_total, (void)up;
  return call->host->cancelled(call) != 0;
}

static void free_headers(struct curl_slist *list) {
  for (struct curl_slist *l = list; l; l = l->next) OPENSSL_cleanse(l->data, strlen(l->data));
  curl_slist_free_all(list);
}

static struct curl_slist *headers_of(const creds_request *r) {
  struct curl_slist *list = curl_slist_append(NULL, "Expect:");
  for (size_t i = 0; list && i < sizeof r->headers / sizeof *r->headers && r->headers[i]; i++) {
    struct curl_slist *more = curl_slist_append(list, r->headers[i]);
    if (!more) free_headers(list);
    list = more;
  }
  return list;
}

static void set_tls(CURL *e, const creds_ask *a, const creds_request *r) {
  const s3_creds_options *o = &a->chain->o;
  curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (r->insecure && o->insecure) curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L), curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
  const char *bundle = creds_env("AWS_CA_BUNDLE");
  if (!*o->ca && *bundle) curl_easy_setopt(e, CURLOPT_CAINFO, bundle);
  if (!*o->ca) return;
  struct curl_blob pem = {(void *)(uintptr_t)o->ca, strlen(o->ca), CURL_BLOB_NOCOPY}; /* beside the system's directory of certificates */
  curl_easy_setopt(e, CURLOPT_CAINFO_BLOB, &pem);
}

/* Redirects are not followed: what is sent is for this host. */
static CURLcode once(creds_ask *a, const creds_request *r, struct curl_slist *headers, long *status, s3_text *body, char *error) {
  CURL *e = curl_easy_init();
  if (!e) return CURLE_OUT_OF_MEMORY;
  curl_easy_setopt(e, CURLOPT_URL, r->url);
  curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(e, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_ms);
  curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
  curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(e, CURLOPT_WRITEDATA, body);
  curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(e, CURLOPT_XFERINFODATA, a->call);
  if (r->direct) curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
  else if (*a->chain->o.proxy) curl_easy_setopt(e, CURLOPT_PROXY, a->chain->o.proxy);
  if (strcmp(r->method, "POST") == 0) curl_easy_setopt(e, CURLOPT_POST, 1L);
  if (r->body) curl_easy_setopt(e, CURLOPT_POSTFIELDS, r->body), curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)strlen(r->body));
  curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, r->method);
  set_tls(e, a, r);
  CURLcode code = curl_easy_perform(e);
  curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, status);
  curl_easy_cleanup(e);
  return code;
}

pintle_status creds_fetch(creds_ask *a, const creds_request *r, long *status, s3_text *body) {
  char error[CURL_ERROR_SIZE] = "";
  struct curl_slist *headers = headers_of(r);
  pintle_status st = PINTLE_OK;
  CURLcode code = CURLE_OUT_OF_MEMORY;
  for (int i = 0; headers && i < r->tries && st == PINTLE_OK; i++) {
    s3_text_free(body);
    error[0] = 0;
    if (i) st = a->call->host->pause(a->call, (int64_t)PAUSE << i);
    if (st == PINTLE_OK) code = once(a, r, headers, status, body, error);
    if (code == CURLE_ABORTED_BY_CALLBACK || body->failed || (code == CURLE_OK && *status != 429 && *status < 500)) break;
  }
  free_headers(headers);
  if (st == PINTLE_OK && code == CURLE_OK) return PINTLE_OK;
  int32_t what = a->call->host->cancelled(a->call);
  if (code == CURLE_OUT_OF_MEMORY || body->failed) return creds_none(a, PINTLE_NOMEM, "out of memory");
  if (what || st != PINTLE_OK) return creds_none(a, what == 2 ? PINTLE_TIMED_OUT : PINTLE_CANCELLED, "cancelled");
  return creds_none(a, PINTLE_TRANSIENT, "no answer from %.*s: %s", (int)strcspn(r->url, "?"), r->url,
                    *error ? error : curl_easy_strerror(code));
}
