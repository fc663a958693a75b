/* bench_tree.c -- a tree backed up twice into a directory: times and memory.  SPDX-License-Identifier: Apache-2.0 */
#include "../unit/nas_call.h"
#include "backup.h"
#include "repo_in.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static pintle_status body(pintle_call *call, void *ctx) {
  char **argv = ctx;
  fp_blobs blobs = fp_blobs_dir(argv[2]);
  int root = open(argv[1], O_RDONLY | O_DIRECTORY);
  pintle_status st = root < 0 ? PINTLE_NOT_FOUND : PINTLE_OK;
  for (int i = 0; i < 2 && st == PINTLE_OK; i++) {
    fp_repo *r = NULL;
    fp_head h;
    struct rusage u;
    int64_t begin = fp_now();
    fp_backup_options o = {.run = {.name = "velero-bench", .source = "bench"}};
    st = fp_repo_open(call, &blobs, "v", NULL, &r);
    if (st == PINTLE_OK) st = fp_backup(call, r, root, &o, &h);
    fp_repo_close(r);
    getrusage(RUSAGE_SELF, &u);
    if (st == PINTLE_OK)
      printf("%s: %.2f s, %lu entries, %lu MB read, %lu MB stored, %ld MB of memory\n", i ? "again" : "first",
             (double)(fp_now() - begin) / 1e9, (unsigned long)h.counts.entries, (unsigned long)(h.counts.read >> 20),
             (unsigned long)(h.counts.stored >> 20), u.ru_maxrss >> 10);
  }
  if (root >= 0) close(root);
  return st;
}

int main(int argc, char **argv) {
  char message[512] = "";
  if (argc != 3) return fprintf(stderr, "usage: bench_tree TREE EMPTY-DIRECTORY\n"), 2;
  pintle_status st = nas_in_call(body, argv, message);
  if (st != PINTLE_OK) fprintf(stderr, "%s\n", message);
  return st != PINTLE_OK;
}
