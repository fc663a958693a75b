/* tool_s3_creds.c -- who the s3 plugin would be, here.  SPDX-License-Identifier: Apache-2.0
 *   tool_s3_creds [FILE [PROFILE [REGION]]]
 * Prints source, keys, token, expiry and region with tabs between, or "error: why", now and for each line of stdin: "get"; "refresh"; "storm"
 * (eight threads refresh; their answers must be one); "clock N" moves the clock by N seconds, then gets. Log lines go to stderr. For tests: it
 * prints secrets. */
#include "creds_in.h"
#include "s3_call.h"
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static _Atomic int64_t moved;
static int64_t moved_clock(void) { return (int64_t)time(NULL) + moved; }

static void get(s3_creds_chain *chain, bool refresh) {
  s3_test_call call = S3_TEST_CALL;
  s3_creds c = {0};
  if (s3_creds_get(chain, &call.base, refresh, &c) != PINTLE_OK) printf("error: %s\n", call.error);
  else
    printf("%s\t%s\t%s\t%s\t%lld\t%s\n", c.source, c.access_key, c.secret_key, c.session_token, (long long)c.expires,
           s3_creds_region(chain));
  s3_creds_wipe(&c);
  fputs(call.log, stderr);
}

typedef struct one {
  s3_creds_chain *chain;
  s3_creds c;
  bool ok;
} one;

static void *refresh(void *ctx) {
  one *o = ctx;
  s3_test_call call = S3_TEST_CALL;
  o->ok = s3_creds_get(o->chain, &call.base, true, &o->c) == PINTLE_OK;
  return NULL;
}

static void storm(s3_creds_chain *chain) {
  enum { N = 8 };
  one all[N] = {0};
  pthread_t threads[N];
  bool same = true;
  for (int i = 0; i < N; i++) {
    all[i].chain = chain;
    if (pthread_create(&threads[i], NULL, refresh, &all[i]) != 0) abort();
  }
  for (int i = 0; i < N; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < N; i++) same = same && all[i].ok && strcmp(all[i].c.access_key, all[0].c.access_key) == 0;
  for (int i = 0; i < N; i++) s3_creds_wipe(&all[i].c);
  if (same) get(chain, false);
  else puts("error: the threads have different ones");
}

int main(int argc, char **argv) {
  s3_test_call call = S3_TEST_CALL;
  const s3_creds_options o = {
      .credentials_file = argc > 1 ? argv[1] : "", .profile = argc > 2 ? argv[2] : "", .region = argc > 3 ? argv[3] : ""};
  s3_creds_chain *chain = NULL;
  char line[64];
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 2;
  pintle_status st = s3_creds_chain_new(&call.base, &o, &chain);
  fputs(call.log, stderr);
  if (st != PINTLE_OK) return printf("error: %s\n", call.error), 1;
  chain->clock = moved_clock;
  get(chain, false);
  while (fgets(line, sizeof line, stdin)) {
    long by = 0;
    if (sscanf(line, "clock %ld", &by) == 1) moved += by;
    if (strcmp(line, "storm\n") == 0) storm(chain);
    else get(chain, strcmp(line, "refresh\n") == 0);
  }
  s3_creds_chain_free(chain);
  curl_global_cleanup();
  return 0;
}
