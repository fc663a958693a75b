/* test_item_parse.c -- which text is JSON, what is kept of it, and where an error stands.  SPDX-License-Identifier: Apache-2.0 */
#include "item/item.h"
#include <check.h>
#include <stdlib.h>

#define TEXT(literal) ((str){(literal), sizeof(literal) - 1})

static item_doc *doc;
static buf out, small;
static error err;

static void setup(void) { ck_assert_int_eq(item_new(&doc), PINTLE_OK); }
static void teardown(void) {
  item_freep(&doc);
  buf_free(&out);
  buf_free(&small);
}

/* item_parse, with the proof that item_minify says the same. */
static pintle_status parse(str text, uint32_t flags, const item_limits *limits) {
  error other;
  error_clear(&err);
  error_clear(&other);
  buf_clear(&out);
  buf_clear(&small);
  char *exact = malloc(text.len ? text.len : 1); /* so that a sanitizer sees each byte read beyond the end */
  ck_assert_ptr_nonnull(exact);
  memcpy(exact, text.ptr, text.len);
  pintle_status st = item_parse(doc, (str){exact, text.len}, flags, limits, &err);
  ck_assert_int_eq(item_minify((str){exact, text.len}, flags, limits, &small, &other), st);
  free(exact);
  ck_assert_str_eq(err.message, other.message);
  ck_assert_str_eq(err.place, other.place);
  ck_assert_int_eq(item_print(doc, NULL, 0, &out), PINTLE_OK);
  if (st == PINTLE_OK) ck_assert_str_eq(buf_z(&out), buf_z(&small));
  else {
    ck_assert_str_eq(buf_z(&out), "{}");
    ck_assert_uint_eq(small.len, 0);
    ck_assert_str_ne(err.message, "");
  }
  return st;
}

static const str good[] = {
    TEXT("{}"),
    TEXT("[]"),
    TEXT("0"),
    TEXT("-0"),
    TEXT("-0.0e-0"),
    TEXT("1E+2"),
    TEXT("123456789012345678901234567890.5e400"),
    TEXT("true"),
    TEXT("null"),
    TEXT("\"\""),
    TEXT("[[],{},[{}]]"),
    TEXT("{\"\":{\"\":0}}"),
    TEXT("[1,\"a\",false,null,{\"b\":[]}]"),
    TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\""),
    TEXT("\"\x7f\""), /* DEL is no control character of JSON */
    TEXT("\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\""),
    TEXT("\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""),
    TEXT("\"\xef\xbb\xbf\""),                       /* U+FEFF inside a string is text */
    TEXT("\"0123456789abcde\\n0123456789abcdef\""), /* across the steps of the scanner */
    TEXT("{\"a\":1,\"a\":2}"),
    TEXT("\"\\ud800\""),
    TEXT("\"\\udc00\\ud800\\u0041\""),
    TEXT("\"\\u0000\""),
};

START_TEST(accepts_and_prints_as_it_came) {
  str text = good[_i];
  ck_assert_msg(parse(text, 0, NULL) == PINTLE_OK, "%s: %s", text.ptr, err.message);
  ck_assert(str_eq(buf_str(&out), text));
}
END_TEST

static const str bad[] = {
    TEXT(""),
    TEXT(" \n"),
    TEXT("\xef\xbb\xbf{}"),
    TEXT("\xff\xfe{\0}\0"),
    TEXT("{}\0"),
    TEXT("\0{}"),
    TEXT("{} {}"),
    TEXT("[] x"),
    TEXT("1 2"),
    TEXT("["),
    TEXT("[1"),
    TEXT("[1,"),
    TEXT("[1,]"),
    TEXT("[,1]"),
    TEXT("[1 2]"),
    TEXT("[1}"),
    TEXT("]"),
    TEXT("{"),
    TEXT("{]"),
    TEXT("{\"a\"}"),
    TEXT("{\"a\":}"),
    TEXT("{\"a\" 1}"),
    TEXT("{\"a\":1,}"),
    TEXT("{,\"a\":1}"),
    TEXT("{a:1}"),
    TEXT("{1:1}"),
    TEXT("{\"a\":1 \"b\":2}"),
    TEXT("{\"a\":1"),
    TEXT("{'a':1}"),
    TEXT("[1]/* */"),
    TEXT("//x\n1"),
    TEXT("tru"),
    TEXT("True"),
    TEXT("nulL"),
    TEXT("truex"),
    TEXT("NaN"),
    TEXT("Infinity"),
    TEXT("-"),
    TEXT("-a"),
    TEXT("+1"),
    TEXT("01"),
    TEXT("-01"),
    TEXT(".5"),
    TEXT("1."),
    TEXT("1.e1"),
    TEXT("1e"),
    TEXT("1e+"),
    TEXT("0x1"),
    TEXT("1_0"),
    TEXT("\xef\xbc\x91"),
    TEXT("\""),
    TEXT("\"a"),
    TEXT("\"a\\"),
    TEXT("\"a\\\""),
    TEXT("\"\\x\""),
    TEXT("\"\\'\""),
    TEXT("\"\\u12g4\""),
    TEXT("\"\\u123"),
    TEXT("\"\\U0041\""),
    TEXT("\"a\nb\""),
    TEXT("\"a\tb\""),
    TEXT("\"a\0b\""),
    TEXT("\"\x1f\""),
    TEXT("\"\x80\""),
    TEXT("\"\xc0\xaf\""),
    TEXT("\"\xc1\xbf\""),
    TEXT("\"\xe0\x9f\xbf\""),
    TEXT("\"\xed\xa0\x80\""),
    TEXT("\"\xf0\x8f\xbf\xbf\""),
    TEXT("\"\xf4\x90\x80\x80\""),
    TEXT("\"\xf5\x80\x80\x80\""),
    TEXT("\"\xe2\x82\""),
    TEXT("\"\xe2\x82"),
    TEXT("\"\xff\""),
    TEXT("{\"\xff\":1}"),
    TEXT("[\"a\",\n\v1]"),
    TEXT("[1,\xc2\xa0"
         "2]"),
    TEXT("[1]\f"),
};

