/* verify.c -- is what the store has now what was sent?  SPDX-License-Identifier: Apache-2.0
 *
 * The store's size and its ETag or checksum are compared with ours. An ETag that is no MD5 proves nothing and says nothing: then, and with
 * verify: read, the object is read back and compared with the SHA-256 of what was sent. Only the bytes decide that an object is wrong. */
#include "put.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { LATE = 4 }; /* tries until an object that was just put is there */

void s3_remove(struct s3_http *h, const char *bucket, const char *key) {
  s3_request r = s3_ask("DELETE", bucket, key);
  if (s3_http_do(h, &r) != PINTLE_OK && r.st != PINTLE_NOT_FOUND)
    pintle_log(s3_http_call(h), PINTLE_LOG_WARN, "%s could not be removed: %ld %s", key, r.status, r.code);
  s3_request_free(&r);
}

/* ---- by reading */
typedef struct reading {
  const s3_upload *u;
  EVP_MD_CTX *md;
  size_t part;
  int64_t left; /* of that part */
  bool same;
} reading;

static bool next_part(reading *k) {
  unsigned char sum[32];
  unsigned n = 0;
  if (EVP_DigestFinal_ex(k->md, sum, &n) != 1 || n != 32 || memcmp(sum, k->u->proofs[k->part].sha256, 32) != 0) k->same = false;
  if (++k->part < k->u->n) k->left = k->u->proofs[k->part].size;
  return EVP_DigestInit_ex(k->md, EVP_sha256(), NULL) == 1;
}

static pintle_status on_begin(s3_request *r) {
  reading *k = r->ctx; /* from the start, also when a lost connection is repeated before the first byte */
  k->part = 0, k->left = k->u->proofs[0].size, k->same = true;
  return EVP_DigestInit_ex(k->md, EVP_sha256(), NULL) == 1 ? PINTLE_OK : PINTLE_NOMEM;
}

static pintle_status on_bytes(s3_request *r, const void *data, size_t n) {
  reading *k = r->ctx;
  for (const unsigned char *p = data; n;) {
    if (k->part == k->u->n) return k->same = false, PINTLE_OK; /* longer than what was sent */
    size_t now = (int64_t)n < k->left ? n : (size_t)k->left;
    if (EVP_DigestUpdate(k->md, p, now) != 1) return PINTLE_NOMEM;
    p += now, n -= now, k->left -= (int64_t)now;
    if (k->left == 0 && !next_part(k)) return PINTLE_NOMEM;
  }
  return PINTLE_OK;
}

pintle_status s3_read_back(s3_upload *u, bool *same) {
  reading k = {.u = u, .md = EVP_MD_CTX_new()};
  s3_request r = s3_ask("GET", u->bucket, u->key);
  if (!k.md) return pintle_fail(s3_http_call(u->h), PINTLE_NOMEM, "out of memory");
  s3_customer_key_add(u->s, &r);
  r.sink = on_bytes, r.begin = on_begin, r.ctx = &k;
  pintle_status st = s3_http_do(u->h, &r);
  if (st == PINTLE_OK && u->total == 0 && r.got == 0) *same = true;
  else if (st == PINTLE_OK) *same = k.same && k.part == u->n && r.got == u->total;
  else if (st != PINTLE_NOT_FOUND) st = s3_say(u->h, &r, "reading back");
  s3_request_free(&r);
  EVP_MD_CTX_free(k.md);
  return st;
}

/* ---- by what the store says */
/* "md5 of the parts' md5s-N": of parts that are as they were sent, in their order. */
static bool etag_of_parts(const s3_upload *u, const char *etag) {
  s3_text all = {0};
  char hex[129], want[160];
  bool good = true;
  for (size_t i = 0; i < u->n && good; i++) {
    const char *p = u->proofs[i].etag;
    unsigned char md5[16];
    size_t n = strlen(p);
    if (n == 34 && *p == '"') p++;
    good = (n == 34 || n == 32) && strspn(p, "0123456789abcdefABCDEF") >= 32;
    for (int k = 0; k < 16 && good; k++) {
      char two[3] = {p[2 * k], p[2 * k + 1], 0};
      md5[k] = (unsigned char)strtoul(two, NULL, 16);
    }
    if (good) s3_add(&all, md5, 16);
  }
  good = good && !all.failed && s3_sum_hex(S3_SUM_MD5, s3_z(&all), all.n, hex);
  s3_text_free(&all);
  if (!good) return false;
  snprintf(want, sizeof want, "%s-%zu", hex, u->n);
  size_t n = strlen(etag), k = strlen(want);
  return strncasecmp(etag + (*etag == '"'), want, k) == 0 && n - 2 * (*etag == '"') == k;
}

/* The checksum of the object, or of its parts' checksums: "...-N". */
static bool checksum_of_whole(s3_upload *u, const s3_request *head) {
  char sum[S3_SUM_TEXT + 16], want[S3_SUM_TEXT + 16];
  if (!s3_sum_element(u->checksum) || !s3_field_of(head, s3_sum_header(u->checksum), sum, sizeof sum)) return false;
  if (!u->id.n) return strcmp(sum, u->proofs[0].sum) == 0;
  if (!s3_sum_of_sums(u->checksum)) return false;
  s3_text all = {0};
  unsigned char one[64];
  for (size_t i = 0; i < u->n; i++) s3_add(&all, one, s3_unbase64(u->proofs[i].sum, one, sizeof one));
  bool ok = !all.failed && s3_sum_base64(u->checksum, s3_z(&all), all.n, want);
  s3_text_free(&all);
  if (ok) snprintf(want + strlen(want), 16, "-%zu", u->n);
  return ok && strcmp(sum, want) == 0;
}

