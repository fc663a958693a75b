/* pintle/ext/items.h -- pintle.items/1: the items of this run's input.  SPDX-License-Identifier: Apache-2.0
 *
 *   const pintle_objects *items = (const pintle_objects *)host->extension(host, PINTLE_EXT_ITEMS);
 *
 * On restore: what the backup holds, as stored. On backup: what is being backed up. create adds an item to the run when it reads files
 * (else UNSUPPORTED); every other write is UNSUPPORTED. find_kind knows what the input and pintle's own table know. NULL as a drop-in. */
#ifndef PINTLE_EXT_ITEMS_H
#define PINTLE_EXT_ITEMS_H
#include <pintle/ext/objects.h>
#define PINTLE_EXT_ITEMS "pintle.items/1"
#endif
