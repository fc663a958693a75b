/* run_leak_fd.c -- opens descriptors and never closes them.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <fcntl.h>

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)r;
  for (int i = 0; i < 200; i++) (void)open("/dev/null", O_RDONLY);
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1leak", "yes");
}

RUN_PLUGIN("leak_fd", 0);
