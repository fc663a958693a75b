/* metrics.h -- a run's metrics, as Prometheus' text format has them.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_METRICS_H
#define PINTLE_CLI_METRICS_H
#include "engine/backup.h"

typedef struct cli_metrics {
  bool restore;
  bool begun;                    /* false: refused before it began, counted as Velero counts what fails validation */
  const item_doc *resource;      /* with its status */
  const engine_summary *summary; /* when begun */
  str actions;                   /* of the event ENGINE_ACTIONS; "": none came */
} cli_metrics;
/* Velero's names, types and buckets (pkg/metrics/metrics.go), and two of pintle's own: docs/operations.md. A gauge whose name ends in _total is
 * untyped here, since promtool refuses it. Names of objects are no labels. */
void cli_metrics_print(const cli_metrics *m, buf *out);
#endif
