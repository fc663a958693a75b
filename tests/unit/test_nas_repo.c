/* test_nas_repo.c -- plugins/nas: backups written, read, damaged, encrypted; a store that fails.  SPDX-License-Identifier: Apache-2.0 */
#include "nas_store.h"

static const nas_tree first = {{1, 2, 3, 1500, 5, 0, 7, 8}}, second = {{1, 2, 33, 1500, 0, 6, 7, 1600}};

static pintle_status tell_nothing(void *ctx, const fp_bad *bad) {
  (void)ctx;
  fprintf(stderr, "%s %s %s\n", bad->path, bad->key, bad->why);
  return PINTLE_OK;
}

static void expect_whole(pintle_call *call, fp_repo *r, const char *id) {
  fp_verified v;
  ck_assert_int_eq(fp_repo_verify(call, r, id, tell_nothing, NULL, &v), PINTLE_OK);
  ck_assert_uint_eq(v.bad, 0);
}

static pintle_status two_generations(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  char a[FP_ID], b[FP_ID];
  fp_head h;
  ck_assert_int_eq(nas_open(call, &s, ctx, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &first, a), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &second, b), PINTLE_OK);
  fp_repo_close(r);
  ck_assert_int_eq(nas_open(call, &s, ctx, &r), PINTLE_OK); /* nothing is remembered */
  nas_expect(call, r, a, &first);
  nas_expect(call, r, b, &second);
  expect_whole(call, r, a);
  expect_whole(call, r, b);
  ck_assert_int_eq(fp_repo_head(call, r, b, &h), PINTLE_OK);
  ck_assert_str_eq(h.parent, a);
  ck_assert_uint_eq(h.counts.added, nas_size(33) + nas_size(6) + nas_size(1600)); /* 7 of the two blocks of the others were known */
  ck_assert_uint_eq(h.counts.files, 7);
  ck_assert_uint_eq(nas_count(&s, "/run/"), 0);
  ck_assert_int_eq(fp_repo_find(call, r, "velero-x", &h), PINTLE_OK);
  ck_assert_str_eq(h.id, b);
  fp_repo_close(r);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(generations) { ck_assert_int_eq(nas_in_call(two_generations, NULL, NULL), PINTLE_OK); }
END_TEST

START_TEST(generations_encrypted) {
  uint8_t key[FP_KEY] = {7};
  fp_keys keys = {.key = key};
  ck_assert_int_eq(nas_in_call(two_generations, &keys, NULL), PINTLE_OK);
}
END_TEST

/* Nothing of the content or of a name is in the store of an encrypted repository; keys are changed. */
static pintle_status keys_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  char a[FP_ID], b[FP_ID];
  uint8_t one[FP_KEY] = {1}, two[FP_KEY] = {2}, text[5000];
  (void)ctx;
  ck_assert_int_eq(nas_open(call, &s, &(fp_keys){.key = one}, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &first, a), PINTLE_OK);
  fp_repo_close(r), r = NULL;
  nas_fill(text, nas_size(2), 2);
  for (size_t i = 0; i < s.n; i++) {
    ck_assert(!memmem(s.list[i].p, s.list[i].n, text, 32));
    if (strstr(s.list[i].key, "/seg/")) ck_assert(!memmem(s.list[i].p, s.list[i].n, "f001", 4)); /* elsewhere chance and hex digits make it */
    ck_assert(!memmem(s.list[i].p, s.list[i].n, one, FP_KEY));
  }
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_DENIED);
  ck_assert_int_eq(nas_open(call, &s, &(fp_keys){.key = two}, &r), PINTLE_DENIED);
  ck_assert_int_eq(nas_open(call, &s, &(fp_keys){.key = two, .older = one, .n_older = 1}, &r), PINTLE_OK);
  ck_assert_uint_eq(nas_count(&s, "/keys/"), 1); /* reading writes nothing */
  ck_assert_int_eq(nas_make(call, r, &second, b), PINTLE_OK);
  ck_assert_uint_eq(nas_count(&s, "/keys/"), 2);
  fp_repo_close(r), r = NULL;
  ck_assert_int_eq(nas_open(call, &s, &(fp_keys){.key = one}, &r), PINTLE_OK); /* the old key still does */
  fp_repo_close(r), r = NULL;
  ck_assert_int_eq(nas_open(call, &s, &(fp_keys){.key = two, .older = one, .n_older = 1, .drop_older = true}, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &first, NULL), PINTLE_OK);
  fp_repo_close(r), r = NULL;
  ck_assert_uint_eq(nas_count(&s, "/keys/"), 1);
  ck_assert_int_eq(nas_open(call, &s, &(fp_keys){.key = one}, &r), PINTLE_DENIED);
  ck_assert_int_eq(nas_open(call, &s, &(fp_keys){.key = two}, &r), PINTLE_OK);
  nas_expect(call, r, a, &first);
  nas_expect(call, r, b, &second);
  fp_repo_close(r);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(keys) { ck_assert_int_eq(nas_in_call(keys_body, NULL, NULL), PINTLE_OK); }
