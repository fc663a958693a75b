/* test_item_edit.c -- setting, removing, transactions and their record, limits.  SPDX-License-Identifier: Apache-2.0 */
#include "item/item.h"
#include <check.h>
#include <stdlib.h>

static item_doc *doc;
static pintle_doc *h;
static const pintle_doc_api *api;
static buf out, record;

static void setup(void) {
  ck_assert_int_eq(item_new(&doc), PINTLE_OK);
  h = item_handle(doc);
  api = h->api;
}
static void teardown(void) {
  item_freep(&doc);
  buf_free(&out);
  buf_free(&record);
}

static void load(const char *text) { ck_assert_int_eq(item_parse(doc, str_of(text), 0, NULL, NULL), PINTLE_OK); }
static const char *printed(void) {
  buf_clear(&out);
  ck_assert_int_eq(item_print(doc, NULL, 0, &out), PINTLE_OK);
  return buf_z(&out);
}
static const char *committed(void) {
  buf_clear(&record);
  ck_assert_int_eq(item_commit(doc, &record), PINTLE_OK);
  return buf_z(&record);
}
static pintle_status set_json(const char *pointer, const char *json) { return api->set_json(h, pointer, json, PINTLE_Z); }

static const struct {
  const char *doc, *pointer, *json; /* json NULL: remove */
  pintle_status status;
  const char *result, *record; /* NULL: unchanged */
} edits[] = {
    {"{}", "/a", "1", 0, "{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":1}]"},
    {"{\"a\":1}", "/a", "2", 0, "{\"a\":2}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":2}]"},
    {"{\"a\":1}", "/a", "1", 0, NULL, NULL},
    {"{\"a\":1}", "/a", "1.0", 0, "{\"a\":1.0}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":1.0}]"},
    {"{\"a\":\"\\u0041\"}", "/a", "\"A\"", 0, NULL, NULL},
    {"{\"a\":{\"b\":[]}}", "/a", " { \"b\" : [ ] } ", 0, NULL, NULL},
    {"{\"a\":{\"b\":1,\"c\":2}}", "/a", "{\"c\":2,\"b\":1}", 0, "{\"a\":{\"c\":2,\"b\":1}}",
     "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":{\"c\":2,\"b\":1}}]"},
    {"{\"x\":0}", "/a/b~1c/d", "[]", 0, "{\"x\":0,\"a\":{\"b/c\":{\"d\":[]}}}",
     "[{\"op\":\"add\",\"path\":\"/a\",\"value\":{\"b/c\":{\"d\":[]}}}]"},
    {"{\"a\":{}}", "/a/b/c", "null", 0, "{\"a\":{\"b\":{\"c\":null}}}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":{\"c\":null}}]"},
    {"{\"a\":null}", "/a/b", "1", 0, "{\"a\":{\"b\":1}}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":{\"b\":1}}]"},
    {"{\"a\":1}", "/a/b", "1", PINTLE_INVALID, NULL, NULL},
    {"{\"a\":\"s\"}", "/a/0", "1", PINTLE_INVALID, NULL, NULL},
    {"{}", "a", "1", PINTLE_INVALID, NULL, NULL},
    {"{}", "/~", "1", PINTLE_INVALID, NULL, NULL},
    {"{}", "/a~2", "1", PINTLE_INVALID, NULL, NULL},
    {"{}", "/a/b~", "1", PINTLE_INVALID, NULL, NULL},
    {"{}", "/\xff", "1", PINTLE_INVALID, NULL, NULL},
    {"{}", "/a", "tru", PINTLE_INVALID, NULL, NULL},
    {"{}", "/a", "", PINTLE_INVALID, NULL, NULL},
    {"{}", "/", "1", 0, "{\"\":1}", "[{\"op\":\"add\",\"path\":\"/\",\"value\":1}]"},
    {"{}", "/a\"\n~0", "1", 0, "{\"a\\\"\\n~\":1}", "[{\"op\":\"add\",\"path\":\"/a\\\"\\n~0\",\"value\":1}]"},
    {"{\"a\":[]}", "/a/-", "1", 0, "{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/0\",\"value\":1}]"},
    {"{\"a\":[0]}", "/a/1", "1", 0, "{\"a\":[0,1]}", "[{\"op\":\"add\",\"path\":\"/a/1\",\"value\":1}]"},
    {"{\"a\":[0]}", "/a/0", "1", 0, "{\"a\":[1]}", "[{\"op\":\"replace\",\"path\":\"/a/0\",\"value\":1}]"},
    {"{\"a\":[0]}", "/a/2", "1", PINTLE_NOT_FOUND, NULL, NULL},
    {"{\"a\":[0]}", "/a/00", "1", PINTLE_INVALID, NULL, NULL},
    {"{\"a\":[0]}", "/a/x", "1", PINTLE_INVALID, NULL, NULL},
    {"{\"a\":[0]}", "/a/-1", "1", PINTLE_INVALID, NULL, NULL},
    {"{\"a\":[0]}", "/a/-/b", "1", PINTLE_NOT_FOUND, NULL, NULL},
    {"{\"a\":[0]}", "/a/1/b", "1", PINTLE_NOT_FOUND, NULL, NULL},
    {"{\"a\":[{}]}", "/a/0/b/c", "1", 0, "{\"a\":[{\"b\":{\"c\":1}}]}", "[{\"op\":\"add\",\"path\":\"/a/0/b\",\"value\":{\"c\":1}}]"},
    {"{}", "/a/-", "1", PINTLE_NOT_FOUND, NULL, NULL}, /* no array is made up */
    {"{\"a\":{}}", "/a/-", "1", 0, "{\"a\":{\"-\":1}}", "[{\"op\":\"add\",\"path\":\"/a/-\",\"value\":1}]"},
    {"{\"a\":1}", "", "[2]", 0, "[2]", "[{\"op\":\"replace\",\"path\":\"\",\"value\":[2]}]"},
    {"{\"a\":1}", "", NULL, PINTLE_INVALID, NULL, NULL},
    {"{\"a\":1}", "/a", NULL, 0, "{}", "[{\"op\":\"remove\",\"path\":\"/a\"}]"},
    {"{\"a\":null}", "/a", NULL, 0, "{}", "[{\"op\":\"remove\",\"path\":\"/a\"}]"},
    {"{\"a\":1}", "/b", NULL, PINTLE_NOT_FOUND, NULL, NULL},
    {"{\"a\":[1,2,3]}", "/a/1", NULL, 0, "{\"a\":[1,3]}", "[{\"op\":\"remove\",\"path\":\"/a/1\"}]"},
    {"{\"a\":[1]}", "/a/-", NULL, PINTLE_NOT_FOUND, NULL, NULL},
    {"{\"a\":[1]}", "/a/~", NULL, PINTLE_INVALID, NULL, NULL},
    /* duplicates: printing keeps them until an edit of that member, or of something in it */
    {"{\"a\":1,\"b\":0,\"a\":2,\"a\":3}", "/a", "4", 0, "{\"b\":0,\"a\":4}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":4}]"},
    {"{\"a\":1,\"b\":0,\"a\":2,\"a\":3}", "/a", NULL, 0, "{\"b\":0}", "[{\"op\":\"remove\",\"path\":\"/a\"}]"},
    {"{\"a\":1,\"b\":0,\"a\":2}", "/b", "4", 0, "{\"a\":1,\"b\":4,\"a\":2}", "[{\"op\":\"replace\",\"path\":\"/b\",\"value\":4}]"},
    {"{\"a\":{\"x\":1},\"a\":{\"y\":1}}", "/a/z", "1", 0, "{\"a\":{\"y\":1,\"z\":1}}", "[{\"op\":\"add\",\"path\":\"/a/z\",\"value\":1}]"},
    {"{\"a\":1,\"\\u0061\":2}", "/a", "3", 0, "{\"\\u0061\":3}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":3}]"},
};

