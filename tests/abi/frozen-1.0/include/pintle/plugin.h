/* pintle/plugin.h -- everything: the contract between pintle (the host) and a vendor's plugin.  SPDX-License-Identifier: Apache-2.0
 *
 * Header only. A plugin includes this, links nothing of pintle, and exports one const data symbol. Where to read what:
 *   abi.h          the rules R1 to R9 and the version       types.h        status codes, strings, ids, handles
 *   doc.h          a JSON document                          host.h         what a plugin may ask for
 *   result.h       where results go                         error.h        what a plugin says when it fails
 *   option.h       a key of the configuration               selector.h     which items an action is called for
 *   action.h       what all actions have in common          input.h        what an item call is told
 *   backup_item_action.h  restore_item_action.h  delete_item_action.h  item_block_action.h  volume_snapshotter.h  object_store.h
 *   progress.h  stream.h  entry.h                           descriptor.h   the exported symbol
 *   ext/           items, cluster, store, state, verify             helpers.h      one-liners          layout.h   sizes
 *
 * The life of a plugin in one process:
 *   (descriptor read) -> load -> create* -> applies_to? -> calls* -> finish? -> destroy* -> unload
 */
#ifndef PINTLE_PLUGIN_H
#define PINTLE_PLUGIN_H
#include <pintle/abi.h>
#include <pintle/types.h>

#include <pintle/entry.h>
#include <pintle/error.h>
#include <pintle/progress.h>
#include <pintle/selector.h>
#include <pintle/stream.h>

#include <pintle/doc.h>
#include <pintle/host.h>
#include <pintle/result.h>

#include <pintle/action.h>
#include <pintle/input.h>
#include <pintle/option.h>

#include <pintle/backup_item_action.h>
#include <pintle/delete_item_action.h>
#include <pintle/item_block_action.h>
#include <pintle/object_store.h>
#include <pintle/restore_item_action.h>
#include <pintle/volume_snapshotter.h>

#include <pintle/descriptor.h>

#include <pintle/ext/cluster.h>
#include <pintle/ext/items.h>
#include <pintle/ext/state.h>
#include <pintle/ext/store.h>
#include <pintle/ext/verify.h>

#include <pintle/helpers.h>
#include <pintle/layout.h>
/* CHANGELOG. What is named here is frozen for 1.x; a function that is no longer wanted stays, keeps working, and is named here with its
 * successor.
 *   1.0 (2026-11-23)  all tables and values of these headers; pintle.items/1, pintle.cluster/1, pintle.store/1, pintle.verify/1.
 *                     A draft still, and not frozen: pintle.state/1-draft. */
#endif
