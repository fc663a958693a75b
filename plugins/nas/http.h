/* http.h -- one request and its answer, over libcurl, for the time of a call.  SPDX-License-Identifier: Apache-2.0
 *
 * Blocks; is ended by the call's deadline and cancellation. Redirects are not followed: what is sent is for this host. What is repeated, and when, is
 * the driver's decision. */
#ifndef NAS_HTTP_H
#define NAS_HTTP_H
#include <pintle/plugin.h>
#include <stdbool.h>

typedef struct nas_http_request {
  const char *method, *url;
  const char *const *headers;       /* "Name: value", NULL-ended; may hold secrets; may be NULL */
  const char *body;                 /* NULL: none */
  const char *user, *password;      /* Basic; NULL: none */
  const char *ca_file, *ca_pem;     /* beside the system's certificates; NULL: none */
  const char *cert_file, *key_file; /* the client's certificate; NULL: none */
  const char *proxy;                /* NULL: the environment's */
  bool insecure;                    /* the server's certificate is not checked */
  bool direct;                      /* no proxy, whatever the environment says: metadata services */
  bool cleaning;                    /* takes back what a call began that is to end: goes on for 8 s, cancelled or not */
  int64_t timeout;                  /* of the whole request; 0 = 60 s */
} nas_http_request;

typedef struct nas_http_answer {
  long status;      /* 0: there was none */
  const char *body; /* ends with NUL; lives as long as the call */
  size_t len;
  const char *location; /* header Location; "" */
  int64_t retry_after;  /* header Retry-After as a duration; 0 none */
} nas_http_answer;

/* OK: an answer came, whatever its status. TRANSIENT: none came (and the request may have been obeyed); CANCELLED, TIMED_OUT. The error has no secret. */
pintle_status nas_http(pintle_call *call, const nas_http_request *r, nas_http_answer *a);
#endif