START_TEST(one_edit) {
  load(edits[_i].doc);
  item_begin(doc);
  pintle_status st = edits[_i].json ? set_json(edits[_i].pointer, edits[_i].json) : item_remove(doc, edits[_i].pointer);
  ck_assert_int_eq(st, edits[_i].status);
  ck_assert_str_eq(printed(), edits[_i].result ? edits[_i].result : edits[_i].doc);
  ck_assert_int_eq(item_edited(doc), edits[_i].record != NULL);
  ck_assert(!item_changed(doc));
  ck_assert_str_eq(committed(), edits[_i].record ? edits[_i].record : "[]");
  ck_assert_int_eq(item_changed(doc), edits[_i].record != NULL);
  ck_assert_str_eq(printed(), edits[_i].result ? edits[_i].result : edits[_i].doc);
}
END_TEST

START_TEST(rollback_restores_each) {
  if (edits[_i].status != PINTLE_OK) return;
  load(edits[_i].doc);
  item_begin(doc);
  if (edits[_i].json) set_json(edits[_i].pointer, edits[_i].json);
  else item_remove(doc, edits[_i].pointer);
  item_rollback(doc);
  ck_assert_str_eq(printed(), edits[_i].doc);
  ck_assert(!item_edited(doc) && !item_changed(doc));
}
END_TEST

