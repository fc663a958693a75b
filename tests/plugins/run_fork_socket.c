/* run_fork_socket.c -- forks a child that keeps every descriptor open, then crashes.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdlib.h>
#include <unistd.h>

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  if (fork() == 0) {
    sleep(30);
    _exit(0);
  }
  abort();
}

RUN_PLUGIN("fork_socket", 0);
