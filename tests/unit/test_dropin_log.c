/* test_dropin_log.c -- lines of Velero's log, and what of a record becomes one.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "dropin/log.h"
#include "item/item.h"
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static dropin_log l;
static char text[200000];
static item_doc *doc;

static void begin(void) { dropin_log_init(&l, memfd_create("log", 0)); }

/* What was written, without the times; each line is checked to be an object whose name, namespace and resource are strings. */
static const char *lines(void) {
  ssize_t n = pread(l.fd, text, sizeof text - 1, 0);
  char *to = text;
  ck_assert_int_ge((int)n, 0);
  text[n] = 0;
  for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
    error e;
    ck_assert_uint_lt((size_t)(end - line), 64 << 10);
    ck_assert_int_eq(item_new(&doc), PINTLE_OK);
    ck_assert_msg(item_parse(doc, (str){line, (size_t)(end - line)}, ITEM_UNIQUE_KEYS, NULL, &e) == PINTLE_OK, "%s: %.200s", e.message,
                  line);
    for (const item_node *m = item_first(item_root(doc)); m; m = item_next(m)) ck_assert_int_eq(item_type(m), PINTLE_T_STRING);
    int64_t t;
    ck_assert_int_eq(clock_parse(item_str(doc, "/@timestamp", ""), &t), PINTLE_OK);
    item_free(doc);
    char *time = strstr(line, ",\"@timestamp\":\"");
    ck_assert_ptr_nonnull(time);
    size_t head = (size_t)(time - line), tail = (size_t)(end + 1 - (time + 43));
    memmove(to, line, head);
    memmove(to + head, time + 43, tail);
    to += head + tail;
  }
  *to = 0;
  close(l.fd);
  return text;
}

START_TEST(a_line_is_hclogs_json) {
  const pintle_kv fields[] = {{"volume", "v-17"}, {"name", "mine"}, {"time", "now"}, {"error", "e"}, {"a\"b", NULL}};
  const dropin_subject s = {STR("a.io/x"), STR("p@1"), STR("pods"), STR("shop"), STR("web")};
  begin();
  dropin_say(&l, PINTLE_LOG_WARN, &s, STR("found \"it\"\n"), fields, 5);
  dropin_say(&l, PINTLE_LOG_TRACE, NULL, STR(""), NULL, 0);
  ck_assert_str_eq(
      lines(), "{\"@level\":\"warn\",\"@message\":\"found \\\"it\\\"\\n\",\"@module\":\"pintle\",\"action\":\"a.io/x\",\"plugin\":\"p@1\","
               "\"resource\":\"pods\",\"namespace\":\"shop\",\"name\":\"web\",\"volume\":\"v-17\",\"plugin.name\":\"mine\","
               "\"plugin.time\":\"now\",\"plugin.error\":\"e\",\"a\\\"b\":\"\"}\n"
               "{\"@level\":\"trace\",\"@message\":\"\",\"@module\":\"pintle\"}\n");
}
END_TEST

START_TEST(what_is_absent_has_no_field) {
  const dropin_subject s = {.name = STR("pv-1"), .resource = STR("persistentvolumes")};
  begin();
  dropin_say(&l, PINTLE_LOG_INFO, &s, STR("x"), NULL, 0);
  ck_assert_str_eq(
      lines(), "{\"@level\":\"info\",\"@message\":\"x\",\"@module\":\"pintle\",\"resource\":\"persistentvolumes\",\"name\":\"pv-1\"}\n");
}
END_TEST

START_TEST(no_line_is_longer_than_go_plugin_takes) {
  static char big[100000];
  pintle_kv fields[20];
  memset(big, 'x', sizeof big - 1);
  for (int i = 0; i < 20; i++) fields[i] = (pintle_kv){"k", big};
  begin();
  for (int i = 0; i < 20; i++)
    fields[i].key = (const char *[]){"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"}[i];
  dropin_say(&l, PINTLE_LOG_INFO, NULL, (str){big, sizeof big - 1}, fields, 20);
  ck_assert_uint_lt(strlen(lines()), 64 << 10); /* and it is JSON, which lines() checks */
}
END_TEST

