/* adopt.h -- tables of a plugin become tables of ours; private to core/host.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_HOST_ADOPT_H
#define PINTLE_HOST_ADOPT_H
#include "host/module.h"
#include "host/text.h"

#define HOST_LIST_MAX 1000u
extern const char host_no_memory[]; /* the fault when memory is gone; compare by address */

struct host_module {
  arena memory; /* holds the copies of all tables */
  const char *name;
  pintle_plugin plugin;
  host_table_set *sets;
  size_t n;
  void *module; /* of load() */
  host_outside outside;
  bool loaded, load_failed;
  error load_error;
};

/* Those that return text: NULL is success, else what is wrong, to be put behind the name of the thing. */
const char *host_adopt_selector(arena *a, const pintle_selector *from, pintle_selector **to);
const char *host_adopt_options(arena *a, const pintle_option *const *from, const pintle_option *const **to);
const char *host_adopt_action(arena *a, const pintle_action *from, pintle_action *to); /* *to is always usable */
const char *host_adopt_env(arena *a, const char *const *from, const char *const **to);
const char *host_adopt_extensions(arena *a, const char *const *from, const char *const **to);
/* Fills plugin, sets and n of *m. */
pintle_status host_adopt_plugin(host_module *m, const pintle_plugin *from, error *e);
#endif
