/* test_nas_killed.c -- plugins/nas: runs, restores, deletions and collections that are killed anywhere; gc beside.  SPDX-License-Identifier: Apache-2.0 */
#include "nas_known.h"

static pintle_status killed_body(pintle_call *call, void *ctx) {
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  known k[2];
  bool by_time = *(bool *)ctx;
  unsigned killed = 0;
  begin_dir(dir);
  ck_assert(mkdtemp(store_dir) && mkdir("d0", 0755) == 0 && mkdir("d1", 0755) == 0 && mkdir("d2", 0755) == 0);
  for (unsigned i = 1; i < 5; i++) churn(i);
  keep(call, dir, 0, &k[0]);
  churn(5);
  keep(call, dir, 5, &k[1]);
  for (unsigned n = 1; n < rounds(40); n++) {
    churn(5 + n);
    bool ended = by_time ? backed_up_by_child(call, dir, 0, 300 * n * n % 40000) : backed_up_by_child(call, dir, n, 0);
    killed += !ended;
    if (n % 3 == 0) { /* gc beside what is left of it */
      fp_gc gone;
      fp_repo *r = open_dir_store(call);
      ck_assert_int_eq(fp_repo_gc(call, r, &gone), PINTLE_OK);
      fp_repo_close(r);
    }
    if (n % 4 == 0) expect_sound(call, k, 2);
    if (ended && !by_time) break;
  }
  ck_assert_msg(killed > 5, "%u", killed);
  expect_sound(call, k, 2);
  known last;
  keep(call, dir, 20, &last); /* what was interrupted is taken up */
  expect_sound(call, &last, 1);
  drop_tree(k[0].copy), drop_tree(k[1].copy), drop_tree(last.copy), drop_tree(store_dir);
  end_dir(dir);
  return PINTLE_OK;
}

START_TEST(killed) {
  bool by_time = _i;
  ck_assert_int_eq(nas_in_call(killed_body, &by_time, NULL), PINTLE_OK);
}
END_TEST

