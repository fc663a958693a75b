/* creds.c -- keys of the environment or a shared credentials file.  SPDX-License-Identifier: Apache-2.0 */
#include "creds.h"
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct s3_creds_chain {
  s3_creds creds;
};

static void drop(char **text) {
  if (*text) OPENSSL_cleanse(*text, strlen(*text));
  free(*text);
  *text = NULL;
}

void s3_creds_wipe(s3_creds *c) {
  drop(&c->access_key);
  drop(&c->secret_key);
  drop(&c->session_token);
}

void s3_creds_chain_free(s3_creds_chain *c) {
  if (c) s3_creds_wipe(&c->creds);
  free(c);
}

static char *copy(const char *text) { return strdup(text ? text : ""); }

pintle_status s3_creds_get(s3_creds_chain *c, pintle_call *call, bool refresh, s3_creds *out) {
  (void)refresh;
  *out = (s3_creds){copy(c->creds.access_key), copy(c->creds.secret_key), copy(c->creds.session_token), c->creds.expires, c->creds.source};
  if (out->access_key && out->secret_key && out->session_token) return PINTLE_OK;
  s3_creds_wipe(out);
  return pintle_fail(call, PINTLE_NOMEM, "out of memory");
}

static void read_file(FILE *f, const char *profile, s3_creds *c) {
  char line[4096], name[256], key[64], value[2048];
  bool mine = false;
  while (fgets(line, sizeof line, f)) {
    if (sscanf(line, " [%255[^]]]", name) == 1) mine = strcmp(name, profile) == 0;
    else if (mine && sscanf(line, " %63[a-z_] = %2047[^ \t\r\n]", key, value) == 2) {
      char **to = strcmp(key, "aws_access_key_id") == 0       ? &c->access_key
                  : strcmp(key, "aws_secret_access_key") == 0 ? &c->secret_key
                  : strcmp(key, "aws_session_token") == 0     ? &c->session_token
                                                              : NULL;
      if (to) drop(to), *to = strdup(value);
    }
  }
  OPENSSL_cleanse(line, sizeof line);
  OPENSSL_cleanse(value, sizeof value);
}

pintle_status s3_creds_chain_new(pintle_call *call, const s3_creds_options *o, s3_creds_chain **out) {
  s3_creds_chain *c = calloc(1, sizeof *c);
  if (!c) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  c->creds = (s3_creds){.expires = INT64_MAX, .source = "environment"};
  if (*o->credentials_file) {
    FILE *f = fopen(o->credentials_file, "re");
    if (f) read_file(f, *o->profile ? o->profile : "default", &c->creds), fclose(f);
    c->creds.source = "credentials file";
  } else {
    c->creds.access_key = copy(getenv("AWS_ACCESS_KEY_ID"));
    c->creds.secret_key = copy(getenv("AWS_SECRET_ACCESS_KEY"));
    c->creds.session_token = copy(getenv("AWS_SESSION_TOKEN"));
  }
  *out = c;
  if (c->creds.access_key && *c->creds.access_key && c->creds.secret_key) return PINTLE_OK;
  s3_creds_chain_free(c);
  return pintle_fail(call, PINTLE_INVALID, "no credentials: neither a credentials file nor AWS_ACCESS_KEY_ID");
}
