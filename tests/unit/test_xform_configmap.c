/* test_xform_configmap.c -- restore-xform: configMaps.  SPDX-License-Identifier: Apache-2.0 */
#include "xform_rows.h"

#define REPLACE(path, value) "{\"op\":\"replace\",\"path\":\"" path "\",\"value\":\"" value "\"}"
#define MAP(data) \
  "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"app-1\",\"namespace\":\"shop\"},\"data\":" data "}"
#define CONFIG(rule) "{\"configMaps\":[" rule "]}"

START_TEST(whole_values) {
  static const row rows[] = {
      {"exactly this value of this key",
       CONFIG("{\"name\":\"app-*\",\"namespace\":\"shop\",\"key\":\"DB_HOST\",\"value\":\"db.old\",\"to\":\"db.new\"}"),
       MAP("{\"DB_HOST\":\"db.old\",\"OTHER\":\"db.old\"}"), "[" REPLACE("/data/DB_HOST", "db.new") "]",
       "/data/DB_HOST: configMaps[0]: db.old -> db.new\n",
       "configMaps[0]: db.old -> db.new = 1\nconfigMaps[0]: db.old -> db.new, but for key = 1\n"},
      {"of any key, but not a part", CONFIG("{\"value\":\"db.old\",\"to\":\"db.new\"}"),
       MAP("{\"a\":\"db.old\",\"b\":\"db.old \",\"a/b\":\"db.old\"}"),
       "[" REPLACE("/data/a", "db.new") "," REPLACE("/data/a~1b", "db.new") "]", NULL,
       "configMaps[0]: db.old -> db.new = 2\nconfigMaps[0]: db.old -> db.new, but for blanks around the value = 1\n"},
      {"a key, whatever it holds", CONFIG("{\"key\":\"ZONE\",\"to\":\"eu\"}"), MAP("{\"ZONE\":\"line one\\nline two\"}"),
       "[" REPLACE("/data/ZONE", "eu") "]", "/data/ZONE: configMaps[0]: line one line two -> eu\n", "configMaps[0]: key ZONE -> eu = 1\n"},
      {"another namespace", CONFIG("{\"namespace\":\"sh\",\"value\":\"a\",\"to\":\"b\"}"), MAP("{\"k\":\"a\"}"), NULL, "",
       "configMaps[0]: a -> b = 0\nconfigMaps[0]: a -> b, but for namespace = 1\n"},
      {"another name", CONFIG("{\"name\":\"app\",\"value\":\"a\",\"to\":\"b\"}"), MAP("{\"k\":\"a\"}"), NULL, "", NULL},
      {"the first rule that fits",
       CONFIG("{\"key\":\"K\",\"value\":\"a\",\"to\":\"b\"},{\"value\":\"a\",\"to\":\"c\"},{\"pattern\":\"b\",\"to\":\"d\"}"),
       MAP("{\"J\":\"a\",\"L\":\"xbx\"}"), "[" REPLACE("/data/J", "c") "," REPLACE("/data/L", "xdx") "]", NULL, NULL},
      {"nothing but data", CONFIG("{\"value\":\"YQ==\",\"to\":\"x\"}"),
       "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"n\":7},\"binaryData\":{\"k\":\"YQ==\"}}", NULL, "", NULL},
      {"never a Secret", CONFIG("{\"value\":\"a\",\"to\":\"b\"}"),
       "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{\"k\":\"a\"},\"stringData\":{\"k\":\"a\"}}", NULL, "", NULL},
  };
  XFORM_ROWS(rows);
}
END_TEST

#define BOUNDED CONFIG("{\"pattern\":\"\\\\bold\\\\.example\\\\.com\\\\b\",\"to\":\"new.example.com\"}")
START_TEST(patterns) {
  static const row rows[] = {
      {"with boundaries", BOUNDED, MAP("{\"u\":\"http://old.example.com/ bold.example.com\\n# old.example.com:80\"}"),
       "[" REPLACE("/data/u", "http://new.example.com/ bold.example.com\\n# new.example.com:80") "]",
       "/data/u: configMaps[0]: old.example.com -> new.example.com (2 times)\n",
       "configMaps[0]: \\bold\\.example\\.com\\b -> new.example.com = 2\n"},
      {"groups", CONFIG("{\"pattern\":\"([a-z]+)@old\",\"to\":\"\\\\1@new\\\\\\\\\"}"), MAP("{\"u\":\"me@old,you@old\"}"),
       "[" REPLACE("/data/u", "me@new\\\\,you@new\\\\") "]", NULL, NULL},
      {"a replacement that holds the match", CONFIG("{\"pattern\":\"example\\\\.com\",\"to\":\"new.example.com\"}"),
       MAP("{\"u\":\"example.com new.example.com example.com\"}"),
       "[" REPLACE("/data/u", "new.example.com new.example.com new.example.com") "]",
       "/data/u: configMaps[0]: example.com -> new.example.com (2 times)\n", NULL},
      {"several at once, the leftmost first, then by order",
       CONFIG("{\"pattern\":\"bc\",\"to\":\"1\"},{\"pattern\":\"ab\",\"to\":\"2\"},{\"pattern\":\"abc\",\"to\":\"3\"}"),
       MAP("{\"u\":\"abc-bc-c\"}"), "[" REPLACE("/data/u", "2c-1-c") "]",
       "/data/u: configMaps[0]: bc -> 1\n/data/u: configMaps[1]: ab -> 2\n", NULL},
      {"a text that holds U+0000", CONFIG("{\"pattern\":\"old\",\"to\":\"new\"}"), MAP("{\"u\":\"a\\u0000old\"}"),
       "[" REPLACE("/data/u", "a\\u0000new") "]", NULL, NULL},
      {"taken away", CONFIG("{\"pattern\":\"-old\",\"to\":\"\"}"), MAP("{\"u\":\"db-old\"}"), "[" REPLACE("/data/u", "db") "]", NULL, NULL},
      {"only where it may", CONFIG("{\"key\":\"*.properties\",\"pattern\":\"old\",\"to\":\"new\"}"),
       MAP("{\"a.properties\":\"old\",\"b\":\"old\"}"), "[" REPLACE("/data/a.properties", "new") "]", NULL, NULL},
      {"a letter that may be missing is not looked for", CONFIG("{\"pattern\":\"x(ab+)?c*d{0,1}[y]\",\"to\":\"z\"}"),
       MAP("{\"u\":\"xy xaby xcdy\"}"), "[" REPLACE("/data/u", "z z z") "]", NULL, NULL},
      {"a match of nothing is none", CONFIG("{\"pattern\":\"\\\\bx*\",\"to\":\"y\"}"), MAP("{\"u\":\"a xx b\"}"),
       "[" REPLACE("/data/u", "a y b") "]", NULL, NULL},
  };
  XFORM_ROWS(rows);
}
END_TEST

