/* test_worker_single_bad.c -- a store in a worker that fails, crashes, hangs or lies: what the caller gets.  SPDX-License-Identifier: Apache-2.0 */
#include "single.h"
#include <pthread.h>
#include <sys/wait.h>

#define MS (CLOCK_SECOND / 1000)
enum { MIB = 1 << 20 };
static worker_single *single;
static const pintle_object_store *ops;
static worker_single_options o;

static void open_bad(const char *fault, int64_t timeout, int64_t grace) {
  static char config[64];
  reset();
  snprintf(config, sizeof config, "{\"fault\":\"%s\"}", fault);
  o = options_of("run_store_bad", config);
  o.timeout = timeout, o.grace = grace;
  single = opened(&o);
  ops = worker_single_store(single);
}
static void close_bad(void) { ck_assert_int_eq(worker_single_close(single, &e), PINTLE_OK); }
static pintle_status put(source *s) { return ended(ops->put_object(single, begun(), "b", "k", &s->reader)); }
static pintle_status get(sink *s) { return ended(ops->get_object(single, begun(), "b", "k", &s->writer)); }
static pintle_status list(void) { return ended(ops->list_objects(single, begun(), "b", "", results(HOST_RESULT_ENTRY))); }
static pintle_status exists(void) {
  int32_t there = 0;
  return ended(ops->object_exists(single, begun(), "b", "k", &there));
}
static bool alive(int pid) { return kill(pid, 0) == 0; }
static void expect_prefix(const char *text) {
  if (strncmp(e.message, text, strlen(text)) != 0) ck_abort_msg("\"%s\" is not \"%s...\"", e.message, text);
}

START_TEST(errors_arrive_as_they_were_given) {
  static const char *const faults[] = {"error", "late-error"};
  for (size_t i = 0; i < 2; i++) {
    open_bad(faults[i], 0, 0);
    ck_assert_int_eq(put(source_of(5 * MIB)), PINTLE_TRANSIENT);
    ck_assert_str_eq(e.message, "the bucket is being moved");
    ck_assert_str_eq(e.hint, "wait");
    ck_assert_str_eq(e.code, "SlowDown");
    ck_assert_str_eq(e.place, "/a~1b/0");
    const host_origin *origin = host_call_origin(call);
    ck_assert_int_eq(origin->retry_after, 3 * CLOCK_SECOND);
    ck_assert_uint_eq(origin->line, 4711);
    ck_assert_str_eq(origin->file, "store.c");
    ck_assert_str_eq(origin->function, "move");
    close_bad();
  }
  open_bad("late-error", 0, 0);
  sink *to = sink_of(PINTLE_NONE);
  ck_assert_int_eq(get(to), PINTLE_TRANSIENT);
  ck_assert_int_eq(to->at, 3000000); /* all that it wrote before */
  ck_assert_str_eq(e.code, "SlowDown");
  close_bad();
  open_bad("silent-error", 0, 0);
  ck_assert_int_eq(put(source_of(10)), PINTLE_DENIED);
  ck_assert_str_eq(e.message, "failed without saying why (DENIED)");
  close_bad();
  open_bad("no-status", 0, 0);
  ck_assert_int_eq(put(source_of(10)), PINTLE_FAILED);
  ck_assert_str_eq(e.message, "returned -77, which is no status");
  close_bad();
}
END_TEST

START_TEST(half_is_not_all) {
  open_bad("half", 0, 0);
  ck_assert_int_eq(put(source_of(10)), PINTLE_FAILED);
  ck_assert_str_eq(e.message, "action tests.pintle.io/bad-store of plugin run_store_bad.so took 3 of 10 bytes and said that all is well");
  ck_assert_int_eq(put(source_of(5 * MIB)), PINTLE_FAILED); /* more than was on its way */
  source *from = source_of(10);
  from->reader.size = PINTLE_NONE;
  ck_assert_int_eq(put(from), PINTLE_FAILED);
  close_bad();
  open_bad("none", 0, 0);
  ck_assert_int_eq(put(source_of(5 * MIB)), PINTLE_FAILED);
  ck_assert_int_eq(put(source_of(0)), PINTLE_OK);
  close_bad();
  open_bad("swallows", 0, 0); /* our reader's error counts, whatever it says */
  from = source_of(5 * MIB);
  from->fail_at = 2 * MIB, from->how = PINTLE_DENIED;
  ck_assert_int_eq(put(from), PINTLE_DENIED);
  close_bad();
}
END_TEST