END_TEST

static pintle_status mixed_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  uint8_t one[FP_KEY] = {1};
  (void)ctx;
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &first, NULL), PINTLE_OK);
  fp_repo_close(r), r = NULL;
  pintle_status st = nas_open(call, &s, &(fp_keys){.key = one}, &r);
  nas_store_free(&s);
  return st;
}

START_TEST(not_encrypted) {
  char message[512];
  ck_assert_int_eq(nas_in_call(mixed_body, NULL, message), PINTLE_INVALID);
  ck_assert_str_eq(message, "repository v has backups that are not encrypted: give encrypted ones a repository of their own");
}
END_TEST

typedef struct named {
  size_t n;
  char first[512];
} named;

static pintle_status name_bad(void *ctx, const fp_bad *bad) {
  named *to = ctx;
  if (!to->n++) snprintf(to->first, sizeof to->first, "%s|%s|%s", bad->path, bad->key, bad->why);
  return PINTLE_OK;
}

/* Every object of a backup in turn: a byte changed in the middle, cut off, gone. Each is found, and named. */
static void damage(pintle_call *call, const nas_store *whole, const fp_keys *keys, const char *id, size_t which, int how) {
  nas_store s = nas_copy(whole);
  fp_repo *r = NULL;
  fp_verified v = {0};
  named named = {0};
  char key[192];
  nas_object *o = &s.list[which];
  snprintf(key, sizeof key, "%s", o->key);
  if (how == 0) o->p[o->n / 2] ^= 0x10;
  if (how == 1) o->n = o->n * 2 / 3;
  if (how == 2) ck_assert_int_eq(nas_remove(&s, call, key), PINTLE_OK);
  pintle_status st = nas_open(call, &s, keys, &r);
  if (strstr(key, "/keys/")) {
    ck_assert(st != PINTLE_OK || how == 2);
  } else {
    ck_assert_int_eq(st, PINTLE_OK);
    st = fp_repo_verify(call, r, id, name_bad, &named, &v);
    if (strstr(key, "/backups/") && how == 2) ck_assert_int_eq(st, PINTLE_NOT_FOUND);
    else
      ck_assert_msg(st == PINTLE_OK && v.bad > 0 && v.bad == named.n && strstr(named.first, key), "%s, damage %d: status %d, %zu bad: %s",
                    key, how, st, named.n, named.first);
  }
  fp_repo_close(r);
  nas_store_free(&s);
}

static pintle_status damage_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  char id[FP_ID];
  static const nas_tree tree = {{1, 2, 3, 1500, 5, 0, 7, 1700}};
  ck_assert_int_eq(nas_open(call, &s, ctx, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &tree, id), PINTLE_OK);
  fp_repo_close(r);
  ck_assert_uint_ge(s.n, 4);
  for (size_t i = 0; i < s.n; i++)
    for (int how = 0; how < 3; how++) damage(call, &s, ctx, id, i, how);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(damaged) {
  uint8_t key[FP_KEY] = {7};
  fp_keys keys = {.key = key};
  ck_assert_int_eq(nas_in_call(damage_body, NULL, NULL), PINTLE_OK);
  ck_assert_int_eq(nas_in_call(damage_body, &keys, NULL), PINTLE_OK);
}
END_TEST

