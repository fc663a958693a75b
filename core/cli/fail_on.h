/* fail_on.h -- --fail-on: exit status 4 for what a run found.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_FAIL_ON_H
#define PINTLE_CLI_FAIL_ON_H
#include "cli/watch.h"

/* CLI_STOPPED, told, when one of those that --fail-on names is there; else status. */
int cli_fail_on(cli *c, const cli_watch *w, const engine_summary *summary, int status);
#endif