START_TEST(streams_at_their_edges) {
  open_bad("bytewise", 0, 0);
  ck_assert_int_eq(put(source_of(300000)), PINTLE_OK);
  sink *to = sink_of(PINTLE_NONE);
  ck_assert_int_eq(get(to), PINTLE_OK);
  ck_assert_int_eq(to->at, 300000);
  close_bad();
  open_bad("reads-on", 0, 0);
  ck_assert_int_eq(put(source_of(3 * MIB)), PINTLE_OK);
  close_bad();
  open_bad("endless", 0, 0);
  to = sink_of(PINTLE_NONE);
  to->refuse_at = 20 * MIB, to->how = PINTLE_INVALID;
  ck_assert_int_eq(get(to), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "stopped writing");
  stop_after = 5000;
  ck_assert_int_eq(list(), PINTLE_CANCELLED);
  ck_assert_uint_eq(n_entries, 5000);
  close_bad();
  open_bad("ignores", 0, 0); /* it does not look at what write gives */
  to = sink_of(PINTLE_NONE);
  to->refuse_at = 0, to->how = PINTLE_INVALID;
  ck_assert_int_eq(get(to), PINTLE_INVALID);
  close_bad();
  open_bad("too-much", 0, 0);
  to = sink_of(25);
  ck_assert_int_eq(ended(ops->get_object_range(single, begun(), "b", "k", 0, &to->writer)), PINTLE_INVALID);
  ck_assert_int_eq(to->at, 20);
  close_bad();
}
END_TEST

START_TEST(listings) {
  open_bad("", 0, 0);
  ck_assert_int_eq(list(), PINTLE_OK);
  ck_assert_uint_eq(n_entries, 100000);
  ck_assert_ptr_nonnull(strstr(entries.data, "key-00000099 99\n"));
  close_bad();
  open_bad("bad-entry", 0, 0);
  ck_assert_int_eq(list(), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "entry: the key is empty");
  close_bad();
}
END_TEST

START_TEST(a_crash_is_an_error_and_the_next_call_has_a_new_worker) {
  open_bad("crash-put", 0, 0);
  int pid = worker_single_pid(single);
  ck_assert_int_eq(put(source_of(5 * MIB)), PINTLE_FAILED);
  expect_prefix("action tests.pintle.io/bad-store of plugin run_store_bad.so crashed (SIGSEGV) in put_object; backtrace: ");
  ck_assert_ptr_nonnull(strstr(e.message, "run_store_bad.so")); /* a frame of it */
  ck_assert(said("2 backtrace: "));
  ck_assert(!alive(pid));
  ck_assert_int_eq(worker_single_pid(single), -1);
  ck_assert_int_eq(exists(), PINTLE_OK);
  ck_assert_int_ne(worker_single_pid(single), pid);
  close_bad();
  open_bad("crash-get", 0, 0);
  ck_assert_int_eq(get(sink_of(PINTLE_NONE)), PINTLE_FAILED);
  expect_prefix("action tests.pintle.io/bad-store of plugin run_store_bad.so crashed (SIGBUS) in get_object");
  close_bad();
  open_bad("exit-list", 0, 0);
  ck_assert_int_eq(list(), PINTLE_FAILED);
  ck_assert_str_eq(e.message,
                   "action tests.pintle.io/bad-store of plugin run_store_bad.so ended its process (exit status 3) in list_objects");
  close_bad();
}
END_TEST

START_TEST(the_third_crash_is_the_last) {
  open_bad("crash-always", 0, 0);
  for (int i = 0; i < 3; i++) {
    ck_assert_int_eq(exists(), PINTLE_FAILED);
    expect_prefix("action tests.pintle.io/bad-store of plugin run_store_bad.so crashed (SIGABRT) in object_exists");
  }
  ck_assert(said("is quarantined after 3 crashes or deadlines"));
  ck_assert_int_eq(exists(), PINTLE_FAILED);
  ck_assert_str_eq(e.message,
                   "action tests.pintle.io/bad-store of plugin run_store_bad.so is quarantined after 3 crashes or deadlines; the last time "
                   "it crashed (SIGABRT) in object_exists");
  ck_assert_int_eq(worker_single_pid(single), -1);
  close_bad();
}
END_TEST

