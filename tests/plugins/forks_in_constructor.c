/* forks_in_constructor.c -- loads well, but leaves a child behind that holds every descriptor.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
#include <unistd.h>
__attribute__((constructor)) static void leave_a_child(void) {
  if (fork() == 0)
    for (;;) pause();
}
MINIMAL_ACTION("tests.pintle.io/forks-in-constructor");
MINIMAL_PLUGIN("forks-in-constructor");
