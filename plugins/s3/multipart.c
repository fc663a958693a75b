/* multipart.c -- an object by parts: several under way, each buffer used again as soon as its part is in.  SPDX-License-Identifier: Apache-2.0
 *
 * Memory: `concurrency` buffers of a part's size, whatever the object's size. Where the size is not known, parts of the configured size reach
 * to number 4,096 (64 GiB of 16 MiB each); from there each 50 parts are one such size larger: 10,000 parts hold 5.4 TiB. */
#include "put.h"
#include "xml.h"
#include <stdlib.h>
#include <string.h>

enum { EVEN = 4096, STEP = 50 };

size_t s3_part_size(const s3_config *c, int64_t size, size_t number) {
  int64_t even = c->part_size;
  if (size >= 0 && size <= even) return (size_t)size;
  if (size >= 0) return (size_t)((size + S3_MOST_PARTS - 1) / S3_MOST_PARTS > even ? (size + S3_MOST_PARTS - 1) / S3_MOST_PARTS : even);
  int64_t grown = number <= EVEN ? even : even * (1 + (int64_t)(number - EVEN) / STEP);
  return (size_t)(grown < (int64_t)5 << 30 ? grown : (int64_t)5 << 30);
}

/* ---- begin and abort */
static bool on_id(void *ctx, const char *path, const char *text) {
  s3_upload *u = ctx;
  if (strcmp(path, "/InitiateMultipartUploadResult/UploadId") == 0) s3_addz(&u->id, text);
  return true;
}

static pintle_status begin(s3_upload *u) {
  s3_request r = s3_ask("POST", u->bucket, u->key);
  s3_query_add(&r, "uploads", "");
  s3_object_headers(u, &r);
  r.finish = true; /* without its id nobody could remove it */
  if (s3_sum_element(u->checksum)) s3_header_add(&r, "x-amz-checksum-algorithm", s3_sum_name(u->checksum));
  pintle_status st = s3_http_do(u->h, &r);
  if (st != PINTLE_OK) st = s3_say(u->h, &r, "putting");
  else if (!s3_xml(s3_z(&r.answer), r.answer.n, on_id, u) || !u->id.n)
    st = pintle_fail(s3_http_call(u->h), PINTLE_FAILED, "putting %s: the store gives the upload no id", u->key);
  s3_request_free(&r);
  return st;
}

static void abort_upload(s3_upload *u) {
  if (!u->id.n) return;
  s3_http_cleaning(u->h);
  s3_request r = s3_ask("DELETE", u->bucket, u->key);
  s3_query_add(&r, "uploadId", u->id.p);
  if (s3_http_do(u->h, &r) != PINTLE_OK && r.st != PINTLE_NOT_FOUND)
    pintle_log(s3_http_call(u->h), PINTLE_LOG_INFO, "%s: its unfinished upload could not be removed; a lifecycle rule of the bucket should",
               u->key);
  s3_request_free(&r);
}

/* ---- parts */
static pintle_status start_part(s3_upload *u, s3_part *p, int number) {
  s3_request *r = &p->request;
  p->number = number;
  snprintf(p->number_text, sizeof p->number_text, "%d", number);
  if (!s3_proof_of(u, p)) return pintle_fail(s3_http_call(u->h), PINTLE_NOMEM, "out of memory");
  *r = s3_ask("PUT", u->bucket, u->key);
  s3_query_add(r, "partNumber", p->number_text);
  s3_query_add(r, "uploadId", u->id.p);
  s3_header_add(r, "content-type", "application/octet-stream");
  s3_customer_key_add(u->s, r);
  s3_sum_header_add(u, p, r);
  r->body = p->data, r->body_len = p->n, r->sha256 = p->sha256;
  s3_md5_begin(u, p);
  s3_http_start(u->h, r);
  return PINTLE_OK;
}

static pintle_status finish_part(s3_upload *u, s3_part *p) {
  s3_request *r = &p->request;
  s3_proof *proof = &u->proofs[p->number - 1];
  pintle_status st = r->st == PINTLE_OK ? PINTLE_OK : s3_say(u->h, r, "putting a part of");
  if (st == PINTLE_OK && !s3_field_of(r, "etag", proof->etag, sizeof proof->etag))
    st = pintle_fail(s3_http_call(u->h), PINTLE_FAILED, "putting %s: the store gives part %d no ETag", u->key, p->number);
  if (st == PINTLE_OK && !s3_answer_proves(u, p, r)) u->proven = false;
  s3_request_free(r);
  s3_md5_end(p);
  p->number = 0, p->n = 0;
  return st;
}

