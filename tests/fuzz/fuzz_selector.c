/* fuzz_selector.c -- a selector of labels, and labels behind U+001E: as text and as JSON.  SPDX-License-Identifier: Apache-2.0
 *
 * What is accepted is printed, read back the same, and selects the same. */
#include "kube/labels.h"
#include <stdlib.h>

static void check(kube_selector *s, const kube_labels *l) {
  kube_selector *again = NULL;
  buf first = {0}, second = {0};
  kube_selector_print(s, &first);
  if (kube_selector_parse(buf_str(&first), &again, NULL) != PINTLE_OK) abort();
  kube_selector_print(again, &second);
  if (!str_eq(buf_str(&first), buf_str(&second)) || kube_selector_empty(s) != kube_selector_empty(again)) abort();
  if (kube_selector_matches(s, *l) != kube_selector_matches(again, *l)) abort();
  if (kube_selector_empty(s) && !kube_selector_matches(s, *l)) abort();
  kube_selector_free(again);
  buf_free(&first);
  buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *sep = size ? memchr(data, 0x1e, size) : NULL;
  size_t n = sep ? (size_t)(sep - (const char *)data) : size;
  str text = {(const char *)data, n}, item = sep ? (str){sep + 1, size - n - 1} : STR("{}");
  item_doc *d = NULL, *json = NULL;
  kube_selector *s = NULL;
  kube_labels l = {0};
  arena a = {0};
  error e = {0};
  if (item_new(&d) != PINTLE_OK || item_new(&json) != PINTLE_OK) abort();
  if (item_parse(d, item, 0, NULL, NULL) == PINTLE_OK && kube_labels_of(d, &a, &l) != PINTLE_OK) abort();
  if (kube_selector_parse(text, &s, &e) == PINTLE_OK) check(s, &l);
  else if (!e.message[0]) abort();
  kube_selector_free(s);
  s = NULL;
  if (item_parse(json, text, 0, NULL, NULL) == PINTLE_OK) {
    if (kube_selector_of(item_root(json), &s, &e) == PINTLE_OK) check(s, &l);
    else if (!e.message[0]) abort();
    kube_selector_free(s);
  }
  item_free(d);
  item_free(json);
  arena_free(&a);
  return 0;
}
