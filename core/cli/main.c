/* main.c -- the only place that reads argv and the environment, and returns the exit status.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

enum { MMAP_FROM = 256 << 10 };

int main(int argc, char **argv) {
  cli_process process = {argc, (const char *const *)argv, (const char *const *)environ, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  mallopt(M_MMAP_THRESHOLD, MMAP_FROM); /* fixed: arrays that grow with the items are remapped, not copied, and what is freed is given back */
  signal(SIGXFSZ, SIG_IGN); /* a limit of files' sizes is an error of write; children have their own */
  return cli_run(&process);
}
