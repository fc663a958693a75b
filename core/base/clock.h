/* clock.h -- time as the rules of the ABI have it (R6): nanoseconds.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_CLOCK_H
#define PINTLE_BASE_CLOCK_H
#include "base/error.h"
#include "base/buf.h"

#define CLOCK_SECOND ((int64_t)1000000000)
int64_t clock_now(void);       /* since 1970 UTC */
int64_t clock_monotonic(void); /* for deadlines and durations */
/* "2026-05-20T08:00:00Z" in seconds, as Kubernetes' metav1.Time prints; to holds 32 bytes. Returns to. */
char *clock_rfc3339(int64_t t, char *to);
/* RFC 3339 with any fraction and offset, from 1678 to 2261, which are the nanoseconds of 64 bits. INVALID otherwise. */
pintle_status clock_parse(str text, int64_t *t);
/* Go's time.ParseDuration ("1h30m", "1.5s", "300ms"); INVALID otherwise. */
pintle_status clock_duration(str text, int64_t *d);
/* As Go prints a time.Duration: "720h0m0s", "10m0s", "1.5s", "0s"; to holds 32 bytes. Returns to. */
char *clock_duration_text(int64_t d, char *to);
#endif
