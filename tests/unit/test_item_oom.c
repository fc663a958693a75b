/* test_item_oom.c -- each allocation fails once: NOMEM, and the document lives on.  SPDX-License-Identifier: Apache-2.0
 *
 * Linked with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc. */
#include "item/item.h"
#include <check.h>
#include <stdlib.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static long until_failure = -1; /* -1: never */
static bool fails(void) { return until_failure >= 0 && until_failure-- == 0; }
void *__wrap_malloc(size_t n) { return fails() ? NULL : __real_malloc(n); }
void *__wrap_calloc(size_t n, size_t size) { return fails() ? NULL : __real_calloc(n, size); }
void *__wrap_realloc(void *p, size_t n) { return fails() ? NULL : __real_realloc(p, n); }

static buf text, big;

static pintle_status edits(item_doc *d) {
  pintle_doc *h = item_handle(d);
  pintle_str raw;
  pintle_status st = item_set(d, "/a/new/deep", buf_str(&big));
  if (st == PINTLE_OK) st = item_set_json(d, "/k1", STR("{\"x\":[1,2,\"\\u0041\"]}"));
  if (st == PINTLE_OK) st = h->api->merge(h, text.data, text.len);
  if (st == PINTLE_OK) st = h->api->merge(h, "{\"k2\":{\"x\":null,\"\\u0061\":{}},\"k3\":null}", PINTLE_Z);
  if (st == PINTLE_OK)
    st = h->api->patch(h, "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"},{\"op\":\"remove\",\"path\":\"/a\"}]", PINTLE_Z);
  if (st == PINTLE_OK) st = item_from_go(d, STR("{\"b\":[1,2,3,4,{\"name\":\"x\"}]}"), NULL);
  if (st == PINTLE_OK) st = item_from_go(d, STR("{\"b\":[9,2,8,4,{\"name\":\"y\"},{\"name\":\"x\",\"z\":[1]}],\"c\":{}}"), NULL);
  return st == PINTLE_OK ? h->api->raw(h, "/b", &raw) : st;
}

/* Everything once. On failure `d`, if it is there, is as it was after parsing. */
static pintle_status everything(item_doc **d, bool *parsed, buf *out) {
  pintle_status st = item_new(d);
  if (st == PINTLE_OK) st = item_parse(*d, buf_str(&text), ITEM_UNIQUE_KEYS | ITEM_KUBERNETES, NULL, NULL);
  *parsed = st == PINTLE_OK;
  if (st != PINTLE_OK) return st;
  if (!item_equal(item_root(*d), item_root(*d))) return PINTLE_FAILED; /* right also without memory */
  item_begin(*d);
  st = edits(*d);
  if (st == PINTLE_OK) st = item_commit(*d, out);
  else item_rollback(*d);
  if (st == PINTLE_OK) st = item_print(*d, NULL, ITEM_PRINT_SORTED | ITEM_PRINT_GO, out);
  if (st == PINTLE_OK) st = item_minify(buf_str(&text), 0, NULL, out, NULL);
  return st == PINTLE_OK ? item_minify(buf_str(&text), ITEM_UNIQUE_KEYS, NULL, out, NULL) : st;
}

/* Lets allocation k fail. Returns whether there was one. */
static bool attempt(long k, str origin) {
  buf CLEANUP(buf_free) out = {0}, now = {0};
  item_doc CLEANUP(item_freep) *d = NULL;
  bool parsed;
  until_failure = k;
  pintle_status st = everything(&d, &parsed, &out);
  bool failed = until_failure < 0;
  until_failure = -1;
  if (!failed) ck_assert_int_eq(st, PINTLE_OK);
  ck_assert_msg(st == PINTLE_OK || st == PINTLE_NOMEM, "allocation %ld: %d", k, st);
  if (!d || st == PINTLE_OK) return failed;
  ck_assert_int_eq(item_print(d, NULL, 0, &now), PINTLE_OK);
  if (!item_changed(d)) ck_assert_str_eq(buf_z(&now), parsed ? origin.ptr : "{}");
  ck_assert_int_eq(item_parse(d, STR("{\"a\":1}"), 0, NULL, NULL), PINTLE_OK); /* and it is still of use */
  ck_assert_int_eq(item_set(d, "/a", STR("x")), PINTLE_OK);
  return failed;
}

START_TEST(each_allocation_fails_once) {
  buf CLEANUP(buf_free) origin = {0};
  long k = 0;
  buf_addz(&text, "{\"metadata\":{\"name\":\"x\"}");
  for (int i = 0; i < 40; i++) buf_printf(&text, ",\"k%d\":{\"x\":\"\\u0041\"}", (i * 17) % 40);
  buf_addz(&text, "}");
  for (int i = 0; i < 3000; i++) buf_addz(&big, "0123456789\"\n");
  ck_assert_int_eq(item_minify(buf_str(&text), 0, NULL, &origin, NULL), PINTLE_OK);
  while (attempt(k, buf_str(&origin))) k++;
  ck_assert_int_gt(k, 20);
  buf_free(&text);
  buf_free(&big);
}
END_TEST

int main(void) {
  Suite *s = suite_create("item oom");
  TCase *t = tcase_create("all");
  tcase_add_test(t, each_allocation_fails_once);
  tcase_set_timeout(t, 60);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
