/* crashes_in_constructor.c -- a segmentation fault while it is loaded.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
#include <signal.h>
__attribute__((constructor)) static void crash(void) {
  signal(SIGSEGV, SIG_DFL); /* sanitizers handle it */
  raise(SIGSEGV);
}
MINIMAL_ACTION("tests.pintle.io/crashes-in-constructor");
MINIMAL_PLUGIN("crashes-in-constructor");
