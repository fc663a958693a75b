/* aliyun.h -- Alibaba Cloud NAS over its OpenAPI: what the files of the driver share.  SPDX-License-Identifier: Apache-2.0
 *
 * A snapshot's id is Alibaba's. CreateSnapshot has no token that makes a repeated call the same one: before each try the file system's snapshots are
 * listed, and one of our name is ours. A file system that is made of a snapshot has our name as its description and as ClientToken. */
#ifndef NAS_ALIYUN_H
#define NAS_ALIYUN_H
#include "aliyun_sign.h"
#include "driver.h"

typedef struct nas_aliyun_keys {
  char id[128], secret[256], token[4096]; /* token "": none */
  int64_t until;                          /* seconds since 1970; 0: they are read anew each time */
} nas_aliyun_keys;

typedef struct nas_aliyun {
  const char *region, *endpoint, *sts_endpoint, *metadata, *ca_file; /* "" not given */
  const char *credentials_file, *ram_role, *role_arn, *oidc_provider, *oidc_token_file;
  const char *zone, *vpc, *vswitch, *access_group; /* of restored file systems; "" the source's */
  int64_t retention_days, timeout;                 /* timeout: of waiting for one thing */
  bool cleaning;                                   /* requests are sent although the call is to end */
  nas_aliyun_keys keys;                            /* while until is not over */
} nas_aliyun;

/* ---- aliyun_config.c */
pintle_status nas_aliyun_open(pintle_call *call, void **self);
void nas_aliyun_close(void *self);

/* ---- aliyun_creds.c: who we are. *keys: to be wiped by the caller. DENIED: nobody knows. */
pintle_status nas_aliyun_who(nas_aliyun *a, pintle_call *call, nas_aliyun_keys *keys);

/* ---- aliyun_api.c. Errors are recorded as "DOING: what Alibaba says (code, request id)". */
typedef struct nas_aliyun_request {
  const char *doing, *url, *action, *version; /* url: "https://host[:port]" */
  const nas_aliyun_param *params;
  size_t n_params;
} nas_aliyun_request;
typedef struct nas_aliyun_answer {
  pintle_doc *doc; /* never NULL when OK */
  char code[96];   /* of an error; "" none */
  int64_t retry_after;
} nas_aliyun_answer;

/* One signed request. TRANSIENT: throttled, 5xx or no answer, and it may have been obeyed all the same; NOT_FOUND, CONFLICT, DENIED, FAILED as Alibaba's
 * code or the HTTP status says. */
pintle_status nas_aliyun_send(const nas_aliyun *a, pintle_call *call, const nas_aliyun_keys *keys, const nas_aliyun_request *r,
                              nas_aliyun_answer *answer);

/* A request to NAS of that region ("" the configured one). again: repeated, each time with a new nonce and after a longer pause, while it is TRANSIENT.
 * *doc may be NULL on errors. */
pintle_status nas_aliyun_ask(nas_aliyun *a, pintle_call *call, const char *region, const char *doing, const char *action,
                             const nas_aliyun_param *params, size_t n_params, bool again, pintle_doc **doc);

/* Reads an answer's JSON; records what an answer that is none of Alibaba's or an error says. */
pintle_status nas_aliyun_read(pintle_call *call, const char *doing, long http_status, const char *body, size_t len,
                              nas_aliyun_answer *answer);

/* A pause before the nth repetition. CANCELLED, TIMED_OUT are recorded. */
pintle_status nas_aliyun_pause(pintle_call *call, const char *doing, int n);
/* The same while something is made; TIMED_OUT also when *waited goes beyond the driver's timeout. */
pintle_status nas_aliyun_wait(const nas_aliyun *a, pintle_call *call, const char *doing, int64_t seconds, int64_t *waited);
PINTLE_PRINTF(4, 5)
pintle_status nas_aliyun_fail(pintle_call *call, pintle_status st, const char *hint, const char *format, ...);

/* ---- aliyun_fs.c: file systems. Texts are the call's, "" unknown. */
typedef struct nas_aliyun_fs {
  const char *id, *status, *type, *storage, *zone, *protocol, *description, *kms_key;
  int64_t capacity, encrypt_type;
  const char *domain, *vpc, *vswitch, *access_group, *target_status; /* of a mount target */
  size_t n_targets;
} nas_aliyun_fs;

/* By id. server: the mount target that is wanted, if there are several. NOT_FOUND. */
pintle_status nas_aliyun_fs_get(nas_aliyun *a, pintle_call *call, const char *region, const char *id, const char *server,
                                nas_aliyun_fs *fs);
pintle_status nas_aliyun_restore(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out);

/* ---- aliyun_snapshot.c */
typedef struct nas_aliyun_snapshot {
  const char *id, *name, *status;
  int64_t percent, remaining, size; /* remaining in s, size in GiB; 0 unknown */
} nas_aliyun_snapshot;
bool nas_aliyun_done(const nas_aliyun_snapshot *s);
bool nas_aliyun_broken(const nas_aliyun_snapshot *s);

typedef struct nas_aliyun_list {
  nas_aliyun_snapshot found; /* id "": none of that name */
  size_t n;
  const char *busy; /* one that is being made; "" none */
} nas_aliyun_list;
pintle_status nas_aliyun_list_all(nas_aliyun *a, pintle_call *call, const nas_volume *v, const char *name, nas_aliyun_list *list);
pintle_status nas_aliyun_get(nas_aliyun *a, pintle_call *call, const nas_snapshot *s, nas_aliyun_snapshot *to); /* NOT_FOUND */
#endif