START_TEST(rejects) { ck_assert_msg(parse(bad[_i], 0, NULL) == PINTLE_INVALID, "accepted: %s", bad[_i].ptr); }
END_TEST

START_TEST(drops_white_space_only) {
  ck_assert_int_eq(parse(TEXT("\r\n{ \"a b\"\t: [ 1 , 2.50 ,\n\n true ] ,\"\\u0041 \" : \" x \" }\n "), 0, NULL), PINTLE_OK);
  ck_assert_str_eq(buf_z(&out), "{\"a b\":[1,2.50,true],\"\\u0041 \":\" x \"}");
}
END_TEST

static const struct {
  const char *text, *place;
} places[] = {
    {"", "line 1, column 1"},
    {"{\n \"a\": 1,\n \"b\": tru\n}", "line 3, column 10"},
    {"[1,\n2\n3]", "line 3, column 1"},
    {"{\"a\":01}", "line 1, column 7"},
    {"[\"ab\\q\"]", "line 1, column 5"},
    {"[\n\"\xc3\xa9\xc3\xa9\xff\"]", "line 2, column 6"},
    {"{}\n\n x", "line 3, column 2"},
    {"[1", "line 1, column 3"},
    {"[\r\n?]", "line 2, column 1"},
};

START_TEST(says_where) {
  ck_assert_int_eq(parse(str_of(places[_i].text), 0, NULL), PINTLE_INVALID);
  ck_assert_str_eq(err.place, places[_i].place);
}
END_TEST

START_TEST(messages_hold_no_content) {
  ck_assert_int_eq(parse(TEXT("{\"password\":hunter2}"), 0, NULL), PINTLE_INVALID);
  ck_assert_ptr_null(strstr(err.message, "hunter"));
  ck_assert_ptr_null(strstr(err.message, "password"));
}
END_TEST

static str nested(buf *b, size_t depth, char open, char close) {
  buf_clear(b);
  for (size_t i = 0; i < depth; i++) {
    buf_addc(b, open);
    if (open == '{' && i + 1 < depth) buf_addz(b, "\"a\":");
  }
  for (size_t i = 0; i < depth; i++) buf_addc(b, close);
  return buf_str(b);
}

START_TEST(depth_ends_at_the_limit) {
  buf CLEANUP(buf_free) b = {0};
  const item_limits three = {0, 3};
  for (int object = 0; object < 2; object++) {
    char open = object ? '{' : '[', close = object ? '}' : ']';
    ck_assert_int_eq(parse(nested(&b, 511, open, close), 0, NULL), PINTLE_OK);
    ck_assert_int_eq(parse(nested(&b, 512, open, close), 0, NULL), PINTLE_OK);
    ck_assert_int_eq(parse(nested(&b, 513, open, close), 0, NULL), PINTLE_INVALID);
    ck_assert_int_eq(parse(nested(&b, 3, open, close), 0, &three), PINTLE_OK);
    ck_assert_int_eq(parse(nested(&b, 4, open, close), 0, &three), PINTLE_INVALID);
  }
  ck_assert_int_eq(parse(nested(&b, 1000000, '[', ']'), 0, NULL), PINTLE_INVALID);
  ck_assert_str_eq(err.place, "line 1, column 513");
}
END_TEST

