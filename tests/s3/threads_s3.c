/* threads_s3.c -- calls of one instance of plugins/s3 that overlap: threads_s3 URL THREADS ROUNDS.  SPDX-License-Identifier: Apache-2.0
 *
 * Each thread puts, gets, lists, signs and deletes objects of its own, by one request and by parts, and compares what comes back. */
#include "retry.h"
#include "s3_call.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LARGE = (11 << 20) + 5, MOST = 16 };

typedef struct worker {
  pthread_t thread;
  s3 *s;
  int number, rounds;
  s3_test_call call;
  const char *failed;
} worker;

static void no_progress(pintle_call *c, const pintle_progress *p) { (void)c, (void)p; }
static int32_t no_fd(pintle_call *c) {
  (void)c;
  return -1;
}
static pintle_status nap(pintle_call *c, int64_t duration) {
  const struct timespec t = {0, duration < 100000000 ? duration : 100000000};
  (void)c;
  nanosleep(&t, NULL);
  return PINTLE_OK;
}

/* Bytes of one seed, given and compared. */
typedef struct stream {
  int64_t at, size;
  unsigned seed;
  bool wrong;
} stream;

static unsigned char byte_at(const stream *s, int64_t at) { return (unsigned char)((uint64_t)at * 2654435761u >> 13 ^ s->seed); }

static int64_t give(const pintle_reader *r, void *to, size_t n) {
  stream *s = r->ctx;
  if ((int64_t)n > s->size - s->at) n = (size_t)(s->size - s->at);
  for (size_t i = 0; i < n; i++) ((unsigned char *)to)[i] = byte_at(s, s->at++);
  return (int64_t)n;
}

static int64_t compare(const pintle_writer *w, const void *data, size_t n) {
  stream *s = w->ctx;
  for (size_t i = 0; i < n; i++) s->wrong = s->wrong || ((const unsigned char *)data)[i] != byte_at(s, s->at + (int64_t)i);
  s->at += (int64_t)n;
  return (int64_t)n;
}

/* A listing or a URL: counted. */
typedef struct counter {
  pintle_result base;
  size_t n;
} counter;
static pintle_status count_entry(pintle_result *r, const pintle_entry *e) {
  (void)e;
  return ((counter *)r)->n++, PINTLE_OK;
}
static pintle_status count_text(pintle_result *r, const char *text, size_t n) {
  (void)text, (void)n;
  return ((counter *)r)->n++, PINTLE_OK;
}

static bool object(worker *w, const char *key, int64_t size, bool told, unsigned seed) {
  pintle_call *c = &w->call.base;
  stream in = {.size = size, .seed = seed}, out = in;
  const pintle_reader reader = {.struct_size = sizeof reader, .read = give, .size = told ? size : PINTLE_NONE, .ctx = &in};
  const pintle_writer writer = {.struct_size = sizeof writer, .write = compare, .size = PINTLE_NONE, .ctx = &out};
  int32_t there = 0;
  if (s3_put(w->s, c, "bucket", key, &reader) != PINTLE_OK) return w->failed = "put", false;
  if (s3_get(w->s, c, "bucket", key, &writer) != PINTLE_OK) return w->failed = "get", false;
  if (out.wrong || out.at != size) return w->failed = "other bytes", false;
  if (s3_exists(w->s, c, "bucket", key, &there) != PINTLE_OK || !there) return w->failed = "exists", false;
  return true;
}

/* Bodies that are a byte longer or shorter than they say are refused. */
static bool liars(worker *w) {
  const int64_t sizes[] = {1000, LARGE};
  for (size_t i = 0; i < 4 && !w->failed; i++) {
    stream in = {.size = sizes[i / 2]};
    const pintle_reader reader = {.struct_size = sizeof reader, .read = give, .size = in.size + (i % 2 ? 1 : -1), .ctx = &in};
    if (s3_put(w->s, &w->call.base, "bucket", "liar", &reader) != PINTLE_FAILED || !strstr(w->call.error, "the body has")) w->failed = "a liar";
  }
  return !w->failed;
}

static void *work(void *ctx) {
  static const pintle_result_api results = {.struct_size = sizeof results, .entry = count_entry, .text = count_text};
  worker *w = ctx;
  pintle_call *c = &w->call.base;
  char key[64], prefix[32];
  snprintf(prefix, sizeof prefix, "t%d/", w->number);
  for (int i = 0; (w->number || i || liars(w)) && i < w->rounds && !w->failed; i++) {
    counter found = {.base = {.api = &results}}, url = {.base = {.api = &results}};
    snprintf(key, sizeof key, "%s%d", prefix, i);
    if (!object(w, key, i % 3 ? 1000 + i : LARGE, i % 2, (unsigned)(w->number * 100 + i))) break;
    if (s3_list(w->s, c, "bucket", prefix, &found.base) != PINTLE_OK || found.n != 1) w->failed = "list";
    else if (s3_signed_url(w->s, c, "bucket", key, 60000000000, &url.base) != PINTLE_OK || url.n != 1) w->failed = "sign";
    else if (s3_delete(w->s, c, "bucket", key) != PINTLE_OK) w->failed = "delete";
  }
  return NULL;
}

int main(int argc, char **argv) {
  pintle_host host = s3_test_host;
  host.report = no_progress, host.cancel_fd = no_fd, host.pause = nap;
  worker all[MOST] = {0};
  s3_test_call call = {.base = {&host}};
  s3 s = {.config = {.url = argv[argc > 1 ? 1 : 0],
                     .region = "us-east-1",
                     .public_url = "",
                     .ca = "",
                     .credentials_file = "",
                     .profile = "",
                     .path_style = true,
                     .kms_key = "",
                     .encryption = "",
                     .storage_class = "",
                     .lock_mode = "",
                     .checksum = S3_SUM_CRC32C,
                     .part_size = 5 << 20,
                     .concurrency = 3,
                     .max_retries = 20,
                     .connect_timeout = 10000000000,
                     .idle_timeout = 60000000000,
                     .proxy = ""},
          .lock = PTHREAD_MUTEX_INITIALIZER};
  const s3_creds_options who = {.credentials_file = "", .profile = "", .region = "us-east-1", .ca = "", .proxy = ""};
  int n = argc > 2 ? atoi(argv[2]) : 0, rounds = argc > 3 ? atoi(argv[3]) : 0, failed = 0;
  if (n < 1 || n > MOST || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 2;
  atomic_init(&s.tokens, S3_RETRY_TOKENS);
  if (s3_creds_chain_new(&call.base, &who, &s.creds) != PINTLE_OK) return fprintf(stderr, "%s\n", call.error), 2;
  for (int i = 0; i < n; i++) {
    all[i].s = &s, all[i].number = i, all[i].rounds = rounds, all[i].call.base.host = &host;
    if (pthread_create(&all[i].thread, NULL, work, &all[i]) != 0) return 2;
  }
  for (int i = 0; i < n; i++) {
    pthread_join(all[i].thread, NULL);
    fputs(all[i].call.log, stderr);
    if (all[i].failed) fprintf(stderr, "thread %d: %s: %s\n", i, all[i].failed, all[i].call.error), failed = 1;
  }
  s3_http_free_all(&s);
  s3_creds_chain_free(s.creds);
  curl_global_cleanup();
  return failed;
}