START_TEST(a_death_between_calls_harms_none) {
  open_bad("dies-later", 0, 0);
  int pid = worker_single_pid(single);
  ck_assert_int_eq(ended(ops->delete_object(single, begun(), "b", "k")), PINTLE_OK);
  usleep(400000);
  ck_assert_int_eq(exists(), PINTLE_OK);
  ck_assert_int_ne(worker_single_pid(single), pid);
  ck_assert(said("of action tests.pintle.io/bad-store crashed (SIGABRT) between two calls"));
  close_bad();
}
END_TEST

START_TEST(the_deadline_is_one_of_idleness) {
  open_bad("idle", 300 * MS, 0);
  ck_assert_int_eq(put(source_of(10)), PINTLE_TIMED_OUT);
  ck_assert_str_eq(e.message, "told to stop"); /* its own words */
  close_bad();
  open_bad("waits", 300 * MS, 0); /* it sleeps on the descriptor */
  ck_assert_int_eq(put(source_of(10)), PINTLE_TIMED_OUT);
  ck_assert_str_eq(e.message, "woken");
  close_bad();
  open_bad("slow", 400 * MS, 0); /* a second in all, a byte every 25 ms */
  ck_assert_int_eq(put(source_of(2 * MIB)), PINTLE_OK);
  close_bad();
  open_bad("reports", 400 * MS, 0);
  ck_assert_int_eq(put(source_of(2 * MIB)), PINTLE_OK);
  ck_assert_uint_ge(reports, 5);
  ck_assert(said("of 40 parts\n"));
  close_bad();
}
END_TEST

START_TEST(who_does_not_listen_is_killed) {
  int64_t before = clock_monotonic();
  open_bad("deaf", 300 * MS, 20 * CLOCK_SECOND); /* never asks: a second after the deadline */
  int pid = worker_single_pid(single);
  ck_assert_int_eq(put(source_of(10)), PINTLE_TIMED_OUT);
  ck_assert_str_eq(e.message,
                   "action tests.pintle.io/bad-store of plugin run_store_bad.so exceeded the deadline of 0.3 s without a sign of life in "
                   "put_object");
  ck_assert_int_lt(clock_monotonic() - before, 5 * CLOCK_SECOND);
  ck_assert(!alive(pid));
  ck_assert_int_eq(exists(), PINTLE_OK);
  close_bad();
  open_bad("stubborn", 300 * MS, 500 * MS); /* asks, and stays: after the grace */
  ck_assert_int_eq(put(source_of(10)), PINTLE_TIMED_OUT);
  close_bad();
}
END_TEST

START_TEST(cancellation_is_passed_on) {
  const uint64_t one = 1;
  open_bad("waits", 0, 0);
  cancelled_as = 1, cancel_at = clock_monotonic() + 200 * MS;
  ck_assert_int_eq(put(source_of(10)), PINTLE_CANCELLED);
  ck_assert_str_eq(e.message, "woken");
  ck_assert_int_lt(clock_monotonic() - cancel_at, 2 * CLOCK_SECOND);
  cancel_at = clock_monotonic(); /* by the caller's descriptor, at once */
  cancel_event = eventfd(0, EFD_CLOEXEC);
  ck_assert_int_eq(write(cancel_event, &one, sizeof one), sizeof one);
  ck_assert_int_eq(put(source_of(10)), PINTLE_CANCELLED);
  close(cancel_event);
  cancel_event = -1;
  cancel_at = 0;
  ck_assert_int_eq(exists(), PINTLE_OK); /* the next call knows nothing of it */
  close_bad();
  open_bad("cleans-up", 0, 0); /* the time for it is there, and so are the bytes */
  cancel_at = clock_monotonic() + 100 * MS;
  ck_assert_int_eq(put(source_of(5 * MIB)), PINTLE_CANCELLED);
  ck_assert_str_eq(e.message, "cleaned up");
  close_bad();
  open_bad("stubborn", 0, 500 * MS);
  cancel_at = clock_monotonic() + 100 * MS;
  ck_assert_int_eq(put(source_of(10)), PINTLE_CANCELLED);
  expect_prefix("action tests.pintle.io/bad-store of plugin run_store_bad.so was stopped: the run was cancelled");
  for (int i = 0; i < 4; i++) { /* no strike */
    cancel_at = clock_monotonic() + 50 * MS;
    ck_assert_int_eq(put(source_of(10)), PINTLE_CANCELLED);
  }
  cancel_at = 0;
  ck_assert_int_eq(exists(), PINTLE_OK);
  close_bad();
}
END_TEST

