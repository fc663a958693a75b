/* test_dropin_items.c -- a lane's actions and their worker: answers, failures, crashes, operations.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "dropin/items.h"
#include <check.h>
#include <stdlib.h>

static host_registry registry;
static dropin_log l;
static buf told;
static arena a;
static error e;
static const conf_chain no_chain;

static void tell(void *ctx, int32_t level, str message) {
  (void)ctx;
  buf_printf(&told, "%d %.*s\n", level, (int)message.len, message.ptr);
}

static dropin_items_options options;

static dropin_items *begin(const char *fixture, uint32_t kind) {
  char path[4096];
  const char *const dirs[] = {path, NULL};
  dropin_items *t = NULL;
  static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
  snprintf(path, sizeof path, "%s/%s.so", getenv("PLUGIN_DIR"), fixture);
  const host_scan_options scan = {.directories = dirs, .worker = getenv("PINTLE_WORKER")};
  ck_assert_int_eq(host_scan(&scan, &registry, &e), PINTLE_OK);
  ck_assert_ptr_null(registry.plugins[0].reason);
  dropin_log_init(&l, -1);
  l.tell = tell;
  buf_clear(&told);
  buf_z(&told);
  options = (dropin_items_options){.registry = &registry,
                                   .plugin = &registry.plugins[0],
                                   .kind = kind,
                                   .chain = &no_chain,
                                   .self = getenv("PINTLE_WORKER"),
                                   .environment = environment,
                                   .log = &l};
  ck_assert_msg(dropin_items_open(&options, STR("{}"), &t, &e) == PINTLE_OK, "%s", e.message);
  return t;
}

static void end(dropin_items *t) {
  dropin_items_close(t);
  host_registry_free(&registry);
  arena_free(&a);
}

static dropin_answer apply(dropin_items *t, const char *action, const char *item) {
  const dropin_item in = {
      .action = action, .item = str_of(item), .run = STR("{\"metadata\":{\"name\":\"r\",\"uid\":\"11\"}}"), .chosen = true};
  dropin_answer out;
  dropin_items_apply(t, &in, &a, &out);
  return out;
}

#define ITEM(name) \
  "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" name "\",\"namespace\":\"shop\"},\"data\":{\"n\":\"1\"}}"

START_TEST(an_item_that_nobody_edits_comes_back_as_it_was) {
  dropin_items *t = begin("run_noop", CONF_BACKUP_ITEM_ACTION);
  static const char odd[] = "{ \"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"n\":1.0}";
  dropin_answer out = apply(t, "tests.pintle.io/noop", odd);
  ck_assert_int_eq(out.error.status, PINTLE_OK);
  ck_assert(!out.changed);
  ck_assert_str_eq(out.text.ptr, odd);
  out = apply(t, "tests.pintle.io/elsewhere", odd); /* not in this chain */
  ck_assert_int_eq(out.error.status, PINTLE_OK);
  ck_assert(!out.changed);
  end(t);
}
END_TEST

START_TEST(a_failure_names_action_plugin_and_place) {
  dropin_items *t = begin("run_fails", CONF_BACKUP_ITEM_ACTION);
  dropin_answer out = apply(t, "tests.pintle.io/fails", ITEM("victim"));
  ck_assert_int_ne(out.error.status, PINTLE_OK);
  ck_assert(str_starts(str_of(out.error.message), "action tests.pintle.io/fails of plugin run_fails: "));
  ck_assert(str_ends(str_of(out.file), "run_fails.c"));
  ck_assert_uint_gt(out.line, 0);
  ck_assert_ptr_null(strstr(buf_z(&told), "4 ")); /* the call returns it: no line of level error */
  ck_assert_int_eq(apply(t, "tests.pintle.io/fails", ITEM("other")).error.status, PINTLE_OK);
  end(t);
}
END_TEST

