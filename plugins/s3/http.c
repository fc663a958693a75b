/* http.c -- requests on one curl multi loop: set up, signed, sent, received.  SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include "retry.h"
#include <ctype.h>
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SPARE = 16, LARGEST_ANSWER = 8 << 20, LARGEST_HEAD = 64 << 10, CLEANING = 8, SLOW = 600 };
static const int64_t second = 1000000000;

struct s3_http {
  s3 *s;
  pintle_call *call;
  CURLM *multi;
  CURL *spare[SPARE];
  size_t n_spare;
  s3_request *all[2 * SPARE]; /* under way or waiting for their next try */
  size_t n;
  s3_sign_cache cache;
  int64_t cleaning; /* until when; 0: not */
  int64_t moved, reported, reported_at;
};

s3 *s3_http_instance(struct s3_http *h) { return h->s; }
pintle_call *s3_http_call(struct s3_http *h) { return h->call; }

int64_t s3_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * second + t.tv_nsec;
}

/* ---- loops */
static void free_loop(struct s3_http *h) {
  for (size_t i = 0; i < h->n_spare; i++) curl_easy_cleanup(h->spare[i]);
  curl_multi_cleanup(h->multi);
  OPENSSL_cleanse(&h->cache, sizeof h->cache);
  free(h);
}

void s3_http_free_all(s3 *s) {
  for (size_t i = 0; i < S3_IDLE_LOOPS; i++)
    if (s->idle[i]) free_loop(s->idle[i]);
}

struct s3_http *s3_http_take(s3 *s, pintle_call *call) {
  struct s3_http *h = NULL;
  pthread_mutex_lock(&s->lock);
  for (size_t i = 0; i < S3_IDLE_LOOPS && !h; i++) h = s->idle[i], s->idle[i] = NULL;
  pthread_mutex_unlock(&s->lock);
  if (!h && (h = calloc(1, sizeof *h)) && !(h->multi = curl_multi_init())) free(h), h = NULL;
  if (!h) return pintle_fail(call, PINTLE_NOMEM, "out of memory"), NULL;
  h->s = s, h->call = call, h->cleaning = h->moved = h->reported = 0, h->reported_at = s3_clock();
  return h;
}

void s3_http_give(struct s3_http *h) {
  s3 *s = h->s;
  while (h->n) s3_request_free(h->all[0]);
  h->call = NULL;
  pthread_mutex_lock(&s->lock);
  for (size_t i = 0; i < S3_IDLE_LOOPS && h; i++)
    if (!s->idle[i]) s->idle[i] = h, h = NULL;
  pthread_mutex_unlock(&s->lock);
  if (h) free_loop(h);
}

/* ---- requests */
s3_request s3_ask(const char *method, const char *bucket, const char *key) {
  return (s3_request){.method = method, .bucket = bucket, .key = key, .length = PINTLE_NONE, .total = PINTLE_NONE};
}

void s3_query_add(s3_request *r, const char *name, const char *value) {
  if (r->n_query < S3_QUERIES) r->query[r->n_query++] = (s3_field){name, value};
}

void s3_header_add(s3_request *r, const char *name, const char *value) {
  if (value && *value && r->n_headers < S3_FIELDS - 8) r->headers[r->n_headers++] = (s3_field){name, value};
}

void s3_customer_key_add(s3 *s, s3_request *r) {
  if (!*s->config.customer_key) return;
  s3_header_add(r, "x-amz-server-side-encryption-customer-algorithm", "AES256");
  s3_header_add(r, "x-amz-server-side-encryption-customer-key", s->config.customer_key);
  s3_header_add(r, "x-amz-server-side-encryption-customer-key-md5", s->config.customer_md5);
}

bool s3_field_of(const s3_request *r, const char *name, char *to, size_t size) {
  size_t n = strlen(name);
  *to = 0;
  for (const char *line = s3_z(&r->fields); (line = strchr(line, '\n')); line++) {
    if (strncmp(line + 1, name, n) != 0 || line[1 + n] != ':') continue;
    const char *value = line + 2 + n;
    value += strspn(value, " \t");
    size_t length = strcspn(value, "\r\n");
    while (length && (value[length - 1] == ' ' || value[length - 1] == '\t')) length--;
    if (length >= size) length = size - 1;
    memcpy(to, value, length);
    to[length] = 0;
    return true;
  }
  return false;
}

int64_t s3_number_of(const s3_request *r, const char *name) {
  char text[32], *end;
  if (!s3_field_of(r, name, text, sizeof text) || !isdigit((unsigned char)*text)) return PINTLE_NONE;
  long long n = strtoll(text, &end, 10);
  return *end ? PINTLE_NONE : n;
}

