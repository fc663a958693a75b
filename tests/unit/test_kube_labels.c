/* test_kube_labels.c -- labels and selectors.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/labels.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static const kube_label some[] = {
    {{"app", 3}, {"web", 3}}, {{"n", 1}, {"5", 1}}, {{"empty", 5}, {"", 0}}, {{"x.io/tier", 9}, {"front", 5}}};
static const kube_labels labels = {some, 4};

static void printed(const kube_selector *s, const char *want) {
  buf b = {0};
  kube_selector_print(s, &b);
  ck_assert_str_eq(buf_z(&b), want);
  buf_free(&b);
}

START_TEST(parse_match_print) {
  static const struct {
    const char *text, *print;
    int match;
  } want[] = {{"", "", 1},
              {" \t\n", "", 1},
              {"app", "app", 1},
              {"!app", "!app", 0},
              {"app=web", "app=web", 1},
              {" app  ==  web ", "app==web", 1},
              {"app!=web", "app!=web", 0},
              {"none!=web", "none!=web", 1},
              {"app in (api,web)", "app in (api,web)", 1},
              {"app in (web, api,web)", "app in (api,web)", 1},
              {"app notin (api)", "app notin (api)", 1},
              {"none notin (api)", "none notin (api)", 1},
              {"empty=", "empty=", 1},
              {"empty=,app", "app,empty=", 1},
              {"empty in ()", "empty in ()", 1},
              {"empty in (,a)", "empty in (,a)", 1},
              {"empty in (a,)", "empty in (,a)", 1},
              {"empty in (a,,b)", "empty in (,a,b)", 1},
              {"empty in (,,)", "empty in ()", 1},
              {"n>4", "n>4", 1},
              {"n>5", "n>5", 0},
              {"n<6,n>4", "n<6,n>4", 1},
              {"app>1", "app>1", 0},
              {"none<1", "none<1", 0},
              {"in in (in,notin)", "in in (in,notin)", 0},
              {"x.io/tier=front,app", "app,x.io/tier=front", 1},
              {"notin", "notin", 0},
              {"z,app,!y", "app,!y,z", 0}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    error e;
    kube_selector *s;
    ck_assert_msg(kube_selector_parse(str_of(want[i].text), &s, &e) == PINTLE_OK, "%s: %s", want[i].text, e.message);
    printed(s, want[i].print);
    ck_assert_msg(kube_selector_matches(s, labels) == want[i].match, "%s", want[i].text);
    ck_assert_int_eq(kube_selector_empty(s), want[i].print[0] == 0);
    kube_selector_free(s);
  }
  ck_assert(kube_selector_empty(NULL) && kube_selector_matches(NULL, labels));
}
END_TEST

START_TEST(refused) {
  static const char *const bad[] = {",",          "a,",
                                    "a,,b",       "a b",
                                    "a=b c",      "a in",
                                    "a in b",     "a in (",
                                    "a in (b",    "a in (b,",

                                    "a in (b c)", "a in (!)",
                                    "!",          "!!a",
                                    "!a=b",       "!a in (b)",
                                    "=a",         "a===b",
                                    "a=!b",       "a<b",
                                    "a>",         "a>-1",
                                    "a>1.5",      "a>9223372036854775808",
                                    "-a",         "a=-b",
                                    "A/b/c",      "/a",
                                    "a/",         "UP.io/a",
                                    "a=b/c",      "a=b,a notin (c",
                                    "a\\",        "a=\xc3\xa4",
                                    "a..b/c=d",   "(a)",
                                    "a in (b))",  "a)",
                                    "a<<1",       "k234567890123456789012345678901234567890123456789012345678901234=v"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    error e;
    kube_selector *s;
    ck_assert_msg(kube_selector_parse(str_of(bad[i]), &s, &e) == PINTLE_INVALID, "%s", bad[i]);
    ck_assert_msg(e.message[0], "%s", bad[i]);
  }
  error e;
  kube_selector *s;
  ck_assert_int_eq(kube_selector_parse((str){"a\0b", 3}, &s, &e), PINTLE_INVALID);
  ck_assert_int_eq(kube_selector_parse(STR("app=web tier=x"), &s, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "label selector: \"tier\" at character 9, where ',' should be");
}
END_TEST

static pintle_status of_object(item_doc *d, const char *json, kube_selector **s, error *e) {
  ck_assert_int_eq(item_parse(d, str_of(json), 0, NULL, e), PINTLE_OK);
  return kube_selector_of(item_at(d, "/s"), s, e);
}

START_TEST(objects) {
  static const char *const good[][2] = {
      {"{}", ""},
      {"{\"s\":null}", ""},
      {"{\"s\":{}}", ""},
      {"{\"s\":{\"matchLabels\":null,\"matchExpressions\":null}}", ""},
      {"{\"s\":{\"matchLabels\":{\"b\":\"1\",\"a\":\"\"}}}", "a=,b=1"},
      {"{\"s\":{\"matchLabels\":{\"a\":\"1\",\"a\":\"2\"}}}", "a=2"},
      {"{\"s\":{\"matchExpressions\":[{\"key\":\"z\",\"operator\":\"Exists\"},{\"key\":\"a\",\"operator\":\"NotIn\",\"values\":[\"y\","
       "\"x\"]},"
       "{\"key\":\"m\",\"operator\":\"DoesNotExist\",\"values\":[]},{\"key\":\"k\",\"operator\":\"In\",\"values\":[\"1\"]}]}}",
       "a notin (x,y),k in (1),!m,z"}};
  static const char *const bad[][2] = {
      {"{\"s\":[]}", "/s"},
      {"{\"s\":{\"matchlabels\":{}}}", "/s/matchlabels"},
      {"{\"s\":{\"matchLabels\":[]}}", "/s/matchLabels"},
      {"{\"s\":{\"matchLabels\":{\"a\":1}}}", "/s/matchLabels/a"},
      {"{\"s\":{\"matchLabels\":{\"x/y\":\"-\"}}}", "/s/matchLabels/x~1y"},
      {"{\"s\":{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"in\",\"values\":[\"b\"]}]}}", "/s/matchExpressions/0/operator"},
      {"{\"s\":{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\"}]}}", "/s/matchExpressions/0"},
      {"{\"s\":{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Exists\",\"values\":[\"b\"]}]}}", "/s/matchExpressions/0"},
      {"{\"s\":{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Exists\",\"value\":[]}]}}", "/s/matchExpressions/0/value"},
      {"{\"s\":{\"matchExpressions\":[{\"operator\":\"Exists\"}]}}", "/s/matchExpressions/0"},
      {"{\"s\":{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\",\"values\":[1]}]}}", "/s/matchExpressions/0/values/0"},
      {"{\"s\":{\"matchExpressions\":[{\"key\":\"a b\",\"operator\":\"Exists\"}]}}", "/s/matchExpressions/0"}};
  item_doc *d;
  kube_selector *s;
  error e;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    ck_assert_msg(of_object(d, good[i][0], &s, &e) == PINTLE_OK, "%s: %s", good[i][0], e.message);
    printed(s, good[i][1]);
    kube_selector_free(s);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ck_assert_msg(of_object(d, bad[i][0], &s, &e) == PINTLE_INVALID, "%s", bad[i][0]);
    ck_assert_str_eq(e.place, bad[i][1]);
  }
  ck_assert_int_eq(of_object(d, bad[5][0], &s, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.hint, "did you mean In?");
  item_free(d);
}
END_TEST

/* The last of a repeated key counts; what is no string is left out; few and many labels go two ways. */
START_TEST(labels_of_an_item) {
  item_doc *d;
  arena a = {0};
  kube_labels l;
  error e;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_int_eq(item_parse(d, STR("{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":2,\"c\":\"3\",\"a\":\"4\",\"c\":null}}}"), 0, NULL, &e),
                   PINTLE_OK);
  ck_assert_int_eq(kube_labels_of(d, &a, &l), PINTLE_OK);
  ck_assert_uint_eq(l.n, 1);
  ck_assert(str_is(*kube_labels_get(l, STR("a")), "4"));
  buf b = {0};
  buf_addz(&b, "{\"metadata\":{\"labels\":{");
  for (int i = 0; i < 3000; i++) buf_printf(&b, "%s\"k%d\":\"%d\"", i ? "," : "", i % 1000, i);
  buf_addz(&b, "}}}");
  ck_assert_int_eq(item_parse(d, buf_str(&b), 0, NULL, &e), PINTLE_OK);
  ck_assert_int_eq(kube_labels_of(d, &a, &l), PINTLE_OK);
  ck_assert_uint_eq(l.n, 1000);
  ck_assert(str_is(*kube_labels_get(l, STR("k7")), "2007"));
  ck_assert(str_is(l.v[999].key, "k999"));
  ck_assert_int_eq(item_parse(d, STR("{\"metadata\":{\"labels\":[\"a\"]}}"), 0, NULL, &e), PINTLE_OK);
  ck_assert_int_eq(kube_labels_of(d, &a, &l), PINTLE_OK);
  ck_assert_uint_eq(l.n, 0);
  buf_free(&b);
  arena_free(&a);
  item_free(d);
}
END_TEST

/* Velero's label.GetValidName. */
START_TEST(label_values) {
  char to[64], name[101];
  memset(name, 'a', 100);
  name[100] = 0;
  kube_label_value(STR("b1"), to);
  ck_assert_str_eq(to, "b1");
  kube_label_value((str){name, 63}, to);
  ck_assert(strlen(to) == 63 && strspn(to, "a") == 63);
  kube_label_value((str){name, 64}, to); /* SHA-256 of 64 "a" begins with ffe054fe7ae0 */
  ck_assert_str_eq(to, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaffe054");
}
END_TEST

int main(void) {
  Suite *s = suite_create("kube_labels");
  TCase *c = tcase_create("labels");
  tcase_add_test(c, parse_match_print);
  tcase_add_test(c, refused);
  tcase_add_test(c, objects);
  tcase_add_test(c, labels_of_an_item);
  tcase_add_test(c, label_values);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
