/* sleeps_in_constructor.c -- never finishes loading; a child of it holds on to all descriptors.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
#include <unistd.h>
__attribute__((constructor)) static void sleep_for_ever(void) {
  if (fork() < 0) return;
  for (;;) pause();
}
MINIMAL_ACTION("tests.pintle.io/sleeps-in-constructor");
MINIMAL_PLUGIN("sleeps-in-constructor");
