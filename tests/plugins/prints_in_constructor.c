/* prints_in_constructor.c -- writes to standard output while it is loaded (R8).  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
#include <stdio.h>
__attribute__((constructor)) static void greet(void) {
  printf("{\"reason\":\"not the answer\"}\n");
  fflush(stdout);
}
MINIMAL_ACTION("tests.pintle.io/prints-in-constructor");
MINIMAL_PLUGIN("prints-in-constructor");
