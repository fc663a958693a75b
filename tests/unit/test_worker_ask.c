/* test_worker_ask.c -- a question in the middle of a call: nothing that comes meanwhile is lost, and nobody waits for ever.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "host/call.h"
#include "worker/ask.h"
#include "worker/side.h"
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static side s;
static int other; /* the supervisor's end */
static uint64_t sent, got;
static buf in, joined;
static size_t used;
static host_call *call;
static int32_t stop;

static int32_t on_cancelled(void *ctx) {
  (void)ctx;
  return stop;
}
static pintle_status on_ask(void *ctx, pintle_call *c, str question, buf *answer, error *e) {
  (void)ctx;
  return side_ask(&s, c, 3, question, answer, e);
}
static const host_services services = {.cancelled = on_cancelled, .ask = on_ask};

static void setup(void) {
  int ends[2], page_fd = memfd_create("page", 0);
  ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  ck_assert_int_eq(ftruncate(page_fd, 4096), 0);
  ck_assert(side_open(&s, ends[0], page_fd, eventfd(0, 0)));
  other = ends[1];
  sent = got = used = 0, stop = 0;
  ck_assert_int_eq(host_call_new(&services, &call), PINTLE_OK);
  host_call_begin(call, NULL, 0);
}

static void teardown(void) {
  error e;
  host_call_end(call, PINTLE_OK, &e);
  host_call_free(call);
  side_close(&s);
  close(other);
  buf_free(&in);
  buf_free(&joined);
}

static void post(enum wire_type type, str body) {
  buf frame = {0};
  wire_frame(&frame, type, body, &sent);
  for (size_t at = 0; at < frame.len;) {
    ssize_t n = write(other, frame.data + at, frame.len - at);
    ck_assert_int_gt(n, 0);
    at += (size_t)n;
  }
  buf_free(&frame);
}

static void reply(uint64_t number, pintle_status st, const char *text) {
  buf body = {0};
  error e = {.status = st};
  wire_u64(&body, number);
  wire_error(&body, &e);
  if (st == PINTLE_OK) wire_z(&body, text);
  post(WIRE_REPLY, buf_str(&body));
  buf_free(&body);
}

/* The next question that arrives; number and entry are checked. */
static ask_question question(arena *a, uint64_t number) {
  enum wire_type type;
  str body;
  ask_question q;
  buf_clear(&joined);
  while (wire_next(buf_str(&in), &used, &got, &joined, &type, &body) != PINTLE_OK) {
    ck_assert(buf_reserve(&in, 4096));
    ssize_t n = read(other, in.data + in.len, 4096);
    ck_assert_int_gt(n, 0);
    in.len += (size_t)n;
  }
  ck_assert_int_eq(type, WIRE_ASK);
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  ck_assert_uint_eq(wire_get_u64(&r), number);
  ck_assert_uint_eq(wire_get_u32(&r), 3);
  ck_assert_int_eq(ask_get(&r, a, &q), PINTLE_OK);
  return q;
}

static void expect_message(enum wire_type type, str body) {
  enum wire_type t;
  str b;
  ck_assert(side_receive(&s, &t, &b));
  ck_assert_int_eq(t, type);
  ck_assert(str_eq(b, body));
}

static const pintle_id id = {"", "v1", "configmaps", "shop", "c"};

START_TEST(what_comes_meanwhile_is_kept) {
  enum wire_type type;
  str at_hand;
  arena a = {0};
  const pintle_doc *d = NULL;
  post(WIRE_ITEMS, STR("the first"));
  post(WIRE_ITEMS, STR("the second")); /* in the same bytes */
  ck_assert(side_receive(&s, &type, &at_hand));
  post(WIRE_QUARANTINE, STR("1234"));
  reply(1, PINTLE_OK, "{\"kind\":\"ConfigMap\"}");
  ck_assert_int_eq(ask_items->get(host_call_handle(call), &id, &d), PINTLE_OK);
  ck_assert_str_eq(question(&a, 1).id.name, "c");
  ck_assert_str_eq(pintle_str_or(d, "/kind", ""), "ConfigMap");
  ck_assert_msg(str_is(at_hand, "the first"), "the message at hand has moved");
  reply(2, PINTLE_NOT_FOUND, "");
  ck_assert_int_eq(ask_items->get(host_call_handle(call), &id, &d), PINTLE_NOT_FOUND);
  ck_assert(str_is(at_hand, "the first"));
  post(WIRE_FINISH, STR(""));
  expect_message(WIRE_ITEMS, STR("the second"));
  reply(3, PINTLE_OK, "{}"); /* in the middle of one that was kept */
  ck_assert_int_eq(ask_items->get(host_call_handle(call), &id, &d), PINTLE_OK);
  expect_message(WIRE_QUARANTINE, STR("1234"));
  expect_message(WIRE_FINISH, STR(""));
  arena_free(&a);
}
END_TEST

static void *write_large(void *large) {
  post(WIRE_ITEMS, *(str *)large);
  reply(1, PINTLE_OK, "{}");
  post(WIRE_ITEMS, *(str *)large);
  return NULL;
}

START_TEST(a_message_in_two_frames_is_kept_whole) {
  const pintle_doc *d;
  pthread_t thread;
  str large = {malloc((size_t)WIRE_MAX_FRAME + 100), (size_t)WIRE_MAX_FRAME + 100};
  memset((char *)(uintptr_t)large.ptr, 'x', large.len);
  ck_assert_int_eq(pthread_create(&thread, NULL, write_large, &large), 0);
  ck_assert_int_eq(ask_items->get(host_call_handle(call), &id, &d), PINTLE_OK);
  expect_message(WIRE_ITEMS, large);
  expect_message(WIRE_ITEMS, large);
  pthread_join(thread, NULL);
  free((char *)(uintptr_t)large.ptr);
}
END_TEST

