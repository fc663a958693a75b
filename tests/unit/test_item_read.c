/* test_item_read.c -- pointers, typed reading, walking, numbers, comparing.  SPDX-License-Identifier: Apache-2.0 */
#include "item/item.h"
#include <check.h>
#include <stdlib.h>

static item_doc *doc;
static pintle_doc *h;
static const pintle_doc_api *api;

static void setup(void) {
  ck_assert_int_eq(item_new(&doc), PINTLE_OK);
  h = item_handle(doc);
  api = h->api;
}
static void teardown(void) { item_freep(&doc); }

static void load(const char *text) { ck_assert_int_eq(item_parse(doc, str_of(text), 0, NULL, NULL), PINTLE_OK); }

/* The example of RFC 6901 section 5. */
static const char rfc6901[] =
    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}";
static const struct {
  const char *pointer, *json;
} found[] = {{"", rfc6901},
             {"/foo", "[\"bar\",\"baz\"]"},
             {"/foo/0", "\"bar\""},
             {"/foo/1", "\"baz\""},
             {"/", "0"},
             {"/a~1b", "1"},
             {"/c%d", "2"},
             {"/e^f", "3"},
             {"/g|h", "4"},
             {"/i\\j", "5"},
             {"/k\"l", "6"},
             {"/ ", "7"},
             {"/m~0n", "8"}};
static const char *const absent[] = {"foo",
                                     "/foo/2",
                                     "/foo/-",
                                     "/foo/00",
                                     "/foo/01",
                                     "/foo/+1",
                                     "/foo/ 1",
                                     "/foo/1e0",
                                     "/foo/",
                                     "/foo/0/",
                                     "//",
                                     "/a/b",
                                     "/m~n",
                                     "/m~2n",
                                     "/m~",
                                     "/a~1b/x",
                                     "/foo/4294967296",
                                     "/c%25d",
                                     "/foo/18446744073709551616",
                                     "/FOO",
                                     " ",
                                     "/foo/0/bar",
                                     "/fo",
                                     "/fooo"};

