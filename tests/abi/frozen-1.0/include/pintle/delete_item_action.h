/* pintle/delete_item_action.h -- Velero's DeleteItemAction.  SPDX-License-Identifier: Apache-2.0
 *
 * Runs for each matching item when a backup is deleted, to free what the item stands for elsewhere. Since 1.0. */
#ifndef PINTLE_DELETE_ITEM_ACTION_H
#define PINTLE_DELETE_ITEM_ACTION_H
#include <pintle/action.h>
#include <pintle/input.h>
#include <pintle/result.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_delete_item_action {
  uint32_t struct_size, flags;
  const pintle_action *action;     /* required */
  const pintle_selector *selector; /* AppliesTo as data; NULL = everything */

  /* [instance] As in pintle_backup_item_action. */
  pintle_status (*applies_to)(void *self, pintle_call *, pintle_result *selector);

  /* [instance] Required. The item is as stored and read-only; input->run is the Backup. What is gone already is OK: a deletion may be
   * repeated. Errors are reported and the other items go on; standalone, the backup is then kept (Velero, as host, deletes it). */
  pintle_status (*execute)(void *self, pintle_call *, const pintle_doc *item, const pintle_input *);
} pintle_delete_item_action;

#ifdef __cplusplus
}
#endif
#endif
