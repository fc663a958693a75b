/* run_slow.c -- waits for an hour, and stops when it is told to.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#define HOUR (INT64_C(3600) * 1000000000)

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)item, (void)r;
  pintle_status st = call->host->pause(call, HOUR);
  return st == PINTLE_OK ? PINTLE_OK : pintle_fail(call, st, "was told to stop, and stopped");
}

RUN_PLUGIN("slow", 0);