void s3_pin(s3_request *r, const s3_request *of) {
  memcpy(r->etag, of->etag, sizeof r->etag);
  r->total = of->total, r->pinned = true;
}

/* ---- receiving */
static size_t on_header(char *data, size_t one, size_t n, void *ctx) {
  s3_request *r = ctx;
  (void)one;
  if (n >= 5 && strncasecmp(data, "HTTP/", 5) == 0) { /* also after 100 Continue */
    r->fields.n = 0;
    s3_addz(&r->fields, "\n");
    return n;
  }
  if (r->fields.n > LARGEST_HEAD) return snprintf(r->said, sizeof r->said, "the answer has more than 64 KiB of headers"), 0;
  size_t at = r->fields.n;
  s3_add(&r->fields, data, n);
  for (; !r->fields.failed && at < r->fields.n && r->fields.p[at] != ':'; at++)
    r->fields.p[at] = (char)tolower((unsigned char)r->fields.p[at]);
  return r->fields.failed ? 0 : n;
}

/* "bytes 5-9/10" */
static bool content_range(const s3_request *r, int64_t *first, int64_t *total) {
  char text[80];
  long long a, b, c;
  if (!s3_field_of(r, "content-range", text, sizeof text)) return false;
  int n = sscanf(text, "bytes %lld-%lld/%lld", &a, &b, &c);
  *first = a, *total = n == 3 ? c : PINTLE_NONE;
  return n >= 2 && a >= 0 && b >= a;
}

/* The first bytes of a try: do they go on from where we are? */
pintle_status s3_http_open(s3_request *r) {
  char etag[sizeof r->etag];
  int64_t first = 0, total = PINTLE_NONE, want = r->from + r->got;
  r->opened = true;
  if (r->status == 206 && (!content_range(r, &first, &total) || first != want))
    return snprintf(r->said, sizeof r->said, "the store sends another range than was asked for"), PINTLE_FAILED;
  if (r->status != 200 && r->status != 206) return snprintf(r->said, sizeof r->said, "the answer is no object"), PINTLE_FAILED;
  if (r->status == 200) total = s3_number_of(r, "content-length");
  if (r->status == 200 && total < 0 && !s3_field_of(r, "transfer-encoding", etag, sizeof etag))
    return snprintf(r->said, sizeof r->said, "the store does not say how long the object is"), PINTLE_FAILED;
  s3_field_of(r, "etag", etag, sizeof etag);
  r->skip = r->status == 200 ? want : 0;
  if ((r->begun || r->pinned) && (strcmp(etag, r->etag) != 0 || (total >= 0 && r->total >= 0 && total != r->total)))
    return snprintf(r->said, sizeof r->said, "the object was replaced while it was read"), PINTLE_CONFLICT;
  if (r->begun) return PINTLE_OK;
  r->begun = true;
  if (r->pinned) return PINTLE_OK;
  r->total = total;
  memcpy(r->etag, etag, sizeof etag);
  return r->begin ? r->begin(r) : PINTLE_OK;
}

static pintle_status take(s3_request *r, const char *data, size_t n) {
  if (!r->opened) {
    pintle_status st = s3_http_open(r);
    if (st != PINTLE_OK) return st;
  }
  size_t over = r->skip < (int64_t)n ? (size_t)r->skip : n;
  r->skip -= (int64_t)over, data += over, n -= over;
  if (r->length >= 0 && (int64_t)n > r->length - r->got) n = (size_t)(r->length - r->got);
  pintle_status st = n ? r->sink(r, data, n) : PINTLE_OK;
  if (st == PINTLE_OK) r->got += (int64_t)n;
  return st;
}

static size_t on_data(char *data, size_t one, size_t n, void *ctx) {
  s3_request *r = ctx;
  (void)one;
  curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &r->status);
  if (r->sink && (r->status == 200 || r->status == 206)) {
    r->st = take(r, data, n);
    r->enough = r->length >= 0 && r->got == r->length && r->st == PINTLE_OK;
    bool last = r->enough && r->status == 206 && r->to_end; /* then the answer ends by itself, and the connection is kept */
    return r->st == PINTLE_OK && (!r->enough || last) ? n : CURL_WRITEFUNC_ERROR;
  }
  if (r->answer.n + n > LARGEST_ANSWER) return snprintf(r->said, sizeof r->said, "the answer is larger than 8 MiB"), CURL_WRITEFUNC_ERROR;
  s3_add(&r->answer, data, n);
  return r->answer.failed ? CURL_WRITEFUNC_ERROR : n;
}

