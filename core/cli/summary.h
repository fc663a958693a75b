/* summary.h -- what a restore came to, in a few lines.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_SUMMARY_H
#define PINTLE_CLI_SUMMARY_H
#include "cli/watch.h"

/* A line for each of: changes by action (in a dry run), rules, unresolved references, what is not kept, the slowest action, the next command ("": none).
 * Lines without news are left out; what is named was said as a warning already. */
void cli_summary(cli *c, const cli_watch *w, const char *next);
#endif