START_TEST(a_worker_that_breaks_the_wire) {
  open_bad("closes", 0, 0);
  ck_assert_int_eq(put(source_of(5 * MIB)), PINTLE_FAILED);
  expect_prefix("action tests.pintle.io/bad-store of plugin run_store_bad.so was stopped: it closed its socket");
  ck_assert_int_eq(exists(), PINTLE_OK);
  close_bad();
  open_bad("scribbles", 0, 0);
  ck_assert_int_eq(put(source_of(5 * MIB)), PINTLE_FAILED);
  expect_prefix("action tests.pintle.io/bad-store of plugin run_store_bad.so was stopped: it sent what is no frame of ours");
  ck_assert_int_eq(exists(), PINTLE_OK);
  close_bad();
}
END_TEST

START_TEST(what_it_prints_and_logs) {
  open_bad("prints", 0, 0);
  ck_assert_int_eq(exists(), PINTLE_OK);
  close_bad();
  ck_assert(said("2 to standard output source=stdout plugin=run_store_bad.so\n"));
  ck_assert(said("2 to standard error source=stderr plugin=run_store_bad.so\n"));
  ck_assert(said("2 and no end source=stderr plugin=run_store_bad.so\n"));
  open_bad("threads", 0, 0);
  ck_assert_int_eq(ended(ops->delete_object(single, begun(), "b", "k")), PINTLE_OK);
  unsigned lines = 0, others = 0;
  for (const char *p = buf_z(&told); (p = strchr(p, '\n')); p++) lines++;
  for (const char *p = buf_z(&told); (p = strstr(p, "1 from another thread\n")); p++) others++;
  ck_assert_uint_eq(others, 500);
  ck_assert_uint_eq(lines, 1000);
  close_bad();
}
END_TEST

START_TEST(its_process_is_put_back) {
  open_bad("untidy", 0, 0);
  int pid = worker_single_pid(single);
  ck_assert_int_eq(exists(), PINTLE_OK);
  if (exists() != PINTLE_OK) ck_abort_msg("%s", e.message);
  ck_assert_int_eq(worker_single_pid(single), pid);
  close_bad();
  static const char *const what[] = {"the floating-point mode and the locale",
                                     "signal handlers, the signal mask, the current directory and the umask"};
  for (size_t i = 0; i < 2; i++) {
    char line[200];
    snprintf(line, sizeof line, "3 action tests.pintle.io/bad-store changed %s of its process: put back ", what[i]);
    if (!said(line)) ck_abort_msg("\"%s\" is not in:\n%s", line, buf_z(&told));
  }
}
END_TEST

#ifndef __SANITIZE_THREAD__
START_TEST(one_that_has_grown_is_replaced) {
  open_bad("leaks", 0, 0);
  int pid = worker_single_pid(single);
  for (int i = 0; i < 3; i++) ck_assert_int_eq(exists(), PINTLE_OK);
  ck_assert_int_eq(worker_single_pid(single), pid);
  ck_assert(!said("has grown"));
  ck_assert_int_eq(exists(), PINTLE_OK);
  ck_assert_int_ne(worker_single_pid(single), pid);
  ck_assert(!alive(pid));
  ck_assert(said(" of action tests.pintle.io/bad-store has grown by ") && said(" MiB; a new one takes its place"));
  close_bad();
  host_action one = *o.action; /* who asks for one instance keeps it */
  one.flags |= PINTLE_ONE_INSTANCE;
  o.action = &one;
  single = opened(&o), ops = worker_single_store(single);
  pid = worker_single_pid(single);
  for (int i = 0; i < 5; i++) ck_assert_int_eq(exists(), PINTLE_OK);
  ck_assert_int_eq(worker_single_pid(single), pid);
  ck_assert(said("it is the only instance and goes on"));
  close_bad();
}
END_TEST
#endif

START_TEST(there_are_no_items) {
  open_bad("looks", 0, 0);
  ck_assert_int_eq(exists(), PINTLE_OK);
  close_bad();
}
END_TEST

#ifndef __SANITIZE_THREAD__
START_TEST(a_thread_that_stays_is_told) {
  open_bad("left-thread", 0, 0);
  ck_assert_int_eq(ended(ops->delete_object(single, begun(), "b", "k")), PINTLE_OK);
  close_bad();
  ck_assert(
      said("3 1 thread of plugins still runs after finish and destroy: ended with the worker; the plugins loaded are run_store_bad.so"));
}
END_TEST
#endif

