/* test_nas_gc.c -- plugins/nas: gc, alone and beside a run, at every point of either.  SPDX-License-Identifier: Apache-2.0 */
#include "nas_store.h"

static const nas_tree one = {{1, 2, 3, 1500, 5, 0, 7, 8}}, two = {{1, 2, 33, 1500, 0, 6, 7, 1600}}, three = {{0, 2, 34, 1500, 9, 6, 10, 8}};

static void collect(pintle_call *call, fp_repo *r, fp_gc *gc) { ck_assert_int_eq(fp_repo_gc(call, r, gc), PINTLE_OK); }

/* Old backups are deleted: the new one does not notice; when it is deleted, too, nothing is left. */
static pintle_status delete_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_gc gc;
  fp_head h;
  char a[FP_ID], b[FP_ID], c[FP_ID];
  (void)ctx;
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &one, a), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &two, b), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &three, c), PINTLE_OK);
  ck_assert_int_eq(fp_repo_remove(call, r, a), PINTLE_OK);
  ck_assert_int_eq(fp_repo_head(call, r, a, &h), PINTLE_NOT_FOUND);
  ck_assert_int_eq(fp_repo_remove(call, r, b), PINTLE_OK);
  ck_assert_int_eq(fp_repo_remove(call, r, b), PINTLE_OK);
  collect(call, r, &gc);
  ck_assert_uint_eq(gc.backups, 2);
  ck_assert_uint_eq(nas_count(&s, "/seg/"), 2);
  ck_assert_uint_eq(nas_count(&s, "/deleted/"), 2);
  nas_expect(call, r, c, &three);
  nas_age(&s, 90000);
  collect(call, r, &gc);
  ck_assert_uint_eq(nas_count(&s, "/deleted/"), 0);
  nas_expect(call, r, c, &three);
  ck_assert_int_eq(fp_repo_remove(call, r, c), PINTLE_OK);
  collect(call, r, &gc);
  nas_age(&s, 90000);
  collect(call, r, &gc);
  collect(call, r, &gc);
  nas_age(&s, 90000);
  collect(call, r, &gc);
  ck_assert_uint_eq(gc.kept, 0);
  ck_assert_uint_eq(s.n, 1); /* "gc" */
  fp_repo_close(r);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(deleted) { ck_assert_int_eq(nas_in_call(delete_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* What the other side does in the middle of something. */
typedef struct beside {
  nas_store *s;
  const char *victim; /* removed first; NULL: nothing is */
  char made[FP_ID];
} beside;

static void gc_hook(nas_store *s, pintle_call *call, void *ctx) {
  const beside *b = ctx;
  fp_repo *r = NULL;
  fp_gc gc;
  ck_assert_int_eq(nas_open(call, s, NULL, &r), PINTLE_OK);
  if (b->victim) ck_assert_int_eq(fp_repo_remove(call, r, b->victim), PINTLE_OK);
  collect(call, r, &gc);
  fp_repo_close(r);
}

static void run_hook(nas_store *s, pintle_call *call, void *ctx) {
  beside *b = ctx;
  fp_repo *r = NULL;
  ck_assert_int_eq(nas_open(call, s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &two, b->made), PINTLE_OK);
  fp_repo_close(r);
}

/* A repository with the backup a, an interrupted run (its marker stale, if `stale`), and perhaps a run that was abandoned. */
static void prepare(pintle_call *call, nas_store *s, char a[FP_ID], bool interrupted) {
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_entry root = {.path = "", .type = FP_DIR, .mode = 0755, .target = ""};
  uint8_t *room = malloc(2 * FP_BLOCK_MAX);
  ck_assert_int_eq(nas_open(call, s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &one, a), PINTLE_OK);
  if (interrupted) {
    ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "i"}, &run), PINTLE_OK);
    ck_assert_int_eq(fp_run_append(call, run, &root), PINTLE_OK);
    for (unsigned i = 0; i < 4; i++)
      if (two.content[i]) ck_assert_int_eq(nas_file(call, run, i, two.content[i], room), PINTLE_OK);
    fp_run_abandon(call, run, "stopped");
    fp_run_free(run);
  }
  nas_age(s, 7200);
  fp_repo_close(r);
  free(room);
}

