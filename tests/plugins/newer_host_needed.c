/* newer_host_needed.c -- cannot do without a function of a later interface.  SPDX-License-Identifier: Apache-2.0 */
#include "minimal.h"
MINIMAL_ACTION("tests.pintle.io/newer-host-needed");
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .min_host_minor = 99, .name = "newer-host-needed", .version = "1.0",
                                    .backup_item_actions = list};