START_TEST(after_a_crash_the_next_call_works_and_after_three_it_is_not_called) {
  dropin_items *t = begin("run_segv", CONF_BACKUP_ITEM_ACTION);
  for (int i = 0; i < 3; i++) {
    dropin_answer out = apply(t, "tests.pintle.io/segv", ITEM("victim"));
    ck_assert_str_eq(out.error.message, "action tests.pintle.io/segv of plugin run_segv.so crashed (SIGSEGV) in execute");
    ck_assert_str_eq(out.file, "run_segv.so");
    if (i < 2) ck_assert_int_eq(apply(t, "tests.pintle.io/segv", ITEM("other")).error.status, PINTLE_OK);
  }
  dropin_answer out = apply(t, "tests.pintle.io/segv", ITEM("other"));
  ck_assert_ptr_nonnull(strstr(out.error.message, "quarantined"));
  ck_assert_ptr_null(strstr(buf_z(&told), "4 "));
  ck_assert(dropin_items_usable(t));
  end(t);
}
END_TEST

START_TEST(lanes_count_crashes_together) {
  atomic_uint strikes[2] = {0};
  dropin_items *first = begin("run_segv", CONF_BACKUP_ITEM_ACTION), *lanes[4] = {0};
  dropin_items_close(first);
  options.strikes = strikes, options.n_strikes = 2;
  for (int i = 0; i < 4; i++) ck_assert_int_eq(dropin_items_open(&options, STR("{}"), &lanes[i], &e), PINTLE_OK);
  for (int i = 0; i < 3; i++) {
    ck_assert_ptr_nonnull(strstr(apply(lanes[i], "tests.pintle.io/segv", ITEM("victim")).error.message, "crashed (SIGSEGV)"));
    if (i < 2) ck_assert_int_eq(apply(lanes[3], "tests.pintle.io/segv", ITEM("other")).error.status, PINTLE_OK);
  }
  for (int i = 3; i >= 0; i--) /* the one that saw no crash first */
    ck_assert_ptr_nonnull(strstr(apply(lanes[i], "tests.pintle.io/segv", ITEM("other")).error.message, "quarantined"));
  for (int i = 1; i < 4; i++) dropin_items_close(lanes[i]);
  end(lanes[0]);
}
END_TEST

static bool gone(void *ctx) {
  (void)ctx;
  return true;
}

START_TEST(whose_caller_has_gone_is_stopped) {
  dropin_items *t = begin("run_slow", CONF_BACKUP_ITEM_ACTION);
  dropin_item in = {
      .action = "tests.pintle.io/slow", .item = STR(ITEM("victim")), .run = STR("{}"), .chosen = true, .caller = {.cancelled = gone}};
  dropin_answer out;
  int64_t begun = clock_monotonic();
  dropin_items_apply(t, &in, &a, &out);
  ck_assert_int_eq(out.error.status, PINTLE_CANCELLED);
  ck_assert_int_lt(clock_monotonic() - begun, 5 * CLOCK_SECOND);
  ck_assert(!dropin_items_usable(t));
  end(t);
}
END_TEST

START_TEST(what_is_no_item_is_refused) {
  dropin_items *t = begin("run_noop", CONF_BACKUP_ITEM_ACTION);
  static const char *const bad[] = {"", "[]", "{\"apiVersion\":\"v1\"}",
                                    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a/b\"}}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    dropin_answer out = apply(t, "tests.pintle.io/noop", bad[i]);
    ck_assert_msg(out.error.status == PINTLE_INVALID, "%s", bad[i]);
    ck_assert(str_starts(str_of(out.error.message), "the item"));
  }
  end(t);
}
END_TEST

START_TEST(skipping) {
  dropin_items *t = begin("run_skips", CONF_BACKUP_ITEM_ACTION);
  dropin_answer out = apply(t, "tests.pintle.io/skips", ITEM("victim"));
  ck_assert_int_eq(out.error.status, PINTLE_OK);
  ck_assert_ptr_nonnull(out.skip);
  ck_assert_ptr_nonnull(strstr(buf_z(&told), "2 the item is left out\n"));
  end(t);
}
END_TEST

int main(void) {
  Suite *s = suite_create("dropin/items");
  TCase *t = tcase_create("items");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, an_item_that_nobody_edits_comes_back_as_it_was);
  tcase_add_test(t, a_failure_names_action_plugin_and_place);
  tcase_add_test(t, after_a_crash_the_next_call_works_and_after_three_it_is_not_called);
  tcase_add_test(t, lanes_count_crashes_together);
  tcase_add_test(t, whose_caller_has_gone_is_stopped);
  tcase_add_test(t, what_is_no_item_is_refused);
  tcase_add_test(t, skipping);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
