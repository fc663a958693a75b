/* bench_parts.c -- each thing that a backup must do to an item, alone: the limits.  SPDX-License-Identifier: Apache-2.0
 *
 * bench_parts DIR: JSON files, one item each, in folders of DIR. Prints "name<TAB>nanoseconds an item<TAB>MB/s of its text", CPU time of one
 * thread, the median of several rounds. */
#include "archive/archive.h"
#include "archive/digest.h"
#include "base/clock.h"
#include "base/file.h"
#include "engine/outcomes.h"
#include "kube/skim.h"
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5, MAX_ITEMS = 4000 };
static char *paths[MAX_ITEMS];
static str texts[MAX_ITEMS];
static size_t n, bytes;
static item_doc *doc, *docs[MAX_ITEMS];
static cJSON *trees[MAX_ITEMS];
static buf out;

static void must(bool ok, const char *what) {
  if (ok) return;
  fprintf(stderr, "bench_parts: %s failed\n", what);
  exit(1);
}

static void reads(size_t i) {
  int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
  struct stat st;
  buf_clear(&out);
  must(fd >= 0 && fstat(fd, &st) == 0 && buf_reserve(&out, (size_t)st.st_size), "read");
  must(read(fd, out.data, (size_t)st.st_size) == st.st_size, "read");
  close(fd);
}
static void skims(size_t i) {
  static arena a;
  kube_skim skim;
  arena_reset(&a);
  must(kube_skim_item(texts[i], &a, &skim, NULL) == PINTLE_OK, "skim");
}
static void minifies(size_t i) {
  buf_clear(&out);
  must(item_minify(texts[i], ITEM_KUBERNETES, NULL, &out, NULL) == PINTLE_OK, "minify");
}
static void parses(size_t i) { must(item_parse(doc, texts[i], ITEM_KUBERNETES, NULL, NULL) == PINTLE_OK, "parse"); }
static void prints(size_t i) {
  buf_clear(&out);
  must(item_print(docs[i], NULL, 0, &out) == PINTLE_OK, "print");
}
static void parses_and_prints(size_t i) {
  parses(i);
  buf_clear(&out);
  must(item_print(doc, NULL, 0, &out) == PINTLE_OK, "print");
}
static void digests(size_t i) {
  unsigned char sum[32];
  must(archive_sha256(texts[i], sum), "SHA-256");
}
static void cjson_parses(size_t i) {
  cJSON *t = cJSON_ParseWithLength(texts[i].ptr, texts[i].len);
  must(t != NULL, "cJSON parse");
  cJSON_Delete(t);
}
static void cjson_prints(size_t i) {
  static char printed[1 << 20];
  must(cJSON_PrintPreallocated(trees[i], printed, sizeof printed, 0), "cJSON print");
}

/* Each item once in a gzip stream, on this thread. */
static void gzips(size_t i) {
  static archive_gzip *g;
  static int fd = -1;
  error e;
  if (i == 0) {
    fd = memfd_create("gzip", MFD_CLOEXEC);
    must(fd >= 0 && archive_gzip_open(fd, 0, 0, &g, &e) == PINTLE_OK, "gzip");
  }
  must(archive_gzip_write(g, texts[i], &e) == PINTLE_OK, "gzip");
  if (i + 1 < n) return;
  must(archive_gzip_close(g, NULL, NULL, &e) == PINTLE_OK, "gzip");
  close(fd);
}

/* As a backup has it: two entries an item. */
static void archives(size_t i) {
  static archive_gzip *g;
  static archive_writer *w;
  static int fd = -1;
  char path[200];
  error e;
  if (i == 0) {
    fd = memfd_create("tar", MFD_CLOEXEC);
    must(fd >= 0 && archive_gzip_open(fd, 0, 0, &g, &e) == PINTLE_OK && archive_writer_open(g, 0, &w, &e) == PINTLE_OK, "tar");
  }
  for (int k = 0; k < 2; k++) {
    snprintf(path, sizeof path, "resources/pods%s/namespaces/team-%02zu/item-%06zu.json", k ? "/v1-preferredversion" : "", i % 40, i);
    must(archive_writer_add(w, path, texts[i], &e) == PINTLE_OK, "tar");
  }
  if (i + 1 < n) return;
  must(archive_writer_close(w, NULL, &e) == PINTLE_OK && archive_gzip_close(g, NULL, NULL, &e) == PINTLE_OK, "tar");
  close(fd);
}

/* Its line of the items' outcomes, as three actions that changed it make it. */
static void records(size_t i) {
  static chain_entry entries[] = {{.name = "bench.example.com/label"}, {.name = "bench.example.com/note"}, {.name = "bench.example.com/target"}};
  static const chain_plan plan = {.entries = entries, .n = 3};
  static engine_outcomes *o;
  char name[32];
  int fd = -1;
  int64_t size;
  error e;
  if (i == 0) must(engine_outcomes_open("/tmp", &plan, &o, &e) == PINTLE_OK, "outcomes");
  snprintf(name, sizeof name, "pod-%06zu", i);
  const engine_done done = {.edited = 7, .changed = true, .entry = UINT32_MAX};
  const engine_event event = {.ns = STR("team-01"), .name = str_of(name), .outcome = "stored"};
  engine_outcomes_add(o, &event, &done);
  if (i + 1 < n) return;
  must(engine_outcomes_finish(o, &fd, &size, &e) == PINTLE_OK, "outcomes");
  engine_outcomes_free(o);
  close(fd);
}

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure(const char *name, void (*f)(size_t)) {
  double v[ROUNDS];
  for (int r = 0; r < ROUNDS; r++) {
    double start = cpu();
    for (size_t i = 0; i < n; i++) f(i);
    v[r] = (cpu() - start) / (double)n;
  }
  qsort(v, ROUNDS, sizeof *v, by_value);
  printf("%s\t%.0f\t%.0f\n", name, v[ROUNDS / 2], (double)bytes / (double)n / v[ROUNDS / 2] * 1000);
}

static int found(const char *path, const struct stat *st, int type, struct FTW *where) {
  buf b = {0};
  (void)st, (void)where;
  if (type != FTW_F || n == MAX_ITEMS) return 0;
  must(file_read(AT_FDCWD, path, 16 << 20, &b, NULL) == PINTLE_OK && (paths[n] = strdup(path)), path);
  texts[n++] = buf_str(&b); /* kept to the end */
  bytes += b.len;
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2 || nftw(argv[1], found, 16, FTW_PHYS) != 0 || n == 0) return 2;
  must(item_new(&doc) == PINTLE_OK, "memory");
  for (size_t i = 0; i < n; i++) {
    must(item_new(&docs[i]) == PINTLE_OK && item_parse(docs[i], texts[i], 0, NULL, NULL) == PINTLE_OK, "parse");
    must((trees[i] = cJSON_ParseWithLength(texts[i].ptr, texts[i].len)) != NULL, "cJSON parse");
  }
  measure("read", reads);
  measure("skim", skims);
  measure("minify", minifies);
  measure("parse", parses);
  measure("print", prints);
  measure("parse+print", parses_and_prints);
  measure("sha256", digests);
  measure("gzip", gzips);
  measure("tar+gzip, twice", archives);
  measure("record", records);
  measure("cJSON parse", cjson_parses);
  measure("cJSON print", cjson_prints);
  for (size_t i = 0; i < n; i++) {
    item_free(docs[i]);
    cJSON_Delete(trees[i]);
    free(paths[i]);
    free((char *)(uintptr_t)texts[i].ptr);
  }
  item_free(doc);
  buf_free(&out);
  return 0;
}
