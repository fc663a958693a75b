/* fuzz_xform.c -- restore-xform: a configuration, a NUL, an item.  SPDX-License-Identifier: Apache-2.0
 *
 * Whatever they are, nothing crashes; a refused configuration has a message and a place; and the action, applied to what it made, changes
 * nothing more, unless it said so: at load (its rules form a chain) or beside the change. */
#include <pintle/testing.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  char *config = malloc(n + 2), *once = NULL;
  pintle_test_host *h = pintle_test_new(NULL);
  if (!config || !h || pintle_test_load(h, &PINTLE_ENTRY)->status != PINTLE_OK) abort();
  if (n) memcpy(config, data, n);
  config[n] = config[n + 1] = 0;
  const char *item = config + strlen(config) + 1; /* "" when there is no second text */
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", config);
  const pintle_test_outcome *o = pintle_test_last(h);
  if (!a && !*o->message) abort();
  if (a) {
    int chained = *o->log != 0;
    o = pintle_test_restore(a, item, NULL, 0);
    chained = chained || strstr(o->notes, "a second run");
    if (o->status == PINTLE_OK && !chained) {
      if (!(once = strdup(o->item))) abort();
      o = pintle_test_restore(a, once, NULL, 0);
      if (o->status != PINTLE_OK || strcmp(o->item, once) != 0) abort();
    }
  }
  pintle_test_free(h);
  free(once);
  free(config);
  return 0;
}
