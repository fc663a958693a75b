/* pintle/backup_item_action.h -- Velero's BackupItemAction v2.  SPDX-License-Identifier: Apache-2.0
 *
 * Runs for each matching item of a backup; the item is stored as the last action leaves it. Edits may change name and namespace. Not
 * called beside itself for one item. Since 1.0. */
#ifndef PINTLE_BACKUP_ITEM_ACTION_H
#define PINTLE_BACKUP_ITEM_ACTION_H
#include <pintle/action.h>
#include <pintle/input.h>
#include <pintle/result.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_backup_item_action {
  uint32_t struct_size, flags;
  const pintle_action *action;     /* required */
  const pintle_selector *selector; /* AppliesTo as data; NULL = everything */

  /* [instance] AppliesTo computed from the configuration: one result->selector, which replaces `selector`. Asked once after create;
   * failing fails create. NULL: `selector` holds. */
  pintle_status (*applies_to)(void *self, pintle_call *, pintle_result *selector);

  /* [instance] Required. Edits the item (pintle/doc.h) and adds results: additional_item, post_operation_item, operation, skip, note.
   * Not OK: every edit and result of this call is undone, and the item fails (unless the chain says onError: Warn). */
  pintle_status (*execute)(void *self, pintle_call *, pintle_doc *item, const pintle_input *, pintle_result *);

  /* [instance] How far is that operation? One result->progress. Also in another process, years of uptime later: the id says all. backup:
   * the Backup resource, read-only. INVALID: not an id of mine. TRANSIENT: asked again later; any other error ends the operation as
   * failed. Make ids from run.uid and the item's uid, so that a repeat finds its twin. Required for operations without run_operation. */
  pintle_status (*progress)(void *self, pintle_call *, const char *operation_id, const pintle_doc *backup, pintle_result *);

  /* [instance] After a timeout or when the run is cancelled: end that operation and free what it holds. Not knowing it any more is OK. */
  pintle_status (*cancel)(void *self, pintle_call *, const char *operation_id, const pintle_doc *backup);

  /* [instance] Does the work of an operation that execute only registered: blocking, in a process of its own, cancellable (cancelled,
   * cancel_fd); progress goes through host->report. Its return ends the operation, well or badly; killed with the run, it is called
   * again with the same id. NULL, or UNSUPPORTED: the vendor's system works and `progress` polls it. */
  pintle_status (*run_operation)(void *self, pintle_call *, const char *operation_id, const pintle_doc *backup, pintle_result *);
} pintle_backup_item_action;

#ifdef __cplusplus
}
#endif
#endif
