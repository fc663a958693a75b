/* bench_manifest.c -- plugins/nas: a manifest of many small files written, read, and its blocks learnt.  SPDX-License-Identifier: Apache-2.0
 *
 * bench_manifest COUNT. Prints seconds of CPU for each, bytes an entry, and peak memory. */
#include "../unit/nas_call.h"
#include "blocks.h"
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long peak(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss;
}

static pintle_status entry(pintle_call *call, fp_run *run, uint64_t i, uint32_t number) {
  char path[64];
  int n = snprintf(path, sizeof path, "dir-%04u/sub-%02u/file-%07u.dat", (unsigned)(i / 10000), (unsigned)(i / 100 % 100), (unsigned)i);
  fp_block b = {.size = 4096, .run = number, .pack = (uint32_t)(i / 4000), .offset = (uint32_t)(8 + i % 4000 * 4097), .stored = 4097};
  fp_entry e = {.path = path,
                .path_len = (size_t)n,
                .type = FP_FILE,
                .mode = 0644,
                .uid = 1000,
                .gid = 1000,
                .nlink = 1,
                .size = 4096,
                .ino = 1000000 + i,
                .mtime = INT64_C(1700000000000000000) + (int64_t)i * 1234567,
                .ctime = INT64_C(1700000000000000000) + (int64_t)i * 1234777,
                .target = "",
                .blocks = &b,
                .n_blocks = 1};
  fp_sha256(&i, sizeof i, b.sha);
  memcpy(e.sha, b.sha, FP_SHA);
  return fp_run_append(call, run, &e);
}

static pintle_status run(pintle_call *call, void *ctx) {
  uint64_t count = *(const uint64_t *)ctx, read = 0;
  fp_null *null = fp_null_new();
  fp_blobs blobs = fp_blobs_null(null);
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_head h;
  fp_reader *from = NULL;
  fp_blocks *b = NULL;
  const fp_entry *e = NULL;
  pintle_status st = fp_repo_open(call, &blobs, "bench", NULL, &r);
  double at = seconds();
  uint32_t number = 0;
  if (st == PINTLE_OK) st = fp_run_begin(call, r, &(fp_run_options){.name = "a"}, &run);
  for (uint64_t i = 0; st == PINTLE_OK && i < count; i++) st = entry(call, run, i, number);
  if (st == PINTLE_OK) st = fp_run_commit(call, run, &(fp_counts){0}, false, &h);
  fp_run_free(run), run = NULL;
  printf("%llu entries\twritten %.2f s\t%.1f bytes an entry\t%ld KiB\n", (unsigned long long)count, seconds() - at,
         (double)fp_null_bytes(null) / (double)count, peak());
  at = seconds();
  if (st == PINTLE_OK) st = fp_reader_open(call, r, &h, &from);
  while (st == PINTLE_OK && (st = fp_reader_next(call, from, &e)) == PINTLE_OK && e) read++;
  printf("%llu entries\tread %.2f s\t%ld KiB\n", (unsigned long long)read, seconds() - at, peak());
  fp_reader_close(from);
  at = seconds();
  if (st == PINTLE_OK) st = fp_run_begin(call, r, &(fp_run_options){.name = "b"}, &run);
  if (st == PINTLE_OK) st = fp_blocks_of(call, run, &b);
  if (st == PINTLE_OK) st = fp_blocks_learn_parents(call, b);
  printf("%llu blocks\tlearnt %.2f s\t%ld KiB\n", (unsigned long long)count, seconds() - at, peak());
  fp_run_free(run);
  fp_repo_close(r);
  fp_null_free(null);
  return st;
}

int main(int argc, char **argv) {
  char message[512] = "";
  uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
  if (nas_in_call(run, &count, message) == PINTLE_OK) return 0;
  fprintf(stderr, "bench_manifest: %s\n", message);
  return 1;
}
