/* test_nas_beside.c -- plugins/nas: runs, gcs and a deletion at once, their calls of the store interleaved by chance.  SPDX-License-Identifier: Apache-2.0
 *
 * Each is a thread, and only one of them goes on between two calls. What chance did is told by its seed. */
#include "nas_store.h"
#include <pthread.h>

enum { ACTORS = 5, ROUNDS = 60 };
static const nas_tree one = {{1, 2, 3, 4, 5, 0, 7, 8}}, trees[2] = {{{1, 2, 33, 4, 0, 6, 7, 16}}, {{1, 22, 3, 4, 0, 6, 9, 8}}};

typedef struct stage {
  pthread_mutex_t lock;
  pthread_cond_t turned;
  int turn;
  bool over[ACTORS];
  uint32_t chance;
  nas_store store;
  char old[FP_ID], done[FP_ID], gone[FP_ID]; /* done: the first that a run made; gone: it, if it was deleted again */
  unsigned seed;
} stage;

typedef struct actor {
  stage *on;
  int number;
  char made[FP_ID];
  pintle_status st;
  char message[512];
} actor;

static _Thread_local const actor *myself;

static uint32_t dice(stage *s, uint32_t n) {
  s->chance = s->chance * 1664525 + 1013904223;
  return (s->chance >> 8) % n;
}

/* With the lock: somebody who is not over; it may be the same. */
static void turn(stage *s) {
  int left = 0;
  for (int i = 0; i < ACTORS; i++) left += !s->over[i];
  if (!left) return;
  if (myself && !s->over[myself->number] && dice(s, 3)) return; /* mostly the same: so that one gets ahead of the others */
  do s->turn = (int)dice(s, ACTORS);
  while (s->over[s->turn]);
  pthread_cond_broadcast(&s->turned);
}

static void wait_turn(stage *s) {
  while (s->turn != myself->number) pthread_cond_wait(&s->turned, &s->lock);
}

static void yield(void *ctx) {
  stage *s = ctx;
  pthread_mutex_lock(&s->lock);
  turn(s);
  wait_turn(s);
  pthread_mutex_unlock(&s->lock);
}

static pintle_status act(pintle_call *call, void *ctx) {
  actor *a = ctx;
  fp_repo *r = NULL;
  fp_gc gc;
  pintle_status st = nas_open(call, &a->on->store, NULL, &r);
  if (st == PINTLE_OK && a->number < 2) st = nas_make(call, r, &trees[a->number], a->made);
  if (st == PINTLE_OK && a->number < 2 && !a->on->done[0]) memcpy(a->on->done, a->made, FP_ID);
  if (st == PINTLE_OK && (a->number == 2 || a->number == 3)) st = fp_repo_gc(call, r, &gc);
  if (st == PINTLE_OK && a->number == 4) st = fp_repo_remove(call, r, a->on->old);
  if (st == PINTLE_OK && a->number == 4) st = fp_repo_gc(call, r, &gc);
  if (st == PINTLE_OK && a->number == 4 && a->on->done[0]) { /* on which the other run may build, finished or not */
    memcpy(a->on->gone, a->on->done, FP_ID);
    st = fp_repo_remove(call, r, a->on->gone);
    if (st == PINTLE_OK) st = fp_repo_gc(call, r, &gc);
  }
  fp_repo_close(r);
  return st;
}

static void *play(void *ctx) {
  actor *a = ctx;
  myself = a;
  pthread_mutex_lock(&a->on->lock);
  wait_turn(a->on);
  pthread_mutex_unlock(&a->on->lock);
  a->st = nas_in_call(act, a, a->message);
  pthread_mutex_lock(&a->on->lock);
  a->on->over[a->number] = true;
  turn(a->on);
  pthread_mutex_unlock(&a->on->lock);
  return NULL;
}

