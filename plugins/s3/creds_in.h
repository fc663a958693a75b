/* creds_in.h -- what the sources of credentials share.  SPDX-License-Identifier: Apache-2.0
 *
 * A source is a function of creds_ask that gives a pintle_status: OK, *out is filled; NOT_FOUND, it is not configured here and the next one is
 * asked; anything else, it is and fails, and nobody else is asked. All but OK have added to `why`. */
#ifndef S3_CREDS_IN_H
#define S3_CREDS_IN_H
#include "creds.h"
#include "text.h"
#include <pthread.h>

/* ---- creds_ini.c: a configuration file of AWS */
typedef struct creds_entry {
  const char *section, *key, *value; /* key NULL: the section begins */
} creds_entry;
typedef struct creds_ini {
  char *text; /* owns what the entries point to */
  size_t text_n;
  creds_entry *entries;
  size_t n, cap;
  const char *path; /* borrowed */
} creds_ini;
/* NOT_FOUND: no such file. INVALID: cannot be read, or is larger than 1 MiB. */
pintle_status creds_ini_read(creds_ini *ini, const char *path);
void creds_ini_free(creds_ini *ini);                                                   /* wipes */
const char *creds_ini_get(const creds_ini *ini, const char *section, const char *key); /* the last one; NULL: none */
bool creds_ini_has(const creds_ini *ini, const char *section);

/* ---- creds.c */
struct s3_creds_chain {
  s3_creds_options o;
  char region[64];
  pthread_mutex_t lock; /* of what follows */
  pthread_cond_t done;
  bool busy; /* somebody asks the sources */
  s3_creds have;
  int64_t refresh_at, asked_at; /* unix seconds; asked_at: of the last renewal, 0 none */
  /* Set by tests. */
  int64_t (*clock)(void);
  const char *ecs; /* where AWS_CONTAINER_CREDENTIALS_RELATIVE_URI begins */
};

enum { CREDS_DEEPEST = 8 };
typedef struct creds_ask {
  s3_creds_chain *chain;
  pintle_call *call;
  creds_ini credentials, config;
  char paths[2][1024];
  bool file_given;                 /* a file that the configuration names, or AWS_SHARED_CREDENTIALS_FILE that is there */
  const char *seen[CREDS_DEEPEST]; /* profiles on the way, by source_profile */
  size_t n_seen;
  s3_text why;
} creds_ask;

typedef pintle_status creds_source(creds_ask *a, s3_creds *out);
const char *creds_env(const char *name); /* "" when not set */
/* Adds "; ..." to why and gives st. */
PINTLE_PRINTF(3, 4) pintle_status creds_none(creds_ask *a, pintle_status st, const char *format, ...);
/* Copies into *out, checked: FAILS when a key is empty or expires is over. */
pintle_status creds_set(creds_ask *a, s3_creds *out, const char *source, const char *access, const char *secret, const char *token,
                        int64_t expires);
bool creds_time(const char *text, int64_t *unix_seconds); /* 2026-11-23T01:02:03Z, a fraction or an offset too */
/* A file of one secret, without white space around it. NOT_FOUND, INVALID (a line end inside, empty, larger than 64 KiB). */
pintle_status creds_secret_file(creds_ask *a, const char *path, s3_text *to);
/* What a service said, in one line of 200 bytes at most and without that secret (NULL: none). */
void creds_quote(s3_text *to, const char *said, const char *secret);

/* ---- creds_profile.c */
void creds_files_open(creds_ask *a);
void creds_files_close(creds_ask *a);
/* What the profile says in the credentials file, else in the configuration file; NULL: nothing. */
const char *creds_profile_get(const creds_ask *a, const char *profile, const char *key);
const char *creds_profile_name(const creds_ask *a);
creds_source creds_from_profile, creds_from_environment, creds_from_web_identity;

/* ---- creds_sts.c */
pintle_status creds_assume_web(creds_ask *a, const char *token_file, const char *role, const char *session, s3_creds *out);
typedef struct creds_role {
  const char *arn, *session, *external_id, *seconds; /* NULL: none */
} creds_role;
pintle_status creds_assume(creds_ask *a, const creds_role *role, const s3_creds *by, s3_creds *out);

/* ---- creds_local.c */
creds_source creds_from_container, creds_from_instance;
bool creds_uri_allowed(const char *uri);

/* ---- creds_process.c */
pintle_status creds_from_process(creds_ask *a, const char *command, s3_creds *out);
/* Words as a shell's, without expansions: quotes of both kinds and backslash. NULL: no memory, or a quote is left open; NULL-ended, one block. */
char **creds_words(const char *command);

/* ---- creds_sso.c */
pintle_status creds_from_sso(creds_ask *a, const char *profile, s3_creds *out);

/* ---- creds_json.c. token and error may be absent; says "what" in errors. */
pintle_status creds_from_json(creds_ask *a, const char *what, const char *source, const char *json, s3_creds *out);

/* ---- creds_fetch.c: one blocking request */
typedef struct creds_request {
  const char *method, *url, *body; /* body NULL: none */
  const char *headers[6];          /* "name: value", NULL-ended */
  int64_t connect_ms, total_ms;
  int tries;     /* on no answer, 429 and 5xx */
  bool direct;   /* no proxy: link-local */
  bool insecure; /* as the options say; else always checked */
} creds_request;
/* OK: an answer, of whatever status. TRANSIENT, CANCELLED, NOMEM: none, added to why. The body is at most 1 MiB; free it. */
pintle_status creds_fetch(creds_ask *a, const creds_request *r, long *status, s3_text *body);
#endif