START_TEST(typed_setters) {
  load("{\"s\":\"x\",\"i\":5,\"b\":true}");
  item_begin(doc);
  ck_assert_int_eq(api->set_str(h, "/s", "x", 1), PINTLE_OK);
  ck_assert_int_eq(api->set_i64(h, "/i", 5), PINTLE_OK);
  ck_assert_int_eq(api->set_bool(h, "/b", 77), PINTLE_OK);
  ck_assert(!item_edited(doc));
  ck_assert_int_eq(api->set_str(h, "/s", "q\"\\\x01\x7f\xc3\xa9\0z", 9), PINTLE_OK);
  ck_assert_int_eq(api->set_i64(h, "/i", INT64_MIN), PINTLE_OK);
  ck_assert_int_eq(api->set_bool(h, "/b", 0), PINTLE_OK);
  ck_assert_int_eq(api->set_str(h, "/n", NULL, 0), PINTLE_OK);
  ck_assert_int_eq(api->set_str(h, "/bad", "\xc3", 1), PINTLE_INVALID);
  ck_assert_int_eq(api->set_str(h, "/bad", "\xed\xa0\x80", PINTLE_Z), PINTLE_INVALID);
  ck_assert_str_eq(printed(), "{\"s\":\"q\\\"\\\\\\u0001\x7f\xc3\xa9\\u0000z\",\"i\":-9223372036854775808,\"b\":false,\"n\":\"\"}");
}
END_TEST

START_TEST(an_untouched_rest_keeps_its_spelling) {
  load("{ \"\\u0061\" : 1.50 , \"b\\/\":\"\\u00e9\\/\", \"c\":1E5}");
  ck_assert_int_eq(item_set(doc, "/d", STR("/")), PINTLE_OK);
  ck_assert_str_eq(printed(), "{\"\\u0061\":1.50,\"b\\/\":\"\\u00e9\\/\",\"c\":1E5,\"d\":\"/\"}");
}
END_TEST

