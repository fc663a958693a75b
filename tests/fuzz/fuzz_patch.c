/* fuzz_patch.c -- any patch on any document: all or nothing, and its record does the same again.  SPDX-License-Identifier: Apache-2.0
 *
 * The input is a document and patches behind it, divided by U+001E; they are tried as JSON Patch, then as merge patch. */
#include "item/item.h"
#include <stdio.h>
#include <stdlib.h>

#define MUST(condition) ((condition) ? (void)0 : (fprintf(stderr, "line %d: %s\n", __LINE__, #condition), abort()))

static str next_part(str *rest) {
  const char *sep = rest->len ? memchr(rest->ptr, 0x1e, rest->len) : NULL;
  str part = {rest->ptr, sep ? (size_t)(sep - rest->ptr) : rest->len};
  size_t used = part.len + (sep ? 1 : 0);
  *rest = (str){rest->ptr + used, rest->len - used};
  return part;
}

static void print(const item_doc *d, buf *out) {
  buf_clear(out);
  MUST(item_print(d, NULL, 0, out) == PINTLE_OK);
}

static void apply(item_doc *d, str part) {
  buf CLEANUP(buf_free) before = {0}, after = {0};
  pintle_doc *h = item_handle(d);
  for (int merge = 0; merge < 2; merge++) {
    print(d, &before);
    pintle_status st = merge ? h->api->merge(h, part.ptr, part.len) : h->api->patch(h, part.ptr, part.len);
    print(d, &after);
    if (st != PINTLE_OK) MUST(str_eq(buf_str(&before), buf_str(&after)));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  str rest = {(const char *)data, size}, text = next_part(&rest), parts = rest;
  item_doc CLEANUP(item_freep) *d = NULL, CLEANUP(item_freep) *fresh = NULL;
  buf CLEANUP(buf_free) patch = {0}, live = {0}, replayed = {0};
  const item_limits limits = {4096, 64};
  MUST(item_new(&d) == PINTLE_OK && item_new(&fresh) == PINTLE_OK);
  if (item_parse(d, text, 0, &limits, NULL) != PINTLE_OK) return 0;
  print(d, &live);
  item_begin(d);
  while (rest.len) apply(d, next_part(&rest));
  item_rollback(d);
  print(d, &replayed);
  MUST(str_eq(buf_str(&live), buf_str(&replayed)));
  item_begin(d);
  while (parts.len) apply(d, next_part(&parts));
  bool edited = item_edited(d);
  MUST(item_commit(d, &patch) == PINTLE_OK);
  MUST(edited == !str_is(buf_str(&patch), "[]") && edited == item_changed(d));
  print(d, &live);
  MUST(item_parse(fresh, text, 0, NULL, NULL) == PINTLE_OK);
  MUST(item_handle(fresh)->api->patch(item_handle(fresh), patch.data, patch.len) == PINTLE_OK);
  print(fresh, &replayed);
  MUST(str_eq(buf_str(&live), buf_str(&replayed)));
  MUST(item_equal(item_root(d), item_root(fresh)));
  return 0;
}
