/* config.h -- what stands beside the executable: pintle.yaml, pintle.d, the plugins; and Velero's plugin directory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_DROPIN_CONFIG_H
#define PINTLE_DROPIN_CONFIG_H
#include "conf/chain.h"
#include "conf/options.h"
#include "dropin/log.h"
#include <pthread.h>

typedef struct dropin_config {
  const char *self;      /* the executable, as a path that can be executed again */
  const char *directory; /* where it is */
  const char *const *environment;
  conf_environment lookup;
  conf_set set;
  error broken; /* status not OK: a file cannot be used, and this is why; calls fail with it */
  arena memory;
  pthread_mutex_t lock;        /* of what is below */
  struct dropin_chain *chains; /* read so far */
} dropin_config;

/* Fills what is known before anything is read. self: to be executed as a worker; at: the executable as it was found, to know its directory. */
pintle_status dropin_config_init(dropin_config *c, const char *self, const char *at, const char *const *environment, error *e);
/* Reads pintle.yaml and pintle.d/(*.yaml, *.yml, *.json, in byte order of names); none need be there. A file in error is told in the log and remembered in
 * `broken`; the others are read all the same. NOMEM is the only error. */
pintle_status dropin_config_open(dropin_config *c, dropin_log *log, error *e);
void dropin_config_close(dropin_config *c);
/* The chain of that name ("": the usual one: the only one, else "default", else an empty one); lives as long as c. Any thread. */
pintle_status dropin_config_chain(dropin_config *c, str name, const conf_chain **out, error *e);
/* All chains that there are, the usual one first, without those in error, which are told; *n of them, in *a. A usual one in error is `broken`. NULL: no
 * memory. */
const conf_chain **dropin_config_chains(dropin_config *c, dropin_log *log, arena *a, size_t *n);
#endif
