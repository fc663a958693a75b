/* debug.h -- parts of `pintle debug`.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_DEBUG_H
#define PINTLE_CLI_DEBUG_H
#include "run/run.h"

/* The chain of that kind as JSON. Of the configuration only what an action declares as no secret: other values are "***". */
pintle_status cli_debug_chain(run_context *run, uint32_t kind, buf *out, error *e);
#endif
