/* test_report.c -- what a report keeps of events and of rules, and what it hides.  SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "item/item.h"
#include "report/report.h"
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const kube_type secrets = {.group = "", .version = "v1", .kind = "Secret", .resource = "secrets"},
                       maps = {.group = "", .version = "v1", .kind = "ConfigMap", .resource = "configmaps"};
static report *r;
static item_doc *d;
static error e;
static buf text;
static char path[64];

static void setup(void) {
  error_clear(&e);
  snprintf(path, sizeof path, "/tmp/test-report-%ld.json", (long)getpid());
  ck_assert_int_eq(report_new("/tmp", &r, &e), PINTLE_OK);
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
}

static void teardown(void) {
  report_free(r);
  item_free(d);
  buf_free(&text);
  unlink(path);
}

static void put(const kube_type *type, const char *name, const char *before, const char *record) {
  report_event(r, &(engine_event){.kind = ENGINE_ITEM,
                                  .type = type,
                                  .ns = STR("shop"),
                                  .name = str_of(name),
                                  .outcome = "created",
                                  .changed = true,
                                  .before = str_of(before),
                                  .record = str_of(record)});
}

/* Writes it, reads it into d. */
static void written(bool html) {
  const report_parts parts = {.run = STR("{\"name\":\"r1\"}")};
  ck_assert_msg(report_write(r, &parts, path, html, &e) == PINTLE_OK, "%s", e.message);
  buf_clear(&text);
  ck_assert_int_eq(file_read(AT_FDCWD, path, 1 << 24, &text, &e), PINTLE_OK);
  if (!html) ck_assert_msg(item_parse(d, buf_str(&text), 0, NULL, &e) == PINTLE_OK, "%s: %s", e.message, buf_z(&text));
}

static const char *at(const char *pointer) {
  static buf out;
  const item_node *n = item_at(d, pointer);
  buf_clear(&out);
  if (!n) return "(absent)";
  ck_assert_int_eq(item_print(d, n, 0, &out), PINTLE_OK);
  return buf_z(&out);
}

/* Old values are those at the time of the operation, not of the item as it came. */
START_TEST(old_and_new) {
  put(&maps, "m", "{\"data\":{\"a\":\"1\",\"gone\":\"x\"}}",
      "[{\"action\":\"a/one\",\"plugin\":\"p@1\",\"ns\":5,\"patch\":[{\"op\":\"replace\",\"path\":\"/data/a\",\"value\":\"2\"},"
      "{\"op\":\"remove\",\"path\":\"/data/gone\"}],\"notes\":[{\"at\":\"/data/a\",\"why\":\"rule: 1 -> 2\"}]},"
      "{\"action\":\"a/two\",\"plugin\":\"p@1\",\"ns\":5,\"patch\":[{\"op\":\"replace\",\"path\":\"/data/a\",\"value\":\"3\"},"
      "{\"op\":\"add\",\"path\":\"/data/b\",\"value\":{\"x\":[1]}}]}]");
  written(false);
  ck_assert_str_eq(at("/items/0/actions/0/changes"), "[{\"op\":\"replace\",\"path\":\"/data/a\",\"old\":\"1\",\"new\":\"2\",\"why\":\"rule: 1 -> 2\"},"
                                                     "{\"op\":\"remove\",\"path\":\"/data/gone\",\"old\":\"x\"}]");
  ck_assert_str_eq(at("/items/0/actions/1/changes"), "[{\"op\":\"replace\",\"path\":\"/data/a\",\"old\":\"2\",\"new\":\"3\"},"
                                                     "{\"op\":\"add\",\"path\":\"/data/b\",\"new\":{\"x\":[1]}}]");
  ck_assert_str_eq(at("/items/0/actions/0/patch"), "(absent)");
  ck_assert_str_eq(at("/items/0/name"), "\"m\"");
}
END_TEST

