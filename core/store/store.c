/* store.c -- calls of an ObjectStore: full keys, a deadline of idleness, errors that name location, key and operation.
 * SPDX-License-Identifier: Apache-2.0 */
#include "archive/archive.h"
#include "archive/digest.h"
#include "store/parts.h"
#include <errno.h>
#include <pintle/helpers.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define IDLE (300 * CLOCK_SECOND)
#define CLEANING (13 * CLOCK_SECOND) /* what a stopped run still has for cleaning up; it is to end within 15 s */

/* ---- the deadline: of idleness, so it moves; the call's own could not */
static void touch(store *s) { atomic_store_explicit(&s->alive, clock_monotonic(), memory_order_relaxed); }

/* Since when the run is being stopped; 0: it is not. */
static int64_t stopped_at(store *s) {
  bool is = s->theirs->cancelled && s->theirs->cancelled(s->theirs->ctx) != 0;
  int64_t at = is ? atomic_load_explicit(&s->stopped_at, memory_order_relaxed) : 0;
  if (is && !at) at = clock_monotonic();
  atomic_store_explicit(&s->stopped_at, at, memory_order_relaxed);
  return at;
}

/* The call that was in flight when the run was stopped is told at once; of those that begin later only what cleans up after it is let be. */
static int32_t cancelled(void *ctx) {
  store *s = ctx;
  int64_t at = stopped_at(s);
  if (at && (!s->late || clock_monotonic() > at + CLEANING)) {
    int32_t what = s->theirs->cancelled(s->theirs->ctx);
    return what ? what : 1;
  }
  return clock_monotonic() - atomic_load_explicit(&s->alive, memory_order_relaxed) > s->idle ? 2 : 0;
}

static void on_report(void *ctx, const pintle_progress *p) {
  store *s = ctx;
  touch(s);
  if (s->theirs->report) s->theirs->report(s->theirs->ctx, p);
}

static void on_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  const store *s = ctx;
  if (s->theirs->log) s->theirs->log(s->theirs->ctx, level, message, fields, n);
}
static void on_finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  const store *s = ctx;
  if (s->theirs->finding) s->theirs->finding(s->theirs->ctx, severity, code, pointer, text);
}
static void on_count(void *ctx, const char *counter, int64_t delta) {
  const store *s = ctx;
  if (s->theirs->count) s->theirs->count(s->theirs->ctx, counter, delta);
}
static pintle_status on_property(void *ctx, const char *name, str *value) {
  const store *s = ctx;
  return s->theirs->property ? s->theirs->property(s->theirs->ctx, name, value) : PINTLE_NOT_FOUND;
}
static const void *on_extension(void *ctx, const char *id) {
  const store *s = ctx;
  return s->theirs->extension ? s->theirs->extension(s->theirs->ctx, id) : NULL;
}
static int on_cancel_fd(void *ctx) {
  const store *s = ctx;
  return s->theirs->cancel_fd ? s->theirs->cancel_fd(s->theirs->ctx) : -1;
}

/* ---- life */
static char *trimmed(const char *text, const char *behind) {
  size_t n = strlen(text);
  while (n && *text == '/') text++, n--;
  while (n && text[n - 1] == '/') n--;
  char *to = malloc(n + strlen(behind) + 1);
  if (!to) return NULL;
  memcpy(to, text, n);
  strcpy(to + n, n ? behind : "");
  return to;
}

pintle_status store_open(const store_options *o, store **out, error *e) {
  static const host_services none = {0};
  const char *bucket = o->bucket ? o->bucket : "", *prefix = o->prefix ? o->prefix : "";
  store *s = calloc(1, sizeof *s);
  if (!s) return error_nomem(e);
  s->ops = o->ops, s->self = o->self, s->idle = o->idle > 0 ? o->idle : IDLE;
  s->theirs = o->services ? o->services : &none;
  s->services = (host_services){.ctx = s,
                                .log = on_log,
                                .finding = on_finding,
                                .count = on_count,
                                .report = on_report,
                                .property = on_property,
                                .extension = on_extension,
                                .cancelled = cancelled,
                                .cancel_fd = on_cancel_fd};
  s->name = strdup(o->name ? o->name : "default");
  s->bucket = trimmed(bucket, "");
  s->prefix = trimmed(prefix, "/");
  pintle_status st = s->name && s->bucket && s->prefix ? host_call_new(&s->services, &s->call) : PINTLE_NOMEM;
  if (st == PINTLE_OK && strchr(s->bucket, '/') && !str_starts(str_of(s->bucket), "arn:aws:s3:"))
    st = error_set(e, PINTLE_INVALID, "location %s: bucket \"%s\" must not hold a '/'; that belongs into prefix", s->name, s->bucket);
  else if (st != PINTLE_OK) error_nomem(e);
  if (st != PINTLE_OK) return store_close(s), st;
  *out = s;
  return PINTLE_OK;
}

void store_close(store *s) {
  if (!s) return;
  host_result_free(&s->result);
  host_call_free(s->call);
  buf_free(&s->key);
  free(s->name);
  free(s->bucket);
  free(s->prefix);
  free(s);
}

