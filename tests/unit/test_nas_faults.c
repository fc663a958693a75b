/* test_nas_faults.c -- plugins/nas: runs that are killed, stores that fail, a writer in the tree, gc beside.  SPDX-License-Identifier: Apache-2.0 */
#include "nas_trees.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

static char store_dir[] = "/tmp/pintle-test-nas-XXXXXX";
static long calls_left; /* of the store, until the process kills itself; 0: never */

/* ---- a store in a directory that kills the process */
static fp_blobs inner;
static void step(void) {
  if (calls_left && --calls_left == 0) kill(getpid(), SIGKILL);
}
static pintle_status k_put(void *s, pintle_call *c, const char *key, const void *data, size_t n) {
  step();
  return inner.put(s, c, key, data, n);
}
static pintle_status k_get(void *s, pintle_call *c, const char *key, int64_t at, void *to, size_t n, size_t *got) {
  step();
  return inner.get(s, c, key, at, to, n, got);
}
static pintle_status k_list(void *s, pintle_call *c, const char *prefix, pintle_status (*each)(void *, const pintle_entry *), void *ctx) {
  step();
  return inner.list(s, c, prefix, each, ctx);
}
static pintle_status k_remove(void *s, pintle_call *c, const char *key) {
  step();
  return inner.remove(s, c, key);
}

static fp_repo *open_dir_store(pintle_call *call) {
  fp_repo *r = NULL;
  inner = fp_blobs_dir(store_dir);
  fp_blobs b = {inner.self, k_put, k_get, k_list, k_remove};
  ck_assert_int_eq(fp_repo_open(call, &b, "v", NULL, &r), PINTLE_OK);
  return r;
}

typedef struct known { /* generations and what they must be */
  fp_head head;
  char copy[32];
} known;

static pintle_status no_bad(void *ctx, const fp_bad *b) {
  (void)ctx;
  ck_abort_msg("%s %s: %s", b->path, b->key, b->why);
  return PINTLE_OK;
}

static void expect_sound(pintle_call *call, const known *list, size_t n) {
  fp_repo *r = open_dir_store(call);
  for (size_t i = 0; i < n; i++) {
    fp_verified v;
    ck_assert_int_eq(fp_repo_verify(call, r, list[i].head.id, no_bad, NULL, &v), PINTLE_OK);
    ck_assert_uint_eq(v.entries, list[i].head.counts.entries);
    expect_restored(call, r, &list[i].head, list[i].copy);
  }
  fp_repo_close(r);
}

static void keep(pintle_call *call, const char *dir, int64_t later, known *k) {
  fp_repo *r = open_dir_store(call);
  fp_restored done;
  k->head = back_up(call, r, dir, later, false);
  ck_assert(strcpy(k->copy, "/tmp/pintle-test-nas-XXXXXX") && mkdtemp(k->copy));
  int root = open_root(k->copy);
  ck_assert_int_eq(fp_restore(call, r, &k->head, root, &done), PINTLE_OK);
  close(root);
  same_trees(dir, k->copy);
  fp_repo_close(r);
}

