/* tool_s3_creds.c -- who the s3 plugin would be, here.  SPDX-License-Identifier: Apache-2.0
 *   tool_s3_creds [FILE [PROFILE [REGION]]]
 * Prints source, keys, token, expiry and region, a line each; or "error: why" and ends with 1. For tests: it prints secrets. */
#include "creds.h"
#include "s3_call.h"
#include <curl/curl.h>
#include <stdio.h>

int main(int argc, char **argv) {
  s3_test_call call = S3_TEST_CALL;
  const s3_creds_options o = {
      .credentials_file = argc > 1 ? argv[1] : "", .profile = argc > 2 ? argv[2] : "", .region = argc > 3 ? argv[3] : ""};
  s3_creds_chain *chain = NULL;
  s3_creds c = {0};
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 2;
  bool ok = s3_creds_chain_new(&call.base, &o, &chain) == PINTLE_OK && s3_creds_get(chain, &call.base, false, &c) == PINTLE_OK;
  if (ok)
    printf("%s\n%s\n%s\n%s\n%lld\n%s\n", c.source, c.access_key, c.secret_key, c.session_token, (long long)c.expires,
           s3_creds_region(chain));
  else printf("error: %s\n", call.error);
  fputs(call.log, stderr);
  s3_creds_wipe(&c);
  s3_creds_chain_free(chain);
  curl_global_cleanup();
  return !ok;
}