#define HEAD "\"@module\":\"pintle\",\"action\":\"a.io/x\",\"plugin\":\"p@1\",\"resource\":\"pods\",\"namespace\":\"shop\",\"name\":\"web\""
static const dropin_subject subject = {.resource = {"pods", 4}, .ns = {"shop", 4}, .name = {"web", 3}};

START_TEST(a_record_becomes_lines) {
  begin();
  dropin_report(
      &l, &subject,
      STR("[{\"action\":\"a.io/x\",\"plugin\":\"p@1\",\"ns\":5,\"patch\":[{\"op\":\"replace\",\"path\":\"/spec/a\",\"value\":{\"b\":1.0}},"
          "{\"op\":\"remove\",\"path\":\"/spec/c\"}],\"notes\":[{\"at\":\"/spec/a\",\"why\":\"rule 2\"}],"
          "\"log\":[{\"level\":\"debug\",\"msg\":\"hm\",\"fields\":{\"k\":\"v\"}}],"
          "\"findings\":[{\"severity\":\"info\",\"code\":\"told\",\"at\":\"/a\",\"text\":\"fine\"},"
          "{\"severity\":\"error\",\"code\":\"lost\",\"text\":\"gone\"}],\"counts\":{\"rule 2\":1}}]"),
      STR(""), false, false);
  ck_assert_str_eq(
      lines(),
      "{\"@level\":\"debug\",\"@message\":\"hm\"," HEAD ",\"k\":\"v\"}\n"
      "{\"@level\":\"info\",\"@message\":\"replace /spec/a\"," HEAD
      ",\"event\":\"change\",\"op\":\"replace\",\"path\":\"/spec/a\",\"value\":\"{\\\"b\\\":1.0}\",\"why\":\"rule 2\"}\n"
      "{\"@level\":\"info\",\"@message\":\"remove /spec/c\"," HEAD ",\"event\":\"change\",\"op\":\"remove\",\"path\":\"/spec/c\"}\n"
      "{\"@level\":\"info\",\"@message\":\"fine\"," HEAD ",\"event\":\"finding\",\"severity\":\"info\",\"code\":\"told\",\"path\":\"/a\"}\n"
      "{\"@level\":\"info\",\"@message\":\"gone\"," HEAD ",\"event\":\"finding\",\"severity\":\"error\",\"code\":\"lost\"}\n"
      "{\"@level\":\"error\",\"@message\":\"gone\"," HEAD "}\n"
      "{\"@level\":\"info\",\"@message\":\"rule 2\"," HEAD ",\"event\":\"count\",\"counter\":\"rule 2\",\"count\":\"1\"}\n");
}
END_TEST

/* Velero counts the error that the call returns; another line of level error would be a second one. */
START_TEST(the_error_that_the_call_returns_is_no_line) {
  static const char record[] =
      "[{\"action\":\"a.io/x\",\"plugin\":\"p@1\",\"error\":{\"status\":\"FAILED\",\"message\":\"first\",\"hint\":\"do it\"}},"
      "{\"action\":\"a.io/x\",\"plugin\":\"p@1\",\"error\":{\"status\":\"FAILED\",\"message\":\"last\"}}]";
  begin();
  dropin_report(&l, &subject, str_of(record), STR(""), true, false);
  ck_assert_str_eq(lines(), "{\"@level\":\"warn\",\"@message\":\"first\"," HEAD ",\"hint\":\"do it\"}\n");
  begin();
  dropin_report(&l, &subject, str_of(record), STR(""), false, false); /* onError: Warn */
  ck_assert_ptr_nonnull(strstr(lines(), "{\"@level\":\"warn\",\"@message\":\"last\""));
  begin();
  dropin_report(
      &l, &subject,
      STR("[{\"action\":\"a.io/x\",\"plugin\":\"p@1\",\"error\":{\"status\":\"FAILED\",\"message\":\"b\",\"severity\":\"error\"}}]"), STR(""),
      false, false);
  ck_assert_str_eq(lines(), "{\"@level\":\"error\",\"@message\":\"b\"," HEAD "}\n");
}
END_TEST