/* A whole gc (and before it the deletion of the run's parent) happens between any two calls of a run. */
static pintle_status gc_in_run(pintle_call *call, void *ctx) {
  const int *how = ctx; /* bit 0: the parent is deleted; bit 1: there is an interrupted run */
  nas_store s = {0};
  char a[FP_ID];
  bool done = false;
  long points = 0;
  prepare(call, &s, a, *how & 2);
  for (long at = 1; !done; at++, points++) {
    nas_store copy = nas_copy(&s);
    fp_repo *r = NULL;
    fp_gc gc;
    char b[FP_ID];
    beside beside = {.victim = *how & 1 ? a : NULL};
    copy.hook = gc_hook, copy.hook_at = at, copy.hook_ctx = &beside;
    ck_assert_int_eq(nas_open(call, &copy, NULL, &r), PINTLE_OK);
    ck_assert_int_eq(nas_make(call, r, &two, b), PINTLE_OK);
    done = copy.hook != NULL;
    copy.hook = NULL;
    nas_expect(call, r, b, &two);
    if (!(*how & 1)) nas_expect(call, r, a, &one);
    collect(call, r, &gc);
    nas_age(&copy, 90000);
    collect(call, r, &gc);
    nas_expect(call, r, b, &two);
    ck_assert_uint_eq(nas_count(&copy, "/backups/"), *how & 1 && !done ? 1 : 2);
    ck_assert_uint_eq(nas_count(&copy, "/run/"), 0);
    fp_repo_close(r);
    nas_store_free(&copy);
  }
  nas_store_free(&s);
  ck_assert_int_gt(points, 15);
  return PINTLE_OK;
}

START_TEST(gc_beside_run) {
  int how = _i;
  ck_assert_int_eq(nas_in_call(gc_in_run, &how, NULL), PINTLE_OK);
}
END_TEST

/* A whole run happens between any two calls of a gc. */
static pintle_status run_in_gc(pintle_call *call, void *ctx) {
  const int *how = ctx;
  nas_store s = {0};
  char a[FP_ID];
  bool done = false;
  prepare(call, &s, a, *how & 2);
  for (long at = 1; !done; at++) {
    nas_store copy = nas_copy(&s);
    fp_repo *r = NULL;
    fp_gc gc;
    beside beside = {.made = ""};
    ck_assert_int_eq(nas_open(call, &copy, NULL, &r), PINTLE_OK);
    if (*how & 1) ck_assert_int_eq(fp_repo_remove(call, r, a), PINTLE_OK);
    copy.calls = 0, copy.hook = run_hook, copy.hook_at = at, copy.hook_ctx = &beside;
    collect(call, r, &gc);
    done = copy.hook != NULL;
    copy.hook = NULL;
    if (!done) nas_expect(call, r, beside.made, &two);
    if (!(*how & 1)) nas_expect(call, r, a, &one);
    nas_age(&copy, 90000);
    collect(call, r, &gc);
    if (!done) nas_expect(call, r, beside.made, &two);
    fp_repo_close(r);
    nas_store_free(&copy);
  }
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(run_beside_gc) {
  int how = _i;
  ck_assert_int_eq(nas_in_call(run_in_gc, &how, NULL), PINTLE_OK);
}
END_TEST

/* gc is killed at each of its calls; the next one ends its work. */
static pintle_status gc_killed(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  char a[FP_ID], b[FP_ID];
  bool done = false;
  (void)ctx;
  prepare(call, &s, a, true);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &three, b), PINTLE_OK);
  ck_assert_int_eq(fp_repo_remove(call, r, a), PINTLE_OK);
  fp_repo_close(r);
  for (long at = 1; !done; at++) {
    nas_store copy = nas_copy(&s);
    fp_gc gc;
    r = NULL;
    ck_assert_int_eq(nas_open(call, &copy, NULL, &r), PINTLE_OK);
    copy.calls = 0, copy.fail_at = at;
    done = fp_repo_gc(call, r, &gc) == PINTLE_OK;
    copy.fail_at = 0;
    nas_expect(call, r, b, &three);
    collect(call, r, &gc);
    nas_expect(call, r, b, &three);
    ck_assert_uint_eq(nas_count(&copy, "/backups/"), 1);
    ck_assert_uint_eq(nas_count(&copy, "/run/"), 0);
    ck_assert_uint_eq(nas_count(&copy, "/seg/"), 2);
    fp_repo_close(r);
    nas_store_free(&copy);
  }
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(killed) { ck_assert_int_eq(nas_in_call(gc_killed, NULL, NULL), PINTLE_OK); }
END_TEST

