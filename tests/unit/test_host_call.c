/* test_host_call.c -- what plugins hand over in a call, good and rubbish, and what comes of it.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "host/call.h"
#include <check.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#undef fail /* an old macro of check; here it is a member of pintle_host */

/* ---- services that write everything down as lines */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  buf seen;
  int32_t cancelled;
  int fd;
} world;

static void on_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  (void)ctx;
  pthread_mutex_lock(&lock);
  buf_printf(&world.seen, "log %d %.*s", (int)level, (int)message.len, message.ptr);
  for (size_t i = 0; i < n; i++) buf_printf(&world.seen, " %s=%s", fields[i].key, fields[i].value);
  buf_addc(&world.seen, '\n');
  pthread_mutex_unlock(&lock);
}
static void on_finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  (void)ctx;
  buf_printf(&world.seen, "finding %d %s %s %s\n", (int)severity, code, pointer, text);
}
static void on_count(void *ctx, const char *counter, int64_t delta) {
  (void)ctx;
  buf_printf(&world.seen, "count %s %lld\n", counter, (long long)delta);
}
static void on_report(void *ctx, const pintle_progress *p) {
  (void)ctx;
  buf_printf(&world.seen, "report %lld/%lld %s\n", (long long)p->n_completed, (long long)p->n_total, p->units);
}
static pintle_status on_property(void *ctx, const char *name, str *value) {
  (void)ctx;
  if (strcmp(name, "run.kind") != 0) return PINTLE_NOT_FOUND;
  *value = STR("Backup");
  return PINTLE_OK;
}
static const void *on_extension(void *ctx, const char *id) { return strcmp(id, "tests/1") == 0 ? ctx : NULL; }
static int32_t on_cancelled(void *ctx) {
  (void)ctx;
  return __atomic_load_n(&world.cancelled, __ATOMIC_SEQ_CST);
}
static int on_cancel_fd(void *ctx) {
  (void)ctx;
  return world.fd;
}
static const host_services services = {&world,      on_log,       on_finding,   on_count,    on_report,
                                       on_property, on_extension, NULL, NULL, on_cancelled, on_cancel_fd};

static host_call *call;
static pintle_call *h;
static error e;

static void setup(void) {
  world.cancelled = 0;
  world.fd = -1;
  ck_assert_int_eq(host_call_new(&services, &call), PINTLE_OK);
  h = host_call_handle(call);
  host_call_begin(call, NULL, 0);
}
static void teardown(void) {
  buf_free(&world.seen);
  host_call_free(call);
}
static void seen(const char *wanted) {
  ck_assert_str_eq(buf_z(&world.seen), wanted);
  buf_clear(&world.seen);
}
/* Ends the call and starts the next. */
static pintle_status end(pintle_status returned) {
  pintle_status st = host_call_end(call, returned, &e);
  host_call_begin(call, NULL, 0);
  return st;
}

/* ---- errors */

START_TEST(the_error_that_a_plugin_records_is_the_calls) {
  const pintle_error given = {.struct_size = sizeof given,
                              .status = PINTLE_TRANSIENT,
                              .retry_after = 5,
                              .message = "no\nanswer \xff\x1b[31m",
                              .hint = "try\tagain",
                              .code = "Busy",
                              .at = "/spec/x",
                              .file = "nas.c",
                              .line = 7,
                              .function = "f"};
  ck_assert_int_eq(h->host->fail(h, &given), PINTLE_TRANSIENT);
  ck_assert_int_eq(host_call_end(call, PINTLE_TRANSIENT, &e), PINTLE_TRANSIENT);
  ck_assert_int_eq(e.status, PINTLE_TRANSIENT);
  ck_assert_str_eq(e.message, "no answer ? [31m");
  ck_assert_str_eq(e.hint, "try again");
  ck_assert_str_eq(e.code, "Busy");
  ck_assert_str_eq(e.place, "/spec/x");
  ck_assert_int_eq(host_call_origin(call)->retry_after, 5);
  ck_assert_uint_eq(host_call_origin(call)->line, 7);
  ck_assert_str_eq(host_call_origin(call)->file, "nas.c");
}
END_TEST

