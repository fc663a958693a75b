/* test_cli_diff.c -- what the chain did to an item, readable.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/diff.h"
#include "cli/line_diff.h"
#include <check.h>
#include <stdlib.h>

static buf out;

static const char *diff(const char *before, const char *record, bool secret) {
  error e = {0};
  const cli_diff_item item = {.title = STR("configmaps shop/a"),
                              .place = "a.yaml:1",
                              .before = str_of(before),
                              .record = str_of(record),
                              .secret = secret,
                              .quiet = "pintle.io/reset-metadata"};
  buf_clear(&out);
  ck_assert_msg(cli_diff_print(&item, &out, &e) == PINTLE_OK, "%s", e.message);
  return buf_z(&out);
}
#define RECORD(patch) "[{\"action\":\"x/y\",\"plugin\":\"p@1\",\"patch\":[" patch "]}]"
#define HEAD "~ configmaps shop/a   a.yaml:1\n  x/y\n"

START_TEST(scalars_stand_on_one_line) {
  ck_assert_str_eq(
      diff("{\"spec\":{\"c\":\"fast\",\"n\":1}}",
           RECORD("{\"op\":\"replace\",\"path\":\"/spec/c\",\"value\":\"slow\"},{\"op\":\"replace\",\"path\":\"/spec/n\",\"value\":2.50}"),
           false),
      HEAD "    /spec/c: \"fast\" -> \"slow\"\n    /spec/n: 1 -> 2.50\n");
}
END_TEST

START_TEST(what_came_and_went) {
  ck_assert_str_eq(diff("{\"a\":{\"x\":1},\"b\":\"t\"}",
                        RECORD("{\"op\":\"remove\",\"path\":\"/b\"},{\"op\":\"add\",\"path\":\"/c\",\"value\":{\"k\":[1,\"two\"]}}"),
                        false),
                   HEAD "    /b  (removed)\n      - t\n    /c  (added)\n      + k:\n      + - 1\n      + - two\n");
}
END_TEST

/* A plugin may put a whole object back: only what differs in it is shown. In arrays, what is equal at both ends stays out. */
START_TEST(whole_objects_and_arrays) {
  ck_assert_str_eq(diff("{\"spec\":{\"a\":1,\"b\":2,\"l\":[{\"id\":1},{\"id\":2},{\"id\":3}]}}",
                        RECORD("{\"op\":\"replace\",\"path\":\"/spec\",\"value\":{\"a\":1,\"b\":3,\"l\":[{\"id\":1},{\"id\":3}]}}"), false),
                   HEAD "    /spec/b: 2 -> 3\n    /spec/l/1  (removed)\n      - id: 2\n");
  ck_assert_str_eq(diff("{\"l\":[1,2,3]}",
                        RECORD("{\"op\":\"add\",\"path\":\"/l/0\",\"value\":0},{\"op\":\"replace\",\"path\":\"/l/2\",\"value\":9}"), false),
                   HEAD "    /l/0: 1 -> 0\n    /l/1: 2 -> 1\n    /l/2  (added)\n      + 9\n");
}
END_TEST

/* One line of a string of 4 KB: that line, with one line around it. */
START_TEST(one_line_of_a_long_text) {
  buf before = {0}, record = {0};
  buf_addz(&before, "{\"data\":{\"app.conf\":\"");
  buf_addz(&record, "[{\"action\":\"x/y\",\"plugin\":\"p@1\",\"notes\":[{\"at\":\"/data/app.conf\",\"why\":\"rule 1\"}],"
                    "\"patch\":[{\"op\":\"replace\",\"path\":\"/data/app.conf\",\"value\":\"");
  for (int i = 1; i <= 100; i++) {
    buf_printf(&before, "setting.%d = some value that fills the line %d%s\\n", i, i, i == 50 ? " old.example.com" : "");
    buf_printf(&record, "setting.%d = some value that fills the line %d%s\\n", i, i, i == 50 ? " new.example.com" : "");
  }
  buf_addz(&before, "\"}}");
  buf_addz(&record, "\"}]}]");
  ck_assert_uint_gt(before.len, 4096);
  ck_assert_str_eq(diff(buf_z(&before), buf_z(&record), false),
                   HEAD "    /data/app.conf\n"
                        "      @@ line 50 @@\n"
                        "        setting.49 = some value that fills the line 49\n"
                        "      - setting.50 = some value that fills the line 50 old.example.com\n"
                        "      + setting.50 = some value that fills the line 50 new.example.com\n"
                        "        setting.51 = some value that fills the line 51\n"
                        "      # rule 1\n");
  buf_free(&before);
  buf_free(&record);
}
END_TEST

START_TEST(one_word_of_a_long_line) {
  buf a = {0}, b = {0};
  for (int i = 0; i < 400; i++) buf_addz(&a, "0123456789"), buf_addz(&b, i == 200 ? "0123X56789" : "0123456789");
  buf_clear(&out);
  cli_pair((cli_ink){false, 2}, buf_str(&a), buf_str(&b), &out);
  ck_assert_str_eq(buf_z(&out), "  - …4567890123456789012345678901234567890123456789012345678901234…\n"
                                "  + …456789012345678901234567890123X567890123456789012345678901234…\n");
  buf_free(&a);
  buf_free(&b);
}
END_TEST

