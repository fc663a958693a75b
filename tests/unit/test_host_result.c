/* test_host_result.c -- what plugins give as results, good and rubbish, and what comes of it.  SPDX-License-Identifier: Apache-2.0 */
#include "host/call.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#undef fail /* an old macro of check; here it is a member of pintle_host */

static host_call *call;
static pintle_call *h;
static host_result result;
static pintle_result *r;
static error e;

static void setup(void) {
  ck_assert_int_eq(host_call_new(NULL, &call), PINTLE_OK);
  h = host_call_handle(call);
  r = &result.base;
  host_call_begin(call, NULL, 0);
}
static void teardown(void) {
  host_result_free(&result);
  host_call_free(call);
}
static void begin(uint32_t allowed) { host_result_begin(&result, call, allowed, false); }
/* Ends the call and starts the next. */
static pintle_status end(pintle_status returned) {
  pintle_status st = host_call_end(call, returned, &e);
  host_call_begin(call, NULL, 0);
  return st;
}

START_TEST(results_are_copied) {
  char name[] = "web-0", why[] = "be\ncause";
  begin(HOST_RESULT_ITEMS | HOST_RESULT_POST | HOST_RESULT_OPERATION | HOST_RESULT_WAIT | HOST_RESULT_NOTE | HOST_RESULT_TEXT |
        HOST_RESULT_SKIP);
  const pintle_id id = {.group = NULL, .version = "v1", .resource = "pods", .ns = "shop", .name = name};
  for (int i = 0; i < 100; i++) ck_assert_int_eq(r->api->additional_item(r, &id, PINTLE_MUST_INCLUDE | 1u << 15), PINTLE_OK);
  ck_assert_int_eq(r->api->post_operation_item(r, &id), PINTLE_OK);
  ck_assert_int_eq(r->api->operation(r, "app/run-1"), PINTLE_OK);
  ck_assert_int_eq(r->api->wait_for_additional_items(r, 0), PINTLE_OK);
  ck_assert_int_eq(r->api->note(r, "/spec/a~1b", why), PINTLE_OK);
  ck_assert_int_eq(r->api->skip(r, why), PINTLE_OK);
  ck_assert_int_eq(r->api->text(r, "one", 3), PINTLE_OK);
  ck_assert_int_eq(r->api->text(r, "snap-1", PINTLE_Z), PINTLE_OK);
  memset(name, 'x', 3);
  memset(why, 'x', 3);
  ck_assert_int_eq(end(PINTLE_OK), PINTLE_OK);
  ck_assert_uint_eq(result.n_items, 100);
  ck_assert_str_eq(result.items[99].id.name, "web-0");
  ck_assert_str_eq(result.items[99].id.group, "");
  ck_assert_uint_eq(result.items[99].flags, PINTLE_MUST_INCLUDE);
  ck_assert_uint_eq(result.n_post, 1);
  ck_assert_str_eq(result.operation, "app/run-1");
  ck_assert_int_eq(result.wait, 0);
  ck_assert_str_eq(result.notes[0].pointer, "/spec/a~1b");
  ck_assert_str_eq(result.notes[0].why, "be cause");
  ck_assert_str_eq(result.skip, "be cause");
  ck_assert_str_eq(result.text.ptr, "snap-1");
  begin(0);
  ck_assert_uint_eq(result.n_items, 0);
  ck_assert_int_eq(result.wait, -1);
  ck_assert_ptr_null(result.text.ptr);
}
END_TEST

