/* rubbish_descriptor.c -- a list of actions that points nowhere.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "rubbish-descriptor", .version = "1.0",
                                    .backup_item_actions = (const pintle_backup_item_action *const *)0x1000};
