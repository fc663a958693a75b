/* get.c -- an object out of the store: by ranges in parallel when it is large, each going on from where its connection was lost.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first request asks for everything. Where a part's size took longer than it does at FAST bytes a second, and more than one is to come, it ends, and
 * ranges of that size follow, of the same version of the object. The range whose turn it is goes straight to the writer; the others wait in memory, at
 * most concurrency - 1 of them. What is faster than that is bound by this machine, and more connections only cost it more. */
#include "retry.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = 16, FAST = 500000000 };

typedef struct slot {
  s3_request r;
  struct getting *g;
  unsigned char *data; /* what came before its turn */
  size_t n;
} slot;

typedef struct getting {
  struct s3_http *h;
  s3 *s;
  const char *bucket, *key;
  const pintle_writer *to;
  s3_sum *sum; /* of the whole object, when the store said it; NULL */
  char want[S3_SUM_TEXT + 16];
  slot slots[MOST];
  size_t head, used; /* a ring: the one whose turn it is, and how many are in use */
  int64_t next, end; /* of the ranges that nobody has asked for; end 0: there are none */
  int64_t whole;     /* where the first request would end; 0: it stays alone */
  int64_t since, marked; /* when it was measured last, and what had come then */
} getting;

static pintle_status deliver(getting *g, const void *data, size_t n) {
  if (g->sum && !s3_sum_add(g->sum, data, n)) return PINTLE_NOMEM;
  for (const char *p = data; n;) {
    int64_t took = g->to->write(g->to, p, n);
    if (took <= 0 || (uint64_t)took > n) return took < 0 && took >= INT32_MIN ? (pintle_status)took : PINTLE_FAILED;
    p += took, n -= (size_t)took;
  }
  return PINTLE_OK;
}

/* n bytes more of the first request: is it worth more connections? */
static void measure(getting *g, s3_request *r, size_t n) {
  const int64_t size = g->s->config.part_size, got = r->got + (int64_t)n;
  if (!g->whole || g->end || got - g->marked < size) return;
  int64_t now = s3_clock(), took = now - g->since;
  bool slow = took > (got - g->marked) * (1000000000 / FAST);
  g->since = now, g->marked = got;
  if (!slow || g->whole - r->from - got <= size) return;
  r->length = got, r->to_end = false;
  g->next = r->from + got, g->end = g->whole;
}

static pintle_status on_bytes(s3_request *r, const void *data, size_t n) {
  slot *k = r->ctx;
  bool head = k == &k->g->slots[k->g->head];
  pintle_status st = head ? deliver(k->g, data, n) : PINTLE_OK;
  if (head && st == PINTLE_OK) measure(k->g, r, n);
  if (head) return st;
  if (!k->data && !(k->data = malloc((size_t)k->g->s->config.part_size))) return PINTLE_NOMEM;
  memcpy(k->data + k->n, data, n); /* http.c gives no more than was asked for: one part's size */
  k->n += n;
  return PINTLE_OK;
}

/* The checksum that comes with the whole object; one of parts ("...-3") says nothing about the bytes. */
static pintle_status expect_sum(getting *g, const s3_request *r) {
  static const s3_algorithm all[] = {S3_SUM_CRC64NVME, S3_SUM_CRC32C, S3_SUM_CRC32, S3_SUM_SHA256, S3_SUM_SHA1};
  char type[32];
  s3_field_of(r, "x-amz-checksum-type", type, sizeof type);
  if (r->from || r->length >= 0 || strcmp(type, "COMPOSITE") == 0) return PINTLE_OK;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (s3_field_of(r, s3_sum_header(all[i]), g->want, sizeof g->want) && !strchr(g->want, '-'))
      return (g->sum = s3_sum_new(all[i])) ? PINTLE_OK : PINTLE_NOMEM;
  return PINTLE_OK;
}

static pintle_status on_begin(s3_request *r) {
  slot *k = r->ctx;
  getting *g = k->g;
  const s3_config *c = &g->s->config;
  pintle_status st = expect_sum(g, r);
  int64_t left = r->total < 0 ? 0 : r->total - r->from;
  if (r->length >= 0 && left > r->length) left = r->length;
  if (st == PINTLE_OK && c->concurrency > 1 && *r->etag) g->whole = r->from + left;
  g->since = s3_clock();
  return st;
}