START_TEST(pointers_find) {
  pintle_str s;
  buf CLEANUP(buf_free) back = {0};
  load(rfc6901);
  ck_assert_int_eq(api->raw(h, found[_i].pointer, &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, found[_i].json);
  item_pointer(item_at(doc, found[_i].pointer), &back);
  ck_assert_str_eq(buf_z(&back), found[_i].pointer);
}
END_TEST

START_TEST(pointers_miss) {
  pintle_str s = {"kept", 4};
  load(rfc6901);
  ck_assert_int_eq(api->raw(h, absent[_i], &s), PINTLE_NOT_FOUND);
  ck_assert_str_eq(s.ptr, "kept");
  ck_assert_ptr_null(api->at(h, absent[_i]));
}
END_TEST

START_TEST(typed_reading) {
  pintle_str s = {NULL, 0};
  int64_t i = 77;
  int32_t b = 77;
  load("{\"s\":\"x\\u0000y\",\"i\":-12,\"f\":1.0,\"e\":1e3,\"b\":true,\"n\":null,\"o\":{\"k\" : [1, \"\\u0041\"]},\"d\":1,\"d\":2}");
  ck_assert_int_eq(api->get_str(h, "/s", &s), PINTLE_OK);
  ck_assert(str_eq(s, (str){"x\0y", 3}));
  ck_assert_int_eq(api->get_i64(h, "/i", &i), PINTLE_OK);
  ck_assert_int_eq(i, -12);
  ck_assert_int_eq(api->get_i64(h, "/d", &i), PINTLE_OK); /* the last counts */
  ck_assert_int_eq(i, 2);
  ck_assert_int_eq(api->get_bool(h, "/b", &b), PINTLE_OK);
  ck_assert_int_eq(b, 1);
  i = b = 5;
  s.len = 5;
  ck_assert_int_eq(api->get_i64(h, "/f", &i), PINTLE_INVALID);
  ck_assert_int_eq(api->get_i64(h, "/e", &i), PINTLE_INVALID);
  ck_assert_int_eq(api->get_i64(h, "/s", &i), PINTLE_INVALID);
  ck_assert_int_eq(api->get_bool(h, "/i", &b), PINTLE_INVALID);
  ck_assert_int_eq(api->get_str(h, "/o", &s), PINTLE_INVALID);
  ck_assert_int_eq(api->get_str(h, "/n", &s), PINTLE_NOT_FOUND); /* null is as good as absent */
  ck_assert_int_eq(api->raw(h, "/n", &s), PINTLE_NOT_FOUND);
  ck_assert(i == 5 && b == 5 && s.len == 5); /* untouched on error */
  ck_assert_int_eq(api->raw(h, "/o", &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, "{\"k\":[1,\"\\u0041\"]}");
  ck_assert_int_eq(api->raw(h, "/f", &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, "1.0");
  ck_assert_str_eq(pintle_str_or(h, "/n", "fallback"), "fallback");
  ck_assert_str_eq(item_str(doc, "/i", "fallback").ptr, "fallback");
  ck_assert_ptr_nonnull(item_at(doc, "/n"));
}
END_TEST

START_TEST(walking) {
  pintle_str s;
  load("{\"a\":1.50,\"b\":\"t\",\"c\":[null,[]]}");
  const pintle_value *v = api->first(h, api->at(h, ""));
  ck_assert_int_eq(api->type(h, v), PINTLE_T_NUMBER);
  ck_assert_int_eq(api->key(h, v, &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, "a");
  ck_assert_int_eq(api->text(h, v, &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, "1.50");
  ck_assert_ptr_null(api->first(h, v));
  v = api->next(h, v);
  ck_assert_int_eq(api->text(h, v, &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, "t");
  v = api->next(h, v);
  ck_assert_int_eq(api->text(h, v, &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, "[null,[]]");
  ck_assert_ptr_null(api->next(h, v));
  const pintle_value *null = api->first(h, v), *array = api->next(h, null);
  ck_assert_int_eq(api->type(h, null), PINTLE_T_NULL);
  ck_assert_int_eq(api->key(h, null, &s), PINTLE_INVALID);
  ck_assert_int_eq(api->text(h, null, &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, "null");
  ck_assert_ptr_null(api->first(h, array));
  ck_assert_uint_eq(item_count(v), 2);
}
END_TEST

START_TEST(offsets_lead_to_places) {
  static const char text[] = "{\n  \"a\": {\"b\":\n 7}\n}";
  uint32_t line, column;
  load(text);
  item_place(STR(text), item_offset(item_at(doc, "/a/b")), &line, &column);
  ck_assert(line == 3 && column == 2);
  item_set(doc, "/a/b", STR("x"));
  ck_assert_uint_eq(item_offset(item_at(doc, "/a/b")), UINT32_MAX);
}
END_TEST

START_TEST(what_a_bad_plugin_passes) {
  static const pintle_doc_api foreign_api = {.struct_size = sizeof foreign_api};
  const pintle_doc foreign = {&foreign_api}, none = {NULL};
  const pintle_doc *const handles[] = {NULL, &foreign, &none};
  pintle_str s = {"kept", 4};
  int64_t i;
  int32_t b;
  for (size_t k = 0; k < 3; k++) {
    pintle_doc *bad = (pintle_doc *)(uintptr_t)handles[k];
    ck_assert_ptr_null(item_of(bad));
    ck_assert_int_eq(api->get_str(bad, "/a", &s), PINTLE_INVALID);
    ck_assert_int_eq(api->get_i64(bad, "/a", &i), PINTLE_INVALID);
    ck_assert_int_eq(api->get_bool(bad, "/a", &b), PINTLE_INVALID);
    ck_assert_int_eq(api->raw(bad, "", &s), PINTLE_INVALID);
    ck_assert_ptr_null(api->at(bad, ""));
    ck_assert_ptr_null(api->first(bad, item_root(doc)));
    ck_assert_ptr_null(api->next(bad, item_root(doc)));
    ck_assert_int_eq(api->type(bad, item_root(doc)), PINTLE_T_NULL);
    ck_assert_int_eq(api->key(bad, item_root(doc), &s), PINTLE_INVALID);
    ck_assert_int_eq(api->text(bad, item_root(doc), &s), PINTLE_INVALID);
    ck_assert_int_eq(api->set_str(bad, "/a", "x", 1), PINTLE_INVALID);
    ck_assert_int_eq(api->set_i64(bad, "/a", 1), PINTLE_INVALID);
    ck_assert_int_eq(api->set_bool(bad, "/a", 1), PINTLE_INVALID);
    ck_assert_int_eq(api->set_json(bad, "/a", "1", 1), PINTLE_INVALID);
    ck_assert_int_eq(api->remove(bad, "/a"), PINTLE_INVALID);
    ck_assert_int_eq(api->merge(bad, "{}", 2), PINTLE_INVALID);
    ck_assert_int_eq(api->patch(bad, "[]", 2), PINTLE_INVALID);
  }
  load("{\"a\":\"x\"}");
  ck_assert_int_eq(api->get_str(h, "/a", NULL), PINTLE_INVALID);
  ck_assert_int_eq(api->raw(h, "/a", NULL), PINTLE_INVALID);
  ck_assert_int_eq(api->raw(h, NULL, &s), PINTLE_OK); /* R5: NULL reads as "" */
  ck_assert_str_eq(s.ptr, "{\"a\":\"x\"}");
  ck_assert_ptr_null(api->first(h, NULL));
  ck_assert_ptr_null(api->next(h, NULL));
  ck_assert_int_eq(api->type(h, NULL), PINTLE_T_NULL);
  ck_assert_int_eq(api->key(h, NULL, &s), PINTLE_INVALID);
  ck_assert_int_eq(api->text(h, NULL, &s), PINTLE_NOT_FOUND);
  ck_assert_int_eq(api->text(h, item_root(doc), NULL), PINTLE_INVALID);
  ck_assert_int_eq(api->set_str(h, NULL, "x", 1), PINTLE_INVALID); /* not the whole document */
  ck_assert_int_eq(api->set_i64(h, NULL, 1), PINTLE_INVALID);
  ck_assert_int_eq(api->set_json(h, NULL, "{}", 2), PINTLE_INVALID);
  ck_assert_int_eq(api->set_json(h, "/a", NULL, PINTLE_Z), PINTLE_INVALID);
  ck_assert_int_eq(api->set_str(h, "/a", NULL, 3), PINTLE_INVALID);
  ck_assert_int_eq(api->set_str(h, "/a", "x", (size_t)-2), PINTLE_INVALID);
  ck_assert_int_eq(api->remove(h, NULL), PINTLE_INVALID);
  ck_assert_int_eq(api->merge(h, NULL, 0), PINTLE_INVALID);
  ck_assert_int_eq(api->patch(h, NULL, PINTLE_Z), PINTLE_INVALID);
  ck_assert(!item_changed(doc));
}
END_TEST

START_TEST(zeros_behind_the_table) {
  const volatile char *p = (const volatile char *)(uintptr_t)api;
  ck_assert_uint_eq(item_doc_api.struct_size, sizeof(pintle_doc_api));
  for (size_t i = sizeof(pintle_doc_api); i < sizeof(pintle_doc_api) + 512; i++) ck_assert_int_eq(p[i], 0);
}
END_TEST

/* ---- numbers */

static char *digits(const char *front, char c, size_t n, const char *back) {
  static char text[2][1200];
  static int turn;
  char *t = text[turn ^= 1];
  size_t at = strlen(front);
  memcpy(t, front, at);
  memset(t + at, c, n);
  strcpy(t + at + n, back);
  return t;
}

static bool equal(const char *a, const char *b) {
  buf CLEANUP(buf_free) text = {0};
  buf_printf(&text, "[%s,%s]", a, b);
  load(buf_z(&text));
  const item_node *x = item_first(item_root(doc)), *y = item_next(x);
  ck_assert_int_eq(item_equal(x, y), item_equal(y, x));
  return item_equal(x, y);
}

START_TEST(numbers_compare_exactly) {
  static const char *const same[][2] = {{"1", "1.0"},
                                        {"1", "1e0"},
                                        {"10", "1e1"},
                                        {"0", "-0"},
                                        {"0", "0.000e99"},
                                        {"0.5", "5e-1"},
                                        {"0.05", "0.5E-1"},
                                        {"120e-1", "12.000"},
                                        {"1e400", "10e399"},
                                        {"-1e-400", "-0.1e-399"},
                                        {"1e999999999", "10e999999998"},
                                        {"1e99999999999999999999999", "0.1e100000000000000000000000"},
                                        {"1e-99999999999999999999999", "10e-100000000000000000000000"},
                                        {"0e99999999999999999999", "0"},
                                        {"100.001e+0003", "100001"},
                                        {"1e-0", "1e000000000000000000000000"},
                                        {"1e1", "0.01e3"},
                                        {"1e2", "1000e-1"}};
  static const char *const differ[][2] = {{"9007199254740992", "9007199254740993"},
                                          {"9007199254740991", "9007199254740992"},
                                          {"1", "-1"},
                                          {"1", "1.0000000000000000000000000000001"},
                                          {"1e400", "1e401"},
                                          {"1", "0"},
                                          {"1e99999999999999999999999", "1e99999999999999999999998"},
                                          {"1e99999999999999999999999", "1e-99999999999999999999999"},
                                          {"12", "1.2"},
                                          {"1.2", "1.02"},
                                          {"1e1000000000000", "1e-1000000000000"},
                                          {"0.1", "0.01"},
                                          {"5", "5e1"},
                                          {"1", "11"}};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) ck_assert_msg(equal(same[i][0], same[i][1]), "%s is %s", same[i][0], same[i][1]);
  for (size_t i = 0; i < sizeof differ / sizeof *differ; i++)
    ck_assert_msg(!equal(differ[i][0], differ[i][1]), "%s is not %s", differ[i][0], differ[i][1]);
  ck_assert(equal(digits("", '7', 400, ""), digits("0.", '7', 400, "e400")));
  ck_assert(!equal(digits("", '7', 400, ""), digits("", '7', 399, "8")));
  ck_assert(equal(digits("1", '0', 400, ""), "1e400"));
}
END_TEST

START_TEST(integers_are_int64_or_refused) {
  static const struct {
    const char *text;
    int64_t value;
  } ok[] = {
      {"9223372036854775807", INT64_MAX}, {"-9223372036854775808", INT64_MIN}, {"-0", 0}, {"0", 0}, {"9007199254740993", 9007199254740993}};
  static const char *const no[] = {"9223372036854775808",
                                   "-9223372036854775809",
                                   "18446744073709551617",
                                   "1.0",
                                   "1e3",
                                   "\"1\"",
                                   "null",
                                   "99999999999999999999999999999999999999"};
  int64_t v = 3;
  for (size_t i = 0; i < sizeof ok / sizeof *ok; i++) {
    load(ok[i].text);
    ck_assert_int_eq(item_int(item_root(doc), &v), PINTLE_OK);
    ck_assert_int_eq(v, ok[i].value);
  }
  v = 3;
  for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
    load(no[i]);
    ck_assert_int_eq(item_int(item_root(doc), &v), PINTLE_INVALID);
    ck_assert_int_eq(v, 3);
  }
}
END_TEST

static const struct {
  const char *a, *b;
  bool equal;
} values[] = {
    {"{\"a\":1,\"b\":[1,{\"c\":null}]}", "{\"b\":[1.0,{\"c\":null}],\"a\":1e0}", true},
    {"{\"a\":1,\"b\":2}", "{\"a\":1}", false},
    {"{\"a\":1}", "{\"a\":1,\"b\":null}", false},
    {"{\"a\":1,\"a\":2}", "{\"a\":2}", true}, /* the last counts */
    {"{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":2}", false},
    {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":1,\"b\":2}", true},
    {"[1,2]", "[2,1]", false},
    {"[1,2]", "[1,2,3]", false},
    {"\"\\u0041\\u0000\"", "\"A\\u0000\"", true},
    {"\"A\\u0000\"", "\"A\"", false},
    {"true", "false", false},
    {"null", "false", false},
    {"{}", "[]", false},
    {"\"1\"", "1", false},
};

START_TEST(values_compare_by_meaning) {
  buf CLEANUP(buf_free) text = {0};
  buf_printf(&text, "[%s,%s]", values[_i].a, values[_i].b);
  load(buf_z(&text));
  const item_node *x = item_first(item_root(doc)), *y = item_next(x);
  ck_assert_int_eq(item_equal(x, y), values[_i].equal);
  ck_assert_int_eq(item_equal(y, x), values[_i].equal);
}
END_TEST

START_TEST(large_objects_compare_fast) {
  enum { N = 100000 };
  buf CLEANUP(buf_free) text = {0};
  buf_printf(&text, "[{\"k%d\":\"twin\"", N - 1); /* far from the member that counts */
  for (unsigned i = 0; i < N; i++) buf_printf(&text, ",\"k%u\":%u", i, i);
  buf_addz(&text, "},{");
  for (unsigned i = N; i-- > 0;) buf_printf(&text, "\"k%u\":%u.0%s", i, i, i ? "," : "}]");
  load(buf_z(&text));
  const item_node *x = item_first(item_root(doc)), *y = item_next(x);
  ck_assert(item_equal(x, y));
  item_set(doc, "/1/k500", STR("other"));
  ck_assert(!item_equal(x, y));
}
END_TEST

int main(void) {
  Suite *s = suite_create("item read");
  TCase *t = tcase_create("all");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, pointers_find, 0, (int)(sizeof found / sizeof *found));
  tcase_add_loop_test(t, pointers_miss, 0, (int)(sizeof absent / sizeof *absent));
  tcase_add_test(t, typed_reading);
  tcase_add_test(t, walking);
  tcase_add_test(t, offsets_lead_to_places);
  tcase_add_test(t, what_a_bad_plugin_passes);
  tcase_add_test(t, zeros_behind_the_table);
  tcase_add_test(t, numbers_compare_exactly);
  tcase_add_test(t, integers_are_int64_or_refused);
  tcase_add_loop_test(t, values_compare_by_meaning, 0, (int)(sizeof values / sizeof *values));
  tcase_add_test(t, large_objects_compare_fast);
  tcase_set_timeout(t, 60);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
