/* run_clash.h -- two plugins, one name for a global function and a global variable in both.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdio.h>

__attribute__((visibility("default"))) extern int shared_number;
__attribute__((visibility("default"))) const char *shared_name(void);
int shared_number = 0;
const char *shared_name(void) { return CLASH; }

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  char text[64];
  (void)self, (void)call, (void)in, (void)r;
  snprintf(text, sizeof text, "%s %d", shared_name(), ++shared_number);
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1" CLASH, text);
}

RUN_TABLES(CLASH, 0, NULL, NULL);