/* What the answer to a HEAD proves, beside those to the parts. */
static bool is_proven(s3_upload *u, const s3_request *head) {
  char etag[128];
  s3_field_of(head, "etag", etag, sizeof etag);
  if (checksum_of_whole(u, head)) return u->proven = u->proven || u->id.n; /* of parts nobody can have made it but of theirs */
  if (!u->id.n) return u->proofs[0].etag[0] && strcmp(etag, u->proofs[0].etag) == 0;
  if (u->by_sums) atomic_store(&u->s->sums, -1); /* it is read back now; from then on MD5s are made */
  return !u->by_sums && etag_of_parts(u, etag);
}

/* A store may ignore what it does not know: then what was to be encrypted is not, and nobody would hear of it. Said once. */
static void check_encryption(s3_upload *u, const s3_request *head) {
  const s3_config *c = &u->s->config;
  char said[64];
  bool customer = *c->customer_key;
  if (!customer && !*c->kms_key && !*c->encryption) return;
  if (s3_field_of(head, customer ? "x-amz-server-side-encryption-customer-algorithm" : "x-amz-server-side-encryption", said, sizeof said)) return;
  if (!atomic_exchange(&u->s->told_plain, 1))
    pintle_log(s3_http_call(u->h), PINTLE_LOG_WARN, "%s: the store does not say that it is encrypted, as it was asked for", u->key);
}

/* *size: PINTLE_NONE when it does not say. *proven: its ETag or checksum is that of what was sent. */
static pintle_status look(s3_upload *u, int64_t *size, bool *proven) {
  char mode[32];
  pintle_status st = PINTLE_NOT_FOUND;
  for (int i = 0; i < LATE && st == PINTLE_NOT_FOUND; i++) {
    s3_request r = s3_ask("HEAD", u->bucket, u->key);
    s3_header_add(&r, "x-amz-checksum-mode", "ENABLED");
    s3_customer_key_add(u->s, &r);
    if (i && s3_http_call(u->h)->host->pause(s3_http_call(u->h), (int64_t)i * 500000000) != PINTLE_OK) break;
    st = s3_http_do(u->h, &r);
    if (st == PINTLE_OK) {
      *size = s3_number_of(&r, "content-length");
      check_encryption(u, &r);
      u->unlocked = *u->s->config.lock_mode && !s3_field_of(&r, "x-amz-object-lock-mode", mode, sizeof mode);
      *proven = is_proven(u, &r);
    } else if (st == PINTLE_DENIED && u->proven && !u->id.n) {
      *size = u->total, *proven = true, st = PINTLE_OK; /* who may only write: the answer to the PUT had its MD5 or checksum */
    } else if (st != PINTLE_NOT_FOUND) s3_say(u->h, &r, "verifying");
    s3_request_free(&r);
  }
  return st == PINTLE_NOT_FOUND
             ? pintle_fail(s3_http_call(u->h), PINTLE_FAILED, "verifying %s: the store has taken it and does not have it", u->key)
             : st;
}

static pintle_status wrong(s3_upload *u, const char *how) {
  if (u->doubtful)
    return pintle_fail(s3_http_call(u->h), PINTLE_TRANSIENT, "putting %s: the store does not know the upload any more", u->key);
  s3_remove(u->h, u->bucket, u->key);
  u->removed = true;
  return pintle_fail(s3_http_call(u->h), PINTLE_FAILED, "the store does not have what was sent as %s: %s; the object was removed", u->key,
                     how);
}

static pintle_status verify(s3_upload *u) {
  int64_t size = PINTLE_NONE;
  bool proven = false, same = false;
  char how[96];
  pintle_status st = look(u, &size, &proven);
  if (st != PINTLE_OK) return st;
  if (size >= 0 && size != u->total) {
    snprintf(how, sizeof how, "it has %lld bytes instead of %lld", (long long)size, (long long)u->total);
    return wrong(u, how);
  }
  if (size >= 0 && proven && u->proven && !u->s->config.read_back) return PINTLE_OK;
  st = s3_read_back(u, &same);
  if (st == PINTLE_NOT_FOUND) return wrong(u, "it is gone");
  return st != PINTLE_OK || same ? st : wrong(u, "other bytes came back");
}

/* ---- Ceph 16 forgets the lock that was asked for at the beginning of a multipart upload. */
static void lock_now(s3_upload *u) {
  char body[160], md5[S3_SUM_TEXT];
  s3_request r = s3_ask("PUT", u->bucket, u->key);
  int n = snprintf(body, sizeof body, "<Retention><Mode>%s</Mode><RetainUntilDate>%s</RetainUntilDate></Retention>", u->s->config.lock_mode,
                   u->retain_until);
  s3_query_add(&r, "retention", "");
  s3_header_add(&r, "content-type", "application/xml");
  if (s3_sum_base64(S3_SUM_MD5, body, (size_t)n, md5)) s3_header_add(&r, "content-md5", md5);
  r.body = body, r.body_len = (size_t)n;
  if (s3_http_do(u->h, &r) != PINTLE_OK)
    pintle_log(s3_http_call(u->h), PINTLE_LOG_WARN, "%s: the store does not say that it is locked, and does not lock it now: %ld %s", u->key,
               r.status, r.code);
  s3_request_free(&r);
}

/* What cannot be verified is not left behind either, if it is ours. */
pintle_status s3_verify(s3_upload *u) {
  pintle_status st = verify(u);
  if (st == PINTLE_OK && u->unlocked) lock_now(u);
  if (st == PINTLE_OK || u->doubtful || u->removed) return st;
  s3_http_cleaning(u->h);
  s3_remove(u->h, u->bucket, u->key);
  return st;
}
