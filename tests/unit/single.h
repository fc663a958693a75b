/* single.h -- for the tests of single calls: a worker for one action of a fixture, and a caller that remembers what it was told.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SINGLE_H
#define TESTS_UNIT_SINGLE_H
#include "base/clock.h"
#include "base/sha256.h"
#include "host/registry.h"
#include "worker/single.h"
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#undef fail /* check's macro; host->fail is meant */

#define SOME __attribute__((unused)) /* not every test needs it */
static error e;
static host_registry registry;
static buf told; /* "level message key=value...\n", findings, counts, reports */
static const char *const *properties;
static int32_t cancelled_as;
static int64_t cancel_at; /* clock_monotonic; 0: never */
static int cancel_event = -1;
static unsigned reports;

static void on_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  (void)ctx;
  buf_printf(&told, "%d ", level);
  buf_adds(&told, message);
  for (size_t i = 0; i < n; i++) buf_printf(&told, " %s=%s", fields[i].key, fields[i].value);
  buf_addc(&told, '\n');
}
static void on_finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  (void)ctx;
  buf_printf(&told, "finding %d %s %s %s\n", severity, code, pointer, text);
}
static void on_count(void *ctx, const char *counter, int64_t delta) {
  (void)ctx;
  buf_printf(&told, "count %s %lld\n", counter, (long long)delta);
}
static void on_report(void *ctx, const pintle_progress *p) {
  (void)ctx;
  reports++;
  buf_printf(&told, "report %lld of %lld %s\n", (long long)p->n_completed, (long long)p->n_total, p->units);
}
static pintle_status on_property(void *ctx, const char *name, str *value) {
  (void)ctx;
  for (const char *const *p = properties; p && *p; p += 2)
    if (strcmp(p[0], name) == 0) return *value = str_of(p[1]), PINTLE_OK;
  return PINTLE_NOT_FOUND;
}
static int32_t on_cancelled(void *ctx) {
  (void)ctx;
  return cancel_at && clock_monotonic() >= cancel_at ? cancelled_as : 0;
}
static int on_cancel_fd(void *ctx) {
  (void)ctx;
  return cancel_event;
}
static const host_services services = {.log = on_log,
                                       .finding = on_finding,
                                       .count = on_count,
                                       .report = on_report,
                                       .property = on_property,
                                       .cancelled = on_cancelled,
                                       .cancel_fd = on_cancel_fd};

/* ---- a worker for the first action of the fixture */
static worker_single_options options_of(const char *fixture, const char *config) {
  char path[4096];
  const char *dirs[] = {path, NULL};
  static char *no_environment[] = {"PATH=/usr/bin:/bin", NULL};
  snprintf(path, sizeof path, "%s/%s.so", getenv("PLUGIN_DIR"), fixture);
  const host_scan_options scan = {.directories = dirs, .worker = getenv("PINTLE_WORKER")};
  host_registry_free(&registry);
  ck_assert_int_eq(host_scan(&scan, &registry, &e), PINTLE_OK);
  ck_assert_uint_eq(registry.n_plugins, 1);
  ck_assert_ptr_null(registry.plugins[0].reason);
  return (worker_single_options){.worker = getenv("PINTLE_WORKER"),
                                 .plugin = &registry.plugins[0],
                                 .action = &registry.plugins[0].actions[0],
                                 .config = str_of(config),
                                 .environment = (const char *const *)no_environment,
                                 .services = &services};
}

static worker_single *opened(const worker_single_options *o) {
  worker_single *s = NULL;
  if (worker_single_open(o, &s, &e) != PINTLE_OK) ck_abort_msg("open: %s", e.message);
  return s;
}

/* ---- a call */
static host_call *call;
static void make_call(void) { /* by whichever argument is looked at first */
  if (!call) ck_assert_int_eq(host_call_new(&services, &call), PINTLE_OK);
}
static pintle_call *begun(void) {
  make_call();
  host_call_begin(call, NULL, 0);
  return host_call_handle(call);
}
static pintle_status ended(pintle_status st) {
  st = host_call_end(call, st, &e);
  return st;
}
SOME static bool said(const char *text) { return strstr(buf_z(&told), text) != NULL; }

/* ---- bytes: byte i of a body is byte_at(i) */
static unsigned char byte_at(int64_t i) { return (unsigned char)(i * 31 + (i >> 8) * 7 + (i >> 20)); }

typedef struct source {
  pintle_reader reader;
  int64_t at, size, fail_at; /* fail_at < 0: never */
  size_t piece;              /* most at once */
  pintle_status how;
} source;
static int64_t read_source(const pintle_reader *r, void *to, size_t n) {
  source *s = r->ctx;
  if (s->fail_at >= 0 && s->at >= s->fail_at) return s->how;
  if (n > s->piece) n = s->piece;
  if ((uint64_t)(s->size - s->at) < n) n = (size_t)(s->size - s->at);
  for (size_t i = 0; i < n; i++) ((unsigned char *)to)[i] = byte_at(s->at + (int64_t)i);
  s->at += (int64_t)n;
  return (int64_t)n;
}
SOME static source *source_of(int64_t size) {
  static source s;
  s = (source){.size = size, .fail_at = -1, .piece = 1 << 20};
  s.reader = (pintle_reader){.struct_size = sizeof s.reader, .size = size, .ctx = &s, .read = read_source};
  return &s;
}

typedef struct sink {
  pintle_writer writer;
  int64_t at, refuse_at; /* < 0: never */
  size_t piece;
  pintle_status how;
  bool right;
  sha256_ctx sha;
} sink;
static int64_t write_sink(const pintle_writer *w, const void *data, size_t n) {
  sink *s = w->ctx;
  if (s->refuse_at >= 0 && s->at >= s->refuse_at) return s->how;
  if (n > s->piece) n = s->piece;
  for (size_t i = 0; i < n; i++) s->right &= ((const unsigned char *)data)[i] == byte_at(s->at + (int64_t)i);
  sha256_update(&s->sha, data, n);
  s->at += (int64_t)n;
  return (int64_t)n;
}
SOME static sink *sink_of(int64_t size) {
  static sink s;
  s = (sink){.refuse_at = -1, .piece = 1 << 20, .right = true};
  sha256_init(&s.sha);
  s.writer = (pintle_writer){.struct_size = sizeof s.writer, .size = size, .ctx = &s, .write = write_sink};
  return &s;
}

/* ---- listings */
static uint64_t n_entries, stop_after;
static buf entries;
static pintle_status on_entry(void *ctx, const pintle_entry *entry) {
  (void)ctx;
  if (stop_after && n_entries >= stop_after) return PINTLE_CANCELLED;
  n_entries++;
  if (n_entries <= 100) buf_printf(&entries, "%s %lld\n", entry->key, (long long)entry->size);
  return PINTLE_OK;
}
static host_result result;
static pintle_result *results(uint32_t kind) {
  make_call();
  host_result_begin(&result, call, kind, true);
  result.entry = on_entry;
  n_entries = 0;
  buf_clear(&entries);
  return &result.base;
}

static void reset(void) {
  buf_clear(&told);
  cancel_at = 0;
  stop_after = 0;
  reports = 0;
  properties = NULL;
}
static void free_all(void) {
  host_result_free(&result);
  host_call_free(call);
  call = NULL;
  host_registry_free(&registry);
  buf_free(&told);
  buf_free(&entries);
}
#endif
