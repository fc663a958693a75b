/* test_store_calls.c -- what a location makes of a store that behaves badly.  SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"
#include <check.h>
#include <pintle/helpers.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#undef fail /* check's macro; host->fail is meant */

static error e;
static int32_t *stop_soon;
static buf asked; /* bucket and key of the last call */

static void note(const char *bucket, const char *key) {
  buf_clear(&asked);
  buf_printf(&asked, "%s|%s", bucket, key);
}

/* ---- a store that does as self says */
static pintle_status put(void *self, pintle_call *c, const char *bucket, const char *key, const pintle_reader *body) {
  const char *how = self;
  char some[4];
  note(bucket, key);
  if (strcmp(how, "fails") == 0) {
    pintle_error bad = {
        .struct_size = sizeof bad, .status = PINTLE_DENIED, .message = "no write access", .hint = "ask for it", .code = "AccessDenied"};
    return c->host->fail(c, &bad);
  }
  if (strcmp(how, "strange") == 0) return -77;
  if (strcmp(how, "half") == 0) return body->read(body, some, 3) < 0 ? PINTLE_FAILED : PINTLE_OK; /* and says that all is well */
  for (int i = 0; strcmp(how, "until-told") == 0; i++) {
    if (i == 3) *stop_soon = 1;
    if (c->host->cancelled(c) == 1) return pintle_fail(c, PINTLE_CANCELLED, "told");
  }
  while (strcmp(how, "idle") == 0) { /* nothing moves */
    struct timespec t = {.tv_nsec = 5000000};
    if (c->host->cancelled(c) == 2) return pintle_fail(c, PINTLE_TIMED_OUT, "gave up");
    nanosleep(&t, NULL);
  }
  for (int i = 0; strcmp(how, "slow") == 0 && i < 30; i++) { /* slow, but alive */
    struct timespec t = {.tv_nsec = 5000000};
    pintle_progress p = {.struct_size = sizeof p};
    nanosleep(&t, NULL);
    c->host->report(c, &p);
    if (c->host->cancelled(c)) return pintle_fail(c, PINTLE_TIMED_OUT, "told to stop");
  }
  while (body->read(body, some, sizeof some) > 0) continue;
  return body->read(body, some, 1) == 0 ? PINTLE_OK : PINTLE_FAILED; /* the end stays the end */
}

static pintle_status exists(void *self, pintle_call *c, const char *bucket, const char *key, int32_t *there) {
  (void)self, (void)c;
  note(bucket, key);
  *there = 17;
  return PINTLE_OK;
}

static pintle_status get(void *self, pintle_call *c, const char *bucket, const char *key, const pintle_writer *to) {
  (void)c;
  note(bucket, key);
  for (int i = 0; i < 10; i++) {
    int64_t n = to->write(to, "12345", 5);
    if (n < 0 && strcmp(self, "deaf") != 0) return (pintle_status)n;
  }
  return PINTLE_OK;
}

static pintle_status list(void *self, pintle_call *c, const char *bucket, const char *prefix, pintle_result *keys) {
  static const char *const all[] = {"p/q/z", "p/q/a", "p/q/a", "p/q/m/", "outside"};
  (void)c;
  note(bucket, prefix);
  for (int i = 0; i < (strcmp(self, "outside") == 0 ? 5 : 4); i++) {
    pintle_entry entry = {.struct_size = sizeof entry, .key = all[i], .size = i};
    keys->api->entry(keys, &entry); /* its answer ignored */
  }
  return PINTLE_OK;
}

static pintle_status common(void *self, pintle_call *c, const char *bucket, const char *prefix, const char *delimiter, pintle_result *out) {
  (void)delimiter;
  return list(self, c, bucket, prefix, out);
}

static pintle_status drop(void *self, pintle_call *c, const char *bucket, const char *key) {
  (void)self;
  if (c->host->cancelled(c)) return PINTLE_CANCELLED;
  note(bucket, key);
  return PINTLE_OK;
}

static const pintle_action action = {.struct_size = sizeof action, .name = "test/store", .summary = "x"};
static const pintle_object_store table = {.struct_size = sizeof table,
                                          .action = &action,
                                          .put_object = put,
                                          .object_exists = exists,
                                          .get_object = get,
                                          .list_common_prefixes = common,
                                          .list_objects = list,
                                          .delete_object = drop};

static store *opened(const char *how, int64_t idle) {
  store *s = NULL;
  store_options o = {.ops = &table, .self = (void *)(uintptr_t)how, .name = "loc", .bucket = "/bucket/", .prefix = "/p/q/", .idle = idle};
  ck_assert_int_eq(store_open(&o, &s, &e), PINTLE_OK);
  return s;
}

START_TEST(bucket_and_prefix_are_trimmed_and_put_in_front) {
  store *s = opened("", 0);
  bool there = false;
  ck_assert_int_eq(store_put(s, "backups/b/x", STR("0123456789"), &e), PINTLE_OK);
  ck_assert_str_eq(asked.data, "bucket|p/q/backups/b/x");
  ck_assert_int_eq(store_exists(s, "k", &there, &e), PINTLE_OK);
  ck_assert(there);
  ck_assert_int_eq(store_delete(s, "k", &e), PINTLE_OK);
  ck_assert_str_eq(asked.data, "bucket|p/q/k");
  ck_assert_int_eq(store_put_if_absent(s, "k", STR(""), &e), PINTLE_UNSUPPORTED);
  store_close(s);
  store_options o = {.ops = &table, .self = (void *)(uintptr_t) "", .bucket = "a/b"};
  ck_assert_int_eq(store_open(&o, &s, &e), PINTLE_INVALID);
  o.bucket = "arn:aws:s3:eu-central-1:1:accesspoint/x";
  ck_assert_int_eq(store_open(&o, &s, &e), PINTLE_OK);
  store_close(s);
}
END_TEST

