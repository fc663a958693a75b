/* bench_s3.c -- objects through plugins/s3, called directly in this process.  SPDX-License-Identifier: Apache-2.0
 *
 * bench_s3 WORKER PLUGIN_DIR CONFIG.json put|get BYTES      an object "bytes-N" of bucket b, whose size nobody is told: MB a second
 * bench_s3 WORKER PLUGIN_DIR CONFIG.json small N CALLERS    objects of 4 KB: objects a second
 * Prints that and, behind a tab, the process's peak RSS in KiB. */
#include "base/clock.h"
#include "host/module.h"
#include "host/registry.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { SMALL = 4000, MOST = 16 };
static error e;
static char data[1 << 20];

static int die(const char *what, const error *why) {
  fprintf(stderr, "bench_s3: %s: %s %s\n", what, why->message, why->hint);
  exit(1);
}

typedef struct flow {
  int64_t at, end;
} flow;
static int64_t read_data(const pintle_reader *r, void *to, size_t n) {
  flow *f = r->ctx;
  if (n > sizeof data) n = sizeof data;
  if ((int64_t)n > f->end - f->at) n = (size_t)(f->end - f->at);
  memcpy(to, data, n);
  f->at += (int64_t)n;
  return (int64_t)n;
}
static int64_t write_data(const pintle_writer *w, const void *p, size_t n) {
  flow *f = w->ctx;
  (void)p;
  f->at += (int64_t)n;
  return (int64_t)n;
}

static void put(const host_instance *s, host_call *call, const char *key, int64_t size, error *why) {
  flow f = {0, size};
  const pintle_reader body = {.struct_size = sizeof body, .size = PINTLE_NONE, .ctx = &f, .read = read_data};
  host_call_begin(call, s->config, 0);
  pintle_status st = s->tables->ops.store->put_object(s->self, host_call_handle(call), "bench", key, &body);
  if (host_call_end(call, st, why) != PINTLE_OK) die("put", why);
}

static void get(const host_instance *s, host_call *call, const char *key, int64_t size, error *why) {
  flow f = {0, size};
  const pintle_writer to = {.struct_size = sizeof to, .size = PINTLE_NONE, .ctx = &f, .write = write_data};
  host_call_begin(call, s->config, 0);
  pintle_status st = s->tables->ops.store->get_object(s->self, host_call_handle(call), "bench", key, &to);
  if (host_call_end(call, st, why) != PINTLE_OK || f.at != size) die("get", why);
}

typedef struct caller {
  const host_instance *s;
  host_call *call;
  pthread_t thread;
  long first, n;
  error why;
} caller;
static void *many(void *ctx) {
  caller *c = ctx;
  char key[40];
  for (long i = 0; i < c->n; i++) {
    snprintf(key, sizeof key, "small-%ld", c->first + i);
    put(c->s, c->call, key, SMALL, &c->why);
  }
  return NULL;
}

static double small(const host_instance *s, host_call *call, long n, long callers) {
  static caller all[MOST];
  put(s, call, "small-0", SMALL, &e);
  int64_t start = clock_monotonic();
  for (long i = 0; i < callers; i++) {
    all[i] = (caller){.s = s, .first = i * (n / callers), .n = n / callers};
    if (host_call_new(NULL, &all[i].call) != PINTLE_OK || pthread_create(&all[i].thread, NULL, many, &all[i]) != 0) die("thread", &e);
  }
  for (long i = 0; i < callers; i++) pthread_join(all[i].thread, NULL), host_call_free(all[i].call);
  return (double)(n / callers * callers) / ((double)(clock_monotonic() - start) / 1e9);
}

static double object(const host_instance *s, host_call *call, const char *verb, int64_t size) {
  char key[40];
  snprintf(key, sizeof key, "bytes-%lld", (long long)size);
  int64_t start = clock_monotonic();
  (*verb == 'p' ? put : get)(s, call, key, size, &e);
  return (double)size / 1e6 / ((double)(clock_monotonic() - start) / 1e9);
}

int main(int argc, char **argv) {
  static char config[4096];
  const char *dirs[] = {argc > 2 ? argv[2] : "", NULL};
  FILE *f = argc > 5 ? fopen(argv[3], "r") : NULL;
  size_t n = f ? fread(config, 1, sizeof config - 1, f) : 0;
  long callers = argc > 6 ? strtol(argv[6], NULL, 10) : 1;
  if (!n || callers < 1 || callers > MOST) {
    fprintf(stderr, "usage: bench_s3 WORKER PLUGIN_DIR CONFIG.json put|get|small N [CALLERS]\n");
    return 2;
  }
  fclose(f);
  for (size_t i = 0, x = 1; i < sizeof data; i++, x = x * 6364136223846793005u + 1442695040888963407u) data[i] = (char)(x >> 56);
  host_registry r;
  host_module *m;
  host_instance s;
  host_call *call;
  const host_scan_options scan = {.directories = dirs, .worker = argv[1]};
  if (host_scan(&scan, &r, &e) != PINTLE_OK || !r.n_plugins || r.plugins[0].reason) die("scan", &e);
  if (host_call_new(NULL, &call) != PINTLE_OK || host_module_open(r.plugins[0].fd, "s3", &m, &e) != PINTLE_OK ||
      host_instance_create(m, CONF_OBJECT_STORE, "pintle.io/s3", str_of(config), call, 0, &s, &e) != PINTLE_OK)
    die("open", &e);
  double rate = strcmp(argv[4], "small") == 0 ? small(&s, call, strtol(argv[5], NULL, 10), callers)
                                              : object(&s, call, argv[4], strtoll(argv[5], NULL, 10));
  host_instance_destroy(&s);
  host_module_close(m);
  host_call_free(call);
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("%.1f\t%ld\n", rate, used.ru_maxrss);
  return 0;
}