START_TEST(what_was_read_stays_readable) {
  pintle_str before, raw;
  load("{\"a\":\"old\",\"b\":{\"c\":\"deep\"},\"l\":[1,2,3]}");
  item_begin(doc);
  api->get_str(h, "/a", &before);
  api->raw(h, "/b", &raw);
  const pintle_value *deep = api->at(h, "/b/c"), *b = api->at(h, "/b");
  item_set(doc, "/a", STR("new"));
  item_remove(doc, "/b");
  ck_assert_str_eq(before.ptr, "old");
  ck_assert_str_eq(raw.ptr, "{\"c\":\"deep\"}");
  ck_assert_str_eq(item_string(deep).ptr, "deep");
  ck_assert_ptr_eq(api->first(h, b), deep);
  unsigned n = 0;
  for (const pintle_value *v = api->first(h, api->at(h, "/l")); v; v = api->next(h, v), n++) item_remove(doc, "/l/0"); /* while walking */
  ck_assert_uint_eq(n, 3);
  ck_assert_str_eq(printed(), "{\"a\":\"new\",\"l\":[]}");
  item_rollback(doc);
  ck_assert_str_eq(printed(), "{\"a\":\"old\",\"b\":{\"c\":\"deep\"},\"l\":[1,2,3]}");
  ck_assert_int_eq(api->raw(h, "/b", &raw), PINTLE_OK);
  ck_assert_str_eq(raw.ptr, "{\"c\":\"deep\"}");
}
END_TEST

START_TEST(raw_follows_edits) {
  pintle_str raw;
  load("{\"a\":{\"b\":1}}");
  api->raw(h, "/a", &raw);
  api->set_i64(h, "/a/b", 2);
  api->raw(h, "/a", &raw);
  ck_assert_str_eq(raw.ptr, "{\"b\":2}");
}
END_TEST

START_TEST(the_record_tells_edits_as_made) {
  load("{\"l\":[{\"n\":1}],\"k\":1,\"k\":2}");
  item_begin(doc);
  set_json("/l/-", "{\"n\":2}");
  api->set_i64(h, "/l/1/n", 3); /* the add above must still say 2 */
  item_remove(doc, "/l/0");
  api->set_i64(h, "/l/0/n", 4);
  item_remove(doc, "/k");
  ck_assert_str_eq(committed(),
                   "[{\"op\":\"add\",\"path\":\"/l/1\",\"value\":{\"n\":2}},{\"op\":\"replace\",\"path\":\"/l/1/n\",\"value\":3},"
                   "{\"op\":\"remove\",\"path\":\"/l/0\"},{\"op\":\"replace\",\"path\":\"/l/0/n\",\"value\":4},"
                   "{\"op\":\"remove\",\"path\":\"/k\"}]");
  ck_assert_str_eq(printed(), "{\"l\":[{\"n\":4}]}");
}
END_TEST

START_TEST(the_record_of_merge_and_patch_is_primitive) {
  load("{\"a\":{\"b\":1,\"c\":2},\"l\":[1,2]}");
  item_begin(doc);
  ck_assert_int_eq(api->merge(h, "{\"a\":{\"b\":null,\"d\":{\"e\":null,\"f\":1}},\"x\":null}", PINTLE_Z), PINTLE_OK);
  ck_assert_int_eq(
      api->patch(h, "[{\"op\":\"move\",\"from\":\"/l/0\",\"path\":\"/l/1\"},{\"op\":\"test\",\"path\":\"/a/c\",\"value\":2}]", PINTLE_Z),
      PINTLE_OK);
  ck_assert_str_eq(committed(), "[{\"op\":\"remove\",\"path\":\"/a/b\"},{\"op\":\"add\",\"path\":\"/a/d\",\"value\":{\"f\":1}},"
                                "{\"op\":\"remove\",\"path\":\"/l/0\"},{\"op\":\"add\",\"path\":\"/l/1\",\"value\":1}]");
}
END_TEST

START_TEST(transactions_follow_each_other) {
  load("{\"a\":1}");
  ck_assert_str_eq(committed(), "[]"); /* none open */
  item_begin(doc);
  api->set_i64(h, "/a", 2);
  item_commit(doc, NULL);
  ck_assert(item_changed(doc));
  item_begin(doc);
  ck_assert(!item_edited(doc));
  api->set_i64(h, "/a", 3);
  item_rollback(doc);
  ck_assert_str_eq(printed(), "{\"a\":2}");
  ck_assert(item_changed(doc));
  api->set_i64(h, "/a", 4); /* real at once */
  item_rollback(doc);
  ck_assert_str_eq(printed(), "{\"a\":4}");
  item_begin(doc);
  ck_assert_str_eq(committed(), "[]");
  item_reset(doc);
  ck_assert(!item_changed(doc));
  ck_assert_str_eq(printed(), "{}");
}
END_TEST