START_TEST(wrap_puts_its_text_in_front_and_keeps_the_rest) {
  pintle_fail_at(h, PINTLE_NOT_FOUND, "/a", "no such %s", "export");
  ck_assert_int_eq(pintle_wrap(h, PINTLE_INVALID, "mounting %d", 3), PINTLE_INVALID);
  ck_assert_int_eq(end(PINTLE_INVALID), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "mounting 3: no such export");
  ck_assert_str_eq(e.place, "/a");
  pintle_fail(h, PINTLE_FAILED, "first");
  pintle_fail(h, PINTLE_DENIED, "second");
  ck_assert_int_eq(end(PINTLE_DENIED), PINTLE_DENIED);
  ck_assert_str_eq(e.message, "second");
  ck_assert_str_eq(e.place, "");
}
END_TEST

START_TEST(a_status_without_an_error_gets_a_text) {
  ck_assert_int_eq(end(PINTLE_CONFLICT), PINTLE_CONFLICT);
  ck_assert_str_eq(e.message, "failed without saying why (CONFLICT)");
  ck_assert_int_eq(end(4711), PINTLE_FAILED);
  ck_assert_str_eq(e.message, "returned 4711, which is no status");
  pintle_fail(h, PINTLE_DENIED, "then it worked after all");
  ck_assert_int_eq(end(PINTLE_OK), PINTLE_OK);
  ck_assert_str_eq(e.message, "");
}
END_TEST

START_TEST(rubbish_errors_are_errors) {
  pintle_error given = {.struct_size = 3, .status = PINTLE_DENIED};
  ck_assert_int_eq(h->host->fail(h, NULL), PINTLE_INVALID);
  ck_assert_int_eq(h->host->fail(h, &given), PINTLE_INVALID);
  end(PINTLE_DENIED);
  ck_assert_ptr_nonnull(strstr(e.message, "struct_size"));
  given.struct_size = sizeof given; /* OK and unknown numbers are no errors' status; no message at all */
  given.status = PINTLE_OK;
  ck_assert_int_eq(h->host->fail(h, &given), PINTLE_FAILED);
  given.status = -99;
  ck_assert_int_eq(h->host->fail(h, &given), PINTLE_FAILED);
  char *huge = malloc(1 << 20);
  memset(huge, 'x', (1 << 20) - 1);
  huge[(1 << 20) - 1] = 0;
  given.message = given.hint = given.code = given.at = given.file = given.function = huge;
  h->host->fail(h, &given);
  ck_assert_int_eq(end(PINTLE_FAILED), PINTLE_FAILED);
  ck_assert_uint_eq(strlen(e.message), sizeof e.message - 1);
  free(huge);
}
END_TEST

START_TEST(handles_that_are_none_or_are_over_do_nothing) {
  ck_assert_int_eq(host_call_end(call, PINTLE_OK, &e), PINTLE_OK);
  host_result result = {0};
  pintle_result *r = &result.base;
  host_result_begin(&result, call, HOST_RESULT_TEXT, false);
  const pintle_host *host = h->host;
  pintle_call fake[64];
  memset(fake, 0, sizeof fake);
  pintle_call *const wrong[] = {NULL, fake, h};
  for (size_t i = 0; i < 3; i++) {
    pintle_doc *d = NULL;
    ck_assert_int_eq(host->fail(wrong[i], &(pintle_error){.struct_size = sizeof(pintle_error)}), PINTLE_INVALID);
    ck_assert_ptr_null(host->alloc(wrong[i], 8));
    ck_assert_ptr_null(host->config(wrong[i]));
    ck_assert_int_eq(host->new_doc(wrong[i], NULL, 0, &d), PINTLE_INVALID);
    ck_assert_int_eq(host->property(wrong[i], "run.kind", NULL), PINTLE_INVALID);
    ck_assert_int_eq(host->pause(wrong[i], 0), PINTLE_INVALID);
    ck_assert_int_eq(host->cancel_fd(wrong[i]), -1);
    host->count(wrong[i], "x", 1);
    host->finding(wrong[i], 3, "x", "", "x");
    host->report(wrong[i], NULL);
    host->log_line(wrong[i], 2, "x", 1, NULL, 0);
  }
  ck_assert_int_eq(r->api->text(r, "x", 1), PINTLE_INVALID);
  ck_assert_int_eq(r->api->text(NULL, "x", 1), PINTLE_INVALID);
  host_result_free(&result);
  seen("");
}
END_TEST