START_TEST(length_ends_at_the_limit) {
  const item_limits eight = {8, 0};
  ck_assert_int_eq(parse(TEXT("[1,2,3] "), 0, &eight), PINTLE_OK);
  ck_assert_int_eq(parse(TEXT("[1,2,3]  "), 0, &eight), PINTLE_INVALID);
  ck_assert_str_eq(err.place, "line 1, column 9");
}
END_TEST

START_TEST(unique_keys) {
  ck_assert_int_eq(parse(TEXT("{\"a\":{\"b\":1,\"c\":2},\"d\":[{\"b\":1},{\"b\":2}]}"), ITEM_UNIQUE_KEYS, NULL), PINTLE_OK);
  ck_assert_int_eq(parse(TEXT("{\"a\":{\"b\":1,\n\"c\":2,\"b\":1}}"), ITEM_UNIQUE_KEYS, NULL), PINTLE_INVALID);
  ck_assert_str_eq(err.place, "line 2, column 7");
  ck_assert_int_eq(parse(TEXT("{\"a\":1,\"\\u0061\":1}"), ITEM_UNIQUE_KEYS, NULL), PINTLE_INVALID);
  buf CLEANUP(buf_free) b = {0};
  for (int twin = 0; twin < 2; twin++) { /* many: another algorithm, and no time for a slow one */
    buf_clear(&b);
    buf_addc(&b, '{');
    for (unsigned i = 0; i < 200000; i++) buf_printf(&b, "\"k%u\":%u,", (i * 7919u) % 200000u, i);
    buf_addz(&b, twin ? "\"k77\":0}" : "\"k\":0}");
    ck_assert_int_eq(parse(buf_str(&b), ITEM_UNIQUE_KEYS, NULL), twin ? PINTLE_INVALID : PINTLE_OK);
  }
}
END_TEST

static const struct {
  const char *text;
  bool ok;
} identities[] = {
    {"{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"b\",\"labels\":{\"x\":1,\"x\":2}},\"spec\":1,\"spec\":2}", true},
    {"{\"kind\":\"Pod\",\"kind\":\"Pod\"}", false},
    {"{\"apiVersion\":\"v1\",\"a\":0,\"apiVersion\":\"v1\"}", false},
    {"{\"metadata\":{},\"metadata\":{}}", false},
    {"{\"metadata\":{\"name\":\"a\",\"name\":\"b\"}}", false},
    {"{\"metadata\":{\"namespace\":\"a\",\"namespace\":\"b\"}}", false},
    {"{\"k\\u0069nd\":\"a\",\"kind\":\"b\"}", false},
    {"{\"\\u0061\\u0070\\u0069\\u0056\\u0065\\u0072\\u0073\\u0069\\u006f\\u006e\":1,\"apiVersion\":2}", false},
    {"{\"metadata\":[{\"name\":1,\"name\":2}],\"a\":{\"name\":1,\"name\":2}}", true},
    {"{\"metadata\":{\"kind\":1,\"kind\":2},\"name\":1,\"name\":2}", true},
    {"{\"metadata\":{\"a\":{\"name\":1,\"name\":2}}}", true},
    {"[]", false},
    {"null", false},
    {"\"kind\"", false},
};

START_TEST(identity_is_not_ambiguous) {
  ck_assert_int_eq(parse(str_of(identities[_i].text), ITEM_KUBERNETES, NULL), identities[_i].ok ? PINTLE_OK : PINTLE_INVALID);
  if (!identities[_i].ok) ck_assert_str_ne(err.place, "");
}
END_TEST

START_TEST(strings_are_decoded_and_counted) {
  static const char text[] =
      "[\"a\\u0000b\",\"\\ud83d\\ude00\",\"\\ud800\",\"\\ud800\\ud83d\\ude00\",\"\\ude00x\",\"\\/\\b\\f\\n\\r\\t\\\"\\\\\","
      "\"\\u00e9\\u20AC\"]";
  static const struct {
    const char *s;
    size_t n;
  } want[] = {{"a\0b", 3},          {"\xf0\x9f\x98\x80", 4}, {"\xef\xbf\xbd", 3},        {"\xef\xbf\xbd\xf0\x9f\x98\x80", 7},
              {"\xef\xbf\xbdx", 4}, {"/\b\f\n\r\t\"\\", 8},  {"\xc3\xa9\xe2\x82\xac", 5}};
  ck_assert_int_eq(parse(TEXT(text), 0, NULL), PINTLE_OK);
  ck_assert_str_eq(buf_z(&out), text); /* and keep their spelling */
  const item_node *n = item_first(item_root(doc));
  for (size_t i = 0; i < sizeof want / sizeof *want; i++, n = item_next(n)) {
    str s = item_string(n);
    ck_assert_msg(str_eq(s, (str){want[i].s, want[i].n}), "string %zu", i);
    ck_assert_int_eq(s.ptr[s.len], 0);
  }
  ck_assert_ptr_null(n);
}
END_TEST