/* A run that slept for hours was taken for dead: it ends, and leaves no backup. */
static pintle_status asleep_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_gc gc;
  const long long *days = ctx;
  uint8_t *room = malloc(2 * FP_BLOCK_MAX);
  fp_entry root = {.path = "", .type = FP_DIR, .mode = 0755, .target = ""};
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "i"}, &run), PINTLE_OK);
  ck_assert_int_eq(fp_run_append(call, run, &root), PINTLE_OK);
  ck_assert_int_eq(nas_file(call, run, 0, 1, room), PINTLE_OK);
  nas_age(&s, 7200);
  collect(call, r, &gc);
  ck_assert_uint_eq(nas_count(&s, "/run/"), 0);
  nas_age(&s, *days * 86400);
  collect(call, r, &gc);
  ck_assert_uint_eq(nas_count(&s, "/deleted/"), *days >= 1 ? 0 : 1);
  fp_run_sleep(run, *days * 86400 + 7200);
  pintle_status st = fp_run_commit(call, run, &(fp_counts){0}, false, NULL);
  ck_assert_uint_eq(nas_count(&s, "/backups/"), 0);
  fp_run_free(run);
  fp_repo_close(r);
  free(room);
  nas_store_free(&s);
  return st;
}

START_TEST(asleep) {
  long long days = _i;
  ck_assert_int_eq(nas_in_call(asleep_body, &days, NULL), PINTLE_CANCELLED);
}
END_TEST

/* A run whose clock is hours behind: the store's says that it lives. */
static pintle_status behind_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_gc gc;
  (void)ctx;
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "i"}, &run), PINTLE_OK);
  nas_age(&s, 7200);
  for (size_t i = 0; i < s.n; i++) s.list[i].modified = fp_now();
  collect(call, r, &gc);
  ck_assert_uint_eq(nas_count(&s, "/run/"), 1);
  fp_run_free(run);
  fp_repo_close(r);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(clock_behind) { ck_assert_int_eq(nas_in_call(behind_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* Nobody knows what a damaged backup needs: nothing goes until it is deleted. */
static pintle_status unreadable_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_gc gc;
  char a[FP_ID], b[FP_ID];
  (void)ctx;
  prepare(call, &s, a, true);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &two, b), PINTLE_OK);
  ck_assert_int_eq(fp_repo_remove(call, r, a), PINTLE_OK);
  char key[FP_OBJECT];
  snprintf(key, sizeof key, "fp/v/seg/%s/index", b);
  nas_find(&s, key)->p[40] ^= 1;
  size_t n = nas_count(&s, "/pack/");
  ck_assert_int_eq(fp_repo_gc(call, r, &gc), PINTLE_FAILED);
  ck_assert_uint_eq(nas_count(&s, "/pack/"), n);
  ck_assert_int_eq(fp_repo_remove(call, r, b), PINTLE_OK);
  collect(call, r, &gc);
  ck_assert_uint_eq(nas_count(&s, "/pack/"), 0);
  fp_repo_close(r);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(unreadable) { ck_assert_int_eq(nas_in_call(unreadable_body, NULL, NULL), PINTLE_OK); }
END_TEST

int main(void) {
  Suite *suite = suite_create("nas_gc");
  TCase *t = tcase_create("gc");
  tcase_set_timeout(t, 60);
  suite_add_tcase(suite, t);
  tcase_add_test(t, deleted);
  tcase_add_loop_test(t, gc_beside_run, 0, 4);
  tcase_add_loop_test(t, run_beside_gc, 0, 4);
  tcase_add_test(t, killed);
  tcase_add_loop_test(t, asleep, 0, 3);
  tcase_add_test(t, clock_behind);
  tcase_add_test(t, unreadable);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
