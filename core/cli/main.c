/* main.c -- the only place that reads argv and the environment, and returns the exit status.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include <unistd.h>

int main(int argc, char **argv) {
  cli_process process = {argc, (const char *const *)argv, (const char *const *)environ, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  return cli_run(&process);
}
