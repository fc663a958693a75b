/* put.c -- one object into the store: by one request, or by parts.  SPDX-License-Identifier: Apache-2.0 */
#include "put.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { PIECE = 256 << 10 };

/* ---- reading */
static bool room(s3_part *p, size_t want) {
  if (p->cap >= want) return true;
  unsigned char *more = malloc(want);
  if (!more) return false;
  if (p->n) memcpy(more, p->data, p->n);
  free(p->data);
  p->data = more, p->cap = want;
  return true;
}

/* The sums of a part are made piece by piece between steps of the loop, or connections would stand still meanwhile. */
typedef struct sums {
  s3_sum *sha256, *checksum; /* NULL: not wanted */
} sums;

static bool begin_sums(const s3_upload *u, sums *k) {
  bool checksum = u->checksum != S3_SUM_NONE;
  *k = (sums){.sha256 = s3_sum_new(S3_SUM_SHA256), .checksum = checksum ? s3_sum_new(u->checksum) : NULL};
  return k->sha256 && (k->checksum || !checksum);
}

static bool add_sums(sums *k, const void *data, size_t n) {
  return s3_sum_add(k->sha256, data, n) && (!k->checksum || s3_sum_add(k->checksum, data, n));
}

static bool end_sum(s3_sum **s, char *hex, char *base64) {
  unsigned char sum[64];
  if (!*s) return true;
  size_t n = s3_sum_end(*s, sum);
  *s = NULL;
  if (n && hex) s3_hex(sum, n, hex);
  if (n && base64) s3_base64(sum, n, base64);
  return n > 0;
}

static bool end_sums(sums *k, s3_part *p) { return end_sum(&k->sha256, p->sha256, NULL) && end_sum(&k->checksum, NULL, p->sum); }

static void free_sums(sums *k) { s3_sum_free(k->sha256), s3_sum_free(k->checksum); }

static pintle_status read_part(s3_upload *u, s3_part *p, size_t want, sums *k) {
  pintle_call *call = s3_http_call(u->h);
  while (p->n < want && !u->ended) {
    size_t n = want - p->n < PIECE ? want - p->n : PIECE;
    int64_t got = u->body->read(u->body, p->data + p->n, n);
    if (got < 0 || (uint64_t)got > n)
      return pintle_fail(call, got < 0 && got >= INT32_MIN ? (pintle_status)got : PINTLE_FAILED, "reading the body failed");
    u->ended = got == 0;
    if (!add_sums(k, p->data + p->n, (size_t)got)) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
    p->n += (size_t)got;
    pintle_status st = s3_http_step(u->h, 0);
    if (st != PINTLE_OK) return pintle_fail(call, st, "putting %s: %s", u->key, s3_why_cancelled(st == PINTLE_CANCELLED ? 1 : 2));
  }
  return PINTLE_OK;
}

pintle_status s3_fill(s3_upload *u, s3_part *p, size_t want) {
  pintle_call *call = s3_http_call(u->h);
  if (u->body->size >= 0 && (int64_t)want > u->body->size - u->total) want = (size_t)(u->body->size - u->total);
  if (!room(p, want + 1)) return pintle_fail(call, PINTLE_NOMEM, "no memory for a part of %zu bytes", want);
  sums k;
  p->sum[0] = 0;
  pintle_status st = begin_sums(u, &k) ? read_part(u, p, want, &k) : pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (st == PINTLE_OK && !end_sums(&k, p)) st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  free_sums(&k);
  if (st != PINTLE_OK) return st;
  u->total += (int64_t)p->n;
  if (u->body->size >= 0 && u->total == u->body->size && !u->ended) { /* not a byte more */
    unsigned char extra;
    int64_t got = u->body->read(u->body, &extra, 1);
    if (got < 0) return pintle_fail(call, got >= INT32_MIN ? (pintle_status)got : PINTLE_FAILED, "reading the body failed");
    if (got) return pintle_fail(call, PINTLE_FAILED, "the body has more than %lld bytes", (long long)u->body->size);
    u->ended = true;
  }
  if (u->ended && u->body->size >= 0 && u->total != u->body->size)
    return pintle_fail(call, PINTLE_FAILED, "the body has %lld bytes instead of %lld", (long long)u->total, (long long)u->body->size);
  return PINTLE_OK;
}

/* ---- what goes with it */
s3_proof *s3_proof_of(s3_upload *u, s3_part *p) {
  size_t number = (size_t)p->number;
  if (number > u->cap) {
    size_t cap = u->cap ? 4 * u->cap : 8;
    s3_proof *more = realloc(u->proofs, cap * sizeof *more);
    if (!more) return NULL;
    u->proofs = more, u->cap = cap;
  }
  s3_proof *proof = &u->proofs[number - 1];
  *proof = (s3_proof){.size = (int64_t)p->n};
  memcpy(proof->sum, p->sum, sizeof proof->sum);
  for (int i = 0; i < 32; i++) {
    char two[3] = {p->sha256[2 * i], p->sha256[2 * i + 1], 0};
    proof->sha256[i] = (unsigned char)strtoul(two, NULL, 16);
  }
  if (u->n < number) u->n = number;
  return proof;
}

