/* run_fails.c -- an honest plugin that refuses an item, with a hint and a place.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)r;
  pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1undone", "yes");
  return pintle_fail_at(call, PINTLE_DENIED, "/metadata/name", "refused for a reason");
}

RUN_PLUGIN("fails", PINTLE_PURE);
