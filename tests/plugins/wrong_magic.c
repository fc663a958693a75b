/* wrong_magic.c -- the right symbol with other people's data.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
MINIMAL_ACTION("tests.pintle.io/wrong-magic");
const pintle_plugin PINTLE_ENTRY = {sizeof(pintle_plugin),      0x12345678, 1, 0, .name = "wrong-magic", .version = "1.0",
                                    .backup_item_actions = list};
