/* pintle/restore_item_action.h -- Velero's RestoreItemAction v2.  SPDX-License-Identifier: Apache-2.0
 *
 * Runs for each matching item of a restore, after Velero's metadata reset and before its namespace mapping: metadata.namespace is that of
 * the backup still, and the Restore's namespaceMapping is applied to it after the last action. Edits may change apiVersion, kind,
 * namespace and name; after a change of kind the remaining actions are selected anew. Since 1.0. */
#ifndef PINTLE_RESTORE_ITEM_ACTION_H
#define PINTLE_RESTORE_ITEM_ACTION_H
#include <pintle/action.h>
#include <pintle/input.h>
#include <pintle/result.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_restore_item_action {
  uint32_t struct_size, flags;
  const pintle_action *action;     /* required */
  const pintle_selector *selector; /* AppliesTo as data; NULL = everything */

  /* [instance] As in pintle_backup_item_action. */
  pintle_status (*applies_to)(void *self, pintle_call *, pintle_result *selector);

  /* [instance] Required. Edits the item and adds results: additional_item, operation, wait_for_additional_items, skip, note. Not OK: every
   * edit and result of this call is undone, and the item fails (unless the chain says onError: Warn). */
  pintle_status (*execute)(void *self, pintle_call *, pintle_doc *item, const pintle_input *, pintle_result *);

  /* [instance] As in pintle_backup_item_action; restore: the Restore resource, read-only. */
  pintle_status (*progress)(void *self, pintle_call *, const char *operation_id, const pintle_doc *restore, pintle_result *);

  /* [instance] As in pintle_backup_item_action. */
  pintle_status (*cancel)(void *self, pintle_call *, const char *operation_id, const pintle_doc *restore);

  /* [instance] Asked once a second after wait_for_additional_items; ids are those of execute that exist now, n of them. *ready = 1 ends
   * the wait. Failing is no reason not to restore the item: it is reported, as is the end of the wait without ready. NULL: ready. */
  pintle_status (*are_additional_items_ready)(void *self, pintle_call *, const pintle_id *ids, size_t n, const pintle_doc *restore,
                                              int32_t *ready);

  /* [instance] As in pintle_backup_item_action. */
  pintle_status (*run_operation)(void *self, pintle_call *, const char *operation_id, const pintle_doc *restore, pintle_result *);
} pintle_restore_item_action;

#ifdef __cplusplus
}
#endif
#endif
