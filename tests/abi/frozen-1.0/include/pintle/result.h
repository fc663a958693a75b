/* pintle/result.h -- where a call puts what it found.  SPDX-License-Identifier: Apache-2.0
 *
 * Results count only when the call returns PINTLE_OK: undo what was started (an operation) before failing. An error from one of these
 * functions is remembered and the call then fails with it whatever it returns, so their return values need no checking where there is
 * nothing to undo. All are [call] and copy what they are given. INVALID, from any: not a result of this kind of call, or an argument that
 * breaks its shape; NOMEM. Since 1.0. */
#ifndef PINTLE_RESULT_H
#define PINTLE_RESULT_H
#include <pintle/entry.h>
#include <pintle/progress.h>
#include <pintle/selector.h>
#ifdef __cplusplus
extern "C" {
#endif

/* A bit of additional_item's flags. On backup: past all filters (Velero's must-include annotation). */
#define PINTLE_MUST_INCLUDE 1u

typedef struct pintle_result_api {
  uint32_t struct_size, flags;

  /* In execute and get_related_items: this item belongs with mine. resource and name are required. Backup: it is backed up before this
   * item's next action. Restore: it is restored from the backup first, if it is there. A child that fails is a warning on its parent. */
  pintle_status (*additional_item)(pintle_result *, const pintle_id *, uint32_t flags);

  /* In a BackupItemAction's execute: this item is taken (again) when the operation that this call starts is over. */
  pintle_status (*post_operation_item)(pintle_result *, const pintle_id *);

  /* In execute: work goes on after this call; the id (1 to 1024 bytes) says all that progress and cancel need to know. Once a call.
   * CONFLICT: the run is FINALIZING or a DRY_RUN, or a second id. */
  pintle_status (*operation)(pintle_result *, const char *operation_id);

  /* In a RestoreItemAction's execute: do not create the item before are_additional_items_ready says so, or timeout (a duration; 0 = the
   * run's default) has passed. */
  pintle_status (*wait_for_additional_items)(pintle_result *, int64_t timeout);

  /* In execute: the item is left out, and later actions do not see it; on restore its additional items are ignored too. why is for
   * people and not empty. */
  pintle_status (*skip)(pintle_result *, const char *why);

  /* In execute: said beside the change at pointer in every report. Any number. */
  pintle_status (*note)(pintle_result *, const char *pointer, const char *why);

  /* The call's one string: an id, a type, a URL. Never called = "". The last one counts. */
  pintle_status (*text)(pintle_result *, const char *, size_t len);

  /* In an item action's `progress`: the state of the operation. Never called = not started yet. The last one counts. */
  pintle_status (*progress)(pintle_result *, const pintle_progress *);

  /* In listings, once an entry; key is required. Not PINTLE_OK: stop and return it (the host has had enough). */
  pintle_status (*entry)(pintle_result *, const pintle_entry *);

  /* In applies_to, once. Never called = everything. */
  pintle_status (*selector)(pintle_result *, const pintle_selector *);
} pintle_result_api;

#ifdef __cplusplus
}
#endif
#endif