/* ---- log, findings, counters */

START_TEST(log_lines_are_escaped_and_bounded) {
  const pintle_kv fields[] = {{"a", "1"}, {"b\n", NULL}, {NULL, "\x9b"}};
  h->host->log_line(h, PINTLE_LOG_WARN, "two\nlines \x1b[1m caf\xc3\xa9", PINTLE_Z, fields, 3);
  seen("log 3 two\\nlines \\x1b[1m caf\xc3\xa9 a=1 b\\n= =\\x9b\n");
  h->host->log_line(h, 99, "unknown level", 7, NULL, 5);
  seen("log 2 unknown\n");
  h->host->log_line(h, PINTLE_LOG_INFO, NULL, 10, NULL, 0);
  h->host->log_line(h, PINTLE_LOG_INFO, "x", SIZE_MAX / 2, NULL, 0);
  seen("log 2 (a log line without text, or of an impossible length)\nlog 2 (a log line without text, or of an impossible length)\n");
  char *huge = malloc(1 << 20);
  memset(huge, 'x', 1 << 20);
  h->host->log_line(h, PINTLE_LOG_INFO, huge, 1 << 20, NULL, 0);
  ck_assert_uint_eq(world.seen.len, strlen("log 2 ") + 16384 + strlen(" ...\n"));
  free(huge);
}
END_TEST

static void *log_much(void *what) {
  for (int i = 0; i < 200; i++) h->host->log_line(h, PINTLE_LOG_DEBUG, what, PINTLE_Z, NULL, 0);
  return NULL;
}
START_TEST(any_thread_may_log_and_without_a_call) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) ck_assert_int_eq(pthread_create(&threads[i], NULL, log_much, i % 2 ? "plain" : "with\ttab"), 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  ck_assert_uint_eq(world.seen.len, 400 * strlen("log 1 plain\n") + 400 * strlen("log 1 with\\ttab\n"));
  buf_clear(&world.seen);
  h->host->log_line(NULL, PINTLE_LOG_INFO, "nobody hears it", PINTLE_Z, NULL, 0);
  host_stray_log(&services);
  h->host->log_line(NULL, PINTLE_LOG_INFO, "stray", PINTLE_Z, NULL, 0);
  host_stray_log(NULL);
  seen("log 2 stray\n");
}
END_TEST

START_TEST(findings_counters_and_reports_arrive_clean) {
  h->host->finding(h, PINTLE_LOG_ERROR, "lost", "/spec", "a\nb");
  h->host->finding(h, 77, NULL, NULL, NULL);
  h->host->count(h, "rule 1", -2);
  h->host->count(h, "", 1);
  h->host->count(h, "a\nb", 1);
  const pintle_progress p = {.struct_size = sizeof p, .n_completed = -5, .n_total = 7, .units = "by\ntes"};
  h->host->report(h, &p);
  h->host->report(h, NULL);
  seen("finding 4 lost /spec a b\nfinding 2 finding  \ncount rule 1 -2\nreport 0/7 by tes\n");
}
END_TEST