void s3_sum_header_add(s3_upload *u, s3_part *p, s3_request *r) {
  if (u->checksum != S3_SUM_NONE) s3_header_add(r, s3_sum_header(u->checksum), p->sum);
}

void s3_object_headers(s3_upload *u, s3_request *r) {
  const s3_config *c = &u->s->config;
  s3_header_add(r, "content-type", "application/octet-stream");
  if (*c->kms_key) {
    s3_header_add(r, "x-amz-server-side-encryption", "aws:kms");
    s3_header_add(r, "x-amz-server-side-encryption-aws-kms-key-id", c->kms_key);
  } else if (!*c->customer_key) s3_header_add(r, "x-amz-server-side-encryption", c->encryption);
  s3_customer_key_add(u->s, r);
  s3_header_add(r, "x-amz-tagging", c->tagging);
  s3_header_add(r, "x-amz-storage-class", c->storage_class);
  s3_header_add(r, "x-amz-object-lock-mode", c->lock_mode);
  s3_header_add(r, "x-amz-object-lock-retain-until-date", u->retain_until);
}

static void set_retention(s3_upload *u) {
  const s3_config *c = &u->s->config;
  time_t until = (time_t)(time(NULL) + atomic_load(&u->s->skew) + c->retain / 1000000000);
  struct tm tm;
  if (c->retain && gmtime_r(&until, &tm)) strftime(u->retain_until, sizeof u->retain_until, "%Y-%m-%dT%H:%M:%SZ", &tm);
  u->checksum = c->checksum;
  if (*c->lock_mode && u->checksum == S3_SUM_NONE) u->checksum = S3_SUM_MD5; /* buckets with a lock insist on one */
}

/* What an ETag proves by takes longest of all sums and is needed last: for large parts another thread makes it while the part is sent. A store that
 * tells the checksum of each part does without, as long as it tells that of their checksums in the end. */
static void *make_md5(void *ctx) {
  s3_part *p = ctx;
  if (!s3_sum_hex(S3_SUM_MD5, p->data, p->n, p->md5)) p->md5[0] = 0;
  return NULL;
}

static bool by_sums(const s3_upload *u) { return u->id.n && s3_sum_of_sums(u->checksum) && atomic_load(&u->s->sums) > 0; }

void s3_md5_begin(s3_upload *u, s3_part *p) {
  p->md5[0] = 0;
  if (p->n >= PIECE && !by_sums(u) && !atomic_load(&u->s->other_etags)) p->busy = pthread_create(&p->md5_thread, NULL, make_md5, p) == 0;
}

void s3_md5_end(s3_part *p) {
  if (p->busy) pthread_join(p->md5_thread, NULL);
  p->busy = false;
}

static bool has_md5(s3_upload *u, s3_part *p, const s3_request *r) {
  char etag[128];
  s3_field_of(r, "etag", etag, sizeof etag);
  size_t n = strlen(etag);
  s3_md5_end(p);
  bool quoted = n == 34 && *etag == '"' && etag[33] == '"';
  bool like =
      (quoted || n == 32) && (*p->md5 || s3_sum_hex(S3_SUM_MD5, p->data, p->n, p->md5)) && strncasecmp(etag + quoted, p->md5, 32) == 0;
  atomic_store(&u->s->other_etags, !like); /* then nobody needs to make them for nothing */
  return like;
}

/* A quoted MD5 cannot be made without the bytes; a checksum header may be our own, echoed. */
bool s3_answer_proves(s3_upload *u, s3_part *p, const s3_request *r) {
  char sum[S3_SUM_TEXT + 16];
  bool told = *p->sum && u->checksum != S3_SUM_MD5 && s3_field_of(r, s3_sum_header(u->checksum), sum, sizeof sum) && strcmp(sum, p->sum) == 0;
  if (told && by_sums(u) && !p->busy) return u->by_sums = true;
  int unknown = 0;
  if (told && u->id.n) atomic_compare_exchange_strong(&u->s->sums, &unknown, 1);
  return has_md5(u, p, r) || told;
}

/* ---- one request */
pintle_status s3_already_there(s3_upload *u, const s3_request *r) {
  bool same = false;
  pintle_call *call = s3_http_call(u->h);
  if (r->ambiguous) {
    pintle_status st = s3_read_back(u, &same);
    if (st != PINTLE_OK && st != PINTLE_NOT_FOUND) return st;
  }
  return same ? PINTLE_OK : pintle_fail(call, PINTLE_EXISTS, "%s is there already", u->key);
}

