/* run_unresolved.c -- a plugin that cannot settle a reference of an item, and says so as a finding.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)item, (void)r;
  call->host->finding(call, PINTLE_LOG_WARN, "unresolved", "/data", "nothing says what this is now");
  return PINTLE_OK;
}

RUN_PLUGIN("unresolved", PINTLE_PURE);