/* A head that somebody without the key has changed, however well: it is no head. */
static pintle_status forged_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_head h;
  char id[FP_ID], key[FP_OBJECT];
  ck_assert_int_eq(nas_open(call, &s, ctx, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &first, id), PINTLE_OK);
  snprintf(key, sizeof key, "fp/v/backups/%s", id);
  nas_object *o = nas_find(&s, key);
  char *count = memmem(o->p, o->n, "\"errors\":0", 10);
  ck_assert_ptr_nonnull(count);
  count[9] = '1';
  ck_assert_int_eq(fp_repo_head(call, r, id, &h), PINTLE_FAILED);
  ck_assert_msg(strstr(r->said, key) && strstr(r->said, ctx ? "damaged, or another key's" : "damaged: its hash is another"), "%s", r->said);
  fp_repo_close(r);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(forged) {
  uint8_t key[FP_KEY] = {7};
  fp_keys keys = {.key = key};
  ck_assert_int_eq(nas_in_call(forged_body, NULL, NULL), PINTLE_OK);
  ck_assert_int_eq(nas_in_call(forged_body, &keys, NULL), PINTLE_OK);
}
END_TEST

/* The store fails for good at its Nth call, for every N: the old backup is as it was, the new one is whole or not there, and the next run works. */
static pintle_status crash_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  char a[FP_ID], b[FP_ID], c[FP_ID];
  bool done = false;
  ck_assert_int_eq(nas_open(call, &s, ctx, &r), PINTLE_OK);
  ck_assert_int_eq(nas_make(call, r, &first, a), PINTLE_OK);
  fp_repo_close(r);
  for (long at = 1; !done; at++) {
    nas_store copy = nas_copy(&s);
    fp_gc gc;
    fp_head h;
    copy.fail_at = at, b[0] = 0, r = NULL;
    pintle_status st = nas_open(call, &copy, ctx, &r);
    if (st == PINTLE_OK) st = nas_make(call, r, &second, b);
    fp_repo_close(r), r = NULL;
    done = st == PINTLE_OK && copy.calls < at;
    copy.fail_at = 0;
    ck_assert_int_eq(nas_open(call, &copy, ctx, &r), PINTLE_OK);
    nas_expect(call, r, a, &first);
    if (st == PINTLE_OK) nas_expect(call, r, b, &second);
    else if (fp_repo_find(call, r, "velero-x", &h) == PINTLE_OK && strcmp(h.id, a) != 0)
      nas_expect(call, r, h.id, &second); /* all but the answer */
    ck_assert_int_eq(nas_make(call, r, &second, c), PINTLE_OK);
    nas_age(&copy, 7200);
    ck_assert_int_eq(fp_repo_gc(call, r, &gc), PINTLE_OK);
    nas_expect(call, r, a, &first);
    nas_expect(call, r, c, &second);
    ck_assert_uint_eq(nas_count(&copy, "/run/"), 0);
    fp_repo_close(r);
    nas_store_free(&copy);
  }
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(crashes) { ck_assert_int_eq(nas_in_call(crash_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* A run that was interrupted: what it stored is not stored again. */
static pintle_status resume_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_reader *from = NULL;
  const fp_entry *e = NULL;
  char id[FP_ID], old[FP_ID];
  fp_head h;
  uint8_t *room = malloc(2 * FP_BLOCK_MAX);
  fp_entry root = {.path = "", .type = FP_DIR, .mode = 0755, .target = ""};
  (void)ctx;
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "a"}, &run), PINTLE_OK);
  memcpy(old, fp_run_id(run), FP_ID);
  ck_assert_int_eq(fp_run_append(call, run, &root), PINTLE_OK);
  for (unsigned i = 0; i < 4; i++) ck_assert_int_eq(nas_file(call, run, i, first.content[i], room), PINTLE_OK);
  fp_run_abandon(call, run, "the power failed");
  fp_run_free(run), run = NULL;
  ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "a"}, &run), PINTLE_OK);
  ck_assert(fp_run_interrupted(run) != NULL);
  ck_assert_str_eq(fp_run_interrupted(run)->id, old);
  ck_assert_str_eq(fp_run_interrupted(run)->error, "the power failed");
  ck_assert_int_eq(fp_reader_resume(call, r, old, &from), PINTLE_OK);
  for (unsigned i = 0; i < 5; i++) {
    ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
    ck_assert(e != NULL);
    ck_assert_int_eq(fp_run_append(call, run, e), PINTLE_OK);
  }
  ck_assert_int_eq(fp_reader_next(call, from, &e), PINTLE_OK);
  ck_assert(!e);
  fp_reader_close(from), from = NULL;
  for (unsigned i = 4; i < NAS_FILES; i++)
    if (first.content[i]) ck_assert_int_eq(nas_file(call, run, i, first.content[i], room), PINTLE_OK);
  ck_assert_int_eq(fp_run_commit(call, run, &(fp_counts){0}, false, &h), PINTLE_OK);
  ck_assert_uint_eq(h.counts.added, nas_size(5) + nas_size(7) + nas_size(8));
  memcpy(id, h.id, FP_ID);
  fp_run_free(run);
  nas_age(&s, 7200);
  fp_gc gc;
  ck_assert_int_eq(fp_repo_gc(call, r, &gc), PINTLE_OK);
  ck_assert_uint_eq(gc.runs, 1);
  nas_expect(call, r, id, &first);
  /* Without its pack the rest of an interrupted run is nothing. */
  fp_repo_close(r);
  free(room);
  nas_store_free(&s);
  return PINTLE_OK;
}

