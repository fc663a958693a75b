/* test_item_patch.c -- RFC 6902 (appendix A) and RFC 7396 (appendix A), and what both refuse.  SPDX-License-Identifier: Apache-2.0 */
#include "item/item.h"
#include <check.h>
#include <stdlib.h>

static item_doc *doc;
static buf out;

static void setup(void) { ck_assert_int_eq(item_new(&doc), PINTLE_OK); }
static void teardown(void) {
  item_freep(&doc);
  buf_free(&out);
}

static const char *printed(void) {
  buf_clear(&out);
  ck_assert_int_eq(item_print(doc, NULL, 0, &out), PINTLE_OK);
  return buf_z(&out);
}

static void load(const char *text) { ck_assert_int_eq(item_parse(doc, str_of(text), 0, NULL, NULL), PINTLE_OK); }
static pintle_status patch(const char *text) { return item_doc_api.patch(item_handle(doc), text, PINTLE_Z); }
static pintle_status merge(const char *text) { return item_doc_api.merge(item_handle(doc), text, PINTLE_Z); }

static const struct {
  const char *doc, *patch;
  pintle_status status;
  const char *result; /* NULL: unchanged */
} patches[] = {
    /* A.1 to A.16, in their order */
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]", 0, "{\"foo\":\"bar\",\"baz\":\"qux\"}"},
    {"{\"foo\":[\"bar\",\"baz\"]}", "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]", 0, "{\"foo\":[\"bar\",\"qux\",\"baz\"]}"},
    {"{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"remove\",\"path\":\"/baz\"}]", 0, "{\"foo\":\"bar\"}"},
    {"{\"foo\":[\"bar\",\"qux\",\"baz\"]}", "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]", 0, "{\"foo\":[\"bar\",\"baz\"]}"},
    {"{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]", 0,
     "{\"baz\":\"boo\",\"foo\":\"bar\"}"},
    {"{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}",
     "[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]", 0,
     "{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}"},
    {"{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}", "[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]", 0,
     "{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}"},
    {"{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
     "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]", 0, NULL},
    {"{\"baz\":\"qux\"}", "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", PINTLE_CONFLICT, NULL},
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]", 0,
     "{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}"},
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]", 0, "{\"foo\":\"bar\",\"baz\":\"qux\"}"},
    {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]", PINTLE_NOT_FOUND, NULL},
    {"{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]", 0, NULL},
    {"{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]", PINTLE_CONFLICT, NULL},
    {"{\"foo\":[\"bar\"]}", "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]", 0,
     "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}"},
    /* beyond the appendix */
    {"{\"a\":1}", "[]", 0, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":2}]", 0, "{\"a\":2}"},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"\",\"value\":[1]}]", 0, "[1]"},
    {"{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"\",\"value\":null}]", 0, "null"},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"\"}]", PINTLE_INVALID, NULL},
    {"{\"a\":[]}", "[{\"op\":\"add\",\"path\":\"/a/0\",\"value\":1},{\"op\":\"add\",\"path\":\"/a/1\",\"value\":2}]", 0, "{\"a\":[1,2]}"},
    {"{\"a\":[]}", "[{\"op\":\"add\",\"path\":\"/a/1\",\"value\":1}]", PINTLE_NOT_FOUND, NULL},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/01\",\"value\":1}]", PINTLE_INVALID, NULL},
    {"{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":1}]", PINTLE_INVALID, NULL},
    {"{\"a\":[1]}", "[{\"op\":\"replace\",\"path\":\"/a/-\",\"value\":1}]", PINTLE_NOT_FOUND, NULL},
    {"{\"a\":[1]}", "[{\"op\":\"remove\",\"path\":\"/a/-\"}]", PINTLE_NOT_FOUND, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":1}]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/b\",\"value\":1}]", PINTLE_NOT_FOUND, NULL},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/b\"}]", PINTLE_NOT_FOUND, NULL},
    {"{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/b\",\"value\":null}]", PINTLE_NOT_FOUND, NULL},
    {"{\"a\":null}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":null}]", 0, NULL},
    {"{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":1.00}]", 0, NULL},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/c\"}]", 0, "{\"a\":{\"b\":1,\"c\":{\"b\":1}}}"},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/c\"}]", PINTLE_INVALID, NULL},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/ab\"}]", 0, "{\"ab\":{\"b\":1}}"},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a/b\",\"path\":\"/a\"}]", 0, "{\"a\":1}"},
    {"{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", 0, NULL},
    {"{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/b\",\"path\":\"/b\"}]", PINTLE_NOT_FOUND, NULL},
    {"{\"a\\u0000b\":1,\"a\":2}", "[{\"op\":\"remove\",\"path\":\"/a\\u0000b\"}]", 0, "{\"a\":2}"},
    {"{\"a\":2}", "[{\"op\":\"add\",\"path\":\"/a\\u0000b\",\"value\":1}]", 0, "{\"a\":2,\"a\\u0000b\":1}"},
    {"{\"a\":1}", "{}", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[1]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"path\":\"/a\",\"value\":1}]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"op\":\"Add\",\"path\":\"/a\",\"value\":1}]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"value\":2}]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\"}]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"op\":\"copy\",\"path\":\"/b\"}]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"a\",\"value\":2}]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/~2\",\"value\":2}]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/~\"}]", PINTLE_INVALID, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/b\",\"value\":2},", PINTLE_INVALID, NULL},
    /* all or nothing */
    {"{\"a\":1,\"b\":[1,2],\"a\":3}",
     "[{\"op\":\"remove\",\"path\":\"/b/0\"},{\"op\":\"replace\",\"path\":\"/a\",\"value\":{}},{\"op\":\"add\",\"path\":\"/a/"
     "x\",\"value\":1},"
     "{\"op\":\"test\",\"path\":\"/a/x\",\"value\":2}]",
     PINTLE_CONFLICT, NULL},
};