START_TEST(a_start_that_fails) {
  reset();
  o = options_of("run_store_bad", "{\"fault\":\"bad-config\"}");
  ck_assert_int_eq(worker_single_open(&o, &single, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "not such a fault");
  ck_assert_str_eq(e.place, "/fault");
  o.config = STR("{\"fault\":\"crash-create\"}");
  ck_assert_int_eq(worker_single_open(&o, &single, &e), PINTLE_FAILED);
  expect_prefix("action tests.pintle.io/bad-store of plugin run_store_bad.so crashed (SIGABRT) in create");
  open_bad("bad-finish", 0, 0);
  ck_assert_int_eq(worker_single_close(single, &e), PINTLE_FAILED);
  ck_assert_str_eq(e.message, "could not flush");
}
END_TEST

static void *call_once(void *ctx) {
  host_call *own = NULL;
  pintle_status *st = ctx;
  source from = {.size = 2 * MIB, .fail_at = -1, .piece = 1 << 20};
  from.reader = (pintle_reader){.struct_size = sizeof from.reader, .size = from.size, .ctx = &from, .read = read_source};
  *st = PINTLE_FAILED;
  if (host_call_new(NULL, &own) != PINTLE_OK) return NULL;
  for (int i = 0; i < 10; i++) {
    from.at = 0;
    host_call_begin(own, NULL, 0);
    *st = host_call_end(own, ops->put_object(single, host_call_handle(own), "b", "k", &from.reader), NULL);
    if (*st != PINTLE_OK) break;
  }
  host_call_free(own);
  return NULL;
}

static int64_t read_recursively(const pintle_reader *r, void *to, size_t n) {
  host_call *own = NULL;
  int32_t there;
  (void)to, (void)n;
  if (host_call_new(NULL, &own) != PINTLE_OK) return PINTLE_NOMEM;
  host_call_begin(own, NULL, 0);
  *(pintle_status *)r->ctx = ops->object_exists(single, host_call_handle(own), "b", "k", &there);
  host_call_end(own, PINTLE_OK, NULL);
  host_call_free(own);
  return 0;
}

START_TEST(calls_wait_for_each_other) {
  pthread_t threads[3];
  pintle_status st[3], inner = PINTLE_OK;
  open_bad("", 0, 0);
  for (int i = 0; i < 3; i++) ck_assert_int_eq(pthread_create(&threads[i], NULL, call_once, &st[i]), 0);
  for (int i = 0; i < 3; i++) {
    pthread_join(threads[i], NULL);
    ck_assert_int_eq(st[i], PINTLE_OK);
  }
  pintle_reader reader = {.struct_size = sizeof reader, .size = PINTLE_NONE, .ctx = &inner, .read = read_recursively};
  ck_assert_int_eq(ended(ops->put_object(single, begun(), "b", "k", &reader)), PINTLE_OK);
  ck_assert_int_eq(inner, PINTLE_CONFLICT); /* but not for themselves */
  close_bad();
}
END_TEST

int main(void) {
  Suite *suite = suite_create("worker_single_bad");
  TCase *c = tcase_create("faults");
  tcase_set_timeout(c, 60);
  tcase_add_test(c, errors_arrive_as_they_were_given);
  tcase_add_test(c, half_is_not_all);
  tcase_add_test(c, streams_at_their_edges);
  tcase_add_test(c, listings);
  tcase_add_test(c, a_crash_is_an_error_and_the_next_call_has_a_new_worker);
  tcase_add_test(c, the_third_crash_is_the_last);
  tcase_add_test(c, a_death_between_calls_harms_none);
  tcase_add_test(c, the_deadline_is_one_of_idleness);
  tcase_add_test(c, who_does_not_listen_is_killed);
  tcase_add_test(c, cancellation_is_passed_on);
  tcase_add_test(c, a_worker_that_breaks_the_wire);
  tcase_add_test(c, what_it_prints_and_logs);
  tcase_add_test(c, its_process_is_put_back);
  tcase_add_test(c, there_are_no_items);
#ifndef __SANITIZE_THREAD__ /* it has memory and a thread of its own */
  tcase_add_test(c, one_that_has_grown_is_replaced);
  tcase_add_test(c, a_thread_that_stays_is_told);
#endif
  tcase_add_test(c, a_start_that_fails);
  tcase_add_test(c, calls_wait_for_each_other);
  suite_add_tcase(suite, c);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  free_all();
  return failed != 0;
}
