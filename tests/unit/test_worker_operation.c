/* test_worker_operation.c -- what is asked of an item action after execute, in workers of their own.  SPDX-License-Identifier: Apache-2.0 */
#include "single.h"
#include "worker/operation.h"
#include <ftw.h>
#include <poll.h>

static char dir[64], config[300];
static const char run[] = "{\"metadata\":{\"name\":\"b1\",\"uid\":\"u1\"}}";

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *where) {
  (void)s, (void)type, (void)where;
  return remove(path);
}
static void remove_dir(void) { nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

static worker_single_options options(const char *fixture, uint32_t kind) {
  reset();
  snprintf(dir, sizeof dir, "/tmp/pintle-operation-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(dir));
  snprintf(config, sizeof config, "{\"dir\":\"%s\",\"item\":\"x\",\"variant\":\"\",\"post\":\"\"}", dir);
  worker_single_options o = options_of(fixture, config);
  o.run = STR(run);
  for (size_t i = 0; i < o.plugin->n_actions; i++)
    if (o.plugin->actions[i].kind == kind) o.action = &o.plugin->actions[i];
  ck_assert_uint_eq(o.action->kind, kind);
  return o;
}

static void control(const char *name, const char *text) { /* all of it at once */
  char path[128], temp[140];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  snprintf(temp, sizeof temp, "%s~", path);
  FILE *f = fopen(temp, "w");
  ck_assert_ptr_nonnull(f);
  fputs(text, f);
  fclose(f);
  ck_assert_int_eq(rename(temp, path), 0);
}
static bool there(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  return access(path, F_OK) == 0;
}

/* ---- progress and cancel */
START_TEST(progress_is_told_field_by_field) {
  worker_single_options o = options("run_operation", CONF_BACKUP_ITEM_ACTION);
  worker_single *s = opened(&o);
  const pintle_backup_item_action *b = worker_single_backup_action(s);
  ck_assert_ptr_nonnull(b);
  ck_assert_ptr_null(worker_single_restore_action(s));
  ck_assert_ptr_null(worker_single_store(s));
  ck_assert_ptr_null(b->run_operation); /* the plugin has none */
  ck_assert_int_eq(ended(b->progress(s, begun(), "u1/x", NULL, results(HOST_RESULT_PROGRESS))), PINTLE_OK);
  ck_assert(!result.has_progress); /* the vendor has not begun */
  control("x.state", "{\"completed\":true,\"nCompleted\":5,\"nTotal\":9,\"units\":\"bytes\",\"description\":\"copied\",\"error\":\"disk\","
                     "\"started\":1000000000,\"updated\":2000000000,\"code\":\"E7\"}");
  ck_assert_int_eq(ended(b->progress(s, begun(), "u1/x", NULL, results(HOST_RESULT_PROGRESS))), PINTLE_OK);
  ck_assert(result.has_progress);
  ck_assert_int_eq(result.progress.completed, 1);
  ck_assert_int_eq(result.progress.n_completed, 5);
  ck_assert_int_eq(result.progress.n_total, 9);
  ck_assert_int_eq(result.progress.started, 1000000000);
  ck_assert_int_eq(result.progress.updated, 2000000000);
  ck_assert_str_eq(result.progress.units, "bytes");
  ck_assert_str_eq(result.progress.description, "copied");
  ck_assert_str_eq(result.progress.error, "disk");
  ck_assert_str_eq(result.progress.code, "E7");
  ck_assert_int_eq(worker_single_close(s, &e), PINTLE_OK);
  remove_dir();
}
END_TEST

START_TEST(errors_and_deaths_are_of_the_call) {
  worker_single_options o = options("run_operation", CONF_RESTORE_ITEM_ACTION);
  worker_single *s = opened(&o);
  const pintle_restore_item_action *r = worker_single_restore_action(s);
  ck_assert_ptr_nonnull(r);
  control("x.state", "{\"status\":\"TRANSIENT\"}");
  ck_assert_int_eq(ended(r->progress(s, begun(), "u1/x", NULL, results(HOST_RESULT_PROGRESS))), PINTLE_TRANSIENT);
  ck_assert_str_eq(e.message, "the vendor is busy");
  control("x.state", "{\"status\":\"INVALID\"}");
  ck_assert_int_eq(ended(r->progress(s, begun(), "u1/x", NULL, results(HOST_RESULT_PROGRESS))), PINTLE_INVALID);
  control("x.state", "{\"status\":\"CRASH\"}");
  ck_assert_int_eq(ended(r->progress(s, begun(), "u1/x", NULL, results(HOST_RESULT_PROGRESS))), PINTLE_FAILED);
  ck_assert_ptr_nonnull(strstr(e.message, "action tests.pintle.io/operation of plugin run_operation.so crashed (SIGABRT) in progress"));
  ck_assert_int_eq(ended(r->cancel(s, begun(), "u1/x", NULL)), PINTLE_OK);
  ck_assert(there("x.cancelled"));
  ck_assert_int_eq(worker_single_close(s, &e), PINTLE_OK);
  remove_dir();
}
END_TEST

START_TEST(the_callers_run_counts) {
  worker_single_options o = options("run_operation", CONF_BACKUP_ITEM_ACTION);
  o.run = STR("{}"); /* the fixture wants a name */
  worker_single *s = opened(&o);
  const pintle_backup_item_action *b = worker_single_backup_action(s);
  item_doc *d = NULL;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_int_eq(item_parse(d, STR(run), 0, NULL, &e), PINTLE_OK);
  ck_assert_int_eq(ended(b->progress(s, begun(), "u1/x", NULL, results(HOST_RESULT_PROGRESS))), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "no run was given");
  ck_assert_int_eq(ended(b->progress(s, begun(), "u1/x", item_handle(d), results(HOST_RESULT_PROGRESS))), PINTLE_OK);
  item_free(d);
  ck_assert_int_eq(worker_single_close(s, &e), PINTLE_OK);
  remove_dir();
}
END_TEST

/* ---- run_operation */
static worker_operation *begin_operation(const worker_single_options *o, const char *id, int64_t timeout) {
  worker_operation *op = NULL;
  if (worker_operation_start(o, id, timeout, &op, &e) != PINTLE_OK) ck_abort_msg("start: %s", e.message);
  return op;
}

/* As the engine waits: all of them at once. until NULL: until all are over. */
static void turn(worker_operation **ops, size_t n, bool (*until)(worker_operation *op)) {
  for (int64_t end = clock_monotonic() + 30 * CLOCK_SECOND; clock_monotonic() < end;) {
    struct pollfd f[8 * WORKER_OPERATION_FDS];
    bool all = true;
    for (size_t i = 0; i < n; i++) {
      bool over = worker_operation_step(ops[i]);
      all &= until ? until(ops[i]) : over;
      worker_operation_fds(ops[i], f + i * WORKER_OPERATION_FDS);
    }
    if (all) return;
    poll(f, n * WORKER_OPERATION_FDS, 200);
  }
  ck_abort_msg("it takes too long");
}
static bool works(worker_operation *op) { return worker_operation_progress(op)->n_completed > 0; }

START_TEST(operations_run_beside_each_other) {
  worker_single_options o = options("run_run_operation", CONF_BACKUP_ITEM_ACTION);
  worker_operation *ops[4];
  const char *const names[] = {"u1/a", "u1/b", "u1/c", "u1/d"};
  for (size_t i = 0; i < 4; i++) ops[i] = begin_operation(&o, names[i], 60 * CLOCK_SECOND);
  turn(ops, 4, works); /* none has ended, all have told how far they are */
  ck_assert_int_eq(worker_operation_progress(ops[0])->n_total, 100);
  ck_assert_str_eq(worker_operation_progress(ops[0])->units, "steps");
  control("a.go", "ok");
  turn(ops, 1, NULL);
  ck_assert_int_eq(worker_operation_result(ops[0], &e), PINTLE_OK);
  ck_assert_int_eq(worker_operation_progress(ops[0])->n_completed, 100);
  control("b.go", "fail");
  control("c.go", "die");
  worker_operation_cancel(ops[3]);
  turn(ops, 4, NULL);
  ck_assert_int_eq(worker_operation_result(ops[1], &e), PINTLE_FAILED);
  ck_assert_str_eq(e.message, "the work went wrong");
  ck_assert_int_eq(worker_operation_result(ops[2], &e), PINTLE_FAILED);
  ck_assert_ptr_nonnull(strstr(e.message, "of plugin run_run_operation.so crashed (SIGABRT) in run_operation"));
  ck_assert_int_eq(worker_operation_result(ops[3], &e), PINTLE_CANCELLED);
  ck_assert_ptr_nonnull(strstr(e.message, "told to stop at step"));
  ck_assert(there("d.cleaned"));
  for (size_t i = 0; i < 4; i++) worker_operation_free(ops[i]);
  remove_dir();
}
END_TEST

START_TEST(past_its_time_it_is_told_then_killed) {
  worker_single_options o = options("run_run_operation", CONF_RESTORE_ITEM_ACTION);
  worker_operation *ops[2];
  control("b.go", "hang");
  ops[0] = begin_operation(&o, "u1/a", CLOCK_SECOND / 2);
  ops[1] = begin_operation(&o, "u1/b", CLOCK_SECOND / 2);
  turn(ops, 2, NULL);
  ck_assert_int_eq(worker_operation_result(ops[0], &e), PINTLE_TIMED_OUT);
  ck_assert(there("a.cleaned"));
  ck_assert_int_eq(worker_operation_result(ops[1], &e), PINTLE_TIMED_OUT);
  ck_assert_ptr_nonnull(strstr(e.message, "exceeded the deadline of 0.5 s in run_operation"));
  for (size_t i = 0; i < 2; i++) worker_operation_free(ops[i]);
  remove_dir();
}
END_TEST

START_TEST(what_cannot_start_is_an_error) {
  worker_single_options o = options("run_operation", CONF_BACKUP_ITEM_ACTION);
  worker_operation *op = NULL;
  ck_assert_int_eq(worker_operation_start(&o, "u1/x", CLOCK_SECOND, &op, &e), PINTLE_UNSUPPORTED);
  ck_assert_str_eq(e.message, "action tests.pintle.io/operation of plugin run_operation.so has no run_operation");
  remove_dir();
  o = options("run_run_operation", CONF_BACKUP_ITEM_ACTION);
  o.worker = "/nonexistent/pintle-worker";
  op = begin_operation(&o, "u1/x", CLOCK_SECOND);
  turn(&op, 1, NULL);
  ck_assert_int_eq(worker_operation_result(op, &e), PINTLE_NOT_FOUND);
  worker_operation_free(op);
  remove_dir();
  o = options("run_run_operation", CONF_BACKUP_ITEM_ACTION);
  op = begin_operation(&o, "u1/x", 60 * CLOCK_SECOND);
  turn(&op, 1, works);
  worker_operation_free(op); /* in the middle: its process is killed */
  ck_assert(!there("x.cleaned"));
  remove_dir();
}
END_TEST

int main(void) {
  Suite *suite = suite_create("worker_operation");
  TCase *c = tcase_create("operations");
  tcase_set_timeout(c, 60);
  tcase_add_test(c, progress_is_told_field_by_field);
  tcase_add_test(c, errors_and_deaths_are_of_the_call);
  tcase_add_test(c, the_callers_run_counts);
  tcase_add_test(c, operations_run_beside_each_other);
  tcase_add_test(c, past_its_time_it_is_told_then_killed);
  tcase_add_test(c, what_cannot_start_is_an_error);
  suite_add_tcase(suite, c);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  free_all();
  return failed != 0;
}
