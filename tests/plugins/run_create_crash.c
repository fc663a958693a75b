/* run_create_crash.c -- crashes while an instance is made.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdlib.h>

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module, (void)call, (void)self;
  abort();
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  (void)self, (void)call, (void)item, (void)in, (void)r;
  return PINTLE_OK;
}

RUN_TABLES("create_crash", PINTLE_PURE, create, run_options);
