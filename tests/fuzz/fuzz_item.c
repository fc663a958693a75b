/* fuzz_item.c -- any text: parse and minify agree, printing loses nothing, a rollback leaves no trace.  SPDX-License-Identifier: Apache-2.0
 *
 * The first byte of the input holds the flags, the second steers the edits, the rest is the text. */
#include "item/item.h"
#include <stdio.h>
#include <stdlib.h>

#define MUST(condition) ((condition) ? (void)0 : (fprintf(stderr, "line %d: %s\n", __LINE__, #condition), abort()))

static item_doc *parsed(str text) {
  item_doc *d = NULL;
  MUST(item_new(&d) == PINTLE_OK);
  MUST(item_parse(d, text, 0, NULL, NULL) == PINTLE_OK);
  return d;
}

static void print(const item_doc *d, uint32_t flags, buf *out) {
  buf_clear(out);
  MUST(item_print(d, NULL, flags, out) == PINTLE_OK);
}

static void same_meaning(const item_doc *d, uint32_t flags) {
  buf CLEANUP(buf_free) text = {0}, again = {0};
  print(d, flags, &text);
  item_doc CLEANUP(item_freep) *other = parsed(buf_str(&text));
  MUST(item_equal(item_root(d), item_root(other)));
  print(other, flags, &again);
  MUST(str_eq(buf_str(&text), buf_str(&again)));
}

/* Every node is found by its own pointer, unless it hides behind a duplicate key or a U+0000. */
static void edit_somewhere(item_doc *d, unsigned seed) {
  const item_node *n = item_root(d);
  buf CLEANUP(buf_free) at = {0};
  pintle_doc *h = item_handle(d);
  for (unsigned s = seed; item_first(n); s = s * 5 + 1) {
    const item_node *child = item_first(n);
    for (unsigned i = s % 5; i && item_next(child); i--) child = item_next(child);
    n = child;
    if (s % 7 == 0) break;
  }
  item_pointer(n, &at);
  const char *p = buf_z(&at);
  switch (seed % 7) {
  case 0: item_remove(d, p); break;
  case 1: item_set(d, p, STR("x\"y")); break;
  case 2: item_set_json(d, p, STR("{\"a\":[1,2,{}],\"a\":null}")); break;
  case 3: h->api->merge(h, "{\"a\":{\"b\":null,\"c\":{\"d\":1}},\"e\":null}", PINTLE_Z); break;
  case 4:
    buf_addz(&at, "/-");
    h->api->set_i64(h, buf_z(&at), 7);
    break;
  case 5:
    buf_addz(&at, "/n/e~1w");
    h->api->set_bool(h, buf_z(&at), 1);
    break;
  default:
    h->api->patch(h, "[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a\"},{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b\"}]", PINTLE_Z);
  }
}

static void edits(item_doc *d, str text, unsigned seed) {
  buf CLEANUP(buf_free) before = {0}, after = {0}, patch = {0};
  print(d, 0, &before);
  for (int commit = 0; commit < 2; commit++) {
    item_begin(d);
    for (unsigned i = 0; i < 4; i++) edit_somewhere(d, seed * 3 + i * 11);
    if (commit) break;
    item_rollback(d);
    print(d, 0, &after);
    MUST(str_eq(buf_str(&before), buf_str(&after)));
  }
  MUST(item_commit(d, &patch) == PINTLE_OK);
  print(d, 0, &after);
  item_doc CLEANUP(item_freep) *fresh = parsed(text);
  MUST(item_handle(fresh)->api->patch(item_handle(fresh), patch.data, patch.len) == PINTLE_OK);
  print(fresh, 0, &before);
  MUST(str_eq(buf_str(&before), buf_str(&after)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  uint32_t flags = data[0] & 3;
  str text = {(const char *)data + 2, size - 2};
  item_doc CLEANUP(item_freep) *d = NULL;
  buf CLEANUP(buf_free) small = {0}, printed = {0};
  error e, f;
  error_clear(&e);
  error_clear(&f);
  MUST(item_new(&d) == PINTLE_OK);
  pintle_status st = item_parse(d, text, flags, NULL, &e);
  MUST(item_minify(text, flags, NULL, &small, &f) == st);
  MUST(strcmp(e.message, f.message) == 0 && strcmp(e.place, f.place) == 0);
  if (st != PINTLE_OK) return 0;
  print(d, 0, &printed);
  MUST(str_eq(buf_str(&small), buf_str(&printed)));
  same_meaning(d, 0);
  same_meaning(d, ITEM_PRINT_PRETTY | ITEM_PRINT_SORTED);
  same_meaning(d, ITEM_PRINT_GO);
  if (flags == 0) edits(d, text, data[1]);
  return 0;
}
