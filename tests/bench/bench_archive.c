/* bench_archive.c -- MB/s of gzip, tar writing and reading back; a backup verified from a directory.  SPDX-License-Identifier: Apache-2.0
 *
 * bench_archive [items]: 20,000 if not told. Items like a cluster's, 2.8 KB mean. Prints one line a measurement: the median of three. */
#include "builtin/file_store.h"
#include "archive/archive.h"
#include "archive/digest.h"
#include "base/clock.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ROUNDS = 3 };
static size_t n_items = 20000;
static buf text;        /* all items */
static size_t *offsets; /* n_items + 1 */

static void must(pintle_status st, const error *e) {
  if (st == PINTLE_OK) return;
  fprintf(stderr, "bench_archive: %s\n", e->message);
  exit(1);
}

static uint32_t next(void) {
  static uint32_t r = 1;
  return r = r * 1664525 + 1013904223;
}

static void add_item(size_t i) {
  buf_printf(&text,
             "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"creationTimestamp\":\"2026-05-%02uT08:%02u:00Z\",\"labels\":{\"app\":"
             "\"web-%u\","
             "\"pod-template-hash\":\"%08x\"},\"managedFields\":[",
             1 + next() % 28, next() % 60, (unsigned)i % 97, next());
  for (unsigned k = 0; k < 6 + next() % 18; k++)
    buf_printf(&text,
               "%s{\"apiVersion\":\"v1\",\"fieldsType\":\"FieldsV1\",\"manager\":\"kubelet-%u\",\"time\":\"2026-05-20T08:%02u:%02uZ\"}",
               k ? "," : "", next() % 7, next() % 60, next() % 60);
  buf_printf(&text,
             "],\"name\":\"web-%zu-%05x\",\"namespace\":\"ns-%zu\",\"resourceVersion\":\"%u\",\"uid\":\"%08x-%04x-4%03x-8%03x-%08x%04x\"},"
             "\"spec\":{"
             "\"containers\":[{\"image\":\"registry.example.com/"
             "app@sha256:%08x%08x%08x%08x\",\"name\":\"app\",\"resources\":{\"limits\":{\"cpu\":\"%um\"}}}]},"
             "\"status\":{\"podIP\":\"10.%u.%u.%u\",\"phase\":\"Running\",\"padding\":\"",
             i, next() & 0xfffff, i % 211, next(), next(), next() & 0xffff, next() & 0xfff, next() & 0xfff, next(), next() & 0xffff, next(),
             next(), next(), next(), next() % 4000, next() % 256, next() % 256, next() % 256);
  for (unsigned k = 0; k < next() % 60; k++) buf_addz(&text, "conditions and probes and ");
  buf_addz(&text, "\"}}");
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void tell(const char *what, double seconds[ROUNDS], double bytes, double items) {
  qsort(seconds, ROUNDS, sizeof *seconds, by_value);
  double s = seconds[ROUNDS / 2];
  printf("%-44s %8.1f MB/s", what, bytes / s / 1e6);
  if (items > 0) printf(" %10.0f items/s", items / s);
  putchar('\n');
}

static double since(int64_t start) { return (double)(clock_monotonic() - start) / 1e9; }

static void bench_gzip(unsigned threads) {
  double seconds[ROUNDS];
  int64_t size = 0;
  char what[80];
  error e;
  for (int i = 0; i < ROUNDS; i++) {
    archive_gzip *g = NULL;
    unsigned char sum[32];
    int fd = memfd_create("gzip", MFD_CLOEXEC);
    int64_t start = clock_monotonic();
    must(archive_gzip_open(fd, threads, 6, &g, &e), &e);
    must(archive_gzip_write(g, buf_str(&text), &e), &e);
    must(archive_gzip_close(g, &size, sum, &e), &e);
    seconds[i] = since(start);
    close(fd);
  }
  snprintf(what, sizeof what, "gzip level 6, %u threads (%.1f to 1)", threads, (double)text.len / (double)size);
  tell(what, seconds, (double)text.len, 0);
}

static void name_of(size_t i, char *to, size_t size, bool preferred) {
  snprintf(to, size, "resources/pods%s/namespaces/ns-%zu/web-%zu.json", preferred ? "/v1-preferredversion" : "", i % 211, i);
}

/* Each item twice, as Velero has it. Returns the file; its size and sum, if wanted. */
static int write_tar(unsigned threads, store_manifest *m, int64_t *size, unsigned char *sum) {
  archive_gzip *g = NULL;
  archive_writer *w = NULL;
  error e;
  char path[128];
  unsigned char of_item[32];
  int fd = memfd_create("tar", MFD_CLOEXEC);
  must(archive_gzip_open(fd, threads, 6, &g, &e), &e);
  must(archive_writer_open(g, 0, &w, &e), &e);
  for (size_t i = 0; i < n_items; i++) {
    str content = {text.data + offsets[i], offsets[i + 1] - offsets[i]};
    if (m && !archive_sha256(content, of_item)) exit(1);
    for (int twice = 0; twice < 2; twice++) {
      name_of(i, path, sizeof path, twice);
      must(archive_writer_add(w, path, content, &e), &e);
      if (m) must(store_manifest_item(m, path, (int64_t)content.len, of_item, &e), &e);
    }
  }
  must(archive_writer_close(w, NULL, &e), &e);
  must(archive_gzip_close(g, size, sum, &e), &e);
  return fd;
}

static pintle_status count(void *ctx, const archive_entry *entry, error *e) {
  (void)e;
  *(double *)ctx += (double)entry->content.len;
  return PINTLE_OK;
}

static void bench_tar(void) {
  double writing[ROUNDS], reading[ROUNDS], total = 0;
  error e;
  for (int i = 0; i < ROUNDS; i++) {
    int64_t start = clock_monotonic();
    int fd = write_tar(2, NULL, NULL, NULL);
    writing[i] = since(start);
    lseek(fd, 0, SEEK_SET);
    start = clock_monotonic(), total = 0;
    must(archive_read(fd, "bench", NULL, count, &total, &e), &e);
    reading[i] = since(start);
    close(fd);
  }
  tell("tar and gzip, 2 threads, each item twice", writing, total, (double)n_items);
  tell("reading it back, checked", reading, total, (double)n_items);
}

static void bench_store(void) {
  char root[] = "/tmp/pintle-bench-XXXXXX", command[64];
  double putting[ROUNDS], checking[ROUNDS], total = 2 * (double)text.len;
  void *self = NULL;
  store *s = NULL;
  error e;
  if (!mkdtemp(root)) exit(1);
  must(builtin_file_open(root, &self, &e), &e);
  store_options o = {.ops = &builtin_file_store, .self = self, .name = "bench"};
  must(store_open(&o, &s, &e), &e);
  for (int i = 0; i < ROUNDS; i++) {
    store_manifest *m = NULL;
    store_verify seen;
    unsigned char sum[32];
    int64_t size = 0;
    must(store_manifest_new(root, &m, &e), &e);
    int fd = write_tar(2, m, &size, sum);
    must(store_manifest_object(m, "backups/b/b.tar.gz", size, sum, &e), &e);
    int64_t start = clock_monotonic();
    must(store_put_fd(s, "backups/b/b.tar.gz", fd, size, &e), &e);
    must(store_manifest_put(m, s, "backups/b/b-pintle.json.gz", STR(""), &e), &e);
    must(store_put(s, "backups/b/velero-backup.json", STR("{\"kind\":\"Backup\",\"metadata\":{\"name\":\"b\"}}"), &e), &e);
    putting[i] = since(start);
    store_manifest_free(m);
    close(fd);
    start = clock_monotonic();
    must(store_verify_backup(s, "b", NULL, NULL, &seen, &e), &e);
    checking[i] = since(start);
  }
  tell("putting it with its manifest, synced", putting, total, (double)n_items);
  tell("verifying it", checking, total, (double)n_items);
  store_close(s);
  builtin_file_store.action->destroy(self);
  snprintf(command, sizeof command, "rm -rf %s", root);
  if (system(command) != 0) exit(1);
}

int main(int argc, char **argv) {
  struct rusage before, after;
  if (argc > 1) n_items = strtoul(argv[1], NULL, 10);
  offsets = calloc(n_items + 1, sizeof *offsets);
  if (!offsets || n_items == 0) return 2;
  for (size_t i = 0; i < n_items; i++) offsets[i] = text.len, add_item(i);
  offsets[n_items] = text.len;
  if (text.failed) return 1;
  getrusage(RUSAGE_SELF, &before);
  printf("%zu items of %zu bytes mean\n", n_items, text.len / n_items);
  for (unsigned threads = 0; threads <= 2; threads++) bench_gzip(threads);
  bench_tar();
  bench_store();
  getrusage(RUSAGE_SELF, &after);
  printf("memory above the input at its highest %32ld KB\n", after.ru_maxrss - before.ru_maxrss);
  buf_free(&text);
  free(offsets);
  return 0;
}
