/* run_abort.c -- aborts, as a failed assertion does.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdlib.h>

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item, (void)r;
  abort();
}

RUN_PLUGIN("abort", 0);
