/* signals.h -- SIGINT, SIGTERM and SIGHUP ask a run to end.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_SIGNALS_H
#define PINTLE_CLI_SIGNALS_H
#include <stdbool.h>

/* From now on the first of them is remembered and the others are ignored; SIGPIPE is an error of write. */
void cli_signals_watch(void);
bool cli_signals_cancelled(void *unused); /* for engine_control */
int cli_signals_number(void);             /* 0: none came */
#endif