START_TEST(properties_extensions_and_config) {
  pintle_str v = {"untouched", 9};
  ck_assert_int_eq(h->host->property(h, "run.kind", &v), PINTLE_OK);
  ck_assert_str_eq(v.ptr, "Backup");
  ck_assert_int_eq(h->host->property(h, "else", &v), PINTLE_NOT_FOUND);
  ck_assert_str_eq(v.ptr, "Backup");
  ck_assert_int_eq(h->host->property(h, NULL, &v), PINTLE_INVALID);
  ck_assert_ptr_eq(h->host->extension(h->host, "tests/1"), &world);
  ck_assert_ptr_null(h->host->extension(h->host, "tests/2"));
  ck_assert_ptr_null(h->host->extension(h->host, NULL));
  ck_assert_ptr_null(h->host->extension(NULL, "tests/1"));
  ck_assert_ptr_null(h->host->extension(host_table, "tests/1"));
  const pintle_doc *d = h->host->config(h);
  ck_assert_int_eq(d->api->raw(d, "", &v), PINTLE_OK);
  ck_assert_str_eq(v.ptr, "{}");
  const char *end_of_table = (const char *)h->host + h->host->struct_size;
  for (int i = 0; i < 512; i++) ck_assert_int_eq(end_of_table[i], 0);
}
END_TEST

