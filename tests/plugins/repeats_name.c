/* repeats_name.c -- has the action of good.c, too.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
MINIMAL_ACTION("tests.pintle.io/good");
MINIMAL_PLUGIN("repeats-name");