static int on_progress(void *ctx, curl_off_t all_down, curl_off_t down, curl_off_t all_up, curl_off_t up) {
  s3_request *r = ctx;
  (void)all_down, (void)all_up;
  if (down + up > r->bytes) r->loop->moved += down + up - r->bytes, r->bytes = down + up;
  return 0;
}

/* ---- sending */
/* Headers as they are signed; date, token and range live in `texts`. */
static bool add_header(s3_request *r, const char *name, const char *value) {
  s3_text line = {0};
  s3_addf(&line, "%s: %s", name, value);
  struct curl_slist *more = line.failed ? NULL : curl_slist_append(r->list, line.p);
  s3_text_free(&line);
  if (more) r->list = more;
  return more;
}

static void free_list(s3_request *r) {
  for (struct curl_slist *l = r->list; l; l = l->next) OPENSSL_cleanse(l->data, strlen(l->data)); /* tokens and keys */
  curl_slist_free_all(r->list);
  r->list = NULL;
}

static bool sign(struct s3_http *h, s3_request *r, const char *path, const char *payload, const s3_creds *who) {
  char date[17], range[64] = "";
  s3_field all[S3_FIELDS + 8];
  size_t n = 0;
  s3_text authorization = {0};
  int64_t at = r->from + r->got;
  r->to_end = r->length >= 0, r->token = *who->session_token;
  s3_region(h->s, r->region);
  r->signed_at = (int64_t)time(NULL) + atomic_load(&h->s->skew);
  s3_amz_date(r->signed_at, date);
  if (r->sink && r->length >= 0) snprintf(range, sizeof range, "bytes=%lld-%lld", (long long)at, (long long)(r->from + r->length - 1));
  else if (r->sink && at) snprintf(range, sizeof range, "bytes=%lld-", (long long)at);
  all[n++] = (s3_field){"host", r->to.host};
  all[n++] = (s3_field){"x-amz-content-sha256", payload};
  all[n++] = (s3_field){"x-amz-date", date};
  if (*who->session_token) all[n++] = (s3_field){"x-amz-security-token", who->session_token};
  if (*range) all[n++] = (s3_field){"range", range};
  if ((r->got || r->pinned) && *r->etag) all[n++] = (s3_field){"if-match", r->etag};
  for (size_t i = 0; i < r->n_headers; i++) all[n++] = r->headers[i];
  const s3_sign what = {.method = r->method,
                        .path = path,
                        .query = r->query,
                        .n_query = r->n_query,
                        .headers = all,
                        .n_headers = n,
                        .payload = payload,
                        .region = r->region,
                        .service = "s3",
                        .access_key = who->access_key,
                        .secret_key = who->secret_key,
                        .session_token = who->session_token,
                        .now = r->signed_at};
  bool ok = s3_sign_header(&what, &h->cache, &authorization) && add_header(r, "Authorization", authorization.p);
  for (size_t i = 1; i < n && ok; i++) ok = add_header(r, all[i].name, all[i].value);
  s3_text_free(&authorization);
  return ok;
}

static void set_tls(const s3_config *c, CURL *e) {
  curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (c->insecure) curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L), curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
  if (*c->ca) { /* beside the system's, which stay as the directory of certificates */
    struct curl_blob pem = {(void *)(uintptr_t)c->ca, strlen(c->ca), CURL_BLOB_NOCOPY};
    curl_easy_setopt(e, CURLOPT_CAINFO_BLOB, &pem);
  }
  const char *bundle = getenv("AWS_CA_BUNDLE");
  if (!*c->ca && bundle && *bundle) curl_easy_setopt(e, CURLOPT_CAINFO, bundle);
}

static const char *variable(const char *name, const char *other) {
  const char *value = getenv(name);
  if (!value || !*value) value = getenv(other);
  return value && *value ? value : NULL;
}

const char *s3_proxy(const s3_config *c, bool https) {
  const char *proxy = *c->proxy ? c->proxy : https ? variable("https_proxy", "HTTPS_PROXY") : variable("http_proxy", "HTTP_PROXY");
  return proxy ? proxy : variable("all_proxy", "ALL_PROXY");
}

