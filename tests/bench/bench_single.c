/* bench_single.c -- an object through a store in a worker, against the same table called directly.  SPDX-License-Identifier: Apache-2.0
 *
 * bench_single WORKER PLUGIN_DIR ROOT [MIB]: puts and gets one object (256 MiB) in the plugin run_store, whose directory is ROOT (a file system in
 * memory, or the disk is measured), in turns directly and through the worker; the same with run_store_bad, which keeps nothing, so that the way alone
 * is left; and small calls. Prints "name<TAB>value": MB/s, or microseconds of a call; medians of 5. */
#include "base/clock.h"
#include "host/module.h"
#include "host/registry.h"
#include "worker/single.h"
#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 5, CALLS = 3000 };
static error e;
static int64_t size;
static char data[1 << 20];

static int die(const char *what) {
  fprintf(stderr, "bench_single: %s: %s %s\n", what, e.message, e.hint);
  exit(1);
}

typedef struct way {
  const pintle_object_store *ops;
  void *self;
  host_call *call;
  const item_doc *config;
} way;

/* ---- a body from memory, a sink that looks at nothing */
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
  if (f->at >= f->end) return PINTLE_INVALID;
  f->at += (int64_t)n;
  return (int64_t)n;
}

static double put(way *w) {
  flow f = {0, size};
  const pintle_reader body = {.struct_size = sizeof body, .size = size, .ctx = &f, .read = read_data};
  int64_t start = clock_monotonic();
  host_call_begin(w->call, w->config, 0);
  pintle_status st = w->ops->put_object(w->self, host_call_handle(w->call), "b", "k", &body);
  if (host_call_end(w->call, st, &e) != PINTLE_OK) die("put");
  return (double)size / 1e6 / ((double)(clock_monotonic() - start) / 1e9);
}

static double get(way *w) {
  flow f = {0, size};
  const pintle_writer to = {.struct_size = sizeof to, .size = PINTLE_NONE, .ctx = &f, .write = write_data};
  int64_t start = clock_monotonic();
  host_call_begin(w->call, w->config, 0);
  pintle_status st = w->ops->get_object(w->self, host_call_handle(w->call), "b", "k", &to);
  st = host_call_end(w->call, st, &e);
  if (f.at < size || (st != PINTLE_OK && st != PINTLE_INVALID)) die("get"); /* the endless one is stopped */
  return (double)size / 1e6 / ((double)(clock_monotonic() - start) / 1e9);
}

static double exists(way *w) {
  int64_t start = clock_monotonic();
  int32_t there;
  for (int i = 0; i < CALLS; i++) {
    host_call_begin(w->call, w->config, 0);
    pintle_status st = w->ops->object_exists(w->self, host_call_handle(w->call), "b", "k", &there);
    if (host_call_end(w->call, st, &e) != PINTLE_OK) die("exists");
  }
  return (double)(clock_monotonic() - start) / 1e3 / CALLS;
}

/* ---- both ways */
static int by_value(const void *a, const void *b) {
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void measure(const char *name, double (*what)(way *), way *direct, way *single) {
  double v[2][RUNS];
  for (int i = 0; i < RUNS; i++) v[0][i] = what(direct), v[1][i] = what(single);
  for (int k = 0; k < 2; k++) qsort(v[k], RUNS, sizeof **v, by_value);
  printf("%s, direct\t%.1f\n%s, worker\t%.1f\n", name, v[0][RUNS / 2], name, v[1][RUNS / 2]);
  fflush(stdout);
}

static void compare(const char *worker, const char *dir, const char *plugin, const char *config, const char *label) {
  static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
  char path[4096], name[100];
  const char *dirs[] = {path, NULL};
  host_registry r;
  host_module *m;
  host_instance here;
  way direct = {0}, single = {0};
  snprintf(path, sizeof path, "%s/%s.so", dir, plugin);
  const host_scan_options scan = {.directories = dirs, .worker = worker};
  if (host_scan(&scan, &r, &e) != PINTLE_OK || r.plugins[0].reason) die("scan");
  const worker_single_options o = {
      .worker = worker, .plugin = &r.plugins[0], .action = &r.plugins[0].actions[0], .config = str_of(config), .environment = environment};
  worker_single *s;
  if (worker_single_open(&o, &s, &e) != PINTLE_OK || host_call_new(NULL, &direct.call) != PINTLE_OK) die("open");
  if (host_module_open(r.plugins[0].fd, plugin, &m, &e) != PINTLE_OK ||
      host_instance_create(m, CONF_OBJECT_STORE, o.action->name, o.config, direct.call, 0, &here, &e) != PINTLE_OK)
    die("open here");
  direct.ops = here.tables->ops.store, direct.self = here.self, direct.config = here.config;
  single = (way){worker_single_store(s), s, direct.call, NULL};
  put(&direct), put(&single);
  snprintf(name, sizeof name, "put%s", label);
  measure(name, put, &direct, &single);
  snprintf(name, sizeof name, "get%s", label);
  measure(name, get, &direct, &single);
  if (!*label) measure("object_exists", exists, &direct, &single);
  worker_single_close(s, NULL);
  host_instance_destroy(&here);
  host_module_close(m);
  host_call_free(direct.call); /* r stays: the next plugin must not get its descriptor's name in /proc */
}

int main(int argc, char **argv) {
  char config[4200];
  if (argc < 4) {
    fprintf(stderr, "usage: bench_single WORKER PLUGIN_DIR ROOT [MIB]\n");
    return 2;
  }
  size = (int64_t)(argc > 4 ? strtol(argv[4], NULL, 10) : 256) << 20;
  memset(data, 'd', sizeof data);
  snprintf(config, sizeof config, "{\"root\":\"%s\"}", argv[3]);
  compare(argv[1], argv[2], "run_store", config, "");
  compare(argv[1], argv[2], "run_store_bad", "{\"fault\":\"endless\"}", ", nothing kept");
  return 0;
}
