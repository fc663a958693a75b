/* object.c -- HEAD, DELETE and presigned URLs.  SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include <curl/curl.h>
#include <string.h>
#include <time.h>

/* The answer to a HEAD has no body. Where it may hide that the region is another one (400, and no header says so), a listing asks again; what that is
 * refused for is what the HEAD was, too. */
static bool region_corrected(struct s3_http *h, s3_request *head) {
  char now[64];
  if (head->status != 400) return false;
  s3_request r = s3_ask("GET", head->bucket, "");
  s3_query_add(&r, "list-type", "2");
  s3_query_add(&r, "max-keys", "1");
  s3_query_add(&r, "prefix", head->key);
  s3_http_do(h, &r);
  if (r.status == 400) memcpy(head->code, r.code, sizeof head->code), memcpy(head->said, r.said, sizeof head->said);
  s3_request_free(&r);
  s3_region(s3_http_instance(h), now);
  return strcmp(head->region, now) != 0;
}

static pintle_status head(struct s3_http *h, s3_request *r, const char *bucket, const char *key) {
  for (bool again = false;; again = true) {
    *r = s3_ask("HEAD", bucket, key);
    s3_customer_key_add(s3_http_instance(h), r);
    if (s3_http_do(h, r) == PINTLE_OK || again || !region_corrected(h, r)) return r->st;
    s3_request_free(r);
  }
}

pintle_status s3_exists(void *self, pintle_call *call, const char *bucket, const char *key, int32_t *exists) {
  struct s3_http *h = s3_http_take(self, call);
  s3_request r;
  if (!h) return PINTLE_NOMEM;
  pintle_status st = head(h, &r, bucket, key);
  if (st == PINTLE_OK || st == PINTLE_NOT_FOUND) *exists = st == PINTLE_OK, st = PINTLE_OK;
  else st = s3_say(h, &r, "looking for");
  s3_request_free(&r);
  s3_http_give(h);
  return st;
}

pintle_status s3_stat(void *self, pintle_call *call, const char *bucket, const char *key, pintle_result *result) {
  struct s3_http *h = s3_http_take(self, call);
  s3_request r;
  char etag[128], date[64];
  if (!h) return PINTLE_NOMEM;
  pintle_status st = head(h, &r, bucket, key);
  if (st == PINTLE_OK) {
    pintle_entry e = {.struct_size = sizeof e, .key = key, .size = s3_number_of(&r, "content-length")};
    s3_field_of(&r, "etag", etag, sizeof etag);
    size_t n = strlen(etag);
    e.etag = etag;
    if (n >= 2 && *etag == '"' && etag[n - 1] == '"') etag[n - 1] = 0, e.etag = etag + 1;
    time_t at = s3_field_of(&r, "last-modified", date, sizeof date) ? curl_getdate(date, NULL) : -1;
    e.modified = at > 0 ? (int64_t)at * 1000000000 : 0;
    st = result->api->entry(result, &e);
  } else st = s3_say(h, &r, "looking for");
  s3_request_free(&r);
  s3_http_give(h);
  return st;
}

pintle_status s3_delete(void *self, pintle_call *call, const char *bucket, const char *key) {
  struct s3_http *h = s3_http_take(self, call);
  if (!h) return PINTLE_NOMEM;
  s3_request r = s3_ask("DELETE", bucket, key);
  pintle_status st = s3_http_do(h, &r);
  if (st == PINTLE_NOT_FOUND) st = PINTLE_OK;
  else if (st != PINTLE_OK) st = s3_say(h, &r, "deleting");
  s3_request_free(&r);
  s3_http_give(h);
  return st;
}

/* ---- presigned GET */
/* Amazon's, in a region that nobody has named: its answer to a HEAD names it. */
static pintle_status find_region(s3 *s, pintle_call *call, const char *bucket) {
  if (s3_region_known(s)) return PINTLE_OK;
  struct s3_http *h = s3_http_take(s, call);
  if (!h) return PINTLE_NOMEM;
  s3_request r = s3_ask("HEAD", bucket, "");
  s3_http_do(h, &r);
  s3_request_free(&r);
  s3_http_give(h);
  return PINTLE_OK;
}

pintle_status s3_signed_url(void *self, pintle_call *call, const char *bucket, const char *key, int64_t ttl, pintle_result *url) {
  s3 *s = self;
  s3_creds who = {0};
  s3_endpoint to;
  char region[64];
  s3_text path = {0}, query = {0}, text = {0};
  s3_sign_cache cache = {0};
  s3_request headers = s3_ask("GET", bucket, key);
  int64_t seconds = ttl / 1000000000;
  pintle_status st = find_region(s, call, bucket);
  if (st == PINTLE_OK) st = s3_creds_get(s->creds, call, false, &who);
  if (st != PINTLE_OK) return st;
  if (seconds < 1) seconds = 1;
  if (seconds > 604800) seconds = 604800; /* the most that signatures allow */
  s3_region(s, region);
  s3_customer_key_add(s, &headers); /* become signed headers: who fetches the URL must send them */
  bool ok = s3_place(s, bucket, key, true, &to, &path);
  headers.headers[headers.n_headers++] = (s3_field){"host", to.host};
  const s3_sign what = {.method = "GET",
                        .path = s3_z(&path),
                        .headers = headers.headers,
                        .n_headers = headers.n_headers,
                        .region = region,
                        .service = "s3",
                        .access_key = who.access_key,
                        .secret_key = who.secret_key,
                        .session_token = who.session_token,
                        .now = (int64_t)time(NULL) + atomic_load(&s->skew)};
  ok = ok && s3_presign(&what, seconds, &cache, &query);
  s3_addf(&text, "%s://%s%s?%s", to.https ? "https" : "http", to.host, s3_z(&path), s3_z(&query));
  st = ok && !text.failed ? url->api->text(url, text.p, text.n) : pintle_fail(call, PINTLE_NOMEM, "out of memory");
  s3_creds_wipe(&who);
  s3_text_free(&path);
  s3_text_free(&query);
  s3_text_free(&text);
  return st;
}
