/* put.h -- one object on its way into the store.  SPDX-License-Identifier: Apache-2.0 */
#ifndef S3_PUT_H
#define S3_PUT_H
#include "http.h"

enum { S3_MOST_PARTS = 10000, S3_MOST_AT_ONCE = 16 };

/* What is kept of each part, to know the object again. */
typedef struct s3_proof {
  int64_t size;
  unsigned char sha256[32];
  char etag[128];
  char sum[S3_SUM_TEXT]; /* "" none */
} s3_proof;

typedef struct s3_part {
  s3_request request;
  unsigned char *data;
  size_t n, cap;
  int number; /* from 1; 0: free */
  char number_text[12], sha256[129], sum[S3_SUM_TEXT];
  char md5[129]; /* "": not made */
  bool busy;     /* md5_thread makes it */
  pthread_t md5_thread;
} s3_part;

typedef struct s3_upload {
  struct s3_http *h;
  s3 *s;
  const char *bucket, *key;
  const pintle_reader *body;
  bool only_new;         /* If-None-Match: * */
  bool ended;            /* body has no more */
  s3_algorithm checksum; /* of each request */
  char retain_until[40];
  s3_text id; /* of the multipart upload */
  s3_part parts[S3_MOST_AT_ONCE];
  s3_proof *proofs; /* n of them, in order */
  size_t n, cap;
  int64_t total;
  bool proven;   /* the answers so far prove every part */
  bool by_sums;  /* some of them by their checksum alone: that of the whole has to be told, too */
  bool doubtful; /* it may not have been carried out: what is there may be an older object */
  bool removed;  /* verification has removed it */
  bool unlocked; /* the store has it, and does not say that it is locked, as it should be */
} s3_upload;

/* put.c */
pintle_status s3_fill(s3_upload *u, s3_part *p,
                      size_t want); /* reads until p has `want` bytes or the body ends, with their sums; others go on meanwhile */
s3_proof *s3_proof_of(s3_upload *u, s3_part *p);     /* made for number p->number; NULL: no memory */
void s3_object_headers(s3_upload *u, s3_request *r); /* what an object has from its beginning: encryption, tags, class, lock */
void s3_sum_header_add(s3_upload *u, s3_part *p, s3_request *r);
/* The MD5 of a part that is sent now, unless its checksum will do. The end is waited for; it belongs before anything happens to p's bytes. */
void s3_md5_begin(s3_upload *u, s3_part *p);
void s3_md5_end(s3_part *p);
/* Does the answer prove that the store has p's bytes? */
bool s3_answer_proves(s3_upload *u, s3_part *p, const s3_request *r);
/* 412 of a request that may have been carried out before: OK if what is there is ours, else EXISTS. */
pintle_status s3_already_there(s3_upload *u, const s3_request *r);

/* multipart.c: the first part is filled */
pintle_status s3_multipart(s3_upload *u);
size_t s3_part_size(const s3_config *c, int64_t size,
                    size_t number); /* of part `number`, from 1, of an object of that size or PINTLE_NONE */

/* verify.c: is what the store has now what was sent? FAILED, recorded: no, and the object is removed. */
pintle_status s3_verify(s3_upload *u);
/* The same question without removing; only the bytes count. *same is set when OK. */
pintle_status s3_read_back(s3_upload *u, bool *same);
void s3_remove(struct s3_http *h, const char *bucket, const char *key);
#endif
