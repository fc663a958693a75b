/* http.h -- requests to the store: signed, repeated, redirected, on one curl multi loop.  SPDX-License-Identifier: Apache-2.0
 *
 * A loop belongs to one call at a time and runs on its thread. A request lives in its caller's memory and must not move while it is under way.
 * Repeated are: lost connections, 5xx (not 501), 429, SlowDown and its like, RequestTimeout, each with growing, random pauses (Retry-After if it
 * is longer), as often as maxRetries says and the instance's budget allows. 403 and 404 are not. Once each: RequestTimeTooSkewed with the store's
 * clock, an expired token with a new one, a wrong region with the right one, a redirect with a signature for the new place. A request is never sent, signed or not, to a
 * host that is neither the endpoint's, nor below it, nor Amazon's when it is. Every body has a Content-Length and its hash. */
#ifndef S3_HTTP_H
#define S3_HTTP_H
#include "s3.h"
#include "sigv4.h"

enum { S3_FIELDS = 28, S3_QUERIES = 8 };

typedef struct s3_request {
  /* What is asked. Texts are borrowed until it is done. */
  const char *method, *bucket, *key; /* key "": the bucket itself */
  s3_field query[S3_QUERIES];
  size_t n_query;
  s3_field headers[S3_FIELDS]; /* lower-case names; all are signed */
  size_t n_headers;
  const void *body;
  size_t body_len;
  const char *sha256; /* of body, in hex; NULL: computed */
  /* GET: bytes go here and not into `answer`, in order, each once, also over a repeated request. Not OK: stop, that is the outcome. `from` may be
   * over 0, `length` PINTLE_NONE. begin is called once, before the first byte (may be NULL). */
  pintle_status (*sink)(struct s3_request *, const void *data, size_t n);
  pintle_status (*begin)(struct s3_request *);
  void *ctx;
  int64_t from, length;
  bool slow;   /* the store may be silent for minutes (CompleteMultipartUpload) */
  bool alone;  /* on a connection of its own, so that curl does not repeat it in silence: `tries` and `ambiguous` are the truth */
  bool finish; /* goes on for 8 s in a call that is to end: its answer must be known */

  /* What came of it. */
  bool done;
  pintle_status st; /* OK: 2xx, without an <Error> in its body */
  long status;      /* of HTTP; 0: there was no answer */
  char code[64];    /* of an <Error>, "" none */
  char said[256];   /* for people: its message, or curl's; no secret */
  s3_text answer;   /* body, 8 MiB at most */
  s3_text fields;   /* headers, "\nname: value\r\n..." with lower-case names */
  int64_t got;      /* bytes given to sink */
  int64_t total;    /* of the whole object, as told; PINTLE_NONE */
  char etag[128];   /* of what sink gets */
  bool ambiguous;   /* a try got no answer: it may have been carried out */

  /* http.c's own */
  struct s3_http *loop;
  void *easy, *list; /* CURL, curl_slist */
  int tries;
  unsigned fixed;     /* what was corrected already */
  int64_t next;       /* when to try again: monotonic ns; 0: under way */
  int64_t got_before; /* when the last try began */
  int64_t skip;       /* bytes that a store without ranges sends again */
  int64_t signed_at;
  char region[64]; /* it was signed for */
  bool token;      /* with a session token */
  s3_endpoint to;                             /* where it goes */
  s3_text moved;                              /* path and query after a redirect; empty: none */
  bool begun, opened, enough, pinned, to_end; /* to_end: this try asked for all that is wanted, and no more */
  char error[256];                            /* CURL_ERROR_SIZE */
  int64_t bytes;                              /* moved by this try */
  long tunnel;                                /* a proxy's answer to CONNECT; 0: none */
} s3_request;

/* A loop for this call; NULL: no memory (the error is recorded). Give it back in any case. */
struct s3_http *s3_http_take(s3 *s, pintle_call *call);
void s3_http_give(struct s3_http *h);
s3 *s3_http_instance(struct s3_http *h);
pintle_call *s3_http_call(struct s3_http *h);

/* Sets up a request: method, bucket, key; nothing else. */
s3_request s3_ask(const char *method, const char *bucket, const char *key);
void s3_query_add(s3_request *r, const char *name, const char *value);
void s3_header_add(s3_request *r, const char *name, const char *value); /* an empty value: not added */
void s3_customer_key_add(s3 *s, s3_request *r);                         /* SSE-C's three, if configured */

/* Only that version of the object, whose answer has begun: another one is CONFLICT. */
void s3_pin(s3_request *r, const s3_request *of);

void s3_http_start(struct s3_http *h, s3_request *r);
/* Goes on with all; waits at most so long (ms) for something to happen. CANCELLED, TIMED_OUT: the call is to end. */
pintle_status s3_http_step(struct s3_http *h, int wait);
/* Starts it and waits for its end. CANCELLED and TIMED_OUT are its status too. */
pintle_status s3_http_do(struct s3_http *h, s3_request *r);
/* What follows cleans up after a failed or cancelled call: requests run although the call is to end, for 8 s. */
void s3_http_cleaning(struct s3_http *h);
void s3_request_free(s3_request *r); /* also takes one back that is under way */

/* A header of the answer, cut at size; false and "": not there. */
bool s3_field_of(const s3_request *r, const char *name, char *to, size_t size);
int64_t s3_number_of(const s3_request *r, const char *name); /* PINTLE_NONE */

/* "https://host/path" of a bucket or key, encoded, at the endpoint or at publicUrl (public, when it is set): to gets the place, path the path. */
bool s3_place(s3 *s, const char *bucket, const char *key, bool public, s3_endpoint *to, s3_text *path);
/* The proxy on the way: the configuration's or the environment's, as far as nobody excepts the host; NULL: none. */
const char *s3_proxy(const s3_config *c, bool https);
/* The region to sign for. */
void s3_region(s3 *s, char to[64]);
bool s3_region_known(s3 *s); /* false: Amazon's, and nobody has said it yet */

/* Records what came of a request that failed, "doing bucket/key: 503 SlowDown: ...", and returns its status. */
pintle_status s3_say(struct s3_http *h, const s3_request *r, const char *doing);
#endif
