/* metrics.h -- Velero's metrics of one run, as a file for Prometheus' textfile collector.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_METRICS_H
#define PINTLE_CLI_METRICS_H
#include "engine/backup.h"

/* Names and labels of velero-contract section 6 that say something of one run; schedule is "". */
void cli_metrics_print(const engine_summary *s, bool restore, buf *out);
#endif
