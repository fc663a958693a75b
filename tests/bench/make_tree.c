/* make_tree.c -- a tree of files for benches, the same each time: text like sources, or bytes that cannot be compressed.  SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t state = 1;
static uint64_t rnd(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}

/* Words, of which few are used much: compresses to about a quarter. */
static void text(char *to, size_t n) {
  size_t at = 0;
  while (at < n) {
    uint64_t r = rnd(), w = (r & 255) * (r >> 8 & 255) / 32;
    char word[16];
    int k = snprintf(word, sizeof word, "w%lx%s", (unsigned long)(w * 2654435761u & 0xffffff), r >> 61 ? " " : "\n\t");
    for (int i = 0; i < k && at < n; i++) to[at++] = word[i];
  }
}

static void noise(char *to, size_t n) {
  for (size_t i = 0; i < n; i += 8) {
    uint64_t r = rnd();
    memcpy(to + i, &r, n - i < 8 ? n - i : 8);
  }
}

int main(int argc, char **argv) {
  if (argc != 6) return fprintf(stderr, "usage: make_tree DIRECTORY FILES MEAN-SIZE PER-DIRECTORY text|noise\n"), 2;
  long files = atol(argv[2]), per = atol(argv[4]);
  size_t mean = (size_t)atol(argv[3]);
  char *data = malloc(32 * mean + 8), path[4096];
  if (!data || files <= 0 || per <= 0 || (mkdir(argv[1], 0755) != 0 && access(argv[1], W_OK) != 0)) return perror(argv[1]), 1;
  for (long i = 0; i < files; i++) {
    size_t n = mean;
    if (argv[5][0] == 't') n = (size_t)(mean * 2 / 5 * (1 + rnd() % 4 * (rnd() % 3 == 0))), n = rnd() % 100 ? n : 16 * n;
    if (i % per == 0 && snprintf(path, sizeof path, "%s/d%04ld", argv[1], i / per) > 0 && mkdir(path, 0755) != 0) return perror(path), 1;
    snprintf(path, sizeof path, "%s/d%04ld/file-%06ld.%s", argv[1], i / per, i, argv[5]);
    if (argv[5][0] == 't') text(data, n);
    else noise(data, n);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd) != 0) return perror(path), 1;
  }
  free(data);
  return 0;
}
