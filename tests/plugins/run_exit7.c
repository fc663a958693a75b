/* run_exit7.c -- ends its process at once, with a status of its own.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <unistd.h>

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  _exit(7);
}

RUN_PLUGIN("exit7", 0);
