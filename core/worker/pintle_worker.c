/* pintle_worker.c -- the executable that plugins live in. It links libc and core only (docs/architecture.md).  SPDX-License-Identifier: Apache-2.0 */
#include "worker/worker.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int status = worker_main(argc, argv);
  if (argc > 1 && strcmp(argv[1], "--probe") == 0) { /* no destructor of a plugin that was only looked at */
    fflush(NULL);
    _exit(status);
  }
  return status;
}
