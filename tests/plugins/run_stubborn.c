/* run_stubborn.c -- waits for an hour, whatever it is told.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <unistd.h>

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  for (int i = 0; i < 3600; i++) sleep(1);
  return PINTLE_OK;
}

RUN_PLUGIN("stubborn", 0);