static slot *add(getting *g) {
  slot *k = &g->slots[(g->head + g->used++) % (size_t)g->s->config.concurrency];
  k->g = g, k->n = 0;
  k->r = s3_ask("GET", g->bucket, g->key);
  k->r.sink = on_bytes, k->r.ctx = k;
  s3_customer_key_add(g->s, &k->r);
  return k;
}

static void add_ranges(getting *g, const s3_request *first) {
  while (g->next < g->end && g->used < (size_t)g->s->config.concurrency) {
    slot *k = add(g);
    int64_t left = g->end - g->next;
    k->r.from = g->next, k->r.length = left < g->s->config.part_size ? left : g->s->config.part_size;
    s3_pin(&k->r, first);
    g->next += k->r.length;
    s3_http_start(g->h, &k->r);
  }
}

/* The head is done: the next one's bytes that are here already go out. */
static pintle_status turn(getting *g) {
  slot *k = &g->slots[g->head];
  pintle_call *call = s3_http_call(g->h);
  if (k->r.st != PINTLE_OK) return s3_say(g->h, &k->r, "getting");
  if (g->end && k->r.got != k->r.length)
    return pintle_fail(call, PINTLE_CONFLICT, "getting %s: the object was replaced while it was read", g->key);
  s3_request_free(&k->r);
  g->head = (g->head + 1) % (size_t)g->s->config.concurrency, g->used--;
  k = &g->slots[g->head];
  pintle_status st = g->used && k->n ? deliver(g, k->data, k->n) : PINTLE_OK;
  k->n = 0;
  return st == PINTLE_OK ? st : pintle_fail(call, st, "handing out the object failed");
}

static pintle_status fetch(getting *g, slot *first) {
  s3_request known = {.total = PINTLE_NONE}; /* which version the ranges are of */
  pintle_status st = PINTLE_OK;
  s3_http_start(g->h, &first->r);
  while (g->used && st == PINTLE_OK) {
    if (g->end && !*known.etag) s3_pin(&known, &first->r);
    if (g->slots[g->head].r.done) st = turn(g);
    else if ((st = s3_http_step(g->h, 1000)) != PINTLE_OK)
      pintle_fail(s3_http_call(g->h), st, "getting %s: %s", g->key, s3_why_cancelled(st == PINTLE_CANCELLED ? 1 : 2));
    if (st == PINTLE_OK && *known.etag) add_ranges(g, &known);
  }
  return st;
}

static pintle_status check_sum(getting *g, pintle_call *call) {
  unsigned char sum[64];
  char text[S3_SUM_TEXT + 48] = "";
  if (!g->sum) return PINTLE_OK;
  size_t n = s3_sum_end(g->sum, sum);
  g->sum = NULL;
  if (n) s3_base64(sum, n, text);
  if (strcmp(text, g->want) == 0) return PINTLE_OK;
  return pintle_fail(call, PINTLE_FAILED, "getting %s: the bytes that came do not have the checksum that the store has of them", g->key);
}

pintle_status s3_get_range(void *self, pintle_call *call, const char *bucket, const char *key, int64_t offset, const pintle_writer *to) {
  if (offset < 0) return pintle_fail(call, PINTLE_INVALID, "a negative offset");
  if (to->size == 0) return PINTLE_OK;
  getting *g = calloc(1, sizeof *g);
  if (!g) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  g->s = self, g->bucket = bucket, g->key = key, g->to = to;
  pintle_status st = (g->h = s3_http_take(self, call)) ? PINTLE_OK : PINTLE_NOMEM;
  if (st == PINTLE_OK) {
    slot *first = add(g);
    first->r.begin = on_begin, first->r.from = offset, first->r.length = to->size;
    if (!offset && to->size < 0) s3_header_add(&first->r, "x-amz-checksum-mode", "ENABLED");
    st = fetch(g, first);
    if (st == PINTLE_OK) st = check_sum(g, call);
    for (size_t i = 0; i < MOST; i++) s3_request_free(&g->slots[i].r), free(g->slots[i].data);
    s3_http_give(g->h);
  }
  s3_sum_free(g->sum);
  free(g);
  return st;
}

pintle_status s3_get(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *to) {
  return s3_get_range(self, call, bucket, key, 0, to);
}