/* a to b, b to a: applied at once, the two change places (a second run would change them back, which is said at load). */
START_TEST(a_swap) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references",
                                               CONFIG("{\"pattern\":\"a1\",\"to\":\"b1\"},{\"pattern\":\"b1\",\"to\":\"a1\"}"));
  ck_assert_ptr_nonnull(a);
  ck_assert_str_eq(pintle_test_restore(a, MAP("{\"u\":\"a1 b1\"}"), NULL, 0)->item, MAP("{\"u\":\"b1 a1\"}"));
  pintle_test_free(h);
}
END_TEST

/* What grows each time is said beside the change. */
START_TEST(a_pattern_that_never_settles) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a =
      pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", CONFIG("{\"pattern\":\"[0-9]+\",\"to\":\"1\\\\0\"}"));
  ck_assert_ptr_nonnull(a);
  ck_assert_str_eq(pintle_test_restore(a, MAP("{\"u\":\"a5\"}"), NULL, 0)->notes,
                   "/data/u: configMaps[0]: 5 -> 15\n/data/u: configMaps: a second run would change this again\n");
  pintle_test_free(h);
}
END_TEST

START_TEST(bad_configuration) {
  xform_refused("{\"configMaps\":{}}", "/configMaps", "is a list");
  xform_refused(CONFIG("7"), "/configMaps/0", "a rule is a mapping");
  xform_refused(CONFIG("{\"value\":\"a\",\"to\":\"b\"},{\"vale\":\"a\"}"), "/configMaps/1/vale", "did you mean \"value\"?");
  xform_refused(CONFIG("{\"zzz\":1}"), "/configMaps/0/zzz", "unknown key \"zzz\"");
  xform_refused(CONFIG("{\"value\":\"a\"}"), "/configMaps/0", "\"to\" is missing");
  xform_refused(CONFIG("{\"to\":\"a\"}"), "/configMaps/0", "is needed");
  xform_refused(CONFIG("{\"value\":\"a\",\"pattern\":\"a\",\"to\":\"b\"}"), "/configMaps/0", "exclude each other");
  xform_refused(CONFIG("{\"value\":5432,\"to\":\"b\"}"), "/configMaps/0/value", "need quotes");
  xform_refused(CONFIG("{\"pattern\":\"a(\",\"to\":\"b\"}"), "/configMaps/0/pattern", "a(: ");
  xform_refused(CONFIG("{\"pattern\":\"a*\",\"to\":\"b\"}"), "/configMaps/0/pattern", "matches the empty text");
  xform_refused(CONFIG("{\"pattern\":\"(a)\",\"to\":\"\\\\2\"}"), "/configMaps/0/to", "not so many groups");
  xform_refused(CONFIG("{\"pattern\":\"a\",\"to\":\"\\\\n\"}"), "/configMaps/0/to", "followed by a digit");
  xform_refused(CONFIG("{\"value\":\"a\",\"to\":\"b\"},{\"value\":\"a\",\"to\":\"c\"}"), "/configMaps/1", "the same as rule 0");
  xform_refused(CONFIG("{\"namespace\":\"Shop\",\"value\":\"a\",\"to\":\"b\"}"), "/configMaps/0/namespace", "can never match");
}
END_TEST

START_TEST(memory_may_run_out) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", BOUNDED);
  pintle_test_set(h)->fail_alloc_at = 1;
  const pintle_test_outcome *o = pintle_test_restore(a, MAP("{\"u\":\"old.example.com\"}"), NULL, 0);
  ck_assert_int_eq(o->status, PINTLE_NOMEM);
  ck_assert_str_eq(o->item, MAP("{\"u\":\"old.example.com\"}"));
  pintle_test_free(h);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {whole_values, patterns, a_swap, a_pattern_that_never_settles, bad_configuration, memory_may_run_out};
  return xform_main("xform_configmap", tests, sizeof tests / sizeof *tests);
}
