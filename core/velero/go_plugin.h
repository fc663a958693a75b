/* go_plugin.h -- a Go plugin of Velero as a plugin of ours: the kinds' tables, each function a call to its process.
 * SPDX-License-Identifier: Apache-2.0
 *
 * For pintle-worker-velero only. Facts: Velero's pkg/plugin/framework (what a client of each kind sends and makes of the answer). */
#ifndef PINTLE_VELERO_GO_PLUGIN_H
#define PINTLE_VELERO_GO_PLUGIN_H
#include "host/module.h"

/* Starts the executable with that environment ("NAME=value", NULL-ended, kept) and lists its plugins; one executable a process. When it ends or
 * breaks the protocol in a later call or between two, this process ends as it did: whoever watches workers blames the call, and starts both anew. */
typedef struct velero_opening {
  const char *const *environment;
  struct go_plugin *plugin; /* once it is open; NULL: none */
} velero_opening;
host_opener velero_opener(velero_opening *o);
#endif