START_TEST(readonly_is_denied) {
  load("{\"a\":1}");
  item_set_readonly(doc, true);
  ck_assert_int_eq(api->set_str(h, "/a", "x", 1), PINTLE_DENIED);
  ck_assert_int_eq(api->set_i64(h, "/a", 1), PINTLE_DENIED);
  ck_assert_int_eq(api->set_bool(h, "/a", 1), PINTLE_DENIED);
  ck_assert_int_eq(set_json("/a", "1"), PINTLE_DENIED);
  ck_assert_int_eq(item_remove(doc, "/a"), PINTLE_DENIED);
  ck_assert_int_eq(api->merge(h, "{}", 2), PINTLE_DENIED);
  ck_assert_int_eq(api->patch(h, "[]", 2), PINTLE_DENIED);
  item_set_readonly(doc, false);
  ck_assert_int_eq(item_remove(doc, "/a"), PINTLE_OK);
  item_set_readonly(doc, true);
  item_reset(doc); /* writable again */
  ck_assert_int_eq(item_set(doc, "/a", STR("x")), PINTLE_OK);
}
END_TEST

START_TEST(depth_counts_after_edits) {
  const item_limits limits = {0, 4};
  ck_assert_int_eq(item_parse(doc, STR("{\"a\":{\"b\":{}}}"), 0, &limits, NULL), PINTLE_OK);
  ck_assert_int_eq(set_json("/a/b/c", "[1]"), PINTLE_OK);
  ck_assert_int_eq(set_json("/a/b/c", "[[]]"), PINTLE_INVALID);
  ck_assert_int_eq(set_json("/a/b/d/e/f", "1"), PINTLE_INVALID);
  ck_assert_int_eq(set_json("/a/b/d/e", "1"), PINTLE_OK);
  ck_assert_int_eq(set_json("", "[[[[]]]]"), PINTLE_OK);
  ck_assert_int_eq(set_json("", "[[[[[]]]]]"), PINTLE_INVALID);
  ck_assert_str_eq(printed(), "[[[[]]]]");
  buf CLEANUP(buf_free) deep = {0};
  item_reset(doc);
  for (int i = 0; i < 512; i++) buf_addz(&deep, "/a");
  ck_assert_int_eq(item_set(doc, buf_z(&deep), STR("x")), PINTLE_OK); /* the document's own {} is one of 512 */
  buf_addz(&deep, "/a");
  ck_assert_int_eq(item_remove(doc, "/a"), PINTLE_OK);
  ck_assert_int_eq(item_set(doc, buf_z(&deep), STR("x")), PINTLE_INVALID);
}
END_TEST

START_TEST(a_document_cannot_grow_without_bound) {
  const item_limits limits = {1000, 0};
  char hundred[100];
  unsigned n = 0;
  memset(hundred, 'x', sizeof hundred);
  ck_assert_int_eq(item_parse(doc, STR("{\"l\":[]}"), 0, &limits, NULL), PINTLE_OK);
  while (n < 100 && api->set_str(h, "/l/-", hundred, sizeof hundred) == PINTLE_OK) n++;
  ck_assert_uint_eq(n, 9);
  ck_assert_int_eq(api->set_str(h, "/l/-", hundred, sizeof hundred), PINTLE_INVALID);
  ck_assert_int_eq(item_remove(doc, "/l/0"), PINTLE_OK);
  ck_assert_int_eq(api->set_str(h, "/l/-", hundred, sizeof hundred), PINTLE_OK); /* what went made room */
  for (int i = 0; i < 100; i++) ck_assert_int_eq(api->set_str(h, "/l/0", hundred, (size_t)i), PINTLE_OK);
  for (int i = 0; i < 20; i++) { /* what was rolled back does not count either */
    item_begin(doc);
    ck_assert_int_eq(api->set_str(h, "/l/-", hundred, 50), PINTLE_OK);
    item_rollback(doc);
  }
}
END_TEST

