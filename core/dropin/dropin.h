/* dropin.h -- what the executable velero-plugin-pintle does: the door of core/dropin.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_DROPIN_DROPIN_H
#define PINTLE_DROPIN_DROPIN_H

/* main: all of argv and the environment; returns the exit status.
 *   executed by Velero (VELERO_PLUGIN=hello): serves; unknown flags are passed over
 *   --probe ..., --run ...     as its own worker (worker/worker.h)
 *   install --to DIR, preflight DIR, --version, --help */
int dropin_main(int argc, char **argv, char **environment);
#endif
