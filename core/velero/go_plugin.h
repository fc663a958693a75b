/* go_plugin.h -- a Go plugin of Velero as a plugin of ours: the kinds' tables, each function a call to its process.
 * SPDX-License-Identifier: Apache-2.0
 *
 * For pintle-worker-velero only. Facts: Velero's pkg/plugin/framework (what a client of each kind sends and makes of the answer). */
#ifndef PINTLE_VELERO_GO_PLUGIN_H
#define PINTLE_VELERO_GO_PLUGIN_H
#include "host/module.h"

/* Starts the executable with that environment ("NAME=value", NULL-ended, kept) and lists its plugins. When the process ends or breaks the protocol in
 * a later call, this process ends as it did: whoever watches workers blames the call, and starts both anew. */
host_opener velero_opener(const char *const *environment);
#endif
