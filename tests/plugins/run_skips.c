/* run_skips.c -- an honest plugin that leaves an item out.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)item;
  return r->api->skip(r, "not wanted here");
}

RUN_PLUGIN("skips", PINTLE_PURE);
