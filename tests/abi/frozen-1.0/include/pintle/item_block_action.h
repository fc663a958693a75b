/* pintle/item_block_action.h -- Velero's ItemBlockAction.  SPDX-License-Identifier: Apache-2.0
 *
 * Names the items that must be backed up in one block with this one, before anything is backed up: a Pod and its claims, the members of
 * a database. Since 1.0. */
#ifndef PINTLE_ITEM_BLOCK_ACTION_H
#define PINTLE_ITEM_BLOCK_ACTION_H
#include <pintle/action.h>
#include <pintle/input.h>
#include <pintle/result.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_item_block_action {
  uint32_t struct_size, flags;
  const pintle_action *action;     /* required */
  const pintle_selector *selector; /* AppliesTo as data; NULL = everything */

  /* [instance] As in pintle_backup_item_action. */
  pintle_status (*applies_to)(void *self, pintle_call *, pintle_result *selector);

  /* [instance] Required. The item is read-only; result->additional_item for each related one (flags 0). Those that do not exist or are
   * filtered out are left out; the relation is followed from each of them too. */
  pintle_status (*get_related_items)(void *self, pintle_call *, const pintle_doc *item, const pintle_input *, pintle_result *);
} pintle_item_block_action;

#ifdef __cplusplus
}
#endif
#endif
