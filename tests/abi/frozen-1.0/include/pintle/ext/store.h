/* pintle/ext/store.h -- pintle.store/1: an ObjectStore for a plugin's own data.  SPDX-License-Identifier: Apache-2.0
 *
 *   const pintle_stores *stores = (const pintle_stores *)host->extension(host, PINTLE_EXT_STORE);
 *
 * Served to plugins that name PINTLE_EXT_STORE among the extensions of their descriptor; NULL for others. location is the name of a
 * BackupStorageLocation of the configuration, "" the run's own (as a drop-in: UNSUPPORTED, the run's location is Velero's). Keys are
 * confined to plugins/<action>/ there and are given without it; a key that could leave it is INVALID. The store is a private instance in
 * this plugin's process, opened at its first use and closed with the process; the store's plugin is loaded for it (load is called once
 * more where that plugin has actions of the chain in this process). A Go plugin of Velero cannot be opened so. NOT_FOUND also: there is no
 * such location; DENIED also: its accessMode is ReadOnly. All functions are [call], one at a time, record their error, and otherwise behave
 * as pintle/object_store.h says. In 1.0. */
#ifndef PINTLE_EXT_STORE_H
#define PINTLE_EXT_STORE_H
#include <pintle/entry.h>
#include <pintle/stream.h>
#ifdef __cplusplus
extern "C" {
#endif
#define PINTLE_EXT_STORE "pintle.store/1"

typedef struct pintle_stores {
  uint32_t struct_size, flags;

  /* The whole object or nothing; replaces. The reader is the plugin's (struct_size set, unused fields 0). DENIED in a dry run. */
  pintle_status (*put)(pintle_call *, const char *location, const char *key, const pintle_reader *);

  /* writer->size bytes from offset, fewer at the end; all of the rest when size is PINTLE_NONE. NOT_FOUND. */
  pintle_status (*get)(pintle_call *, const char *location, const char *key, int64_t offset, const pintle_writer *);

  /* Every key with that prefix, on the calling thread; not OK from each() ends the listing and is returned. */
  pintle_status (*list)(pintle_call *, const char *location, const char *prefix, pintle_status (*each)(void *ctx, const pintle_entry *),
                        void *ctx);

  /* OK when it is gone already. DENIED in a dry run. */
  pintle_status (*remove)(pintle_call *, const char *location, const char *key);
} pintle_stores;

#ifdef __cplusplus
}
#endif
#endif
