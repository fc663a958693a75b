/* run_endless.c -- loops for ever.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  volatile bool again = true;
  while (again) {}
  return PINTLE_OK;
}

RUN_PLUGIN("endless", 0);
