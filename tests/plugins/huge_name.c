/* huge_name.c -- an action with a name of 1 MiB.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
#include <string.h>
static char name[(1 << 20) + 1] = "tests.pintle.io/";
__attribute__((constructor)) static void fill(void) { memset(name + 16, 'x', sizeof name - 17); }
MINIMAL_ACTION(name);
MINIMAL_PLUGIN("huge-name");