START_TEST(values_of_secrets_are_hidden) {
  static const char record[] =
      "[{\"action\":\"a.io/x\",\"plugin\":\"p@1\",\"patch\":[{\"op\":\"add\",\"path\":\"/data/key\",\"value\":\"aGVsbG8=\"},"
      "{\"op\":\"add\",\"path\":\"\",\"value\":{\"data\":{\"key\":\"aGVsbG8=\"}}},"
      "{\"op\":\"add\",\"path\":\"/metadata/labels/x\",\"value\":\"seen\"}]}]";
  begin();
  dropin_report(&l, &subject, str_of(record), STR(""), false, true);
  ck_assert_ptr_null(strstr(lines(), "aGVsbG8"));
  ck_assert_ptr_nonnull(strstr(text, "\"value\":\"(hidden)\""));
  ck_assert_ptr_nonnull(strstr(text, "\"value\":\"\\\"seen\\\"\""));
}
END_TEST

/* Of each operation the value before it, also where another one changed it already. */
START_TEST(old_values) {
  static const char record[] =
      "[{\"action\":\"a.io/x\",\"plugin\":\"p@1\",\"patch\":[{\"op\":\"replace\",\"path\":\"/spec/a\",\"value\":2},"
      "{\"op\":\"add\",\"path\":\"/spec/b\",\"value\":3},{\"op\":\"remove\",\"path\":\"/spec/c\"}]},"
      "{\"action\":\"a.io/x\",\"plugin\":\"p@1\",\"patch\":[{\"op\":\"replace\",\"path\":\"/spec/a\",\"value\":4}]}]";
  begin();
  dropin_report(&l, &subject, str_of(record), STR("{\"spec\":{\"a\":1.0,\"c\":{\"d\":\"e\"}}}"), false, false);
  ck_assert_str_eq(
      lines(),
      "{\"@level\":\"info\",\"@message\":\"replace /spec/a\"," HEAD
      ",\"event\":\"change\",\"op\":\"replace\",\"path\":\"/spec/a\",\"old\":\"1.0\",\"value\":\"2\"}\n"
      "{\"@level\":\"info\",\"@message\":\"add /spec/b\"," HEAD ",\"event\":\"change\",\"op\":\"add\",\"path\":\"/spec/b\",\"value\":\"3\"}\n"
      "{\"@level\":\"info\",\"@message\":\"remove /spec/c\"," HEAD
      ",\"event\":\"change\",\"op\":\"remove\",\"path\":\"/spec/c\",\"old\":\"{\\\"d\\\":\\\"e\\\"}\"}\n"
      "{\"@level\":\"info\",\"@message\":\"replace /spec/a\"," HEAD
      ",\"event\":\"change\",\"op\":\"replace\",\"path\":\"/spec/a\",\"old\":\"2\",\"value\":\"4\"}\n");
}
END_TEST

START_TEST(old_values_of_secrets_are_hidden) {
  static const char record[] =
      "[{\"action\":\"a.io/x\",\"plugin\":\"p@1\",\"patch\":[{\"op\":\"remove\",\"path\":\"/data/key\"},"
      "{\"op\":\"replace\",\"path\":\"/metadata/labels/x\",\"value\":\"new\"},{\"op\":\"remove\",\"path\":\"/metadata\"}]}]";
  begin();
  dropin_report(&l, &subject, str_of(record),
                STR("{\"metadata\":{\"labels\":{\"x\":\"was\"},\"annotations\":{\"a\":\"aGVsbG8=\"}},\"data\":{\"key\":\"aGVsbG8=\"}}"), false, true);
  ck_assert_ptr_null(strstr(lines(), "aGVsbG8"));
  ck_assert_ptr_nonnull(strstr(text, "\"path\":\"/data/key\",\"old\":\"(hidden)\""));
  ck_assert_ptr_nonnull(strstr(text, "\"old\":\"\\\"was\\\"\",\"value\":\"\\\"new\\\"\""));
}
END_TEST

int main(void) {
  Suite *s = suite_create("dropin/log");
  TCase *c = tcase_create("log");
  tcase_add_test(c, a_line_is_hclogs_json);
  tcase_add_test(c, what_is_absent_has_no_field);
  tcase_add_test(c, no_line_is_longer_than_go_plugin_takes);
  tcase_add_test(c, a_record_becomes_lines);
  tcase_add_test(c, the_error_that_the_call_returns_is_no_line);
  tcase_add_test(c, values_of_secrets_are_hidden);
  tcase_add_test(c, old_values);
  tcase_add_test(c, old_values_of_secrets_are_hidden);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