START_TEST(garbage_of_edits_is_bounded) {
  char *big = malloc(1 << 20);
  unsigned n = 0;
  ck_assert_ptr_nonnull(big);
  memset(big, 'x', 1 << 20);
  load("{}");
  pintle_status st = PINTLE_OK;
  for (; n < 10000 && st == PINTLE_OK; n++) {
    big[0] = (char)('a' + n % 26);
    st = api->set_str(h, "/a", big, 1 << 20);
  }
  ck_assert_int_eq(st, PINTLE_NOMEM);
  ck_assert_uint_lt(n, 1000);
  item_reset(doc);
  ck_assert_int_eq(api->set_str(h, "/a", big, 1 << 20), PINTLE_OK);
  free(big);
}
END_TEST

START_TEST(kubernetes_objects_keep_their_identity) {
  ck_assert_int_eq(item_parse(doc, STR("{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}"), ITEM_KUBERNETES, NULL, NULL), PINTLE_OK);
  ck_assert_int_eq(set_json("", "[]"), PINTLE_INVALID);
  ck_assert_int_eq(item_set(doc, "", STR("x")), PINTLE_INVALID);
  ck_assert_int_eq(set_json("", "{\"kind\":\"a\",\"kind\":\"b\"}"), PINTLE_INVALID);
  ck_assert_int_eq(set_json("/metadata", "{\"name\":\"a\",\"name\":\"b\"}"), PINTLE_INVALID);
  ck_assert_int_eq(api->merge(h, "null", 4), PINTLE_INVALID);
  ck_assert_str_eq(printed(), "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}");
  ck_assert_int_eq(set_json("", "{\"kind\":\"Job\",\"x\":1,\"x\":2}"), PINTLE_OK);
}
END_TEST

START_TEST(appending_a_hundred_thousand_is_quick) {
  enum { N = 100000 };
  load("{\"l\":[]}");
  item_begin(doc);
  for (int i = 0; i < N; i++) ck_assert_int_eq(api->set_i64(h, "/l/-", i), PINTLE_OK);
  committed();
  ck_assert_uint_eq(item_count(item_at(doc, "/l")), N);
  load("{\"l\":[]}");
  ck_assert_int_eq(api->patch(h, record.data, record.len), PINTLE_OK);
  ck_assert_uint_eq(item_count(item_at(doc, "/l")), N);
  for (int i = 0; i < N; i++) ck_assert_int_eq(item_remove(doc, "/l/0"), PINTLE_OK);
  ck_assert_str_eq(printed(), "{\"l\":[]}");
}
END_TEST

int main(void) {
  Suite *s = suite_create("item edit");
  TCase *t = tcase_create("all");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, one_edit, 0, (int)(sizeof edits / sizeof *edits));
  tcase_add_loop_test(t, rollback_restores_each, 0, (int)(sizeof edits / sizeof *edits));
  tcase_add_test(t, typed_setters);
  tcase_add_test(t, an_untouched_rest_keeps_its_spelling);
  tcase_add_test(t, what_was_read_stays_readable);
  tcase_add_test(t, raw_follows_edits);
  tcase_add_test(t, the_record_tells_edits_as_made);
  tcase_add_test(t, the_record_of_merge_and_patch_is_primitive);
  tcase_add_test(t, transactions_follow_each_other);
  tcase_add_test(t, readonly_is_denied);
  tcase_add_test(t, depth_counts_after_edits);
  tcase_add_test(t, a_document_cannot_grow_without_bound);
  tcase_add_test(t, garbage_of_edits_is_bounded);
  tcase_add_test(t, kubernetes_objects_keep_their_identity);
  tcase_add_test(t, appending_a_hundred_thousand_is_quick);
  tcase_set_timeout(t, 60);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
