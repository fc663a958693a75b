/* test_dropin_team.c -- lanes: jobs one after another, others beside them, an end.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "dropin/team.h"
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

/* A gate that jobs wait at. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static unsigned begun, done, closed, ended, open_for; /* open_for: jobs with a lower number may pass */
static int order[64];

typedef struct job {
  dropin_job job;
  unsigned number;
} job;

static void run(dropin_job *j, void **state) {
  job *x = (job *)j;
  pthread_mutex_lock(&lock);
  begun++;
  pthread_cond_broadcast(&moved);
  while (x->number >= open_for) pthread_cond_wait(&moved, &lock);
  order[done++] = (int)x->number;
  pthread_cond_broadcast(&moved);
  pthread_mutex_unlock(&lock);
  *state = &order;
  free(x);
}

static void close_state(void *ctx, void *state) {
  (void)ctx;
  ck_assert_ptr_eq(state, &order);
  pthread_mutex_lock(&lock);
  closed++;
  pthread_mutex_unlock(&lock);
}

static void over(void *ctx) {
  (void)ctx;
  pthread_mutex_lock(&lock);
  ended++;
  pthread_cond_broadcast(&moved);
  pthread_mutex_unlock(&lock);
}

static dropin_team *make(unsigned most) {
  const dropin_team_options o = {.most = most, .close = close_state, .ended = over};
  dropin_team *t;
  error e;
  begun = done = closed = ended = open_for = 0;
  ck_assert_int_eq(dropin_team_new(&o, &t, &e), PINTLE_OK);
  return t;
}

static void give(dropin_team *t, unsigned number) {
  job *x = calloc(1, sizeof *x);
  error e;
  ck_assert_ptr_nonnull(x);
  x->job.run = run;
  x->number = number;
  ck_assert_int_eq(dropin_team_give(t, &x->job, &e), PINTLE_OK);
}

static void until(const unsigned *what, unsigned n) {
  pthread_mutex_lock(&lock);
  while (*what < n) pthread_cond_wait(&moved, &lock);
  pthread_mutex_unlock(&lock);
}

static void open_gate(unsigned n) {
  pthread_mutex_lock(&lock);
  open_for = n;
  pthread_cond_broadcast(&moved);
  pthread_mutex_unlock(&lock);
}

START_TEST(one_lane_keeps_the_order) {
  dropin_team *t = make(1);
  for (unsigned i = 0; i < 20; i++) give(t, i);
  until(&begun, 1);
  ck_assert_uint_eq(dropin_team_lanes(t), 1);
  ck_assert_uint_eq(begun, 1); /* the others wait */
  open_gate(20);
  ck_assert(dropin_team_stop(t, clock_monotonic() + 10 * CLOCK_SECOND));
  for (int i = 0; i < 20; i++) ck_assert_int_eq(order[i], i);
  ck_assert_uint_eq(done, 20);
  ck_assert_uint_eq(closed, 1);
  ck_assert_uint_eq(ended, 1);
}
END_TEST

START_TEST(a_busy_lane_stops_no_other) {
  dropin_team *t = make(4);
  give(t, 9); /* hangs until the gate opens for 10 */
  until(&begun, 1);
  open_gate(9);
  for (unsigned i = 0; i < 8; i++) give(t, i);
  until(&done, 8);
  ck_assert_uint_le(dropin_team_lanes(t), 4);
  open_gate(10);
  ck_assert(dropin_team_stop(t, clock_monotonic() + 10 * CLOCK_SECOND));
  ck_assert_int_eq(order[8], 9);
}
END_TEST

/* Answers, and who was answered calls again before this lane is idle. */
static dropin_team *called;
static void run_answered(dropin_job *j, void **state) {
  dropin_team_ending(j);
  give(called, 1);
  run(j, state);
}

START_TEST(a_lane_that_has_answered_takes_the_next_job) {
  dropin_team *t = called = make(4);
  job *x = calloc(1, sizeof *x);
  error e;
  ck_assert_ptr_nonnull(x);
  x->job.run = run_answered;
  open_gate(2);
  ck_assert_int_eq(dropin_team_give(t, &x->job, &e), PINTLE_OK);
  until(&done, 2);
  ck_assert_uint_eq(dropin_team_lanes(t), 1);
  ck_assert(dropin_team_stop(t, clock_monotonic() + 10 * CLOCK_SECOND));
}
END_TEST

START_TEST(lanes_are_started_when_all_are_busy_and_no_more_than_the_most) {
  dropin_team *t = make(3);
  ck_assert_uint_eq(dropin_team_lanes(t), 0);
  for (unsigned i = 0; i < 6; i++) give(t, i);
  until(&begun, 3);
  ck_assert_uint_eq(dropin_team_lanes(t), 3);
  open_gate(6);
  until(&done, 6);
  ck_assert(dropin_team_stop(t, clock_monotonic() + 10 * CLOCK_SECOND));
  ck_assert_uint_eq(closed, 3);
}
END_TEST

START_TEST(an_idle_lane_takes_the_next_job) {
  dropin_team *t = make(4);
  open_gate(100);
  for (unsigned i = 0; i < 10; i++) {
    give(t, i);
    until(&done, i + 1);
    for (int64_t end = clock_monotonic() + 10 * CLOCK_SECOND; !dropin_team_idle(t) && clock_monotonic() < end;) sched_yield(); /* it is on its way back */
  }
  ck_assert_uint_eq(dropin_team_lanes(t), 1);
  ck_assert(dropin_team_stop(t, clock_monotonic() + 10 * CLOCK_SECOND));
}
END_TEST

START_TEST(who_retires_does_what_was_given_and_ends_by_itself) {
  dropin_team *t = make(1);
  for (unsigned i = 0; i < 5; i++) give(t, i);
  dropin_team_retire(t);
  open_gate(5);
  until(&ended, 1);
  ck_assert_uint_eq(done, 5);
  t = make(1);
  dropin_team_retire(t); /* without any lane: at once */
  ck_assert_uint_eq(ended, 1);
}
END_TEST

START_TEST(stopping_waits_no_longer_than_it_was_told) {
  dropin_team *t = make(1);
  give(t, 0);
  until(&begun, 1);
  ck_assert(!dropin_team_stop(t, clock_monotonic() + CLOCK_SECOND / 20));
  open_gate(1);
  ck_assert(dropin_team_stop(t, clock_monotonic() + 10 * CLOCK_SECOND)); /* it is free to ask again */
  ck_assert_uint_eq(done, 1);
}
END_TEST

int main(void) {
  Suite *s = suite_create("dropin/team");
  TCase *c = tcase_create("team");
  tcase_add_test(c, one_lane_keeps_the_order);
  tcase_add_test(c, a_busy_lane_stops_no_other);
  tcase_add_test(c, a_lane_that_has_answered_takes_the_next_job);
  tcase_add_test(c, lanes_are_started_when_all_are_busy_and_no_more_than_the_most);
  tcase_add_test(c, an_idle_lane_takes_the_next_job);
  tcase_add_test(c, who_retires_does_what_was_given_and_ends_by_itself);
  tcase_add_test(c, stopping_waits_no_longer_than_it_was_told);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