/* After 16 packs there is something to resume, though the segment is not full. */
static pintle_status resumed_body(pintle_call *call, void *ctx) {
  char dir[] = "/tmp/pintle-test-nas-XXXXXX", name[16];
  (void)ctx;
  begin_dir(dir);
  ck_assert(mkdtemp(store_dir));
  for (unsigned i = 0; i < 40; i++) snprintf(name, sizeof name, "f%02u", i), write_file(name, 8 << 20, i);
  /* markers, lists, ... and 20 packs are the last of these calls */
  for (long calls = 24; calls < 60; calls += 4) {
    drop_tree(store_dir);
    ck_assert_int_eq(mkdir(store_dir, 0755), 0);
    if (backed_up_by_child(call, dir, calls, 0)) ck_abort_msg("%ld calls were enough", calls);
    fp_repo *r = open_dir_store(call);
    fp_head h = back_up(call, r, dir, 20, false);
    if (h.counts.changed == 40) { /* too early */
      fp_repo_close(r);
      continue;
    }
    ck_assert_msg(h.counts.changed >= 4 && h.counts.changed <= 20, "%lu", (unsigned long)h.counts.changed);
    expect_restored(call, r, &h, dir);
    fp_repo_close(r);
    drop_tree(store_dir);
    end_dir(dir);
    return PINTLE_OK;
  }
  ck_abort_msg("never resumed");
}
START_TEST(resumed) { ck_assert_int_eq(nas_in_call(resumed_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* A segment was put, and the pack that its blocks lie in was not: nothing of it counts. */
static pintle_status pack_lost_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_reader *from = NULL;
  const fp_entry *e = NULL;
  char id[FP_ID];
  fp_entry root = {.path = "", .type = FP_DIR, .mode = 0755, .target = ""};
  uint8_t *room = malloc(2 * FP_BLOCK_MAX);
  (void)ctx;
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "velero-x"}, &run), PINTLE_OK);
  ck_assert_int_eq(fp_run_append(call, run, &root), PINTLE_OK);
  ck_assert_int_eq(nas_file(call, run, 0, 7, room), PINTLE_OK);
  ck_assert_int_eq(fp_run_checkpoint(call, run), PINTLE_OK);
  memcpy(id, fp_run_id(run), FP_ID);
  fp_run_free(run); /* as if killed */
  ck_assert(nas_count(&s, "/seg/") == 1 && nas_count(&s, "/pack/") == 0);
  ck_assert_int_eq(fp_reader_resume(call, r, id, &from), PINTLE_OK);
  ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
  ck_assert(e && e->type == FP_DIR);
  ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
  ck_assert(!e);
  fp_reader_close(from);
  char backup[FP_ID];
  nas_tree t = {.content = {7}};
  ck_assert_int_eq(nas_make(call, r, &t, backup), PINTLE_OK); /* the same content: stored now */
  nas_expect(call, r, backup, &t);
  fp_repo_close(r);
  nas_store_free(&s);
  free(room);
  return PINTLE_OK;
}
START_TEST(pack_lost) { ck_assert_int_eq(nas_in_call(pack_lost_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* ---- anything is killed anywhere, over and over, in one repository */
typedef struct victim {
  fp_head head;
  char dir[32], target[32];
} victim;

static void restores(pintle_call *call, fp_repo *r, void *ctx) {
  const victim *v = ctx;
  fp_restored done;
  int root = open_root(v->target);
  if (fp_restore(call, r, &v->head, root, &done) != PINTLE_OK || done.errors) _exit(1);
}
static void removes(pintle_call *call, fp_repo *r, void *ctx) {
  const victim *v = ctx;
  if (fp_repo_remove(call, r, v->head.id) != PINTLE_OK) _exit(1);
}
static void collects(pintle_call *call, fp_repo *r, void *ctx) {
  fp_gc gone;
  (void)ctx;
  if (fp_repo_gc(call, r, &gone) != PINTLE_OK) _exit(1);
}
static void removes_and_collects(pintle_call *call, fp_repo *r, void *ctx) {
  removes(call, r, ctx);
  collects(call, r, ctx);
}

/* What a restore that was killed has left is no obstacle: the next one makes the whole of it. */
static void expect_restored_again(pintle_call *call, const victim *v, const known *k) {
  fp_repo *r = open_dir_store(call);
  restores(call, r, (void *)(uintptr_t)v);
  fp_repo_close(r);
  same_trees(k->copy, v->target);
}

static pintle_status anything_body(pintle_call *call, void *ctx) {
  static const struct {
    in_child body;
    long calls;
    unsigned micros;
  } rows[] = {{backs_up, 40, 80000}, {restores, 12, 40000}, {removes, 2, 300}, {collects, 40, 4000}, {removes_and_collects, 60, 6000}};
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  known k[2];
  victim v = {.target = "/tmp/pintle-test-nas-XXXXXX"};
  uint32_t x = 12345;
  unsigned killed[5] = {0};
  (void)ctx;
  begin_dir(dir);
  ck_assert(mkdtemp(store_dir) && mkdtemp(v.target) && mkdir("d0", 0755) == 0 && mkdir("d1", 0755) == 0 && mkdir("d2", 0755) == 0);
  for (unsigned i = 1; i < 5; i++) churn(i);
  keep(call, dir, 0, &k[0]);
  churn(5);
  keep(call, dir, 5, &k[1]);
  for (unsigned n = 0; n < rounds(40); n++) {
    unsigned what = n % 5;
    x = x * 1664525 + 1013904223;
    long at = n / 5 % 2 ? 1 + (x >> 8) % rows[what].calls : 0;
    unsigned micros = at ? 0 : 1 + (x >> 8) % rows[what].micros;
    churn(6 + n);
    v.head = k[1].head;
    if (rows[what].body == removes || rows[what].body == removes_and_collects) {
      fp_repo *r = open_dir_store(call);
      v.head = back_up(call, r, dir, 20, false);
      fp_repo_close(r);
    }
    killed[what] += !ended_in_child(call, rows[what].body, rows[what].body == backs_up ? (void *)dir : &v, at, micros);
    if (rows[what].body == restores) expect_restored_again(call, &v, &k[1]);
    if (rows[what].body == removes_and_collects) { /* deleted again it is gone, whatever was left of it */
      fp_repo *r = open_dir_store(call);
      fp_head h;
      removes_and_collects(call, r, &v);
      ck_assert_int_eq(fp_repo_head(call, r, v.head.id, &h), PINTLE_NOT_FOUND);
      fp_repo_close(r);
    }
    if (n % 5 == 4) expect_sound(call, k, 2);
  }
  fprintf(stderr, "killed: %u backups, %u restores, %u deletions, %u collections, %u of both\n", killed[0], killed[1], killed[2], killed[3],
          killed[4]);
  for (int i = 0; i < 5; i++) ck_assert_uint_ge(killed[i], 2);
  known last;
  keep(call, dir, 30, &last);
  expect_sound(call, &last, 1);
  drop_tree(k[0].copy), drop_tree(k[1].copy), drop_tree(last.copy), drop_tree(v.target), drop_tree(store_dir);
  end_dir(dir);
  return PINTLE_OK;
}
START_TEST(anything) { ck_assert_int_eq(nas_in_call(anything_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* ---- another process collects while backups are made and removed */
static pintle_status beside_body(pintle_call *call, void *ctx) {
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  known k[4];
  int status;
  (void)ctx;
  begin_dir(dir);
  ck_assert(mkdtemp(store_dir) && mkdir("d0", 0755) == 0 && mkdir("d1", 0755) == 0 && mkdir("d2", 0755) == 0);
  churn(1);
  keep(call, dir, 0, &k[0]);
  pid_t pid = fork();
  if (pid == 0) {
    fp_gc gone;
    for (;;) {
      fp_repo *r = open_dir_store(call);
      if (fp_repo_gc(call, r, &gone) != PINTLE_OK) _exit(1);
      fp_repo_close(r);
    }
  }
  for (unsigned g = 1; g < rounds(24); g++) {
    churn(g + 1);
    fp_repo *r = open_dir_store(call);
    if (g >= 4) {
      ck_assert_int_eq(fp_repo_remove(call, r, k[g % 4].head.id), PINTLE_OK);
      drop_tree(k[g % 4].copy);
    }
    fp_repo_close(r);
    keep(call, dir, (int64_t)g, &k[g % 4]);
    if (g >= 4) expect_sound(call, k, 4);
  }
  kill(pid, SIGKILL);
  ck_assert(waitpid(pid, &status, 0) == pid);
  ck_assert_msg(WIFSIGNALED(status), "gc failed");
  expect_sound(call, k, 4);
  for (int i = 0; i < 4; i++) drop_tree(k[i].copy);
  drop_tree(store_dir);
  end_dir(dir);
  return PINTLE_OK;
}
START_TEST(gc_beside) { ck_assert_int_eq(nas_in_call(beside_body, NULL, NULL), PINTLE_OK); }
END_TEST

int main(void) {
  Suite *s = suite_create("nas killed");
  TCase *c = tcase_create("all");
  tcase_set_timeout(c, 110);
  tcase_add_loop_test(c, killed, 0, 2);
  tcase_add_test(c, resumed);
  tcase_add_test(c, pack_lost);
  tcase_add_test(c, anything);
  tcase_add_test(c, gc_beside);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