const char *store_name(const store *s) { return s->name; }
void store_ending(store *s, bool ending) { s->ending = ending; }

pintle_status store_pause(store *s, int64_t duration, error *e) {
  int64_t until = clock_monotonic() + duration, left;
  while ((left = until - clock_monotonic()) > 0) {
    if (s->theirs->cancelled && s->theirs->cancelled(s->theirs->ctx)) return error_set(e, PINTLE_CANCELLED, "the run is being stopped");
    struct timespec t = {.tv_nsec = left < CLOCK_SECOND / 20 ? (long)left : CLOCK_SECOND / 20};
    nanosleep(&t, NULL);
  }
  return PINTLE_OK;
}

/* ---- one call */
/* A stopped restore says in the store how far it came; a stopped backup takes back what it put. */
static bool belongs_to_the_end(const char *key) { return str_starts(str_of(key), STORE_RUNS) || str_starts(str_of(key), "restores/"); }

pintle_call *store_begin(store *s, const char *key, bool cleans) {
  buf_clear(&s->key);
  buf_addz(&s->key, s->prefix);
  buf_addz(&s->key, key);
  touch(s);
  s->late = (cleans || s->ending || belongs_to_the_end(key)) && stopped_at(s) != 0;
  host_call_begin(s->call, NULL, 0);
  return host_call_handle(s->call);
}

pintle_status store_may_call(store *s) {
  if (s->key.failed) return PINTLE_NOMEM;
  return stopped_at(s) && cancelled(s) ? pintle_fail(host_call_handle(s->call), PINTLE_CANCELLED, "the run is being stopped") : PINTLE_OK;
}

/* mine: an error of our side of a stream, which counts more than what the store made of it. */
static pintle_status finish(store *s, pintle_status st, const char *doing, const char *key, const error *mine, error *e) {
  error theirs = {0};
  st = host_call_end(s->call, s->key.failed ? PINTLE_NOMEM : st, &theirs);
  if (mine && mine->status != PINTLE_OK) theirs = *mine, st = mine->status;
  if (st == PINTLE_OK) return st;
  if (e) *e = theirs;
  if (e && e->status == PINTLE_OK) error_set(e, st, "%s", error_status_name(st));
  if (e) e->status = st;
  error_wrap(e, "location %s: cannot %s %s", s->name, doing, key);
  return st;
}

static const char *full(store *s) { return buf_z(&s->key); }

/* ---- bodies to put */
typedef struct body {
  HOST_PADDED(pintle_reader) reader;
  store *store;
  const char *data; /* NULL: from fd */
  int fd;
  int64_t at, size;
  error failed;
} body;

static int64_t read_body(const pintle_reader *r, void *to, size_t n) {
  body *b = r->ctx;
  touch(b->store);
  if (n > (uint64_t)(b->size - b->at)) n = (size_t)(b->size - b->at);
  if (n == 0) return 0;
  ssize_t got = (ssize_t)n;
  if (b->data) memcpy(to, b->data + b->at, n);
  else do
      got = pread(b->fd, to, n, b->at);
    while (got < 0 && errno == EINTR);
  if (got < 0) return error_errno(&b->failed, errno, "cannot read what is to be stored");
  if (got == 0)
    return error_set(&b->failed, PINTLE_FAILED, "what is to be stored ended %lld bytes too early", (long long)(b->size - b->at));
  b->at += got;
  return got;
}

typedef pintle_status put_function(void *self, pintle_call *, const char *bucket, const char *key, const pintle_reader *body);

static pintle_status put(store *s, put_function *how, const char *key, body *b, error *e) {
  b->store = s;
  b->reader.v = (pintle_reader){.struct_size = sizeof(pintle_reader), .size = b->size, .ctx = b, .read = read_body};
  pintle_call *call = store_begin(s, key, false);
  pintle_status st = store_may_call(s);
  if (st == PINTLE_OK) st = how(s->self, call, s->bucket, full(s), &b->reader.v);
  if (st == PINTLE_OK && b->at != b->size)
    error_set(&b->failed, PINTLE_FAILED, "the store took %lld of %lld bytes and said that all is well", (long long)b->at,
              (long long)b->size);
  return finish(s, st, "put", key, &b->failed, e);
}

pintle_status store_put(store *s, const char *key, str data, error *e) {
  body b = {.data = data.ptr ? data.ptr : "", .size = (int64_t)data.len};
  return put(s, s->ops->put_object, key, &b, e);
}

pintle_status store_put_fd(store *s, const char *key, int fd, int64_t size, error *e) {
  body b = {.fd = fd, .size = size};
  return put(s, s->ops->put_object, key, &b, e);
}

pintle_status store_put_if_absent(store *s, const char *key, str data, error *e) {
  body b = {.data = data.ptr ? data.ptr : "", .size = (int64_t)data.len};
  put_function *how = PINTLE_HAS(s->ops, put_object_if_absent) ? s->ops->put_object_if_absent : NULL;
  if (!how) return error_set(e, PINTLE_UNSUPPORTED, "location %s: its store has no conditional put", s->name);
  return put(s, how, key, &b, e);
}

