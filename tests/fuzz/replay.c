/* replay.c -- runs a fuzz target over files: its corpus, where there is no libFuzzer.  SPDX-License-Identifier: Apache-2.0
 *
 * Usage: replay_TARGET FILE|DIRECTORY... */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max) { /* of libFuzzer; targets that steer it refer to it */
  (void)data, (void)max;
  return size;
}

static int file(const char *path) {
  FILE *f = fopen(path, "rb");
  size_t n = 0, room = 1 << 20;
  uint8_t *data = malloc(room);
  if (!f || !data) return fprintf(stderr, "%s: cannot be read\n", path), free(data), 1;
  while (n < room && (n += fread(data + n, 1, room - n, f)) == room) {
    uint8_t *more = realloc(data, room *= 2);
    if (!more) abort();
    data = more;
  }
  fclose(f);
  fprintf(stderr, "%s\n", path); /* the last one is the culprit */
  uint8_t *exact = malloc(n ? n : 1);
  if (!exact) abort();
  memcpy(exact, data, n);
  free(data);
  LLVMFuzzerTestOneInput(exact, n);
  free(exact);
  return 0;
}

static int all(const char *path, int *n) {
  char name[4096];
  int failed = 0;
  DIR *d = opendir(path);
  if (!d) return (*n)++, file(path);
  for (const struct dirent *e; (e = readdir(d));)
    if (e->d_name[0] != '.' && snprintf(name, sizeof name, "%s/%s", path, e->d_name) < (int)sizeof name) failed |= all(name, n);
  closedir(d);
  return failed;
}

int main(int argc, char **argv) {
  int n = 0, failed = 0;
  for (int i = 1; i < argc; i++) failed |= all(argv[i], &n);
  LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
  printf("%d inputs\n", n);
  return failed;
}
