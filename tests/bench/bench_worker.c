/* bench_worker.c -- what an item costs in a worker, and with the supervisor's side of the boundary.  SPDX-License-Identifier: Apache-2.0
 *
 * bench_worker WORKER PLUGIN_DIR ITEM_COUNT FILES...: the items of JSON files, round and round, through one worker, eight a frame. With the plugin
 * idle17 also the difference between 17 calls and one. With BENCH_CHAIN=FILE a restore's items: convert-api-version, then resolve-references, as that
 * chain file has them. Prints "name<TAB>nanoseconds" of CPU, user and system, an item. */
#include "base/file.h"
#include "kube/skim.h"
#include "run/run.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

extern char **environ;
typedef struct bench {
  kube_types *types;
  chain_plan plan;
  buf *texts;
  size_t n_texts, done, failed;
} bench;

static int die(const char *what, const error *e) {
  fprintf(stderr, "bench_worker: %s: %s %s\n", what, e->message, e->hint);
  exit(1);
}

static double cpu_of(int who) {
  struct rusage u;
  if (getrusage(who, &u) != 0) return 0;
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3;
}

static void outcome(void *ctx, uint64_t ticket, const worker_outcome *o) {
  bench *b = ctx;
  (void)ticket;
  b->done++, b->failed += o->chain->what != CHAIN_DONE;
}

static void submit(bench *b, worker_pool *pool, size_t i) {
  error e;
  kube_skim skim;
  arena a = {0};
  str text = buf_str(&b->texts[i % b->n_texts]);
  if (kube_skim_item(text, &a, &skim, &e) != PINTLE_OK) die("skim", &e);
  chain_input in = {.type = kube_types_of(b->types, skim.api_version, skim.kind, true), .text = text};
  if (!in.type) die("an item of no known kind", &e);
  in.id = (pintle_id){in.type->group, in.type->version, in.type->resource, arena_copy(&a, skim.ns), arena_copy(&a, skim.name)};
  if (worker_pool_submit(pool, i, 0, &in, &e) != PINTLE_OK) die("submit", &e);
  arena_free(&a);
}

/* CPU an item: of the worker (in *worker), and of this process. */
static double run(const char *worker_path, const char *dir, const char *const *only, bench *b, size_t n, double *worker) {
  const char *dirs[] = {dir, NULL}, *chain = getenv("BENCH_CHAIN");
  const uint32_t kind = chain ? CONF_RESTORE_ITEM_ACTION : CONF_BACKUP_ITEM_ACTION;
  const run_options o = {.config = chain,
                         .plugin_dirs = dirs,
                         .worker = worker_path,
                         .temp_dir = "/tmp",
                         .environment = (const char *const *)environ,
                         .concurrency = 1};
  run_context *c = NULL;
  worker_pool *pool = NULL;
  error e = {0};
  if (run_open(&o, &c, &e) != PINTLE_OK || run_plan(c, kind, only, &b->plan, &e) != PINTLE_OK) die("plan", &e);
  double before = cpu_of(RUSAGE_CHILDREN);
  const worker_pool_options po = {.worker = worker_path,
                                  .concurrency = 1,
                                  .plan = &b->plan,
                                  .types = b->types,
                                  .run = STR("{\"metadata\":{\"name\":\"b\"},\"spec\":{}}"),
                                  .mode = "standalone",
                                  .scratch = "/tmp",
                                  .environment = (const char *const *)environ,
                                  .ctx = b,
                                  .outcome = outcome};
  if (worker_pool_open(&po, &pool, &e) != PINTLE_OK) die("worker", &e);
  double self = cpu_of(RUSAGE_SELF);
  b->done = b->failed = 0;
  for (size_t i = 0; b->done < n;) {
    while (i < n && worker_pool_backlog(pool) < 256 << 10) submit(b, pool, i++);
    if (worker_pool_step(pool, 1000000000, &e) != PINTLE_OK) die("step", &e);
  }
  self = cpu_of(RUSAGE_SELF) - self;
  buf counters = {0};
  if (worker_pool_close(pool, &counters, &e) != PINTLE_OK || b->failed) die("items failed", &e);
  buf_free(&counters);
  worker_pool_free(pool);
  chain_plan_free(&b->plan);
  run_close(c);
  *worker = (cpu_of(RUSAGE_CHILDREN) - before) / (double)n;
  return self / (double)n;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  size_t n = strtoul(argv[3], NULL, 10);
  bench b = {.n_texts = (size_t)argc - 4};
  error e;
  double worker, one, many;
  b.texts = calloc(b.n_texts, sizeof *b.texts);
  if (!b.texts || kube_types_new(&b.types) != PINTLE_OK || n == 0) return 1;
  for (size_t i = 0; i < b.n_texts; i++)
    if (file_read(AT_FDCWD, argv[4 + i], 16 << 20, &b.texts[i], &e) != PINTLE_OK) die("read", &e);
  const char *path = strrchr(argv[2], '/');
  if (path && strcmp(path, "/idle17") == 0) {
    const char *const single[] = {"bench.example.com/idle0", NULL};
    run(argv[1], argv[2], single, &b, n, &one);
    run(argv[1], argv[2], NULL, &b, n, &many);
    printf("call\t%.0f\n", (many - one) / 16);
  } else {
    const char *const both[] = {"pintle.io/convert-api-version", "pintle.io/resolve-references", NULL};
    double self = run(argv[1], argv[2], getenv("BENCH_CHAIN") ? both : NULL, &b, n, &worker);
    printf("worker\t%.0f\nsupervisor\t%.0f\n", worker, self);
  }
  for (size_t i = 0; i < b.n_texts; i++) buf_free(&b.texts[i]);
  free(b.texts);
  kube_types_free(b.types);
  return 0;
}
