/* bench_tree.c -- a tree backed up into a directory, or into nothing: times and memory.  SPDX-License-Identifier: Apache-2.0 */
#include "../unit/nas_call.h"
#include "backup.h"
#include "repo_in.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static pintle_status body(pintle_call *call, void *ctx) {
  char **argv = ctx;
  fp_null *nothing = strcmp(argv[2], "-") == 0 ? fp_null_new() : NULL;
  fp_blobs blobs = nothing ? fp_blobs_null(nothing) : fp_blobs_dir(argv[2]);
  int root = open(argv[1], O_RDONLY | O_DIRECTORY), times = argv[3] ? atoi(argv[3]) : 2;
  pintle_status st = root < 0 ? PINTLE_NOT_FOUND : PINTLE_OK;
  for (int i = 0; i < times && st == PINTLE_OK; i++) {
    fp_repo *r = NULL;
    fp_head h;
    struct rusage u;
    double before = cpu();
    int64_t begin = fp_now();
    fp_backup_options o = {.run = {.name = "velero-bench", .source = "bench"}};
    st = fp_repo_open(call, &blobs, "v", NULL, &r);
    if (st == PINTLE_OK) st = fp_backup(call, r, root, &o, &h);
    fp_repo_close(r);
    getrusage(RUSAGE_SELF, &u);
    if (st == PINTLE_OK)
      printf("%.3f s, %.3f s of CPU, %lu entries, %lu bytes read, %lu new, %lu stored, %ld KiB of memory\n",
             (double)(fp_now() - begin) / 1e9, cpu() - before, (unsigned long)h.counts.entries, (unsigned long)h.counts.read,
             (unsigned long)h.counts.added, (unsigned long)h.counts.stored, u.ru_maxrss);
  }
  if (root >= 0) close(root);
  fp_null_free(nothing);
  return st;
}

int main(int argc, char **argv) {
  char message[512] = "";
  if (argc != 3 && argc != 4) return fprintf(stderr, "usage: bench_tree TREE EMPTY-DIRECTORY|- [TIMES]\n"), 2;
  pintle_status st = nas_in_call(body, argv, message);
  if (st != PINTLE_OK) fprintf(stderr, "%s\n", message);
  return st != PINTLE_OK;
}