/* Whether the child ended by itself. */
static bool backed_up_by_child(pintle_call *call, const char *dir, long calls, unsigned micros) {
  pid_t pid = fork();
  int status;
  ck_assert(pid >= 0);
  if (pid == 0) {
    calls_left = calls;
    fp_repo *r = open_dir_store(call);
    back_up(call, r, dir, 10, false);
    _exit(0);
  }
  if (micros) usleep(micros), kill(pid, SIGKILL);
  ck_assert(waitpid(pid, &status, 0) == pid);
  ck_assert(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
  return WIFEXITED(status);
}

static void churn(unsigned seed) {
  char name[32];
  for (unsigned i = 0; i < 60; i++) {
    snprintf(name, sizeof name, "d%u/f%u", i % 3, i);
    if ((i * 7 + seed) % 4 == 0) write_file(name, 20000 + 100000 * (i % 9) + seed, seed * 100 + i);
    else if ((i * 5 + seed) % 11 == 0) remove(name);
  }
}

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
  for (unsigned n = 1; n < 40; n++) {
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

/* ---- the store fails at each of its calls: an error, nothing hangs, what was there stays */
static pintle_status store_fails_body(pintle_call *call, void *ctx) {
  nas_store s = {0}, first;
  fp_repo *r = NULL;
  fp_head h = {0};
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  (void)ctx;
  begin_dir(dir);
  ck_assert(mkdir("d0", 0755) == 0 && mkdir("d1", 0755) == 0 && mkdir("d2", 0755) == 0);
  for (unsigned i = 1; i < 5; i++) churn(i);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  known k = {.head = back_up(call, r, dir, 0, false), .copy = "/tmp/pintle-test-nas-XXXXXX"};
  fp_restored done;
  ck_assert(mkdtemp(k.copy));
  int copy = open_root(k.copy), root = open_root(dir);
  ck_assert_int_eq(fp_restore(call, r, &k.head, copy, &done), PINTLE_OK);
  fp_repo_close(r);
  first = nas_copy(&s);
  pintle_status st = PINTLE_FAILED;
  for (long n = 1; st != PINTLE_OK; n++) {
    ck_assert(n < 200);
    churn(10 + (unsigned)n);
    nas_store_free(&s);
    s = nas_copy(&first); /* failed runs read those before them */
    ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
    s.fail_at = s.calls + n;
    fp_backup_options o = {.run = {.name = "velero-x", .source = "test", .now = fp_now() + n * FP_SECOND}};
    st = fp_backup(call, r, root, &o, &h);
    s.fail_at = 0;
    fp_repo_close(r);
    if (n % 5 && st != PINTLE_OK) continue;
    ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
    expect_restored(call, r, &k.head, k.copy);
    if (st == PINTLE_OK) expect_restored(call, r, &h, dir);
    fp_repo_close(r);
  }
  close(copy), close(root);
  drop_tree(k.copy);
  nas_store_free(&s), nas_store_free(&first);
  end_dir(dir);
  return PINTLE_OK;
}
START_TEST(store_fails) { ck_assert_int_eq(nas_in_call(store_fails_body, NULL, NULL), PINTLE_OK); }
END_TEST

/* ---- a writer: each content is one version over and over, of a size that follows from it */
enum { WRITTEN = 24, RECORD = 16 };
static atomic_bool writer_stop;
static size_t version_size(unsigned v) { return RECORD * (1000 + v * 7919 % 30000); }
static void write_version(const char *name, unsigned v, bool in_place) {
  static _Thread_local char data[RECORD * 32000 + 1];
  char part[32];
  size_t n = version_size(v);
  for (size_t i = 0; i < n; i += RECORD) snprintf(data + i, RECORD + 1, "%015u\n", v);
  snprintf(part, sizeof part, "%s", in_place ? name : "part");
  int fd = open(part, O_WRONLY | O_CREAT | (in_place ? 0 : O_TRUNC), 0644);
  ck_assert(fd >= 0);
  if (in_place) ck_assert_int_eq(ftruncate(fd, (off_t)n), 0);
  for (size_t at = 0; at < n; at += 4000) {
    ck_assert(write(fd, data + at, n - at < 4000 ? n - at : 4000) > 0);
    if (in_place) usleep(100); /* so that it is met half written */
  }
  ck_assert_int_eq(close(fd), 0);
  if (!in_place) ck_assert_int_eq(rename(part, name), 0);
}
static void *writer(void *ctx) {
  char name[32];
  (void)ctx;
  for (unsigned v = WRITTEN; !writer_stop; v++) {
    unsigned i = v * 5 % WRITTEN;
    snprintf(name, sizeof name, "%c%02u", i % 2 ? 'p' : 'r', i); /* p: in place, r: renamed */
    write_version(name, v, i % 2);
    if (v % 50 == 0) usleep(30000);
  }
  return NULL;
}

static void *always(void *ctx) { /* one file never stands still */
  (void)ctx;
  for (unsigned v = 0; !writer_stop; v++) write_version("always", v, true);
  return NULL;
}

/* Files that are not marked: a content that was there. */
static unsigned check_versions(int root, pintle_call *call, fp_repo *r, const fp_head *h) {
  static char data[RECORD * 32000 + 1];
  fp_reader *from = NULL;
  const fp_entry *e = NULL;
  unsigned marked = 0, files = 0;
  ck_assert_int_eq(fp_reader_open(call, r, h, &from), PINTLE_OK);
  while (fp_reader_next(call, from, &e) == PINTLE_OK && e) {
    if (e->type != FP_FILE || strcmp(e->path, "part") == 0) continue;
    files++;
    if (e->marks & FP_CHANGED) {
      marked++;
      continue;
    }
    int fd = fp_tree_open(root, e->path, e->path_len, O_RDONLY);
    ssize_t n = read(fd, data, sizeof data);
    close(fd);
    ck_assert_msg(n == (ssize_t)e->size && n > 0, "%s", e->path);
    data[n] = 0;
    unsigned v = (unsigned)strtoul(data, NULL, 10);
    bool in_place = e->path[0] != 'r'; /* then it may be met at rest half written: a version, and behind it those before */
    ck_assert_msg(in_place || (size_t)n == version_size(v), "%s: %zd bytes of version %u", e->path, n, v);
    unsigned last = v;
    for (ssize_t i = RECORD; i < n; i += RECORD) {
      unsigned here = (unsigned)strtoul(data + i, NULL, 10);
      ck_assert_msg(in_place ? here <= last : here == v, "%s: a mixture, %u behind %u at %zd", e->path, here, last, i);
      last = here;
    }
  }
  fp_reader_close(from);
  ck_assert_uint_ge(files, WRITTEN - 2); /* one may be gone while its name is replaced */
  return marked;
}

static pintle_status writer_body(pintle_call *call, void *ctx) {
  nas_store s = {0};
  fp_repo *r = NULL;
  pthread_t thread, second;
  char dir[] = "/tmp/pintle-test-nas-XXXXXX", name[32];
  unsigned marked = 0;
  (void)ctx;
  begin_dir(dir);
  for (unsigned i = 0; i < WRITTEN; i++) snprintf(name, sizeof name, "%c%02u", i % 2 ? 'p' : 'r', i), write_version(name, i, false);
  ck_assert_int_eq(nas_open(call, &s, NULL, &r), PINTLE_OK);
  ck_assert_int_eq(pthread_create(&thread, NULL, writer, NULL), 0);
  ck_assert_int_eq(pthread_create(&second, NULL, always, NULL), 0);
  for (int g = 0; g < 12; g++) {
    fp_restored done;
    char target[] = "/tmp/pintle-test-nas-XXXXXX";
    fp_head h = back_up(call, r, dir, 0, false);
    ck_assert(!h.partial); /* warned of, that is all */
    ck_assert(mkdtemp(target));
    int root = open_root(target);
    ck_assert_int_eq(fp_restore(call, r, &h, root, &done), PINTLE_OK);
    ck_assert_uint_eq(done.errors, 0);
    unsigned here = check_versions(root, call, r, &h);
    ck_assert_uint_ge(h.counts.warned, here);
    marked += here;
    close(root);
    drop_tree(target);
  }
  writer_stop = true;
  pthread_join(thread, NULL), pthread_join(second, NULL);
  ck_assert_uint_ge(marked, 6);
  fp_head h = back_up(call, r, dir, 3600, false);
  expect_restored(call, r, &h, dir);
  ck_assert_uint_eq(h.counts.warned, 0);
  fprintf(stderr, "writer: %u of %u files marked\n", marked, 12 * WRITTEN);
  fp_repo_close(r);
  nas_store_free(&s);
  end_dir(dir);
  return PINTLE_OK;
}
START_TEST(written) { ck_assert_int_eq(nas_in_call(writer_body, NULL, NULL), PINTLE_OK); }
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
  for (unsigned g = 1; g < 24; g++) {
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

/* ---- a large file and a store that is slow: what is made does not pile up */
static pintle_status slow_put(void *s, pintle_call *c, const char *key, const void *data, size_t n) {
  (void)s, (void)c, (void)key, (void)data;
  if (n > 1 << 20) usleep(100000);
  return PINTLE_OK;
}
static pintle_status slow_get(void *s, pintle_call *call, const char *key, int64_t at, void *to, size_t n, size_t *got) {
  (void)s, (void)at, (void)to, (void)n;
  *got = 0;
  return pintle_fail(call, PINTLE_NOT_FOUND, "%s: no such object", key);
}
static pintle_status slow_list(void *s, pintle_call *c, const char *prefix, pintle_status (*each)(void *, const pintle_entry *),
                               void *ctx) {
  (void)s, (void)c, (void)prefix, (void)each, (void)ctx;
  return PINTLE_OK;
}
static pintle_status slow_remove(void *s, pintle_call *c, const char *key) {
  (void)s, (void)c, (void)key;
  return PINTLE_OK;
}

static pintle_status slow_body(pintle_call *call, void *ctx) {
  char dir[] = "/tmp/pintle-test-nas-XXXXXX";
  struct rusage u;
  (void)ctx;
  begin_dir(dir);
  for (unsigned k = 0; k < 16; k++) { /* 256 MiB that cannot be compressed and is nowhere the same */
    int fd = open("large", O_WRONLY | O_CREAT | O_APPEND, 0644);
    char name[16];
    snprintf(name, sizeof name, "part%u", k);
    write_file(name, 16 << 20, k);
    int from = open(name, O_RDONLY);
    static uint8_t some[1 << 20];
    for (ssize_t n; (n = read(from, some, sizeof some)) > 0;) ck_assert_int_eq(write(fd, some, (size_t)n), n);
    close(fd), close(from), remove(name);
  }
  pid_t pid = fork();
  if (pid == 0) {
    fp_repo *r = NULL;
    fp_blobs b = {NULL, slow_put, slow_get, slow_list, slow_remove};
    ck_assert_int_eq(fp_repo_open(call, &b, "v", NULL, &r), PINTLE_OK);
    back_up(call, r, dir, 10, false);
    _exit(0);
  }
  int status;
  ck_assert(wait4(pid, &status, 0, &u) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
#ifndef __SANITIZE_ADDRESS__
  ck_assert_msg(u.ru_maxrss < 80 << 10, "%ld KiB", u.ru_maxrss);
#endif
  end_dir(dir);
  return PINTLE_OK;
}
START_TEST(slow_store) { ck_assert_int_eq(nas_in_call(slow_body, NULL, NULL), PINTLE_OK); }
END_TEST

int main(void) {
  Suite *s = suite_create("nas faults");
  TCase *c = tcase_create("all");
  tcase_set_timeout(c, 110);
  tcase_add_loop_test(c, killed, 0, 2);
  tcase_add_test(c, resumed);
  tcase_add_test(c, pack_lost);
  tcase_add_test(c, store_fails);
  tcase_add_test(c, written);
  tcase_add_test(c, gc_beside);
  tcase_add_test(c, slow_store);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
