/* registry.h -- the plugins of a directory: sealed, probed, listed.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_HOST_REGISTRY_H
#define PINTLE_HOST_REGISTRY_H
#include "host/module.h"

/* An immutable generation: reload makes a new one. */
typedef struct host_registry {
  arena memory;
  host_plugin *plugins; /* in order of file name, those set aside too */
  size_t n_plugins;
} host_registry;

typedef struct host_scan_options {
  const char *const *directories; /* NULL-ended; each file *.so in them, and each executable (and files named directly) */
  const char *worker;             /* path of pintle-worker; executed as: worker --probe FD NAME */
  const char *velero_worker;      /* path of pintle-worker-velero, for executables; NULL: they are passed over */
  int64_t probe_timeout;          /* 0 = 5 s, executables 1 min */
  const conf_chain *chain;        /* pins and trust; may be NULL */
  bool (*digest)(str data, unsigned char sha256[32]); /* of executables, which are large; NULL = base/sha256 */
  int32_t (*cancelled)(void *ctx); /* not 0: the scan ends, CANCELLED; NULL: nobody asks */
  void *ctx;
  const char *const *environment; /* NULL-ended "NAME=value"; probes get PATH, HOME, TZ and LANG of it. NULL: a usual PATH only */
} host_scan_options;
/* Never fails because of a plugin: what is no plugin, truncated, for another machine or ABI major, lacks a symbol or library, crashes,
 * exits or sleeps in a constructor, repeats a (kind, name), breaks a pin or, under trust: strict, is unpinned, writable by others or wrongly
 * owned, is set aside with its reason; so is an executable that does not answer as a Go plugin of Velero. Of two with one name the .so stays. An error is returned for a directory that cannot be read, and a pinned plugin that is missing. */
pintle_status host_scan(const host_scan_options *options, host_registry *out, error *e);
void host_registry_free(host_registry *r);
/* NULL: none. kind CONF_ANY_KIND: the first kind that has it. *plugin may be NULL. Plugins set aside are not looked at; an action that is
 * refused is found only when no usable one has that name, so look at its `refused`. */
const host_action *host_find(const host_registry *r, uint32_t kind, const char *name, const host_plugin **plugin);

/* ---- inside the probe: opens fd (sealed copy of NAME), writes the descriptor, or {"reason","hint"}, as JSON to out_fd. Returns main's status;
 * main should leave by _exit then, so that no destructor of the plugin runs. `worker --probe FD NAME` is started with out_fd open as
 * HOST_PROBE_OUT, stdin /dev/null, stdout and stderr pipes, a process group of its own. No core is dumped; it dies with its parent. */
#define HOST_PROBE_OUT 3
int host_probe_main(int fd, const char *name, int out_fd, const host_opener *opener); /* NULL: as a .so */
#endif