/* Wherever an edit may bring a value of a Secret to light: none is in the file, in either form. */
START_TEST(secrets_are_hidden) {
  static const char *const patches[] = {
      "{\"op\":\"replace\",\"path\":\"/data/token\",\"value\":\"hunter2\"}",
      "{\"op\":\"replace\",\"path\":\"/data\",\"value\":{\"token\":\"hunter2\"}}",
      "{\"op\":\"replace\",\"path\":\"\",\"value\":{\"data\":{\"token\":\"hunter2\"}}}",
      "{\"op\":\"remove\",\"path\":\"/data\"}",
      "{\"op\":\"remove\",\"path\":\"/stringData/password\"}",
      "{\"op\":\"move\",\"from\":\"/data/token\",\"path\":\"/metadata/token\"}",
      "{\"op\":\"copy\",\"from\":\"/data\",\"path\":\"/spec\"},{\"op\":\"remove\",\"path\":\"/spec\"}",
      "{\"op\":\"replace\",\"path\":\"/metadata\",\"value\":{\"annotations\":{\"x\":\"hunter2\"}}}",
      "{\"op\":\"replace\",\"path\":\"/metadata/annotations\",\"value\":{\"x\":\"hunter2\"}}",
      "{\"op\":\"replace\",\"path\":\"/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration\",\"value\":\"hunter2\"}",
  };
  for (size_t i = 0; i < sizeof patches / sizeof *patches; i++) {
    CLEANUP(buf_free) buf record = {0};
    buf_printf(&record, "[{\"action\":\"a/one\",\"plugin\":\"p@1\",\"patch\":[%s]}]", patches[i]);
    put(&secrets, "s",
        "{\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"hunter2\"}},\"data\":{\"token\":\"hunter2\"},"
        "\"stringData\":{\"password\":\"hunter2\"}}",
        buf_z(&record));
  }
  for (int html = 0; html < 2; html++) {
    written(html);
    ck_assert_ptr_null(strstr(buf_z(&text), "hunter2"));
    ck_assert_ptr_nonnull(strstr(buf_z(&text), "(redacted)"));
  }
}
END_TEST

/* What is no Secret is shown; what would end the script element of the page stands there escaped. */
START_TEST(markup_is_escaped) {
  put(&maps, "m", "{\"data\":{\"a\":\"1\"}}",
      "[{\"action\":\"a/one\",\"plugin\":\"p@1\",\"patch\":[{\"op\":\"replace\",\"path\":\"/data/a\",\"value\":\"</script><script>hunter2\"}]}]");
  written(true);
  ck_assert_ptr_null(strstr(buf_z(&text), "<script>hunter2"));
  ck_assert_ptr_nonnull(strstr(buf_z(&text), "\\u003c/script>\\u003cscript>hunter2"));
}
END_TEST

START_TEST(lines_are_bounded) {
  for (int i = 0; i < 10005; i++)
    report_event(r, &(engine_event){.kind = ENGINE_LOG, .level = PINTLE_LOG_WARN, .plugin = "", .message = STR("w")});
  report_event(r, &(engine_event){.kind = ENGINE_LOG, .level = PINTLE_LOG_INFO, .plugin = "", .message = STR("i")});
  written(false);
  ck_assert_uint_eq(item_count(item_at(d, "/log")), 10000);
  ck_assert_str_eq(at("/logDropped"), "5");
  ck_assert_uint_eq(item_count(item_at(d, "/items")), 0);
}
END_TEST

static void place(void *ctx, str action, const char *pointer, buf *out) {
  (void)ctx;
  buf_printf(out, "%.*s%s", (int)action.len, action.ptr, pointer);
}

/* A label leads to where the rule stands; "X, but for Y" is a near miss of X and no rule. */
START_TEST(rules_and_their_misses) {
  CLEANUP(buf_free) buf json = {0};
  const report_rules_from from = {
      .counters = STR("{\"a/b\":{\"hosts: a/x -> b\":0,\"hosts: a/x -> b, but for the name c\":4,\"rules[1].images: i -> j\":2,\"text[2]: w\":1}}"), .place = place};
  ck_assert_int_eq(report_rules(&from, &json, &e), PINTLE_OK);
  ck_assert_str_eq(buf_z(&json), "[{\"action\":\"a/b\",\"rule\":\"hosts: a/x -> b\",\"count\":0,\"place\":\"a/b/hosts/a~1x\","
                                 "\"misses\":[{\"what\":\"the name c\",\"count\":4}]},\n"
                                 "{\"action\":\"a/b\",\"rule\":\"rules[1].images: i -> j\",\"count\":2,\"place\":\"a/b/rules/1/images/i\"},\n"
                                 "{\"action\":\"a/b\",\"rule\":\"text[2]: w\",\"count\":1,\"place\":\"a/b/text/2\"}]");
}
END_TEST

/* A file that cannot be replaced is an error, and nothing is left beside it. */
START_TEST(unwritable) {
  const report_parts parts = {.run = STR("{}")};
  ck_assert_int_ne(report_write(r, &parts, "/nowhere/r.json", false, &e), PINTLE_OK);
  ck_assert_ptr_nonnull(strstr(e.message, "/nowhere/r.json"));
}
END_TEST

int main(void) {
  Suite *s = suite_create("report");
  TCase *c = tcase_create("report");
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_add_test(c, old_and_new);
  tcase_add_test(c, secrets_are_hidden);
  tcase_add_test(c, markup_is_escaped);
  tcase_add_test(c, lines_are_bounded);
  tcase_add_test(c, rules_and_their_misses);
  tcase_add_test(c, unwritable);
  suite_add_tcase(s, c);
  SRunner *runner = srunner_create(s);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