START_TEST(a_cancelled_call_does_not_wait) {
  const pintle_doc *d;
  error e;
  stop = 1;
  ck_assert_int_eq(ask_items->get(host_call_handle(call), &id, &d), PINTLE_CANCELLED); /* not asked at all */
  host_call_end(call, PINTLE_OK, &e);
  stop = 0;
  host_call_begin(call, NULL, clock_monotonic() + CLOCK_SECOND / 5);
  ck_assert_int_eq(ask_items->get(host_call_handle(call), &id, &d), PINTLE_TIMED_OUT); /* nobody answers */
  reply(1, PINTLE_OK, "{\"of\":\"the first\"}");
  reply(2, PINTLE_OK, "{\"of\":\"the second\"}");
  ck_assert_msg(ask_items->get(host_call_handle(call), &id, &d) == PINTLE_OK, "it may still clean up");
  ck_assert_str_eq(pintle_str_or(d, "/of", ""), "the second");
  reply(2, PINTLE_OK, "{}"); /* late ones are dropped here as well */
  post(WIRE_ITEMS, STR("x"));
  expect_message(WIRE_ITEMS, STR("x"));
}
END_TEST

static pintle_status each(void *ctx, const pintle_doc *d) {
  unsigned *n = ctx;
  int64_t is = -1;
  ck_assert_int_eq(d->api->get_i64(d, "/n", &is), PINTLE_OK);
  ck_assert_int_eq(is, ++*n);
  return *n == 5 ? PINTLE_CONFLICT : PINTLE_OK;
}

static void reply_page(uint64_t number, uint64_t next, unsigned first, unsigned n) {
  buf body = {0};
  error e = {0};
  wire_u64(&body, number);
  wire_error(&body, &e);
  wire_u64(&body, next);
  wire_u32(&body, n);
  for (unsigned i = 0; i < n; i++) {
    char text[100];
    snprintf(text, sizeof text, "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\",\"labels\":{\"l\":\"%s\"}},\"n\":%u}",
             i % 2 ? "no" : "yes", first + i / 2);
    wire_z(&body, "shop");
    wire_z(&body, "a");
    wire_z(&body, text);
  }
  post(WIRE_REPLY, buf_str(&body));
  buf_free(&body);
}

START_TEST(a_listing_goes_page_by_page) {
  arena a = {0};
  unsigned n = 0;
  reply_page(1, 7, 1, 4);
  reply_page(2, 9, 0, 0);
  reply_page(3, ASK_END, 3, 2);
  ck_assert_int_eq(ask_items->list(host_call_handle(call), &id, "l=yes", "metadata.namespace=shop", each, &n), PINTLE_OK);
  ck_assert_uint_eq(n, 3);
  ck_assert_uint_eq(question(&a, 1).from, 0);
  ck_assert_uint_eq(question(&a, 2).from, 7);
  ck_assert_uint_eq(question(&a, 3).from, 9);
  n = 0;
  reply_page(4, 7, 1, 20); /* each ends it: no further page is asked for */
  ck_assert_int_eq(ask_items->list(host_call_handle(call), &id, "l=yes", NULL, each, &n), PINTLE_CONFLICT);
  question(&a, 4);
  n = 0;
  reply_page(5, 0, 1, 1); /* an answer that leads nowhere */
  ck_assert_int_eq(ask_items->list(host_call_handle(call), &id, NULL, NULL, each, &n), PINTLE_FAILED);
  arena_free(&a);
}
END_TEST

START_TEST(nonsense_is_refused_before_it_is_sent) {
  pintle_call *c = host_call_handle(call);
  const pintle_id slash = {"", "", "", "shop", "c"}, nobody = {"", "", "pods", "shop", ""};
  const pintle_doc *d;
  pintle_str v;
  ck_assert_int_eq(ask_items->get(c, &slash, &d), PINTLE_INVALID);
  ck_assert_int_eq(ask_items->get(c, &nobody, &d), PINTLE_INVALID);
  ck_assert_int_eq(ask_items->get(c, NULL, &d), PINTLE_INVALID);
  ck_assert_int_eq(ask_items->list(c, &id, NULL, NULL, NULL, NULL), PINTLE_INVALID);
  ck_assert_int_eq(ask_items->list(c, &id, "a in", NULL, each, NULL), PINTLE_INVALID);
  ck_assert_int_eq(ask_state->get(c, 7, "k", &v), PINTLE_INVALID);
  ck_assert_int_eq(ask_state->get(c, 0, NULL, &v), PINTLE_INVALID);
  ck_assert_int_eq(ask_state->put(c, 0, "k", "v", (64 << 10) + 1), PINTLE_INVALID);
  ck_assert_int_eq(ask_items->get(NULL, &id, &d), PINTLE_INVALID);
  ck_assert_uint_eq(s.asked, 0);
}
END_TEST

START_TEST(a_supervisor_that_is_gone_is_an_error) {
  const pintle_doc *d;
  close(other);
  ck_assert_int_eq(ask_items->get(host_call_handle(call), &id, &d), PINTLE_FAILED);
  ck_assert(s.lost);
}
END_TEST

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  Suite *suite = suite_create("worker/ask");
  TCase *t = tcase_create("ask");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 30);
  tcase_add_test(t, what_comes_meanwhile_is_kept);
  tcase_add_test(t, a_message_in_two_frames_is_kept_whole);
  tcase_add_test(t, a_cancelled_call_does_not_wait);
  tcase_add_test(t, a_listing_goes_page_by_page);
  tcase_add_test(t, nonsense_is_refused_before_it_is_sent);
  tcase_add_test(t, a_supervisor_that_is_gone_is_an_error);
  suite_add_tcase(suite, t);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