static pintle_status put_once(s3_upload *u, s3_part *p, bool *wrote) {
  s3_request *r = &p->request;
  *r = s3_ask("PUT", u->bucket, u->key);
  s3_object_headers(u, r);
  s3_sum_header_add(u, p, r);
  if (u->only_new) s3_header_add(r, "if-none-match", "*");
  r->alone = u->only_new;
  r->body = p->data, r->body_len = p->n, r->sha256 = p->sha256;
  s3_md5_begin(u, p);
  pintle_status st = s3_http_do(u->h, r);
  *wrote = st == PINTLE_OK;
  if (u->only_new && r->status == 412) st = s3_already_there(u, r);
  else if (u->only_new && (r->status == 501 || strcmp(r->code, "NotImplemented") == 0)) {
    atomic_store(&u->s->conditional, -1);
    st = pintle_fail(s3_http_call(u->h), PINTLE_UNSUPPORTED, "this store has no conditional put");
  } else if (st != PINTLE_OK) st = s3_say(u->h, r, "putting");
  if (*wrote) {
    u->proven = s3_answer_proves(u, p, r);
    s3_field_of(r, "etag", u->proofs[0].etag, sizeof u->proofs[0].etag);
  }
  s3_request_free(r);
  return st;
}

static pintle_status put_single(s3_upload *u) {
  s3_part *p = &u->parts[0];
  bool wrote = false;
  p->number = 1;
  if (!s3_proof_of(u, p)) return pintle_fail(s3_http_call(u->h), PINTLE_NOMEM, "out of memory");
  pintle_status st = put_once(u, p, &wrote);
  return st == PINTLE_OK && wrote ? s3_verify(u) : st;
}

/* ---- */
static pintle_status put(s3 *s, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body, bool only_new) {
  struct s3_http *h = s3_http_take(s, call);
  s3_upload *u = h ? calloc(1, sizeof *u) : NULL;
  pintle_status st = u ? PINTLE_OK : pintle_fail(call, PINTLE_NOMEM, "out of memory");
  if (u) {
    *u = (s3_upload){.h = h, .s = s, .bucket = bucket, .key = key, .body = body, .only_new = only_new, .proven = true};
    set_retention(u);
    st = s3_fill(u, &u->parts[0], s3_part_size(&s->config, body->size, 1));
    if (st == PINTLE_OK) st = u->ended ? put_single(u) : s3_multipart(u);
    for (int i = 0; i < S3_MOST_AT_ONCE; i++) s3_request_free(&u->parts[i].request), s3_md5_end(&u->parts[i]), free(u->parts[i].data);
    free(u->proofs);
    s3_text_free(&u->id);
    free(u);
  }
  if (h) s3_http_give(h);
  return st;
}

pintle_status s3_put(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body) {
  return put(self, call, bucket, key, body, false);
}

/* ---- only where there is nothing. A store that does not know If-None-Match may just ignore it; so the first object that is put so is put
 * again, and must be refused. */
static pintle_status exists(s3 *s, pintle_call *call, const char *bucket, const char *key, bool *there) {
  int32_t yes = 0;
  pintle_status st = s3_exists(s, call, bucket, key, &yes);
  *there = yes;
  return st;
}

static pintle_status obeys(s3 *s, pintle_call *call, const char *bucket, const char *key) {
  struct s3_http *h = s3_http_take(s, call);
  if (!h) return PINTLE_NOMEM;
  s3_request r = s3_ask("PUT", bucket, key);
  s3_header_add(&r, "if-none-match", "*");
  r.body = "", r.body_len = 0;
  pintle_status st = s3_http_do(h, &r);
  if (r.status == 412 || r.status == 409) st = PINTLE_OK;
  else if (st == PINTLE_OK || r.status == 501 || r.status == 400) {
    s3_remove(h, bucket, key);
    atomic_store(&s->conditional, -1);
    pintle_log(call, PINTLE_LOG_INFO, "the store does not obey If-None-Match: runs are kept apart by claims");
    st = pintle_fail(call, PINTLE_UNSUPPORTED, "this store has no conditional put");
  } else {
    st = s3_say(h, &r, "putting");
    s3_remove(h, bucket, key);
  }
  s3_request_free(&r);
  s3_http_give(h);
  return st;
}

pintle_status s3_put_if_absent(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body) {
  s3 *s = self;
  bool there = false;
  if (atomic_load(&s->conditional) < 0) return pintle_fail(call, PINTLE_UNSUPPORTED, "this store has no conditional put");
  if (atomic_load(&s->conditional) > 0) return put(s, call, bucket, key, body, true);
  pintle_status st = exists(s, call, bucket, key, &there);
  if (st == PINTLE_OK && there) st = pintle_fail(call, PINTLE_EXISTS, "%s is there already", key);
  if (st == PINTLE_OK) st = put(s, call, bucket, key, body, true);
  if (st == PINTLE_OK) st = obeys(s, call, bucket, key);
  if (st == PINTLE_OK) atomic_store(&s->conditional, 1);
  return st;
}
