/* pintle/progress.h -- how far a long call or an asynchronous operation has come.  SPDX-License-Identifier: Apache-2.0
 *
 * Given to host->report while a call runs (for people, and as a sign of life) and to result->progress when the host asks for an
 * operation's state. Velero's OperationProgress, field by field. Since 1.0. */
#ifndef PINTLE_PROGRESS_H
#define PINTLE_PROGRESS_H
#include <pintle/types.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_progress {
  uint32_t struct_size;
  int32_t completed;        /* 1: over, well or badly */
  int64_t n_completed;      /* in units */
  int64_t n_total;          /* in units; 0 = unknown; equal to n_completed at the good end */
  int64_t started, updated; /* times; 0 = unknown; `started` moves the operation from New to InProgress */
  const char *units;        /* "bytes", "percent", ... */
  const char *description;  /* e.g. the vendor's phase */
  const char *error;        /* with completed: the operation failed, and this is why; no secret */
  const char *code;         /* with error: the vendor's code for it */
} pintle_progress;

#ifdef __cplusplus
}
#endif
#endif
