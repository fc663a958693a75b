/* new_major.c -- a plugin whose table says it is for interface 2.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
MINIMAL_ACTION("tests.pintle.io/new-major");
const pintle_plugin PINTLE_ENTRY = {sizeof(pintle_plugin),      PINTLE_MAGIC, 2, 0, .name = "new-major", .version = "2.0",
                                    .backup_item_actions = list};
