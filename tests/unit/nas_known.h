/* nas_known.h -- backups whose content is known, in a directory, by processes that are killed.  SPDX-License-Identifier: Apache-2.0 */
#ifndef NAS_KNOWN_H
#define NAS_KNOWN_H
#include "nas_trees.h"
#include <signal.h>
#include <sys/wait.h>

static char store_dir[] = "/tmp/pintle-test-nas-XXXXXX";
static long calls_left; /* of the store, until the process kills itself; 0: never */

/* ---- a store in a directory that kills the process */
static fp_blobs inner;
static inline void step(void) {
  if (calls_left && --calls_left == 0) kill(getpid(), SIGKILL);
}
static inline pintle_status k_put(void *s, pintle_call *c, const char *key, const void *data, size_t n) {
  step();
  return inner.put(s, c, key, data, n);
}
static inline pintle_status k_get(void *s, pintle_call *c, const char *key, int64_t at, void *to, size_t n, size_t *got) {
  step();
  return inner.get(s, c, key, at, to, n, got);
}
static inline pintle_status k_list(void *s, pintle_call *c, const char *prefix, pintle_status (*each)(void *, const pintle_entry *),
                                   void *ctx) {
  step();
  return inner.list(s, c, prefix, each, ctx);
}
static inline pintle_status k_remove(void *s, pintle_call *c, const char *key) {
  step();
  return inner.remove(s, c, key);
}

static inline fp_repo *open_dir_store(pintle_call *call) {
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

static inline pintle_status no_bad(void *ctx, const fp_bad *b) {
  (void)ctx;
  ck_abort_msg("%s %s: %s", b->path, b->key, b->why);
  return PINTLE_OK;
}

static inline void expect_sound(pintle_call *call, const known *list, size_t n) {
  fp_repo *r = open_dir_store(call);
  for (size_t i = 0; i < n; i++) {
    fp_verified v;
    ck_assert_int_eq(fp_repo_verify(call, r, list[i].head.id, no_bad, NULL, &v), PINTLE_OK);
    ck_assert_uint_eq(v.entries, list[i].head.counts.entries);
    expect_restored(call, r, &list[i].head, list[i].copy);
  }
  fp_repo_close(r);
}

static inline void keep(pintle_call *call, const char *dir, int64_t later, known *k) {
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

/* body in a process that is killed at that call of the store (0: none), or after so many microseconds (0: never). Did it end by itself? */
typedef void (*in_child)(pintle_call *call, fp_repo *r, void *ctx);
static inline bool ended_in_child(pintle_call *call, in_child body, void *ctx, long calls, unsigned micros) {
  pid_t pid = fork();
  int status;
  ck_assert(pid >= 0);
  if (pid == 0) {
    calls_left = calls;
    body(call, open_dir_store(call), ctx);
    _exit(0);
  }
  if (micros) usleep(micros), kill(pid, SIGKILL);
  ck_assert(waitpid(pid, &status, 0) == pid);
  ck_assert(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
  return WIFEXITED(status);
}

static inline void backs_up(pintle_call *call, fp_repo *r, void *dir) { back_up(call, r, dir, 10, false); }
static inline bool backed_up_by_child(pintle_call *call, char *dir, long calls, unsigned micros) {
  return ended_in_child(call, backs_up, dir, calls, micros);
}

static inline void churn(unsigned seed) {
  char name[32];
  for (unsigned i = 0; i < 60; i++) {
    snprintf(name, sizeof name, "d%u/f%u", i % 3, i);
    if ((i * 7 + seed) % 4 == 0) write_file(name, 20000 + 100000 * (i % 9) + seed, seed * 100 + i);
    else if ((i * 5 + seed) % 11 == 0) remove(name);
  }
}

#endif
