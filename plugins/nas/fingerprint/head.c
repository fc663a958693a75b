/* head.c -- heads of backups: JSON in a frame that tells whether it is whole.  SPDX-License-Identifier: Apache-2.0 */
#include "repo_in.h"
#include <openssl/crypto.h>
#include <stdio.h>

/* How long the UTF-8 character at p is; 0: it is none. */
static size_t utf8(const unsigned char *p) {
  if (p[0] < 0x80) return 1;
  size_t n = p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;
  for (size_t i = 1; i < n; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  bool bad =
      (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f);
  return bad ? 0 : n;
}

void fp_json_text(fp_bytes *b, const char *text) {
  fp_bytes_add(b, "\"", 1);
  for (const unsigned char *p = (const unsigned char *)text; *p;) {
    size_t n = utf8(p);
    if (n == 1 && (*p == '"' || *p == '\\')) fp_bytes_add(b, "\\", 1);
    if (n == 1 && *p < 0x20) fp_bytes_addf(b, "\\u%04x", *p);
    else fp_bytes_add(b, n ? (const char *)p : "?", n ? n : 1);
    p += n ? n : 1;
  }
  fp_bytes_add(b, "\"", 1);
}

bool fp_json_u64(const pintle_doc *d, const char *pointer, uint64_t *to) {
  int64_t v = 0;
  pintle_status st = d->api->get_i64(d, pointer, &v);
  *to = st == PINTLE_OK && v >= 0 ? (uint64_t)v : 0;
  return st == PINTLE_NOT_FOUND || (st == PINTLE_OK && v >= 0);
}

bool fp_json_str(const pintle_doc *d, const char *pointer, char *to, size_t room) {
  pintle_str s = {"", 0};
  pintle_status st = d->api->get_str(d, pointer, &s);
  to[0] = 0;
  if (st == PINTLE_NOT_FOUND) return true;
  if (st != PINTLE_OK || s.len >= room || memchr(s.ptr, 0, s.len)) return false;
  memcpy(to, s.ptr, s.len);
  to[s.len] = 0;
  return true;
}

typedef struct count_name {
  const char *name;
  size_t at;
} count_name;
#define COUNT(f) \
  { #f, offsetof(fp_counts, f) }
static const count_name counts[] = {COUNT(entries), COUNT(files),   COUNT(dirs),   COUNT(bytes),   COUNT(changed),
                                    COUNT(read),    COUNT(added),   COUNT(stored), COUNT(removed), COUNT(errors),
                                    COUNT(warned),  COUNT(sampled), COUNT(silent)};
enum { COUNTS = sizeof counts / sizeof *counts };
static const char front[] = "{\"backup\":", plain_end[] = ",\"sha256\":\"", keyed_end[] = ",\"hmacSha256\":\"";

static void write_backup(fp_bytes *b, const fp_head *h) {
  char sha[2 * FP_SHA + 1];
  fp_hex(h->index_sha, FP_SHA, sha);
  fp_bytes_addf(b, "{\"version\":1,\"id\":\"%s\",\"parent\":\"%s\",\"name\":", h->id, h->parent);
  fp_json_text(b, h->name);
  fp_bytes_addf(b, ",\"source\":");
  fp_json_text(b, h->source);
  fp_bytes_addf(b, ",\"started\":%lld,\"finished\":%lld,\"partial\":%s", (long long)h->started, (long long)h->finished,
                h->partial ? "true" : "false");
  for (size_t i = 0; i < COUNTS; i++) {
    uint64_t v;
    memcpy(&v, (const char *)&h->counts + counts[i].at, sizeof v);
    fp_bytes_addf(b, ",\"%s\":%llu", counts[i].name, (unsigned long long)(v & INT64_MAX));
  }
  fp_bytes_addf(b, ",\"index\":{\"size\":%llu,\"sha256\":\"%s\"}}", (unsigned long long)h->index_size, sha);
}

pintle_status fp_head_put(pintle_call *call, fp_repo *r, const fp_head *h) {
  fp_bytes b = {0};
  uint8_t sum[FP_SHA];
  char hex[2 * FP_SHA + 1], key[FP_OBJECT];
  fp_object(r, key, "backups/%s", h->id);
  fp_bytes_addf(&b, "%s", front);
  size_t from = b.n;
  write_backup(&b, h);
  bool done =
      !b.failed && (r->encrypted ? fp_hmac(fp_seal_key(r), key, b.p + from, b.n - from, sum) : fp_sha256(b.p + from, b.n - from, sum));
  fp_hex(sum, FP_SHA, hex);
  fp_bytes_addf(&b, "%s%s\"}\n", r->encrypted ? keyed_end : plain_end, hex);
  pintle_status st =
      done && !b.failed ? r->blobs.put(r->blobs.self, call, key, b.p, b.n) : pintle_fail(call, PINTLE_NOMEM, "out of memory");
  fp_bytes_free(&b);
  return st;
}

/* NULL, or what is wrong with the frame; *inner, *n: the JSON in it. */
static const char *frame_wrong(fp_repo *r, const char *key, const fp_bytes *b, const uint8_t **inner, size_t *n) {
  const char *end = r->encrypted ? keyed_end : plain_end;
  size_t a = strlen(front), z = strlen(end), all = a + z + 2 * FP_SHA + 3;
  uint8_t said[FP_SHA], sum[FP_SHA];
  if (b->n < all || memcmp(b->p, front, a) != 0 || memcmp(b->p + b->n - (all - a), end, z) != 0 || memcmp(b->p + b->n - 3, "\"}\n", 3) != 0)
    return "damaged, cut off, or not of this repository";
  if (!fp_unhex((const char *)b->p + b->n - 3 - 2 * FP_SHA, FP_SHA, said)) return "damaged: its hash";
  *inner = b->p + a, *n = b->n - all;
  if (!r->encrypted) return fp_sha256(*inner, *n, sum) && memcmp(sum, said, FP_SHA) == 0 ? NULL : "damaged: its hash is another";
  for (size_t i = 0; i < r->n_keys; i++)
    if (fp_hmac(r->keys[i], key, *inner, *n, sum) && CRYPTO_memcmp(sum, said, FP_SHA) == 0) return NULL;
  return "damaged, or another key's";
}

static bool read_counts(const pintle_doc *d, fp_counts *to) {
  for (size_t i = 0; i < COUNTS; i++) {
    char pointer[32];
    uint64_t v;
    snprintf(pointer, sizeof pointer, "/%s", counts[i].name);
    if (!fp_json_u64(d, pointer, &v)) return false;
    memcpy((char *)to + counts[i].at, &v, sizeof v);
  }
  return true;
}

static const char *read_backup(const pintle_doc *d, const char *id, fp_head *h) {
  char sha[2 * FP_SHA + 1];
  uint64_t version, started, finished;
  int32_t partial = 0;
  if (!fp_json_u64(d, "/version", &version) || version != 1) return "written by a newer version";
  if (!fp_json_str(d, "/id", h->id, sizeof h->id) || strcmp(h->id, id) != 0) return "its id is another";
  if (!fp_json_str(d, "/parent", h->parent, sizeof h->parent) || (h->parent[0] && !fp_id_right(h->parent, strlen(h->parent))))
    return "its parent";
  if (!fp_json_str(d, "/name", h->name, sizeof h->name) || !fp_json_str(d, "/source", h->source, sizeof h->source)) return "its texts";
  if (!fp_json_u64(d, "/started", &started) || !fp_json_u64(d, "/finished", &finished)) return "its times";
  pintle_status st = d->api->get_bool(d, "/partial", &partial);
  if ((st != PINTLE_OK && st != PINTLE_NOT_FOUND) || !read_counts(d, &h->counts)) return "its counts";
  h->started = (int64_t)started, h->finished = (int64_t)finished, h->partial = partial;
  if (!fp_json_u64(d, "/index/size", &h->index_size) || !h->index_size || h->index_size > FP_INDEX_MAX) return "the size of its index";
  if (!fp_json_str(d, "/index/sha256", sha, sizeof sha) || strlen(sha) != 2 * FP_SHA || !fp_unhex(sha, FP_SHA, h->index_sha))
    return "its index";
  return NULL;
}

pintle_status fp_head_get(pintle_call *call, fp_repo *r, const char *id, fp_head *h) {
  char key[FP_OBJECT];
  const uint8_t *inner = NULL;
  size_t n = 0;
  pintle_doc *d = NULL;
  fp_object(r, key, "backups/%s", id);
  pintle_status st = fp_repo_read(call, r, key, FP_TEXT_MAX, &r->object);
  if (st != PINTLE_OK) return st;
  const char *why = frame_wrong(r, key, &r->object, &inner, &n);
  *h = (fp_head){0};
  if (!why && call->host->new_doc(call, (const char *)inner, n, &d) != PINTLE_OK) why = "no JSON";
  if (!why) why = read_backup(d, id, h);
  return why ? fp_bad_thing(call, r, "%s: %s", key, why) : PINTLE_OK;
}
