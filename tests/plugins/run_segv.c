/* run_segv.c -- writes through a pointer to nowhere.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  volatile char *volatile nowhere = (char *)8;
  *nowhere = 1;
  return PINTLE_OK;
}

RUN_PLUGIN("segv", 0);
