/* run_blocked.c -- waits in the kernel for what never comes, with all signals blocked.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)item, (void)r;
  int ends[2];
  char byte;
  sigset_t all;
  if (pipe2(ends, O_CLOEXEC) != 0) return pintle_fail(call, PINTLE_FAILED, "no pipe");
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  while (read(ends[0], &byte, 1) != 0) {}
  return PINTLE_OK;
}

RUN_PLUGIN("blocked", 0);
