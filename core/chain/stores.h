/* stores.h -- all BackupStorageLocations of a configuration, made ready for plugins that open stores by pintle.store/1.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CHAIN_STORES_H
#define PINTLE_CHAIN_STORES_H
#include "chain/location.h"

typedef struct chain_store {
  const char *name;            /* the BackupStorageLocation's */
  bool own;                    /* what location "" means: the run's */
  bool read_only;              /* accessMode ReadOnly */
  const char *refused;         /* why it cannot be used, with its place; "": it can */
  const char *bucket, *prefix; /* without '/' at either end */
  const char *action, *plugin; /* plugin: its name, for messages */
  int fd;                      /* the plugin's sealed copy; -1: BUILTIN_FILE_STORE */
  str config;                  /* JSON of config(), NUL behind; may hold secrets */
} chain_store;
typedef struct chain_stores {
  arena memory;
  chain_store *v;
  size_t n;
  const char *const *env; /* names of variables that their plugins ask for, NULL-ended; supervisor only */
} chain_stores;
/* options: registry, chain, set, environment, credential and ctx count. own: the name of the run's location; NULL: it has none. A location that
 * cannot be made ready is refused, which is no error. Without any in the set there is Velero's "default" with the built-in store, when own says so. */
pintle_status chain_stores_make(const chain_location_options *options, const char *own, chain_stores *out, error *e);
void chain_stores_free(chain_stores *s); /* wipes what may be secret */
#endif