START_TEST(lines_that_came_and_went) {
  buf_clear(&out);
  cli_line_diff((cli_ink){false, 0}, STR("a\nb\nc\nd\ne\nf\n"), STR("a\nc\nd\ne\nE\nf\n"), &out);
  ck_assert_str_eq(buf_z(&out), "@@ line 2 @@\n  a\n- b\n  c\n@@ line 5 @@\n  e\n+ E\n  f\n");
  buf_clear(&out);
  cli_line_diff((cli_ink){false, 0}, STR("one line"), STR("one line\nand another"), &out);
  ck_assert_str_eq(buf_z(&out), "@@ line 2 @@\n  one line\n+ and another\n");
  buf_clear(&out);
  cli_line_diff((cli_ink){false, 0}, STR(""), STR("x\x1b[2J\ny"), &out);
  ck_assert_str_eq(buf_z(&out), "@@ line 1 @@\n- \n+ x\\x1b[2J\n+ y\n");
}
END_TEST

START_TEST(own_steps_are_told_in_short) {
  ck_assert_str_eq(
      diff("{\"metadata\":{\"uid\":\"u\"},\"a\":1}",
           "[{\"action\":\"pintle.io/reset-metadata\",\"plugin\":\"pintle@1\",\"patch\":[{\"op\":\"remove\",\"path\":\"/metadata/uid\"}]},"
           "{\"action\":\"x/none\",\"plugin\":\"p@1\"},"
           "{\"action\":\"x/y\",\"plugin\":\"p@1\",\"patch\":[{\"op\":\"replace\",\"path\":\"/a\",\"value\":2}]}]",
           false),
      "~ configmaps shop/a   a.yaml:1\n  pintle.io/reset-metadata: 1 change\n  x/y\n    /a: 1 -> 2\n");
}
END_TEST

START_TEST(secrets_are_not_shown) {
  const char *text =
      diff("{\"data\":{\"k\":\"b2xkLXBhc3N3b3Jk\"},\"type\":\"a\"}",
           RECORD("{\"op\":\"replace\",\"path\":\"/data/k\",\"value\":\"bmV3\"},{\"op\":\"add\",\"path\":\"/data/m\",\"value\":\"bQ==\"},"
                  "{\"op\":\"replace\",\"path\":\"/type\",\"value\":\"b\"}"),
           true);
  ck_assert_str_eq(text, HEAD "    /data/k: (secret, 16 bytes) -> (secret, 4 bytes)\n    /data/m  (added)\n      + (secret, 4 bytes)\n"
                              "    /type: \"a\" -> \"b\"\n");
  text = diff("",
              RECORD("{\"op\":\"replace\",\"path\":\"/data/"
                     "k\",\"value\":\"bmV3\"},{\"op\":\"replace\",\"path\":\"\",\"value\":{\"data\":{\"k\":\"bmV3\"}}}"),
              true);
  ck_assert_ptr_null(strstr(text, "bmV3"));
}
END_TEST

/* Without the item as it was, the new values alone. */
START_TEST(without_the_item_before) {
  ck_assert_str_eq(diff("", RECORD("{\"op\":\"replace\",\"path\":\"/a\",\"value\":\"x\"},{\"op\":\"remove\",\"path\":\"/b\"}"), false),
                   HEAD "    /a: \"x\"\n    /b  (removed)\n");
}
END_TEST

START_TEST(hostile_names) {
  ck_assert_str_eq(
      diff("{\"a\\u001b\":\"\\u009b\"}", RECORD("{\"op\":\"replace\",\"path\":\"/a\\u001b\",\"value\":\"\\u202e\\u0007\"}"), false),
      HEAD "    /a\\x1b: \"\\u009b\" -> \"\\u202e\\u0007\"\n");
}
END_TEST

START_TEST(colours) {
  const cli_diff_item item = {.title = STR("t"),
                              .place = "",
                              .before = STR("{\"a\":1}"),
                              .colours = true,
                              .record = STR(RECORD("{\"op\":\"replace\",\"path\":\"/a\",\"value\":2}"))};
  error e = {0};
  buf_clear(&out);
  ck_assert_int_eq(cli_diff_print(&item, &out, &e), PINTLE_OK);
  ck_assert_str_eq(buf_z(&out), "\x1b[1m~ t\x1b[0m\n  \x1b[36mx/y\x1b[0m\n    \x1b[1m/a\x1b[0m: \x1b[31m1\x1b[0m -> \x1b[32m2\x1b[0m\n");
}
END_TEST

int main(void) {
  Suite *s = suite_create("cli_diff");
  TCase *t = tcase_create("all");
  tcase_add_test(t, scalars_stand_on_one_line);
  tcase_add_test(t, what_came_and_went);
  tcase_add_test(t, whole_objects_and_arrays);
  tcase_add_test(t, one_line_of_a_long_text);
  tcase_add_test(t, one_word_of_a_long_line);
  tcase_add_test(t, lines_that_came_and_went);
  tcase_add_test(t, own_steps_are_told_in_short);
  tcase_add_test(t, secrets_are_not_shown);
  tcase_add_test(t, without_the_item_before);
  tcase_add_test(t, hostile_names);
  tcase_add_test(t, colours);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  buf_free(&out);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
