/* bench_blocks.c -- plugins/nas: blocks made and placed by one thread, into a store that keeps nothing.  SPDX-License-Identifier: Apache-2.0
 *
 * bench_blocks SIZE COUNT KIND [LEVEL [KEY]]: COUNT blocks of SIZE bytes; KIND random, text, or the path of a file whose pieces they are (each made
 * different). KEY "key": encrypted. Prints MB/s of content, the part of it that is stored, and peak memory. */
#include "../unit/nas_call.h"
#include "blocks.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct job {
  size_t size, count;
  const char *kind;
  int level;
  bool key;
} job;

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint8_t *content(const job *j, size_t *n) {
  *n = 64 << 20;
  int fd = strchr(j->kind, '/') ? open(j->kind, O_RDONLY | O_CLOEXEC) : -1;
  struct stat st;
  if (fd >= 0 && fstat(fd, &st) == 0 && (size_t)st.st_size < *n) *n = (size_t)st.st_size;
  uint8_t *p = malloc(*n);
  if (p && fd >= 0 && read(fd, p, *n) != (ssize_t)*n) return free(p), NULL;
  if (fd >= 0) return close(fd), p;
  uint64_t x = 88172645463325252u;
  for (size_t i = 0; p && i < *n; i++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    p[i] = strcmp(j->kind, "random") == 0 ? (uint8_t)(x >> 32) : (uint8_t) "etaoin shrdlu\nETAOIN{};()=_0123"[(x >> 32) % 31];
  }
  return p;
}

static pintle_status run(pintle_call *call, void *ctx) {
  const job *j = ctx;
  size_t n, at = 0;
  uint8_t *data = content(j, &n), key[FP_KEY] = {1};
  fp_null *null = fp_null_new();
  if (!data || !null || n < j->size) return pintle_fail(call, PINTLE_INVALID, "no content");
  fp_blobs blobs = fp_blobs_null(null);
  fp_repo *r = NULL;
  fp_run *run = NULL;
  fp_blocks *b = NULL;
  fp_made made = {0};
  fp_block block;
  pintle_status st = fp_repo_open(call, &blobs, "bench", &(fp_keys){.key = j->key ? key : NULL}, &r);
  if (st == PINTLE_OK) st = fp_run_begin(call, r, &(fp_run_options){.level = j->level}, &run);
  if (st == PINTLE_OK) st = fp_blocks_of(call, run, &b);
  fp_maker *m = st == PINTLE_OK ? fp_maker_new(b) : NULL;
  double began = seconds();
  for (size_t i = 0; st == PINTLE_OK && i < j->count; i++) {
    if (at + j->size > n) at = i * 4099 % (n - j->size + 1);
    memcpy(data + at, &i, j->size < sizeof i ? j->size : sizeof i);
    st = fp_maker_make(m, data + at, j->size, &made);
    if (st == PINTLE_OK) st = fp_blocks_place(call, b, &made, &block);
    at += j->size;
  }
  if (st == PINTLE_OK) st = fp_blocks_flush(call, b);
  double took = seconds() - began, bytes = (double)j->size * (double)j->count;
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  printf("%zu\t%s\tlevel %d\t%s\t%.0f MB/s\t%.3f stored\t%.2f us a block\t%ld KiB\n", j->size, j->kind, j->level, j->key ? "AES" : "plain",
         bytes / took / 1e6, (double)fp_null_bytes(null) / bytes, took * 1e6 / (double)j->count, u.ru_maxrss);
  fp_made_free(&made);
  fp_maker_free(m);
  fp_run_free(run);
  fp_repo_close(r);
  fp_null_free(null);
  free(data);
  return st;
}

int main(int argc, char **argv) {
  char message[512] = "";
  if (argc < 4) return fprintf(stderr, "usage: bench_blocks SIZE COUNT KIND [LEVEL [key]]\n"), 2;
  job j = {strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10), argv[3], argc > 4 ? atoi(argv[4]) : 0, argc > 5};
  if (nas_in_call(run, &j, message) == PINTLE_OK) return 0;
  fprintf(stderr, "bench_blocks: %s\n", message);
  return 1;
}
