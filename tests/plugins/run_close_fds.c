/* run_close_fds.c -- closes every descriptor, the host's too.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <unistd.h>

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  for (int fd = 0; fd <= 1000; fd++) close(fd);
  return PINTLE_OK;
}

RUN_PLUGIN("close_fds", 0);
