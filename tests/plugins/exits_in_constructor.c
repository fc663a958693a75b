/* exits_in_constructor.c -- ends the process that loads it.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void leave(void) {
  fprintf(stderr, "no licence found\n");
  exit(7);
}
MINIMAL_ACTION("tests.pintle.io/exits-in-constructor");
MINIMAL_PLUGIN("exits-in-constructor");
