/* fuzz_convert.c -- convert-api-version: a release of Kubernetes, a NUL, an item.  SPDX-License-Identifier: Apache-2.0
 *
 * Whatever they are, nothing crashes; a refused configuration has a message; and what was converted is left alone by a second run. */
#include <pintle/testing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  char config[100], *text = malloc(n + 1), *once = NULL;
  pintle_test_host *h = pintle_test_new(NULL);
  if (!text || !h || pintle_test_load(h, &PINTLE_ENTRY)->status != PINTLE_OK) abort();
  if (n) memcpy(text, data, n);
  text[n] = 0;
  size_t first = strlen(text);
  const char *item = first < n ? text + first + 1 : "";
  snprintf(config, sizeof config, "{\"targetVersion\":\"1.%u\",\"force\":%s}", first ? data[0] % 45u : 32, first > 1 && data[1] & 1 ? "true" : "false");
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/convert-api-version", config);
  const pintle_test_outcome *o = pintle_test_last(h);
  if (!a && !*o->message) abort();
  if (a) {
    o = pintle_test_restore(a, item, NULL, 0);
    if (o->status == PINTLE_OK && !o->skip) {
      if (!(once = strdup(o->item))) abort();
      o = pintle_test_restore(a, once, NULL, 0);
      if (o->status != PINTLE_OK || strcmp(o->item, once) != 0) abort();
    }
  }
  pintle_test_free(h);
  free(once);
  free(text);
  return 0;
}