START_TEST(a_bad_id_is_refused_and_fails_the_call) {
  char *huge = malloc(1 << 20);
  memset(huge, 'x', (1 << 20) - 1);
  huge[(1 << 20) - 1] = 0;
  const struct {
    pintle_id id;
    const char *why;
  } bad[] = {{{.resource = "", .name = "a"}, "the resource is empty"},
             {{.resource = "pods", .name = NULL}, "the name is empty"},
             {{.resource = "pods", .name = "a/b"}, "the name holds a '/'"},
             {{.resource = "pods", .name = ".."}, "the name is . or .."},
             {{.resource = "pods", .name = "a\nb"}, "the name holds control characters or invalid UTF-8"},
             {{.resource = "pods", .name = "a\xff"}, "the name holds control characters or invalid UTF-8"},
             {{.resource = "pods", .name = huge}, "the name is longer than 1024 bytes"},
             {{.resource = "pods", .ns = huge, .name = "a"}, "the namespace is longer than 253 bytes"},
             {{.resource = "../x", .name = "a"}, "the resource holds a '/'"},
             {{.group = ".", .resource = "pods", .name = "a"}, "the group is . or .."}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char wanted[200];
    begin(HOST_RESULT_ITEMS);
    ck_assert_int_eq(r->api->additional_item(r, &bad[i].id, 0), PINTLE_INVALID);
    ck_assert_int_eq(end(PINTLE_OK), PINTLE_INVALID);
    snprintf(wanted, sizeof wanted, "additional_item: %s", bad[i].why);
    ck_assert_str_eq(e.message, wanted);
    ck_assert_uint_eq(result.n_items, 0);
  }
  begin(HOST_RESULT_ITEMS);
  ck_assert_int_eq(r->api->additional_item(r, NULL, 0), PINTLE_INVALID);
  ck_assert_int_eq(r->api->additional_item(r, &(pintle_id){.resource = "pods", .name = "a"}, 1u << 31), PINTLE_INVALID);
  pintle_fail(h, PINTLE_FAILED, "its own words");
  ck_assert_int_eq(end(PINTLE_FAILED), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "its own words: additional_item: the id is NULL");
  free(huge);
}
END_TEST

START_TEST(other_rubbish_in_results_is_refused) {
  const uint32_t all = UINT32_MAX;
#define REFUSED(status, ...)                \
  begin(all);                               \
  ck_assert_int_eq((__VA_ARGS__), status);  \
  ck_assert_int_eq(end(PINTLE_OK), status); \
  ck_assert_int_eq(result.sticky, status)
  REFUSED(PINTLE_INVALID, r->api->operation(r, NULL));
  REFUSED(PINTLE_INVALID, r->api->operation(r, "a\nb"));
  REFUSED(PINTLE_INVALID, r->api->wait_for_additional_items(r, -1));
  REFUSED(PINTLE_INVALID, r->api->skip(r, ""));
  REFUSED(PINTLE_INVALID, r->api->note(r, "spec", "x"));
  REFUSED(PINTLE_INVALID, r->api->text(r, NULL, 4));
  REFUSED(PINTLE_INVALID, r->api->text(r, "x", (size_t)1 << 30));
  REFUSED(PINTLE_INVALID, r->api->text(r, "a\0b", 3));
  REFUSED(PINTLE_INVALID, r->api->text(r, "\xc3(", 2));
  REFUSED(PINTLE_INVALID, r->api->progress(r, NULL));
  REFUSED(PINTLE_INVALID, r->api->progress(r, &(pintle_progress){.struct_size = 1}));
  REFUSED(PINTLE_INVALID, r->api->entry(r, NULL));
  REFUSED(PINTLE_INVALID, r->api->entry(r, &(pintle_entry){.struct_size = sizeof(pintle_entry), .key = ""}));
  REFUSED(PINTLE_INVALID, r->api->entry(r, &(pintle_entry){.struct_size = sizeof(pintle_entry), .key = "\xff"}));
  REFUSED(PINTLE_INVALID, r->api->selector(r, NULL));
  REFUSED(PINTLE_INVALID, r->api->selector(r, &(pintle_selector){.struct_size = 1 << 20}));
  REFUSED(PINTLE_CONFLICT, (r->api->operation(r, "1"), r->api->operation(r, "2")));
#undef REFUSED
  host_result_begin(&result, call, all, true);
  ck_assert_int_eq(r->api->operation(r, "1"), PINTLE_CONFLICT);
  ck_assert_int_eq(end(PINTLE_OK), PINTLE_CONFLICT);
  begin(HOST_RESULT_TEXT);
  ck_assert_int_eq(r->api->skip(r, "why"), PINTLE_INVALID);
  ck_assert_int_eq(end(PINTLE_OK), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "skip is no result of this kind of call");
  const pintle_id id = {.resource = "pods", .name = "a"};
  begin(HOST_RESULT_ITEMS);
  for (int i = 0; i < 10000; i++) ck_assert_int_eq(r->api->additional_item(r, &id, 0), PINTLE_OK);
  ck_assert_int_eq(r->api->additional_item(r, &id, 0), PINTLE_INVALID);
}
END_TEST

