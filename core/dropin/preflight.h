/* preflight.h -- what would stop Velero if a directory were its plugin directory.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_DROPIN_PREFLIGHT_H
#define PINTLE_DROPIN_PREFLIGHT_H
#include <stdio.h>

/* self: argv[0], as its own worker. Executes what Velero would execute, with a limit of time, and asks it for its list; looks at every .so and at the
 * configuration beside each velero-plugin-pintle. Faults (Velero would not start, or a backup would fail) and warnings go to `out`. Returns the exit
 * status: 0; 2: there are faults; 1: the directory cannot be read, with the reason on `err`. */
int dropin_preflight(const char *self, const char *directory, const char *const *environment, FILE *out, FILE *err);
#endif