START_TEST(prints_in_other_forms) {
  static const char text[] = "{\"b\":[1,{}],\"a\":{\"z\":[],\"y\":\"<&>\xe2\x80\xa8\\u0041\\/\"},\"b\":null}";
  ck_assert_int_eq(parse(TEXT(text), 0, NULL), PINTLE_OK);
  buf_clear(&out);
  ck_assert_int_eq(item_print(doc, NULL, ITEM_PRINT_SORTED | ITEM_PRINT_GO, &out), PINTLE_OK);
  ck_assert_str_eq(buf_z(&out), "{\"a\":{\"y\":\"\\u003c\\u0026\\u003e\\u2028A/\",\"z\":[]},\"b\":[1,{}],\"b\":null}");
  buf_clear(&out);
  ck_assert_int_eq(item_print(doc, item_at(doc, "/a"), ITEM_PRINT_PRETTY, &out), PINTLE_OK);
  ck_assert_str_eq(buf_z(&out), "{\n  \"z\": [],\n  \"y\": \"<&>\xe2\x80\xa8\\u0041\\/\"\n}");
}
END_TEST

/* A few kilobytes that would be a gigabyte of blanks. */
START_TEST(what_is_deep_and_wide_is_not_indented) {
  buf CLEANUP(buf_free) b = {0}, pretty = {0};
  for (int i = 0; i < 400; i++) buf_addc(&b, '[');
  for (int i = 0; i < 50000; i++) buf_addz(&b, i ? ",0" : "0");
  for (int i = 0; i < 400; i++) buf_addc(&b, ']');
  ck_assert_int_eq(parse(buf_str(&b), 0, NULL), PINTLE_OK);
  ck_assert_int_eq(item_print(doc, NULL, ITEM_PRINT_PRETTY, &pretty), PINTLE_OK);
  ck_assert(str_eq(buf_str(&pretty), buf_str(&b)));
  buf_clear(&pretty);
  ck_assert_int_eq(parse(STR("{\"a\":[1,{}],\"b\":[]}"), 0, NULL), PINTLE_OK);
  ck_assert_int_eq(item_print(doc, NULL, ITEM_PRINT_PRETTY, &pretty), PINTLE_OK);
  ck_assert_str_eq(buf_z(&pretty), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}
END_TEST

START_TEST(many_keys_print_sorted) {
  buf CLEANUP(buf_free) b = {0};
  buf_addc(&b, '{');
  for (unsigned i = 0; i < 10000; i++) buf_printf(&b, "%s\"k%04u\":%u", i ? "," : "", (i * 7919u) % 10000u, i);
  buf_addc(&b, '}');
  ck_assert_int_eq(parse(buf_str(&b), 0, NULL), PINTLE_OK);
  buf_clear(&out);
  ck_assert_int_eq(item_print(doc, NULL, ITEM_PRINT_SORTED, &out), PINTLE_OK);
  ck_assert_int_eq(item_parse(doc, buf_str(&out), 0, NULL, NULL), PINTLE_OK);
  unsigned i = 0;
  char want[16];
  for (const item_node *n = item_first(item_root(doc)); n; n = item_next(n), i++) {
    snprintf(want, sizeof want, "k%04u", i);
    ck_assert_str_eq(item_key(n).ptr, want);
  }
  ck_assert_uint_eq(i, 10000);
}
END_TEST

int main(void) {
  Suite *s = suite_create("item parse");
  TCase *t = tcase_create("all");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, accepts_and_prints_as_it_came, 0, (int)(sizeof good / sizeof *good));
  tcase_add_loop_test(t, rejects, 0, (int)(sizeof bad / sizeof *bad));
  tcase_add_test(t, drops_white_space_only);
  tcase_add_loop_test(t, says_where, 0, (int)(sizeof places / sizeof *places));
  tcase_add_test(t, messages_hold_no_content);
  tcase_add_test(t, depth_ends_at_the_limit);
  tcase_add_test(t, length_ends_at_the_limit);
  tcase_add_test(t, unique_keys);
  tcase_add_loop_test(t, identity_is_not_ambiguous, 0, (int)(sizeof identities / sizeof *identities));
  tcase_add_test(t, strings_are_decoded_and_counted);
  tcase_add_test(t, prints_in_other_forms);
  tcase_add_test(t, what_is_deep_and_wide_is_not_indented);
  tcase_add_test(t, many_keys_print_sorted);
  tcase_set_timeout(t, 60);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
