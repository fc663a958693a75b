/* plugin_text.h -- a plugin and its actions as JSON and text.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_PLUGIN_TEXT_H
#define PINTLE_CLI_PLUGIN_TEXT_H
#include "host/registry.h"

/* One Plugin object: file, path, status, reason, hint, warnings, sha256, needed, glibc, and what the descriptor says. */
void cli_plugin_json(const host_plugin *p, buf *out);
/* The same for people, for cli_tabs; what comes from the plugin is clean. */
void cli_plugin_text(const host_plugin *p, buf *out);
/* "loaded", "set aside"; of an action "loaded", "refused". */
const char *cli_plugin_status(const host_plugin *p, const host_action *a);
#endif
