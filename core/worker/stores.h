/* stores.h -- pintle.store/1: ObjectStores of the configuration that a plugin opens in its own process.  SPDX-License-Identifier: Apache-2.0
 *
 * The supervisor makes every BackupStorageLocation ready (found, configured) and sends them to the workers of plugins that name the extension in
 * their descriptor; a worker opens one at its first use. A store's crash is the crash of the plugin that opened it. */
#ifndef PINTLE_WORKER_STORES_H
#define PINTLE_WORKER_STORES_H
#include "chain/stores.h"
#include "host/module.h"
#include "worker/wire.h"

void stores_put(buf *b, const chain_stores *s);                                  /* s may be NULL: none */
pintle_status stores_get(wire_reader *r, arena *a, chain_stores *out, error *e); /* everything lives in *a */
/* Appends their descriptors to fds[*n..most]. false: there is no room. */
bool stores_fds(const chain_stores *s, int *fds, size_t *n, size_t most);
bool stores_env_wanted(const chain_stores *s, const char *variable); /* "NAME=VALUE" */

/* ---- the worker's side: one thread; a second one in the middle of a call is refused. */
typedef struct stores_side stores_side;
/* s is borrowed. dry_run: put and remove are DENIED. loaded(ctx) is called after a store's plugin was loaded; may be NULL. *out NULL: there are none. */
pintle_status stores_side_new(const chain_stores *s, bool dry_run, void (*loaded)(void *ctx), void *ctx, stores_side **out, error *e);
/* Whose keys they are from now on: the action that is called. Borrowed. NULL side is fine. */
void stores_side_action(stores_side *s, const char *action);
/* Ends the instances. NULL is fine. */
void stores_side_free(stores_side *s);
/* The table, which finds its stores by host_services.stores; NULL: no store was given to this process. */
const void *stores_extension(const stores_side *s, const char *id);
#endif
