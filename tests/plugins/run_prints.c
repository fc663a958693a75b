/* run_prints.c -- writes to standard output and standard error, first without any line feed.  SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include <stdio.h>

static void print(FILE *to, const char *name) {
  for (int i = 0; i < 100 * 1024; i++) putc('x', to);
  fprintf(to, "\nlines on %s\n\x1b[31mred\x1b[0m\nthe end of %s\n", name, name);
  fflush(to);
}

static pintle_status fault(pintle_call *call, pintle_doc *item, pintle_result *r) {
  (void)call, (void)r;
  print(stdout, "stdout");
  print(stderr, "stderr");
  return pintle_set_str(item, "/metadata/annotations/tests.pintle.io~1prints", "yes");
}

RUN_PLUGIN("prints", 0);
