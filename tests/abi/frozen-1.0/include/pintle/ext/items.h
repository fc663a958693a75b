/* pintle/ext/items.h -- pintle.items/1: the items of this run's input.  SPDX-License-Identifier: Apache-2.0
 *
 *   const pintle_objects *items = (const pintle_objects *)host->extension(host, PINTLE_EXT_ITEMS);
 *
 * On restore: what the backup holds, as stored, whatever is restored of it. On backup: what the run's filters take, as it was read; items
 * that only actions asked for are not among it. Every write is UNSUPPORTED in 1.0 (DENIED in a dry run). find_kind knows what the input
 * and pintle's own table know. Field selectors: any dotted path to a string, number or boolean. An item that is no valid JSON is passed
 * over by list. NULL as a drop-in. */
#ifndef PINTLE_EXT_ITEMS_H
#define PINTLE_EXT_ITEMS_H
#include <pintle/ext/objects.h>
#define PINTLE_EXT_ITEMS "pintle.items/1"
#endif