START_TEST(json_patch) {
  load(patches[_i].doc);
  ck_assert_msg(patch(patches[_i].patch) == patches[_i].status, "%s", patches[_i].patch);
  ck_assert_str_eq(printed(), patches[_i].result ? patches[_i].result : patches[_i].doc);
  ck_assert_int_eq(item_changed(doc), patches[_i].result != NULL);
}
END_TEST

static const char *const merges[][3] = {
    /* the table of appendix A */
    {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
    {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
    {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
    {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
    {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
    {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
    {"{\"a\":\"foo\"}", "null", "null"},
    {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
    {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
    {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
    {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    /* nulls in arrays stay; of duplicates the last counts, in the patch and in the document */
    {"{}", "{\"a\":[null,{\"b\":null}]}", "{\"a\":[null,{\"b\":null}]}"},
    {"{\"a\":{\"x\":1}}", "{\"a\":{\"y\":1},\"a\":{\"z\":2}}", "{\"a\":{\"x\":1,\"z\":2}}"},
    {"{\"a\":1}", "{\"a\":2,\"a\":null}", "{}"},
    {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":null}", "{\"b\":2}"},
    {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":4}", "{\"b\":2,\"a\":4}"},
    {"{\"a\":{\"x\":1},\"a\":{\"y\":1}}", "{\"a\":{\"z\":1}}", "{\"a\":{\"y\":1,\"z\":1}}"},
    {"{\"\\u0061\":1}", "{\"a\":2}", "{\"\\u0061\":2}"},
};

START_TEST(merge_patch) {
  load(merges[_i][0]);
  ck_assert_int_eq(merge(merges[_i][1]), PINTLE_OK);
  ck_assert_str_eq(printed(), merges[_i][2]);
}
END_TEST

START_TEST(a_merge_that_says_nothing_new_is_no_edit) {
  static const char text[] = "{\"a\":{\"b\":[1,2.0,\"\\u0041\"]},\"c\":\"d\",\"c\":\"e\"}";
  load(text);
  ck_assert_int_eq(merge("{\"a\":{\"b\":[1,2.0,\"A\"],\"x\":null},\"c\":\"e\",\"y\":null}"), PINTLE_OK);
  ck_assert(!item_changed(doc));
  ck_assert_str_eq(printed(), text);
  ck_assert_int_eq(merge("{\"a\":{\"b\":[1,2.00,\"A\"]}}"), PINTLE_OK); /* another lexeme is another value */
  ck_assert(item_changed(doc));
}
END_TEST

START_TEST(limits_hold_for_patches) {
  const item_limits limits = {80, 3};
  ck_assert_int_eq(item_parse(doc, STR("{\"p\":\"----+----+----+----+\",\"a\":[1,2,3,4,5,6,7,8]}"), 0, &limits, NULL), PINTLE_OK);
  ck_assert_int_eq(merge("{\"b\":[[[]]]}"), PINTLE_INVALID);                                          /* too deep by itself */
  ck_assert_int_eq(patch("[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/-\"}]"), PINTLE_OK);        /* depth 3 */
  ck_assert_int_eq(patch("[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}]"), PINTLE_INVALID);     /* 80 bytes */
  ck_assert_int_eq(patch("[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/8/-\"}]"), PINTLE_INVALID); /* depth 5 */
  ck_assert_str_eq(printed(), "{\"p\":\"----+----+----+----+\",\"a\":[1,2,3,4,5,6,7,8,[1,2,3,4,5,6,7,8]]}");
  ck_assert_int_eq(patch("[{\"op\":\"remove\",\"path\":\"/a/8\"},{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}]"), PINTLE_OK);
}
END_TEST

START_TEST(copies_cannot_explode) {
  buf CLEANUP(buf_free) text = {0};
  load("{\"a\":[\"0123456789abcdef\"]}");
  buf_addz(&text, "[");
  for (int i = 0; i < 64; i++) buf_printf(&text, "%s{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/-\"}", i ? "," : "");
  buf_addz(&text, "]");
  ck_assert_int_eq(patch(buf_z(&text)), PINTLE_INVALID);
  ck_assert_str_eq(printed(), "{\"a\":[\"0123456789abcdef\"]}");
}
END_TEST

START_TEST(unique_documents_stay_so) {
  ck_assert_int_eq(item_parse(doc, STR("{\"a\":1}"), ITEM_UNIQUE_KEYS, NULL, NULL), PINTLE_OK);
  ck_assert_int_eq(merge("{\"b\":{\"c\":1,\"c\":2}}"), PINTLE_INVALID);
  ck_assert_int_eq(item_set_json(doc, "/b", STR("{\"c\":1,\"c\":2}")), PINTLE_INVALID);
  ck_assert_str_eq(printed(), "{\"a\":1}");
}
END_TEST

int main(void) {
  Suite *s = suite_create("item patch");
  TCase *t = tcase_create("all");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, json_patch, 0, (int)(sizeof patches / sizeof *patches));
  tcase_add_loop_test(t, merge_patch, 0, (int)(sizeof merges / sizeof *merges));
  tcase_add_test(t, a_merge_that_says_nothing_new_is_no_edit);
  tcase_add_test(t, limits_hold_for_patches);
  tcase_add_test(t, copies_cannot_explode);
  tcase_add_test(t, unique_documents_stay_so);
  tcase_set_timeout(t, 60);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
