/* run_counter.c -- counts what matched; a rule that never does is reported.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module;
  call->host->count(call, "rule for nobody", 0);
  call->host->count(call, "rule for the victim", 0);
  *self = NULL;
  return PINTLE_OK;
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)in, (void)r;
  if (run_strikes(call, item)) call->host->count(call, "rule for the victim", 1);
  return PINTLE_OK;
}

RUN_TABLES("counter", PINTLE_PURE, create, run_options);
