/* test_stamp.c -- the template's test: the plugin in the fake host, no cluster, no dlopen.  SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <pintle/testing.h>
#include <stdlib.h>

static pintle_test_host *host;
static void setup(void) {
  host = pintle_test_new(NULL);
  ck_assert_ptr_nonnull(host);
  const pintle_test_outcome *o = pintle_test_load(host, &PINTLE_ENTRY);
  ck_assert_msg(o->status == PINTLE_OK, "%s", o->message);
}
static void teardown(void) { pintle_test_free(host); }

static pintle_test_instance *stamp(const char *config) {
  return pintle_test_create(host, PINTLE_TEST_RESTORE, "example.com/stamp", config);
}

START_TEST(adds_the_annotation) {
  pintle_test_instance *a = stamp("{\"key\":\"example.com/by\",\"value\":\"me\"}");
  ck_assert_ptr_nonnull(a);
  const pintle_test_outcome *o = pintle_test_restore(a, "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\"}}", NULL, 0);
  ck_assert_int_eq(o->status, PINTLE_OK);
  ck_assert_str_eq(o->item, "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\",\"annotations\":{\"example.com/by\":\"me\"}}}");
  ck_assert_str_eq(o->notes, "/metadata/annotations/example.com~1by: added\n");
  ck_assert_int_eq(pintle_test_counter(host, "annotations written"), 1);
}
END_TEST

START_TEST(again_changes_nothing) {
  pintle_test_instance *a = stamp("{\"key\":\"by\",\"value\":\"me\"}");
  const char *item = "{\"metadata\":{\"name\":\"web\",\"annotations\":{\"by\":\"me\"}}}";
  const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
  ck_assert_int_eq(o->status, PINTLE_OK);
  ck_assert_str_eq(o->patch, "[]");
  ck_assert_str_eq(pintle_test_unmatched(host), "annotations written\n");
}
END_TEST

START_TEST(a_failed_call_leaves_the_item) {
  pintle_test_instance *a = stamp("{\"key\":\"by\",\"value\":\"me\"}");
  const char *item = "{\"metadata\":{\"name\":\"web\",\"annotations\":7}}";
  const pintle_test_outcome *o = pintle_test_restore(a, item, NULL, 0);
  ck_assert_int_eq(o->status, PINTLE_INVALID);
  ck_assert_str_eq(o->at, "/metadata/annotations/by");
  ck_assert_str_eq(o->item, item);
}
END_TEST

START_TEST(a_bad_key_is_refused_in_create) {
  ck_assert_ptr_null(stamp("{\"key\":\"\"}"));
  ck_assert_int_eq(pintle_test_last(host)->status, PINTLE_INVALID);
  ck_assert_str_eq(pintle_test_last(host)->at, "/key");
}
END_TEST

int main(void) {
  Suite *s = suite_create("stamp");
  TCase *t = tcase_create("stamp");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, adds_the_annotation);
  tcase_add_test(t, again_changes_nothing);
  tcase_add_test(t, a_failed_call_leaves_the_item);
  tcase_add_test(t, a_bad_key_is_refused_in_create);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