static pintle_status prepare(pintle_call *call, void *ctx) {
  stage *s = ctx;
  fp_repo *r = NULL;
  fp_run *run = NULL;
  uint8_t *room = malloc(2 * FP_BLOCK_MAX);
  fp_entry root = {.path = "", .type = FP_DIR, .mode = 0755, .target = ""};
  ck_assert_int_eq(nas_open(call, &s->store, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &one, s->old), PINTLE_OK);
  if (s->seed % 2) { /* an interrupted run */
    ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "i"}, &run), PINTLE_OK);
    ck_assert_int_eq(fp_run_append(call, run, &root), PINTLE_OK);
    for (unsigned i = 0; i < 5; i++)
      if (trees[0].content[i]) ck_assert_int_eq(nas_file(call, run, i, trees[0].content[i], room), PINTLE_OK);
    fp_run_abandon(call, run, "stopped");
    fp_run_free(run);
  }
  nas_age(&s->store, 7200);
  fp_repo_close(r);
  free(room);
  return PINTLE_OK;
}

static pintle_status judge(pintle_call *call, void *ctx) {
  actor *actors = ctx;
  stage *s = actors[0].on;
  fp_repo *r = NULL;
  fp_head h;
  fp_gc gc;
  ck_assert_int_eq(nas_open(call, &s->store, NULL, &r), PINTLE_OK);
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 2; i++)
      if (strcmp(actors[i].made, s->gone) != 0) nas_expect(call, r, actors[i].made, &trees[i]);
    ck_assert_int_eq(fp_repo_head(call, r, s->old, &h), PINTLE_NOT_FOUND);
    if (s->gone[0]) ck_assert_int_eq(fp_repo_head(call, r, s->gone, &h), PINTLE_NOT_FOUND);
    ck_assert_int_eq(fp_repo_gc(call, r, &gc), PINTLE_OK);
  }
  ck_assert_uint_eq(nas_count(&s->store, "/run/"), 0);
  ck_assert_uint_eq(nas_count(&s->store, "/backups/"), s->gone[0] ? 1 : 2);
  ck_assert_uint_eq(nas_count(&s->store, "/seg/"), s->gone[0] ? 2 : 4);
  fp_repo_close(r);
  return PINTLE_OK;
}

START_TEST(beside) {
  for (unsigned round = 0; round < ROUNDS; round++) {
    stage s = {.lock = PTHREAD_MUTEX_INITIALIZER,
               .turned = PTHREAD_COND_INITIALIZER,
               .seed = (unsigned)_i * ROUNDS + round,
               .chance = 77777u * ((unsigned)_i * ROUNDS + round)};
    actor actors[ACTORS];
    pthread_t threads[ACTORS];
    ck_assert_int_eq(nas_in_call(prepare, &s, NULL), PINTLE_OK);
    s.store.yield = yield, s.store.yield_ctx = &s, s.turn = (int)dice(&s, ACTORS);
    for (int i = 0; i < ACTORS; i++) {
      actors[i] = (actor){.on = &s, .number = i};
      ck_assert_int_eq(pthread_create(&threads[i], NULL, play, &actors[i]), 0);
    }
    for (int i = 0; i < ACTORS; i++) pthread_join(threads[i], NULL);
    s.store.yield = NULL;
    for (int i = 0; i < ACTORS; i++) ck_assert_msg(actors[i].st == PINTLE_OK, "seed %u, actor %d: %s", s.seed, i, actors[i].message);
    fprintf(stderr, "seed %u\n", s.seed);
    ck_assert_int_eq(nas_in_call(judge, actors, NULL), PINTLE_OK);
    nas_store_free(&s.store);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("nas_beside");
  TCase *t = tcase_create("beside");
  tcase_set_timeout(t, 60);
  suite_add_tcase(suite, t);
  const char *times = getenv("NAS_ROUNDS"); /* tests/check --long */
  tcase_add_loop_test(t, beside, 0, times && atoi(times) > 0 ? 4 * atoi(times) : 4);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
