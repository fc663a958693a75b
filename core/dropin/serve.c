/* serve.c -- the process that Velero has started, from its first line to its end.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "dropin/inside.h"
#include "run/scratch.h"
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* go-plugin kills after 2 s. */
#define LAST_WORDS (CLOCK_SECOND * 3 / 2)

/* ---- [I/O thread] */
static const dropin_method *method_of(const char *path) {
  for (const dropin_method *m = dropin_methods; m->path; m++)
    if (strcmp(m->path, path) == 0) return m;
  return NULL;
}

static void take_call(void *ctx, velero_call *call) {
  dropin *d = ctx;
  const dropin_method *m = method_of(velero_call_method(call));
  dropin_call *c = m ? calloc(1, sizeof *c) : NULL;
  velero_status refused = {.code = m ? GRPC_RESOURCE_EXHAUSTED : GRPC_UNIMPLEMENTED,
                           .message = m ? "out of memory" : "unknown service or method"};
  if (c) {
    *c = (dropin_call){.job = {.run = dropin_route}, .d = d, .call = call, .method = m};
    if (dropin_route_at_once(c) || dropin_team_give(d->desk, &c->job, NULL) == PINTLE_OK) return;
    free(c);
  }
  velero_call_end(call, &refused);
}

static void server_line(void *ctx, int32_t level, str message) {
  dropin *d = ctx;
  if (level > PINTLE_LOG_WARN) level = PINTLE_LOG_WARN; /* a peer's misbehaviour fails no backup by itself */
  dropin_say(&d->log, level, NULL, message, NULL, 0);
}

/* ---- [desk] the first job */
static void run_discovery(dropin_job *job, void **state) {
  (void)state;
  struct first_job {
    dropin_job job;
    dropin *d;
  } *first = (struct first_job *)job;
  pthread_mutex_lock(&first->d->routing);
  dropin_discover(first->d);
  first->d->discovered = true;
  pthread_mutex_unlock(&first->d->routing);
  free(first);
}

static pintle_status start_desk(dropin *d, error *e) {
  struct first_job {
    dropin_job job;
    dropin *d;
  } *first = calloc(1, sizeof *first);
  const dropin_team_options o = {.most = 1, .ctx = d};
  if (!first) return error_nomem(e);
  first->job.run = run_discovery;
  first->d = d;
  pintle_status st = dropin_team_new(&o, &d->desk, e);
  if (st == PINTLE_OK) st = dropin_team_give(d->desk, &first->job, e);
  if (st != PINTLE_OK) free(first);
  return st;
}

/* ---- how it was started */
static const char *flag(int argc, char **argv, const char *name) {
  size_t n = strlen(name);
  for (int i = 1; i < argc; i++) {
    if (strncmp(argv[i], name, n) != 0) continue;
    if (argv[i][n] == '=') return argv[i] + n + 1;
    if (argv[i][n] == 0 && i + 1 < argc) return argv[i + 1];
  }
  return NULL;
}

static const char *temporary(const char *const *environment) {
  for (; environment && *environment; environment++)
    if (strncmp(*environment, "TMPDIR=", 7) == 0 && (*environment)[7]) return *environment + 7;
  return "/tmp";
}

static pintle_status begin(dropin *d, int argc, char **argv, const char *const *environment, error *e) {
  const char *features = flag(argc, argv, "--features");
  static char own[4096];
  ssize_t n = strchr(argv[0], '/') ? 0 : readlink("/proc/self/exe", own, sizeof own - 1);
  d->command = n > 0 ? own : argv[0];
  d->features = features ? features : "";
  d->plugin_dir = flag(argc, argv, "--plugin-dir");
  dropin_log_init(&d->log, STDERR_FILENO);
  pthread_mutex_init(&d->locations, NULL);
  pthread_mutex_init(&d->routing, NULL);
  run_scratch_make(temporary(environment), &d->scratch, NULL);
  const char *self = access("/proc/self/exe", X_OK) == 0 ? "/proc/self/exe" : d->command;
  return dropin_config_init(&d->config, self, d->command, environment, e);
}

static velero_server *stopped_by_signal;
static void on_term(int number) {
  (void)number;
  velero_server_stop(stopped_by_signal);
}

static void handle_signals(dropin *d) {
  struct sigaction a = {.sa_handler = on_term};
  stopped_by_signal = d->server;
  sigaction(SIGTERM, &a, NULL);
  signal(SIGINT, SIG_IGN); /* the terminal's interrupt is for Velero, which ends us itself */
  signal(SIGPIPE, SIG_IGN);
}

/* ---- the end: workers finish; what takes too long dies with us */
static bool stop(dropin *d) {
  int64_t until = clock_monotonic() + LAST_WORDS;
  bool over = dropin_team_stop(d->desk, until);
  if (!over) return false;
  for (dropin_group *g = d->groups, *next; g; g = next) {
    next = g->next;
    over &= dropin_team_stop(g->team, until);
  }
  for (size_t i = 0; i < DROPIN_LOCATIONS; i++) {
    pthread_mutex_lock(&d->locations);
    dropin_group *g = d->current[i];
    d->current[i] = NULL; /* an Init that is under way does not retire it any more */
    pthread_mutex_unlock(&d->locations);
    if (g) over &= dropin_team_stop(g->team, until);
  }
  return over;
}

/* Lanes are still busy: nothing of theirs is freed, but what others would see is removed. Their workers die with us. */
static _Noreturn void leave(const dropin *d, int status) {
  const char *address = d->server ? velero_server_address(d->server) : "";
  if (strncmp(address, "unix|", 5) == 0) {
    char directory[128];
    snprintf(directory, sizeof directory, "%s", address + 5);
    unlink(directory);
    char *slash = strrchr(directory, '/');
    if (slash) *slash = 0;
    if (strstr(directory, "/pintle-")) rmdir(directory);
  }
  _exit(status);
}

static void release(dropin *d) {
  host_registry_free(&d->registry);
  dropin_config_close(&d->config);
  buf_free(&d->last_text);
  arena_free(&d->memory);
}

int dropin_serve(int argc, char **argv, const char *const *environment) {
  error e = {0};
  dropin *d = calloc(1, sizeof *d);
  if (!d) return 1;
  mallopt(M_ARENA_MAX, 2); /* a lane waits most of the time */
  /* A stream's messages come and go by the megabyte: to give their memory back and fetch it again for each takes longer than all else that is done. */
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 4 << 20);
  pintle_status st = begin(d, argc, argv, environment, &e);
  const velero_server_options o = {.environment = environment, .handshake = STDOUT_FILENO, .call = take_call, .log = server_line, .ctx = d};
  if (st == PINTLE_OK) st = velero_server_new(&o, &d->server, &e);
  if (st == PINTLE_OK) handle_signals(d);
  if (st == PINTLE_OK) st = start_desk(d, &e);
  if (st == PINTLE_OK) st = velero_server_run(d->server, &e);
  if (st != PINTLE_OK) dropin_say(&d->log, PINTLE_LOG_ERROR, NULL, str_of(e.message), NULL, 0);
  bool over = !d->desk || stop(d);
  int status = st == PINTLE_OK ? 0 : 1;
  chain_stores_free(&d->stores);
  run_scratch_remove(d->scratch);
  if (!over) leave(d, status);
  velero_server_free(d->server);
  release(d);
  free(d);
  return status;
}
