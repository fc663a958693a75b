/* run_exit.c -- ends its process as if all were well.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdlib.h>

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  exit(0);
}

RUN_PLUGIN("exit", 0);