START_TEST(errors_name_location_key_and_operation) {
  store *s = opened("fails", 0);
  ck_assert_int_eq(store_put(s, "backups/b/x", STR("y"), &e), PINTLE_DENIED);
  ck_assert_str_eq(e.message, "location loc: cannot put backups/b/x: no write access");
  ck_assert_str_eq(e.hint, "ask for it");
  ck_assert_str_eq(e.code, "AccessDenied");
  ck_assert_int_eq(store_put(s, "x", STR("y"), NULL), PINTLE_DENIED);
  store_close(s);
  s = opened("strange", 0);
  ck_assert_int_eq(store_put(s, "x", STR("y"), &e), PINTLE_FAILED);
  ck_assert_ptr_nonnull(strstr(e.message, "location loc: cannot put x: "));
  store_close(s);
}
END_TEST

START_TEST(a_store_that_takes_half_is_not_believed) {
  store *s = opened("half", 0);
  ck_assert_int_eq(store_put(s, "x", STR("0123456789"), &e), PINTLE_FAILED);
  ck_assert_str_eq(e.message, "location loc: cannot put x: the store took 3 of 10 bytes and said that all is well");
  ck_assert_int_eq(store_put_fd(s, "x", -1, 10, &e), PINTLE_FAILED); /* our side's error, not the store's OK */
  ck_assert_ptr_nonnull(strstr(e.message, "cannot read what is to be stored"));
  store_close(s);
}
END_TEST

static int32_t stopped(void *ctx) { return *(const int32_t *)ctx; }

START_TEST(a_stopped_run_ends_its_call_and_may_clean_up) {
  int32_t is = 1;
  store *s = NULL;
  const host_services services = {.ctx = &is, .cancelled = stopped};
  store_options o = {.ops = &table, .self = (void *)(uintptr_t) "until-told", .services = &services, .name = "loc", .bucket = "b"};
  ck_assert_int_eq(store_open(&o, &s, &e), PINTLE_OK);
  is = 0;
  stop_soon = &is;
  ck_assert_int_eq(store_put(s, "x", STR("y"), &e), PINTLE_CANCELLED); /* in flight */
  ck_assert_str_eq(e.message, "location loc: cannot put x: told");
  ck_assert_int_eq(store_delete(s, "x", &e), PINTLE_OK); /* after it */
  stop_soon = NULL;
  store_close(s);
}
END_TEST

START_TEST(the_deadline_is_one_of_idleness) {
  store *s = opened("idle", 50000000);
  ck_assert_int_eq(store_put(s, "x", STR("y"), &e), PINTLE_TIMED_OUT);
  store_close(s);
  s = opened("slow", 100000000); /* 150 ms and more altogether */
  ck_assert_int_eq(store_put(s, "x", STR("y"), &e), PINTLE_OK);
  store_close(s);
}
END_TEST

static pintle_status third(void *ctx, str data, error *err) {
  (void)data;
  return ++*(int *)ctx == 3 ? error_set(err, PINTLE_INVALID, "enough of it") : PINTLE_OK;
}

START_TEST(the_reader_of_an_object_may_stop_and_its_error_counts) {
  static const char *const hows[] = {"", "deaf"}; /* one ends its call with our status, the other says OK */
  for (size_t i = 0; i < 2; i++) {
    store *s = opened(hows[i], 0);
    int n = 0;
    int64_t size = 0;
    ck_assert_int_eq(store_get_each(s, "x", third, &n, &size, NULL, &e), PINTLE_INVALID);
    ck_assert_str_eq(e.message, "location loc: cannot get x: enough of it");
    ck_assert_int_eq(n, 3);
    store_close(s);
  }
}
END_TEST

static pintle_status take(void *ctx, const char *key, int64_t size) {
  buf_printf(ctx, "%s:%d ", key, (int)size);
  return str_ends(str_of(key), "stop") ? PINTLE_CANCELLED : PINTLE_OK;
}

START_TEST(listings_are_sorted_and_stay_inside) {
  buf seen = {0};
  store *s = opened("", 0);
  ck_assert_int_eq(store_list(s, "", take, &seen, &e), PINTLE_OK);
  ck_assert(str_starts(buf_str(&seen), "a:") && str_ends(buf_str(&seen), " m/:3 z:0 ")); /* once each */
  ck_assert_uint_eq(seen.len, strlen("a:1 m/:3 z:0 "));
  ck_assert_str_eq(asked.data, "bucket|p/q/");
  store_close(s);
  s = opened("outside", 0);
  ck_assert_int_eq(store_list(s, "", take, &seen, &e), PINTLE_FAILED);
  ck_assert_ptr_nonnull(strstr(e.message, "not in this location"));
  store_close(s);
  buf_free(&seen);
}
END_TEST

static void teardown(void) { buf_free(&asked); }

int main(void) {
  Suite *suite = suite_create("store_calls");
  TCase *t = tcase_create("calls");
  suite_add_tcase(suite, t);
  tcase_add_checked_fixture(t, NULL, teardown);
  tcase_add_test(t, bucket_and_prefix_are_trimmed_and_put_in_front);
  tcase_add_test(t, errors_name_location_key_and_operation);
  tcase_add_test(t, a_store_that_takes_half_is_not_believed);
  tcase_add_test(t, a_stopped_run_ends_its_call_and_may_clean_up);
  tcase_add_test(t, the_deadline_is_one_of_idleness);
  tcase_add_test(t, the_reader_of_an_object_may_stop_and_its_error_counts);
  tcase_add_test(t, listings_are_sorted_and_stay_inside);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