static void set_proxy(const s3_config *c, bool https, CURL *e) {
  const char *proxy = s3_proxy(c, https); /* HTTP_PROXY curl leaves to CGI programs */
  if (proxy) curl_easy_setopt(e, CURLOPT_PROXY, proxy);
  curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void set_up(struct s3_http *h, s3_request *r, const char *url) {
  const s3_config *c = &h->s->config;
  CURL *e = r->easy;
  curl_easy_setopt(e, CURLOPT_URL, url);
  curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)(c->connect_timeout / 1000000));
  curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, r->slow && c->idle_timeout < SLOW * second ? (long)SLOW : (long)(c->idle_timeout / second));
  curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(e, CURLOPT_USERAGENT, "pintle-s3");
  curl_easy_setopt(e, CURLOPT_ERRORBUFFER, r->error);
  curl_easy_setopt(e, CURLOPT_PRIVATE, r);
  curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(e, CURLOPT_HEADERDATA, r);
  curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(e, CURLOPT_WRITEDATA, r);
  curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(e, CURLOPT_XFERINFODATA, r);
  curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(e, CURLOPT_BUFFERSIZE, 256L << 10);
  if (r->alone) curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(e, CURLOPT_HTTPHEADER, r->list);
  set_tls(c, e);
  set_proxy(c, r->to.https, e);
  if (strcmp(r->method, "HEAD") == 0) curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
  else if (strcmp(r->method, "GET") != 0) curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, r->method);
  if (strcmp(r->method, "PUT") == 0 || strcmp(r->method, "POST") == 0) { /* has a Content-Length, be it 0 */
    curl_easy_setopt(e, CURLOPT_POST, 1L);
    curl_easy_setopt(e, CURLOPT_POSTFIELDS, r->body_len ? (const char *)r->body : "");
    curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
    curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10);
  }
}

static bool has_header(const s3_request *r, const char *name) {
  for (size_t i = 0; i < r->n_headers; i++)
    if (strcmp(r->headers[i].name, name) == 0) return true;
  return false;
}

static pintle_status assemble(struct s3_http *h, s3_request *r, const s3_creds *who) {
  s3_text path = {0}, query = {0}, url = {0};
  char sum[129];
  const char *payload = r->sha256;
  bool ok = true;
  if (r->moved.n) s3_addz(&path, r->moved.p);
  else ok = s3_place(h->s, r->bucket, r->key, false, &r->to, &path);
  if (!payload) ok = ok && s3_sum_hex(S3_SUM_SHA256, r->body ? r->body : "", r->body_len, sum), payload = sum;
  s3_query(&query, r->query, r->n_query);
  s3_addf(&url, "%s://%s%s%s%s", r->to.https ? "https" : "http", r->to.host, s3_z(&path), query.n ? "?" : "", s3_z(&query));
  ok = ok && !path.failed && !query.failed && !url.failed && sign(h, r, path.p, payload, who);
  ok = ok && add_header(r, "Expect", "") && (has_header(r, "content-type") || add_header(r, "Content-Type", ""));
  if (ok) {
    r->easy = h->n_spare ? h->spare[--h->n_spare] : curl_easy_init();
    if ((ok = r->easy)) set_up(h, r, url.p);
  }
  s3_text_free(&path);
  s3_text_free(&query);
  s3_text_free(&url);
  return ok ? PINTLE_OK : PINTLE_NOMEM;
}

static void retire(struct s3_http *h, s3_request *r) {
  if (r->easy) {
    curl_multi_remove_handle(h->multi, r->easy);
    curl_easy_reset(r->easy);
    if (h->n_spare < SPARE) h->spare[h->n_spare++] = r->easy;
    else curl_easy_cleanup(r->easy);
    r->easy = NULL;
  }
  free_list(r);
}

static void end(struct s3_http *h, s3_request *r, pintle_status st) {
  retire(h, r);
  r->done = true, r->st = st;
  for (size_t i = 0; i < h->n; i++)
    if (h->all[i] == r) h->all[i--] = h->all[--h->n];
  r->loop = NULL;
}

/* Sends it, for the first time or again. */
static void send_it(struct s3_http *h, s3_request *r) {
  s3_creds who = {0};
  r->answer.n = r->fields.n = 0;
  r->status = 0, r->opened = r->enough = false, r->st = PINTLE_OK, r->bytes = 0, r->next = 0;
  r->code[0] = r->said[0] = r->error[0] = 0;
  r->tries++;
  pintle_status st = s3_creds_get(h->s->creds, h->call, r->fixed & S3_FIX_TOKEN_NOW, &who);
  r->fixed &= ~(unsigned)S3_FIX_TOKEN_NOW;
  if (st != PINTLE_OK) snprintf(r->code, sizeof r->code, "%s", S3_NO_CREDENTIALS);
  if (st == PINTLE_OK) st = assemble(h, r, &who);
  s3_creds_wipe(&who);
  if (st == PINTLE_OK && curl_multi_add_handle(h->multi, r->easy) != CURLM_OK) st = PINTLE_NOMEM;
  if (st != PINTLE_OK) end(h, r, st);
}

