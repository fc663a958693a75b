/* module.h -- an opened plugin and its instances, inside a worker (or a built-in, anywhere).  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_HOST_MODULE_H
#define PINTLE_HOST_MODULE_H
#include "base/clock.h"
#include "host/call.h"
#include "host/descriptor.h"
#include <poll.h>

/* Tables of a plugin, adopted: copied field by field into tables of our size (R1), validated, what is missing NULL. */
typedef struct host_table_set {
  uint32_t kind;
  const pintle_action *action;
  union {
    const void *any;
    const pintle_backup_item_action *backup;
    const pintle_restore_item_action *restore;
    const pintle_delete_item_action *del;
    const pintle_item_block_action *block;
    const pintle_volume_snapshotter *snapshotter;
    const pintle_object_store *store;
  } ops;
  const char *refused; /* why it may not be used; NULL: fine */
} host_table_set;

typedef struct host_module host_module;
/* dlopen (NOW|LOCAL|NODELETE) of /proc/self/fd/FD, adopt; name is for messages. No function of the plugin is called, but constructors run. */
pintle_status host_module_open(int fd, const char *name, host_module **out, error *e);
/* A plugin linked in (tests, built-ins). */
pintle_status host_module_adopt(const pintle_plugin *plugin, const char *name, host_module **out, error *e);
/* A plugin that lives elsewhere (core/velero). *o is copied; o->close is called in any case, when the module is closed or could not be made. */
typedef struct host_outside {
  void *ctx;
  /* Instead of action->create, which could not tell for which action it is called. */
  pintle_status (*create)(void *ctx, const host_table_set *s, pintle_call *call, void **self);
  void (*close)(void *ctx);
} host_outside;
pintle_status host_module_adopt_outside(const pintle_plugin *plugin, const char *name, const host_outside *o, host_module **out, error *e);
/* What opens a plugin in a process where host_module_open does not. */
typedef struct host_opener {
  pintle_status (*open)(void *ctx, int fd, const char *name, host_module **out, error *e);
  void *ctx;
  int64_t timeout; /* of load and create */
  /* While this process waits for work: what to wait for besides (at most HOST_WATCHED; how many), and what to do when one of them tells something. Both
   * or neither. */
  size_t (*watch)(void *ctx, struct pollfd *f);
  void (*heard)(void *ctx);
} host_opener;
enum { HOST_WATCHED = 4 };
#define HOST_LOAD_TIMEOUT (10 * CLOCK_SECOND) /* of load and create without one */
#define HOST_START_TIMEOUT (60 * CLOCK_SECOND) /* until a Go plugin of Velero has answered: Velero's */
void host_module_close(host_module *m);                        /* unload() if loaded; never dlclose */
const pintle_plugin *host_module_plugin(const host_module *m); /* the adopted top table */
size_t host_module_count(const host_module *m);
const host_table_set *host_module_get(const host_module *m, size_t i);
const host_table_set *host_module_find(const host_module *m, uint32_t kind, const char *name); /* NULL: none */
/* Fills the descriptor part of *p (names, actions, env) from the tables; strings in *a. */
pintle_status host_module_describe(const host_module *m, arena *a, host_plugin *p, error *e);

/* One instance: load() once a module, create(); the calls below are bracketed by host_call_begin/end here. */
typedef struct host_instance {
  const host_table_set *tables;
  host_module *module;
  void *self;
  item_doc *config; /* owned, read-only */
  bool created;
} host_instance;
/* config_json as conf_options made it. Errors: e->place is the JSON Pointer the plugin gave (error.at). */
pintle_status host_instance_create(host_module *m, uint32_t kind, const char *name, str config_json, host_call *call, int64_t deadline,
                                   host_instance *out, error *e);
pintle_status host_instance_finish(host_instance *i, host_call *call, int64_t deadline, error *e);
void host_instance_destroy(host_instance *i);
#endif
