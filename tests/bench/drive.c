/* drive.c -- one run without the command line, and what its phases cost: for `make bench` and for profiling.  SPDX-License-Identifier: Apache-2.0
 *
 * drive WORKER CONCURRENCY PLUGIN_DIR|- backup NAME FROM
 * drive WORKER CONCURRENCY PLUGIN_DIR|- restore NAME BACKUP TO
 * The store is ./pintle-store. Prints one line a phase (seconds, CPU seconds of this process alone), and one of the whole with the workers' CPU. */
#include "base/clock.h"
#include "run/run.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

extern char **environ;
typedef struct watch {
  char phase[32];
  int64_t since;
  double cpu;
} watch;

static double cpu_of(int who) {
  struct rusage u;
  if (getrusage(who, &u) != 0) return 0;
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void tell(watch *w, const char *next) {
  int64_t now = clock_monotonic();
  double cpu = cpu_of(RUSAGE_SELF);
  if (*w->phase) printf("phase %-12s %8.3f s %8.3f s CPU\n", w->phase, (double)(now - w->since) / 1e9, cpu - w->cpu);
  snprintf(w->phase, sizeof w->phase, "%s", next);
  w->since = now, w->cpu = cpu;
}

static void event(void *ctx, const engine_event *v) {
  if (v->kind == ENGINE_PHASE) tell(ctx, v->phase);
  else if (v->kind == ENGINE_LOG && v->level >= PINTLE_LOG_WARN) fprintf(stderr, "%.*s\n", (int)v->message.len, v->message.ptr);
}

static int usage(void) {
  fprintf(stderr, "usage: drive WORKER CONCURRENCY PLUGIN_DIR|- backup NAME FROM | restore NAME BACKUP TO\n");
  return 2;
}

int main(int argc, char **argv) {
  if (argc < 7) return usage();
  const char *dirs[] = {strcmp(argv[3], "-") == 0 ? NULL : argv[3], NULL};
  const run_options o = {.plugin_dirs = dirs,
                         .worker = argv[1],
                         .temp_dir = "/tmp",
                         .environment = (const char *const *)environ,
                         .concurrency = (unsigned)atoi(argv[2])};
  bool backup = strcmp(argv[4], "backup") == 0;
  run_context *c = NULL;
  item_doc *resource = NULL;
  engine_summary s = {0};
  error e = {0};
  watch w = {.since = clock_monotonic()};
  int64_t start = w.since;
  run_request r = {.listener = {event, &w}};
  pintle_status st = run_open(&o, &c, &e);
  if (st == PINTLE_OK && backup) {
    st = run_new_backup(argv[5], &resource, &e);
    r.resource = resource, r.from = argv[6];
    if (st == PINTLE_OK) st = run_backup(c, &r, &s, &e);
  } else if (st == PINTLE_OK && argc == 8) {
    st = run_new_restore(argv[5], &resource, &e);
    if (st == PINTLE_OK) st = item_set(resource, "/spec/backupName", str_of(argv[6]));
    r.resource = resource, r.to = argv[7];
    if (st == PINTLE_OK) st = run_restore(c, &r, &s, &e);
  } else if (st == PINTLE_OK) st = PINTLE_INVALID;
  tell(&w, "");
  bool good = st == PINTLE_OK && s.phase && strcmp(s.phase, "Completed") == 0;
  if (!good) fprintf(stderr, "drive: %s %s %s\n", s.phase ? s.phase : "not started", e.message, e.place);
  printf("run items %llu seconds %.3f cpu %.3f workers-cpu %.3f bytes %lld\n", (unsigned long long)s.total,
         (double)(clock_monotonic() - start) / 1e9, cpu_of(RUSAGE_SELF), cpu_of(RUSAGE_CHILDREN), (long long)s.contents_size);
  item_free(resource);
  run_close(c);
  return good ? 0 : 1;
}