void s3_http_start(struct s3_http *h, s3_request *r) {
  r->loop = h;
  if (h->n == sizeof h->all / sizeof *h->all) return end(h, r, PINTLE_FAILED);
  h->all[h->n++] = r;
  send_it(h, r);
}

void s3_request_free(s3_request *r) {
  if (r->loop) end(r->loop, r, PINTLE_CANCELLED);
  free_list(r);
  s3_text_free(&r->answer);
  s3_text_free(&r->fields);
  s3_text_free(&r->moved);
}

/* ---- the loop */
static void collect(struct s3_http *h) {
  CURLMsg *m;
  int left;
  while ((m = curl_multi_info_read(h->multi, &left))) {
    s3_request *r = NULL;
    CURLcode rc = m->data.result; /* m is gone after remove_handle */
    if (m->msg != CURLMSG_DONE || curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&r) != CURLE_OK || !r) continue;
    curl_easy_getinfo(m->easy_handle, CURLINFO_RESPONSE_CODE, &r->status);
    curl_easy_getinfo(m->easy_handle, CURLINFO_HTTP_CONNECTCODE, &r->tunnel);
    retire(h, r);
    pintle_status st = s3_judge(h, r, (int)rc);
    if (!r->next) end(h, r, st);
  }
}

static void send_due(struct s3_http *h) {
  const int64_t now = s3_clock();
  for (size_t i = 0; i < h->n;)
    if (h->all[i]->next && h->all[i]->next <= now) send_it(h, h->all[i]), i = 0; /* the list may have changed */
    else i++;
}

/* Milliseconds to the next try, at most `most`. */
static int until_due(const struct s3_http *h, int most) {
  const int64_t now = s3_clock(), ms = second / 1000;
  for (size_t i = 0; i < h->n; i++)
    if (h->all[i]->next && h->all[i]->next - now < most * ms) most = h->all[i]->next <= now ? 0 : (int)((h->all[i]->next - now) / ms) + 1;
  return most;
}

/* Bytes that curl moves are a sign of life that the host does not see, and a slow answer is none of the call's fault. */
static void report(struct s3_http *h) {
  int64_t now = s3_clock();
  bool slow = false;
  if (now - h->reported_at < 5 * second) return;
  for (size_t i = 0; i < h->n; i++) slow = slow || h->all[i]->slow || h->all[i]->next;
  if (!slow && h->moved == h->reported) return;
  const pintle_progress p = {.struct_size = sizeof p, .n_completed = h->moved, .units = "bytes"};
  h->reported = h->moved, h->reported_at = now;
  h->call->host->report(h->call, &p);
}

static pintle_status must_end(struct s3_http *h) {
  if (h->cleaning) return s3_clock() < h->cleaning ? PINTLE_OK : PINTLE_TIMED_OUT;
  int32_t what = h->call->host->cancelled(h->call);
  return what == 0 ? PINTLE_OK : what == 1 ? PINTLE_CANCELLED : PINTLE_TIMED_OUT;
}

void s3_http_cleaning(struct s3_http *h) {
  while (h->n) s3_request_free(h->all[0]);
  if (!h->cleaning) h->cleaning = s3_clock() + CLEANING * second;
}

pintle_status s3_http_step(struct s3_http *h, int wait) {
  int running = 0;
  pintle_status st = must_end(h);
  if (st != PINTLE_OK) return st;
  send_due(h);
  curl_multi_perform(h->multi, &running);
  collect(h);
  report(h);
  if (wait <= 0 || !h->n) return PINTLE_OK;
  struct curl_waitfd cancel = {.fd = h->cleaning ? -1 : h->call->host->cancel_fd(h->call), .events = CURL_WAIT_POLLIN};
  curl_multi_poll(h->multi, &cancel, cancel.fd >= 0, until_due(h, wait < 1000 ? wait : 1000), NULL);
  curl_multi_perform(h->multi, &running);
  collect(h);
  return must_end(h);
}

pintle_status s3_http_do(struct s3_http *h, s3_request *r) {
  pintle_status st = PINTLE_OK;
  s3_http_start(h, r);
  bool late = false;
  while (!r->done && st == PINTLE_OK) {
    st = s3_http_step(h, 1000);
    if (st != PINTLE_OK && r->finish && !h->cleaning) h->cleaning = s3_clock() + CLEANING * second, late = true, st = PINTLE_OK;
  }
  if (late) h->cleaning = 0;
  if (!r->done) end(h, r, st);
  return r->st;
}
