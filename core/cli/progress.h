/* progress.h -- how far a run is: a bar on a terminal, one line a second elsewhere.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_PROGRESS_H
#define PINTLE_CLI_PROGRESS_H
#include "base/buf.h"

typedef struct cli_progress {
  bool terminal, shown; /* shown: a bar stands on the last line */
  unsigned columns;     /* 0 = 80 */
  int64_t last;         /* monotonic time of the last line */
  uint64_t done, total;
  char phase[32];
} cli_progress;
/* now: monotonic nanoseconds. What is to be written to standard error is appended to *out, perhaps nothing. */
void cli_progress_items(cli_progress *p, uint64_t done, uint64_t total, int64_t now, buf *out);
void cli_progress_phase(cli_progress *p, const char *phase, int64_t now, buf *out);
/* Takes the bar away, so that something else can be printed, or for good. It comes back with the next progress. */
void cli_progress_clear(cli_progress *p, buf *out);
#endif
