/* empty_name.c -- an action without a name.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
MINIMAL_ACTION("");
MINIMAL_PLUGIN("empty-name");
