/* test_store_run.c -- run records and the lock between two runs, with a conditional put and without.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/file_store.h"
#include "store/store.h"
#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[64];
static void *self;
static pintle_object_store plain_table; /* no put_object_if_absent */
static store *with, *without;
static arena a;
static error e;

static store *opened(const pintle_object_store *ops) {
  store *to = NULL;
  store_options o = {.ops = ops, .self = self, .name = "loc", .prefix = "p"};
  ck_assert_int_eq(store_open(&o, &to, &e), PINTLE_OK);
  return to;
}

static void setup(void) {
  strcpy(root, "/tmp/pintle-run-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(root));
  ck_assert_int_eq(builtin_file_open(root, &self, &e), PINTLE_OK);
  plain_table = builtin_file_store;
  plain_table.put_object_if_absent = NULL;
  with = opened(&builtin_file_store), without = opened(&plain_table);
}

static int gone(const char *path, const struct stat *st, int flag, struct FTW *f) {
  (void)st, (void)flag, (void)f;
  return remove(path);
}

static void teardown(void) {
  store_close(with), store_close(without);
  builtin_file_store.action->destroy(self);
  arena_free(&a);
  nftw(root, gone, 16, FTW_DEPTH | FTW_PHYS);
}

static store *which(int i) { return i ? without : with; }

static store_run a_run(const char *name, const char *uid) {
  return (store_run){.kind = "backup",
                     .name = name,
                     .uid = uid,
                     .phase = "InProgress",
                     .host = "node-1",
                     .pid = 42,
                     .started = clock_now(),
                     .data = STR("{\"n\":1.0}")};
}

static pintle_status note_key(void *ctx, const char *key, int64_t size) {
  (void)size;
  buf_printf(ctx, "%s ", key);
  return PINTLE_OK;
}

static void lists(const char *keys) {
  buf seen = {0};
  ck_assert_int_eq(store_list(with, "", note_key, &seen, &e), PINTLE_OK);
  ck_assert_str_eq(buf_z(&seen), keys);
  buf_free(&seen);
}

/* A record as a run left it that was last seen that long ago. */
static void leave_record(const char *name, const char *phase, int64_t seconds) {
  buf key = {0}, text = {0};
  char when[32];
  buf_printf(&key, "plugins/pintle.io/runs/backup-%s.json", name);
  buf_printf(&text,
             "{\"run\":\"backup\",\"name\":\"%s\",\"uid\":\"dead\",\"phase\":\"%s\",\"started\":\"2026-01-01T00:00:00Z\",\"heartbeat\":\"%"
             "s\",\"host\":\"gone\",\"pid\":7,\"data\":{\"snapshots\":[\"s-1\"]}}",
             name, phase, clock_rfc3339(clock_now() - seconds * CLOCK_SECOND, when));
  ck_assert_int_eq(store_put(with, key.data, buf_str(&text), &e), PINTLE_OK);
  buf_free(&key), buf_free(&text);
}

START_TEST(the_second_run_is_refused_and_told_why) {
  for (int i = 0; i < 2; i++) {
    store_lock *first = NULL, *second = NULL;
    store_run before, one = a_run("b1", "uid-1"), two = a_run("b1", "uid-2");
    ck_assert_msg(store_run_begin(which(i), &one, &a, &before, &first, &e) == PINTLE_OK, "%s", e.message);
    ck_assert_ptr_null(before.kind);
    lists("plugins/pintle.io/runs/backup-b1.json ");
    for (int k = 0; k < 2; k++) {
      ck_assert_int_eq(store_run_begin(which(k), &two, &a, NULL, &second, &e), PINTLE_CONFLICT);
      ck_assert_ptr_nonnull(strstr(e.message, "another run has backup b1: host node-1, process 42, last seen "));
      ck_assert_ptr_nonnull(strstr(e.hint, "p/plugins/pintle.io/runs/backup-b1.json"));
    }
    ck_assert_int_eq(store_run_update(first, STR("{\"n\":2.0}"), &e), PINTLE_OK);
    ck_assert_int_eq(store_run_end(first, NULL, &e), PINTLE_OK);
    lists("");
  }
}
END_TEST

START_TEST(a_dead_run_is_taken_over_and_tells_what_it_had) {
  for (int i = 0; i < 2; i++) {
    store_lock *l = NULL;
    store_run before, mine = a_run("b1", "uid-1");
    leave_record("b1", "InProgress", 119 - 30);
    ck_assert_int_eq(store_run_begin(which(i), &mine, &a, &before, &l, &e), PINTLE_CONFLICT);
    leave_record("b1", "InProgress", 125);
    ck_assert_msg(store_run_begin(which(i), &mine, &a, &before, &l, &e) == PINTLE_OK, "%s", e.message);
    ck_assert_str_eq(before.uid, "dead");
    ck_assert_str_eq(before.phase, "InProgress");
    ck_assert(str_is(before.data, "{\"snapshots\":[\"s-1\"]}"));
    lists("plugins/pintle.io/runs/backup-b1.json "); /* the claim is withdrawn */
    ck_assert_int_eq(store_run_end(l, "Failed", &e), PINTLE_OK);
    ck_assert_int_eq(store_run_begin(which(i), &mine, &a, &before, &l, &e), PINTLE_OK); /* a finished record is no lock */
    ck_assert_str_eq(before.phase, "Failed");
    ck_assert_int_eq(store_run_end(l, NULL, &e), PINTLE_OK);
  }
}
END_TEST

START_TEST(who_was_taken_over_notices) {
  store_lock *l = NULL;
  store_run mine = a_run("b1", "uid-1");
  ck_assert_int_eq(store_run_begin(with, &mine, &a, NULL, &l, &e), PINTLE_OK);
  leave_record("b1", "InProgress", 0);                                  /* uid "dead" */
  ck_assert_int_eq(store_run_update(l, (str){NULL, 0}, &e), PINTLE_OK); /* young: not even looked at */
  ck_assert_int_eq(store_run_update(l, STR("{}"), &e), PINTLE_CONFLICT);
  ck_assert_ptr_nonnull(strstr(e.message, "host gone, process 7"));
  ck_assert_int_eq(store_run_end(l, NULL, &e), PINTLE_CONFLICT);
  lists("plugins/pintle.io/runs/backup-b1.json "); /* and the other's record is left alone */
}
END_TEST

START_TEST(data_is_kept_and_a_long_call_may_be_announced) {
  store_lock *l = NULL;
  store_run *runs = NULL, mine = a_run("b1", "uid-1");
  size_t n = 0;
  ck_assert_int_eq(store_run_begin(with, &mine, &a, NULL, &l, &e), PINTLE_OK);
  ck_assert_int_eq(store_run_expect(l, 3600 * CLOCK_SECOND, &e), PINTLE_OK);
  ck_assert_int_eq(store_runs(with, &a, &runs, &n, &e), PINTLE_OK);
  ck_assert_uint_eq(n, 1);
  ck_assert_int_gt(runs[0].heartbeat, clock_now() + 3500 * CLOCK_SECOND);
  ck_assert(str_is(runs[0].data, "{\"n\":1.0}"));
  ck_assert_int_eq(store_run_update(l, (str){NULL, 0}, &e), PINTLE_OK); /* brings it back, keeps the data */
  ck_assert_int_eq(store_runs(with, &a, &runs, &n, &e), PINTLE_OK);
  ck_assert_int_le(runs[0].heartbeat, clock_now() + CLOCK_SECOND);
  ck_assert(str_is(runs[0].data, "{\"n\":1.0}"));
  ck_assert_str_eq(runs[0].host, "node-1");
  ck_assert_int_eq(runs[0].pid, 42);
  ck_assert_int_eq(store_run_end(l, "Finished", &e), PINTLE_OK);
  leave_record("b2", "InProgress", 999);
  ck_assert_int_eq(store_put(with, "plugins/pintle.io/runs/backup-torn.json", STR("{\"run\":"), &e), PINTLE_OK);
  ck_assert_int_eq(store_put(with, "plugins/pintle.io/runs/backup-b2.claims/x", STR("{}"), &e), PINTLE_OK);
  ck_assert_int_eq(store_runs(with, &a, &runs, &n, &e), PINTLE_OK);
  ck_assert_uint_eq(n, 3);
  ck_assert(strcmp(runs[0].phase, "Finished") == 0 && strcmp(runs[1].phase, "InProgress") == 0 && strcmp(runs[2].phase, "Unreadable") == 0);
  ck_assert_str_eq(runs[2].name, "torn");
  store_run torn = a_run("torn", "uid-1");
  ck_assert_int_eq(store_run_begin(with, &torn, &a, NULL, &l, &e), PINTLE_INVALID); /* not ours to judge */
  ck_assert_ptr_nonnull(strstr(e.hint, "delete"));
}
END_TEST

START_TEST(dead_claims_do_not_block_and_live_ones_do) {
  store_lock *l = NULL;
  store_run mine = a_run("b1", "uid-1");
  buf claim = {0};
  buf_printf(&claim, "{\"time\":%lld}", (long long)(clock_now() - 61 * CLOCK_SECOND));
  ck_assert_int_eq(store_put(with, "plugins/pintle.io/runs/backup-b1.claims/other-1", buf_str(&claim), &e), PINTLE_OK);
  ck_assert_msg(store_run_begin(without, &mine, &a, NULL, &l, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_int_eq(store_run_end(l, NULL, &e), PINTLE_OK);
  lists("");
  buf_clear(&claim);
  buf_printf(&claim, "{\"time\":%lld}", (long long)clock_now());
  ck_assert_int_eq(store_put(with, "plugins/pintle.io/runs/backup-b1.claims/other-1", buf_str(&claim), &e), PINTLE_OK);
  ck_assert_int_eq(store_run_begin(without, &mine, &a, NULL, &l, &e), PINTLE_CONFLICT);
  lists("plugins/pintle.io/runs/backup-b1.claims/other-1 ");
  buf_free(&claim);
}
END_TEST

/* Eight processes at once; 1 = has it, 0 = refused, 9 = anything else. A winner keeps its lock. */
static int race(store *s, const char *name) {
  enum { N = 8 };
  pid_t pid[N];
  int go[2], winners = 0;
  ck_assert_int_eq(pipe(go), 0);
  for (int i = 0; i < N; i++) {
    if ((pid[i] = fork()) != 0) continue;
    char uid[16], c;
    store_lock *l = NULL;
    snprintf(uid, sizeof uid, "uid-%d", i);
    store_run mine = a_run(name, uid);
    close(go[1]);
    if (read(go[0], &c, 1) != 0) _exit(9);
    pintle_status st = store_run_begin(s, &mine, &a, NULL, &l, &e);
    if (st != PINTLE_OK && st != PINTLE_CONFLICT) fprintf(stderr, "%s\n", e.message);
    _exit(st == PINTLE_OK ? 1 : st == PINTLE_CONFLICT ? 0 : 9);
  }
  close(go[0]), close(go[1]);
  for (int i = 0; i < N; i++) {
    int status = 0;
    ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
    winners += WEXITSTATUS(status);
  }
  return winners;
}

START_TEST(of_many_runs_at_once_never_two_go_on) {
  for (int round = 0; round < 6; round++) {
    char name[16];
    snprintf(name, sizeof name, "r%d", round);
    if (round % 3 == 1) leave_record(name, "InProgress", 1000);
    int winners = race(which(round % 2), name);
    ck_assert_int_le(winners, 1);
    ck_assert_int_eq(winners, 1); /* nor do they all give up */
  }
}
END_TEST

START_TEST(a_run_needs_a_name_that_is_one) {
  store_lock *l = NULL;
  static const char *const names[] = {"", "../x", "A", "a/b"};
  for (size_t i = 0; i < 4; i++) {
    store_run r = a_run(names[i], "uid");
    ck_assert_int_eq(store_run_begin(with, &r, &a, NULL, &l, &e), PINTLE_INVALID);
  }
  store_run r = a_run("ok", "../uid");
  ck_assert_int_eq(store_run_begin(with, &r, &a, NULL, &l, &e), PINTLE_INVALID);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("store_run");
  TCase *t = tcase_create("run");
  suite_add_tcase(suite, t);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 120);
  tcase_add_test(t, the_second_run_is_refused_and_told_why);
  tcase_add_test(t, a_dead_run_is_taken_over_and_tells_what_it_had);
  tcase_add_test(t, who_was_taken_over_notices);
  tcase_add_test(t, data_is_kept_and_a_long_call_may_be_announced);
  tcase_add_test(t, dead_claims_do_not_block_and_live_ones_do);
  tcase_add_test(t, of_many_runs_at_once_never_two_go_on);
  tcase_add_test(t, a_run_needs_a_name_that_is_one);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
