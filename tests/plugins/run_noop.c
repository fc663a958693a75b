/* run_noop.c -- an honest plugin that does nothing.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  return PINTLE_OK;
}

RUN_PLUGIN("noop", PINTLE_PURE);
