/* install.h -- this program and what is beside it, copied into Velero's plugin directory.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_DROPIN_INSTALL_H
#define PINTLE_DROPIN_INSTALL_H
#include <stdio.h>

/* self: argv[0]. Copies itself, *.so and pintle.d/ files beside it, each by a rename, and says each on `out`; .so files lose their execute bits (also
 * those that are in `to` already). A newer velero-plugin-pintle or plugin there stays, and so does what is the same. pintle.yaml there is never replaced.
 * Returns the exit status: 0, or 1 with the reason on `err`. */
int dropin_install(const char *self, const char *to, FILE *out, FILE *err);
#endif