/* ---- bodies that come */
typedef struct sink {
  HOST_PADDED(pintle_writer) writer;
  store *store;
  pintle_status (*piece)(void *ctx, str data, error *e);
  void *ctx;
  archive_digest digest;
  bool hashes;
  int64_t size;
  error failed;
} sink;

static int64_t write_sink(const pintle_writer *w, const void *data, size_t n) {
  sink *k = w->ctx;
  touch(k->store);
  if (k->failed.status != PINTLE_OK) return k->failed.status;
  if (n > INT32_MAX) n = INT32_MAX;
  if (k->hashes && !archive_digest_add(&k->digest, data, n)) return error_set(&k->failed, PINTLE_FAILED, "OpenSSL cannot make a SHA-256");
  pintle_status st = k->piece(k->ctx, (str){data, n}, &k->failed);
  if (st != PINTLE_OK && k->failed.status == PINTLE_OK) error_set(&k->failed, st, "stopped (%s)", error_status_name(st));
  if (st != PINTLE_OK) return st;
  k->size += (int64_t)n;
  return (int64_t)n;
}

static pintle_status get(store *s, const char *key, sink *k, unsigned char *sha256, error *e) {
  k->store = s, k->hashes = sha256 != NULL;
  k->writer.v = (pintle_writer){.struct_size = sizeof(pintle_writer), .size = PINTLE_NONE, .ctx = k, .write = write_sink};
  pintle_status st = sha256 ? archive_digest_begin(&k->digest, e) : PINTLE_OK;
  if (st != PINTLE_OK) return st;
  pintle_call *call = store_begin(s, key, false);
  st = store_may_call(s);
  if (st == PINTLE_OK) st = s->ops->get_object(s->self, call, s->bucket, full(s), &k->writer.v);
  if (st == PINTLE_OK && sha256 && !archive_digest_end(&k->digest, sha256))
    error_set(&k->failed, PINTLE_FAILED, "OpenSSL cannot make a SHA-256");
  archive_digest_free(&k->digest);
  return finish(s, st, "get", key, &k->failed, e);
}

pintle_status store_get_gzip(store *s, const char *key, size_t max, buf *out, error *e) {
  CLEANUP(buf_free) buf packed = {0};
  pintle_status st = store_get(s, key, max, &packed, e);
  if (st == PINTLE_OK && (st = archive_gunzip_text(buf_str(&packed), max, out, e)) != PINTLE_OK) error_wrap(e, "%s", key);
  return st;
}

pintle_status store_get_each(store *s, const char *key, pintle_status (*piece)(void *ctx, str data, error *e), void *ctx, int64_t *size,
                             unsigned char *sha256, error *e) {
  sink k = {.piece = piece, .ctx = ctx};
  pintle_status st = get(s, key, &k, sha256, e);
  if (size) *size = k.size;
  return st;
}

typedef struct text {
  buf *out;
  size_t left;
} text;

static pintle_status to_text(void *ctx, str data, error *e) {
  text *t = ctx;
  if (data.len > t->left) return error_set(e, PINTLE_INVALID, "it is larger than expected");
  t->left -= data.len;
  buf_adds(t->out, data);
  return t->out->failed ? error_nomem(e) : PINTLE_OK;
}

pintle_status store_get(store *s, const char *key, size_t max, buf *out, error *e) {
  text t = {out, max};
  size_t before = out->len;
  pintle_status st = store_get_each(s, key, to_text, &t, NULL, NULL, e);
  if (st != PINTLE_OK && out->data) out->len = before;
  return st;
}

static pintle_status to_fd(void *ctx, str data, error *e) {
  const int *fd = ctx;
  while (data.len) {
    ssize_t n = write(*fd, data.ptr, data.len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_errno(e, errno, "cannot write what was fetched");
    data.ptr += n, data.len -= (size_t)n;
  }
  return PINTLE_OK;
}

pintle_status store_get_fd(store *s, const char *key, int fd, int64_t *size, unsigned char *sha256, error *e) {
  return store_get_each(s, key, to_fd, &fd, size, sha256, e);
}

/* ---- the others */
pintle_status store_exists(store *s, const char *key, bool *exists, error *e) {
  int32_t answer = 0;
  pintle_call *call = store_begin(s, key, false);
  pintle_status st = store_may_call(s);
  if (st == PINTLE_OK) st = s->ops->object_exists(s->self, call, s->bucket, full(s), &answer);
  st = finish(s, st, "look for", key, NULL, e);
  if (st == PINTLE_OK) *exists = answer != 0;
  return st;
}

pintle_status store_delete(store *s, const char *key, error *e) {
  pintle_call *call = store_begin(s, key, true);
  pintle_status st = store_may_call(s);
  if (st == PINTLE_OK) st = s->ops->delete_object(s->self, call, s->bucket, full(s));
  return finish(s, st, "delete", key, NULL, e);
}