/* Takes in what is done; waits until a buffer is free (p), or, with NULL, until none is in use. */
static pintle_status settle(s3_upload *u, s3_part **p) {
  for (;;) {
    s3_part *unused = NULL;
    bool busy = false;
    for (int64_t i = 0; i < u->s->config.concurrency; i++) {
      s3_part *q = &u->parts[i];
      pintle_status st = q->number && q->request.done ? finish_part(u, q) : PINTLE_OK;
      if (st != PINTLE_OK) return st;
      if (q->number) busy = true;
      else unused = q;
    }
    if (p && unused) return *p = unused, PINTLE_OK;
    if (!p && !busy) return PINTLE_OK;
    pintle_status st = s3_http_step(u->h, 1000);
    if (st != PINTLE_OK)
      return pintle_fail(s3_http_call(u->h), st, "putting %s: %s", u->key, s3_why_cancelled(st == PINTLE_CANCELLED ? 1 : 2));
  }
}

static pintle_status put_parts(s3_upload *u) {
  s3_part *p = &u->parts[0];
  pintle_status st = start_part(u, p, 1);
  for (int number = 2; st == PINTLE_OK && !u->ended; number++) {
    st = settle(u, &p);
    if (st == PINTLE_OK) st = s3_fill(u, p, s3_part_size(&u->s->config, u->body->size, (size_t)number));
    if (st != PINTLE_OK || !p->n) break;
    if (number > S3_MOST_PARTS)
      return pintle_fail(s3_http_call(u->h), PINTLE_FAILED, "putting %s: more than %d parts", u->key, S3_MOST_PARTS);
    st = start_part(u, p, number);
  }
  return st == PINTLE_OK ? settle(u, NULL) : st;
}

/* ---- complete */
static void list_parts(const s3_upload *u, s3_text *to) {
  const char *element = s3_sum_element(u->checksum);
  s3_addz(to, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
  for (size_t i = 0; i < u->n; i++) {
    s3_addf(to, "<Part><PartNumber>%zu</PartNumber><ETag>", i + 1);
    s3_xml_escape(to, u->proofs[i].etag);
    s3_addz(to, "</ETag>");
    if (element) s3_addf(to, "<%s>%s</%s>", element, u->proofs[i].sum, element);
    s3_addz(to, "</Part>");
  }
  s3_addz(to, "</CompleteMultipartUpload>");
}

static pintle_status complete(s3_upload *u) {
  s3_text body = {0};
  s3_request r = s3_ask("POST", u->bucket, u->key);
  list_parts(u, &body);
  if (body.failed) return s3_text_free(&body), pintle_fail(s3_http_call(u->h), PINTLE_NOMEM, "out of memory");
  s3_query_add(&r, "uploadId", u->id.p);
  s3_header_add(&r, "content-type", "application/xml");
  if (u->only_new) s3_header_add(&r, "if-none-match", "*");
  r.body = body.p, r.body_len = body.n, r.slow = r.alone = true;
  pintle_status st = s3_http_do(u->h, &r);
  /* Repeated, although the first one was carried out: what is there now decides. */
  if (st != PINTLE_OK && strcmp(r.code, "NoSuchUpload") == 0 && r.tries > 1) u->doubtful = true, u->proven = false, st = PINTLE_OK;
  else if (u->only_new && r.status == 412) st = s3_already_there(u, &r);
  else if (st != PINTLE_OK) st = s3_say(u->h, &r, "putting");
  s3_request_free(&r);
  s3_text_free(&body);
  return st;
}

pintle_status s3_multipart(s3_upload *u) {
  pintle_status st = begin(u);
  if (st == PINTLE_OK) st = put_parts(u);
  if (st == PINTLE_OK) st = complete(u);
  if (st != PINTLE_OK) abort_upload(u);
  return st == PINTLE_OK ? s3_verify(u) : st;
}