static pintle_status take_two(void *ctx, const pintle_entry *x) {
  int *n = ctx;
  ck_assert_str_eq(x->etag, "");
  ck_assert_int_eq(x->size, *n == 0 ? 5 : PINTLE_NONE);
  return ++*n > 1 ? PINTLE_CANCELLED : PINTLE_OK;
}
START_TEST(entries_are_handed_on_until_somebody_has_enough) {
  int n = 0;
  begin(HOST_RESULT_ENTRY);
  result.entry = take_two;
  result.entry_ctx = &n;
  pintle_entry x = {.struct_size = sizeof x, .size = 5, .key = "backups/b/x"};
  ck_assert_int_eq(r->api->entry(r, &x), PINTLE_OK);
  x.size = -7;
  ck_assert_int_eq(r->api->entry(r, &x), PINTLE_CANCELLED);
  ck_assert_int_eq(r->api->entry(r, &x), PINTLE_CANCELLED);
  ck_assert_int_eq(n, 2);
  ck_assert_int_eq(end(PINTLE_OK), PINTLE_CANCELLED);
}
END_TEST

START_TEST(a_selector_and_progress_are_copied_whole) {
  const char *pods[] = {"pods", NULL}, *many[1200];
  pintle_selector s = {.struct_size = sizeof s, .included_resources = pods, .labels = "a=b"};
  begin(HOST_RESULT_SELECTOR | HOST_RESULT_PROGRESS);
  ck_assert_int_eq(r->api->selector(r, &s), PINTLE_OK);
  const pintle_progress p = {.struct_size = sizeof p, .completed = 7, .n_completed = 3, .n_total = 3, .error = "a\nb"};
  ck_assert_int_eq(r->api->progress(r, &p), PINTLE_OK);
  pods[0] = "gone";
  ck_assert_str_eq(result.selector->included_resources[0], "pods");
  ck_assert_ptr_null(result.selector->included_resources[1]);
  ck_assert_ptr_null(result.selector->excluded_resources);
  ck_assert_str_eq(result.selector->labels, "a=b");
  ck_assert_int_eq(result.progress.completed, 1);
  ck_assert_str_eq(result.progress.error, "a b");
  ck_assert_str_eq(result.progress.units, "");
  ck_assert_int_eq(r->api->selector(r, &s), PINTLE_INVALID);
  end(PINTLE_OK);
  for (size_t i = 0; i < 1199; i++) many[i] = "pods";
  many[1199] = NULL;
  s.included_resources = many;
  begin(HOST_RESULT_SELECTOR);
  ck_assert_int_eq(r->api->selector(r, &s), PINTLE_INVALID);
}
END_TEST

int main(void) {
  Suite *s = suite_create("host result");
  TCase *t = tcase_create("all");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, results_are_copied);
  tcase_add_test(t, a_bad_id_is_refused_and_fails_the_call);
  tcase_add_test(t, other_rubbish_in_results_is_refused);
  tcase_add_test(t, entries_are_handed_on_until_somebody_has_enough);
  tcase_add_test(t, a_selector_and_progress_are_copied_whole);
  suite_add_tcase(s, t);
  SRunner *run = srunner_create(s);
  srunner_run_all(run, CK_NORMAL);
  int failed = srunner_ntests_failed(run);
  srunner_free(run);
  return failed != 0;
}