START_TEST(resumes) { ck_assert_int_eq(nas_in_call(resume_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* A tombstone ends the run that it names. */
static pintle_status cancel_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_state state;
  (void)ctx;
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "a"}, &run), PINTLE_OK);
  ck_assert_int_eq(fp_repo_state(call, r, fp_run_id(run), &state), PINTLE_OK);
  ck_assert(state.live);
  ck_assert_int_eq(fp_repo_remove(call, r, fp_run_id(run)), PINTLE_OK);
  pintle_status st = fp_run_commit(call, run, &(fp_counts){0}, false, NULL);
  ck_assert_uint_eq(nas_count(&s, "/backups/"), 0);
  fp_run_free(run);
  fp_repo_close(r);
  nas_store_free(&s);
  return st;
}

/* The tombstone comes in the moment in which the head is written: there is no backup. */
static void bury(nas_store *s, pintle_call *call, void *ctx) {
  char key[FP_OBJECT];
  snprintf(key, sizeof key, "fp/v/deleted/%s", (const char *)ctx);
  ck_assert_int_eq(nas_put(s, call, key, "{}", 2), PINTLE_OK);
}
static pintle_status late_body(pintle_call *call, void *ctx) {
  long calls = 0;
  (void)ctx;
  for (int round = 0; round < 2; round++) { /* the first one counts: a look, the head, a look, the marker goes */
    nas_store s = {0};
    fp_repo *r = NULL;
    fp_run *run = NULL;
    char id[FP_ID];
    fp_entry root = {.path = "", .type = FP_DIR, .mode = 0755, .target = ""};
    ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
    ck_assert_int_eq(fp_run_begin(call, r, &(fp_run_options){.name = "a"}, &run), PINTLE_OK);
    ck_assert_int_eq(fp_run_append(call, run, &root), PINTLE_OK);
    memcpy(id, fp_run_id(run), FP_ID);
    long before = s.calls;
    if (round) s.hook = bury, s.hook_ctx = id, s.hook_at = before + calls - 2;
    ck_assert_int_eq(fp_run_commit(call, run, &(fp_counts){0}, false, NULL), round ? PINTLE_CANCELLED : PINTLE_OK);
    ck_assert_uint_eq(nas_count(&s, "/backups/"), !round);
    ck_assert(s.hook == NULL);
    calls = s.calls - before;
    fp_run_free(run);
    fp_repo_close(r);
    nas_store_free(&s);
  }
  return PINTLE_OK;
}

START_TEST(cancelled_late) { ck_assert_int_eq(nas_in_call(late_body, NULL, NULL), PINTLE_OK); }
END_TEST

START_TEST(cancelled) { ck_assert_int_eq(nas_in_call(cancel_body, NULL, NULL), PINTLE_CANCELLED); }
END_TEST

int main(void) {
  Suite *suite = suite_create("nas_repo");
  TCase *t = tcase_create("repo");
  tcase_set_timeout(t, 60);
  suite_add_tcase(suite, t);
  tcase_add_test(t, generations);
  tcase_add_test(t, generations_encrypted);
  tcase_add_test(t, keys);
  tcase_add_test(t, not_encrypted);
  tcase_add_test(t, damaged);
  tcase_add_test(t, forged);
  tcase_add_test(t, crashes);
  tcase_add_test(t, resumes);
  tcase_add_test(t, cancelled);
  tcase_add_test(t, cancelled_late);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