START_TEST(memory_and_documents_live_as_long_as_the_call) {
  char *p = h->host->alloc(h, 100), *q = h->host->alloc(h, 0);
  ck_assert_ptr_nonnull(p);
  ck_assert_ptr_nonnull(q);
  ck_assert_uint_eq((uintptr_t)p % 16, 0);
  for (int i = 0; i < 100; i++) ck_assert_int_eq(p[i], 0);
  ck_assert_ptr_null(h->host->alloc(h, SIZE_MAX));
  ck_assert_ptr_null(h->host->alloc(h, (size_t)1 << 40));
  pintle_doc *d = NULL, *none = NULL;
  ck_assert_int_eq(h->host->new_doc(h, "{\"a\":1}", PINTLE_Z, &d), PINTLE_OK);
  ck_assert_int_eq(d->api->set_i64(d, "/b", 2), PINTLE_OK);
  pintle_str s;
  ck_assert_int_eq(d->api->raw(d, "", &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, "{\"a\":1,\"b\":2}");
  ck_assert_int_eq(h->host->new_doc(h, "{\"a\":", PINTLE_Z, &none), PINTLE_INVALID);
  ck_assert_int_eq(h->host->new_doc(h, "[1,2]garbage", 5, &none), PINTLE_OK);
  ck_assert_int_eq(h->host->new_doc(h, "{}", SIZE_MAX - 1, &none), PINTLE_INVALID);
  ck_assert_int_eq(h->host->new_doc(h, "{}", 2, NULL), PINTLE_INVALID);
  for (int i = 0; i < 100; i++) ck_assert_int_eq(h->host->new_doc(h, NULL, 0, &d), PINTLE_OK);
  end(PINTLE_OK);
  ck_assert_int_eq(h->host->new_doc(h, NULL, 0, &d), PINTLE_OK);
  ck_assert_int_eq(d->api->raw(d, "", &s), PINTLE_OK);
  ck_assert_str_eq(s.ptr, "{}");
}
END_TEST

/* ---- time */

START_TEST(pause_ends_with_the_deadline) {
  end(PINTLE_OK);
  int64_t from = clock_monotonic();
  host_call_begin(call, NULL, from + CLOCK_SECOND / 20);
  ck_assert_int_eq(h->host->cancelled(h), 0);
  ck_assert_int_le(h->host->remaining(h), CLOCK_SECOND / 20);
  ck_assert_int_eq(h->host->pause(h, CLOCK_SECOND / 100), PINTLE_OK);
  ck_assert_int_eq(h->host->pause(h, INT64_MAX), PINTLE_TIMED_OUT);
  int64_t took = clock_monotonic() - from;
  ck_assert_int_ge(took, CLOCK_SECOND / 20);
  ck_assert_int_lt(took, CLOCK_SECOND);
  ck_assert_int_eq(h->host->cancelled(h), 2);
  ck_assert_int_gt(h->host->remaining(h), 9 * CLOCK_SECOND); /* told: 10 s to clean up */
  ck_assert_int_eq(h->host->pause(h, CLOCK_SECOND / 100), PINTLE_OK);
  ck_assert_int_eq(host_call_interrupted(h), PINTLE_OK);
  ck_assert_int_eq(h->host->pause(h, -1), PINTLE_INVALID);
}
END_TEST

static void *cancel_soon(void *ctx) {
  (void)ctx;
  usleep(50000);
  __atomic_store_n(&world.cancelled, 1, __ATOMIC_SEQ_CST);
  uint64_t one = 1;
  if (world.fd >= 0) ck_assert_int_eq(write(world.fd, &one, sizeof one), sizeof one);
  return NULL;
}
START_TEST(pause_ends_when_cancelled_with_and_without_a_descriptor) {
  for (int with = 0; with < 2; with++) {
    pthread_t t;
    world.cancelled = 0;
    world.fd = with ? eventfd(0, EFD_CLOEXEC) : -1;
    ck_assert_int_eq(h->host->cancel_fd(h), world.fd);
    ck_assert_int_eq(h->host->remaining(h), PINTLE_NONE);
    ck_assert_int_eq(pthread_create(&t, NULL, cancel_soon, NULL), 0);
    int64_t from = clock_monotonic();
    ck_assert_int_eq(h->host->pause(h, 20 * CLOCK_SECOND), PINTLE_CANCELLED);
    ck_assert_int_lt(clock_monotonic() - from, CLOCK_SECOND);
    pthread_join(t, NULL);
    ck_assert_int_eq(h->host->cancelled(h), 1);
    ck_assert_int_eq(h->host->pause(h, CLOCK_SECOND / 100), PINTLE_OK); /* though the descriptor is still readable */
    if (with) close(world.fd);
    end(PINTLE_CANCELLED);
    ck_assert_str_eq(e.message, "failed without saying why (CANCELLED)");
  }
}
END_TEST

START_TEST(an_extension_hears_of_it_once) {
  world.cancelled = 1;
  ck_assert_int_eq(host_call_interrupted(h), PINTLE_CANCELLED);
  ck_assert_int_eq(host_call_interrupted(h), PINTLE_OK);
  world.cancelled = 0;
  end(PINTLE_OK);
  ck_assert_int_eq(host_call_interrupted(h), PINTLE_OK);
  ck_assert_int_eq(h->host->cancelled(h), 0);
}
END_TEST

int main(void) {
  Suite *s = suite_create("host call");
  TCase *t = tcase_create("all");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 30);
  tcase_add_test(t, the_error_that_a_plugin_records_is_the_calls);
  tcase_add_test(t, wrap_puts_its_text_in_front_and_keeps_the_rest);
  tcase_add_test(t, a_status_without_an_error_gets_a_text);
  tcase_add_test(t, rubbish_errors_are_errors);
  tcase_add_test(t, handles_that_are_none_or_are_over_do_nothing);
  tcase_add_test(t, log_lines_are_escaped_and_bounded);
  tcase_add_test(t, any_thread_may_log_and_without_a_call);
  tcase_add_test(t, findings_counters_and_reports_arrive_clean);
  tcase_add_test(t, properties_extensions_and_config);
  tcase_add_test(t, memory_and_documents_live_as_long_as_the_call);
  tcase_add_test(t, pause_ends_with_the_deadline);
  tcase_add_test(t, pause_ends_when_cancelled_with_and_without_a_descriptor);
  tcase_add_test(t, an_extension_hears_of_it_once);
  suite_add_tcase(s, t);
  SRunner *run = srunner_create(s);
  srunner_run_all(run, CK_NORMAL);
  int failed = srunner_ntests_failed(run);
  srunner_free(run);
  return failed != 0;
}
