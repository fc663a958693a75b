/* probe.h -- descriptors read by child processes, since loading a plugin may kill whoever does it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_HOST_PROBE_H
#define PINTLE_HOST_PROBE_H
#include "host/registry.h"
#include "host/words.h"

/* Probes every plugin of the list that has no reason yet, several at a time: fills the descriptor part, or reason and hint (then fd is closed),
 * and adds to warnings[i]. An error is none of a plugin's: the worker cannot be started. */
pintle_status host_probe_all(const host_scan_options *options, arena *a, host_plugin *plugins, host_words *warnings, size_t n, error *e);

/* probe_child.c: starts `worker --probe fd name`. The pipes' reading ends are non-blocking. */
typedef struct host_child {
  int pid, pidfd;     /* pidfd -1: not running */
  int answer, log[2]; /* HOST_PROBE_OUT; stdout, stderr; -1: at its end */
} host_child;
pintle_status host_child_start(const host_scan_options *options, const host_plugin *p, host_child *c, error *e);
/* Kills its group, reaps it (after pidfd is readable, or forced), closes all. Returns the wait status; -1: it could not be reaped. */
int host_child_end(host_child *c, bool ended);
#endif
