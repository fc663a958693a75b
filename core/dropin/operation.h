/* operation.h -- asynchronous work of an action, done inside the call that began it.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero ends the plugin's process after the items of a backup, so run_operation cannot outlive the call as it does in a run of pintle's own. */
#ifndef PINTLE_DROPIN_OPERATION_H
#define PINTLE_DROPIN_OPERATION_H
#include "dropin/items.h"

typedef struct dropin_operation {
  const chain_entry *entry; /* of the plan whose options are given */
  const char *id;
} dropin_operation;
/* Runs those whose action has run_operation, one after the other, each within the chain's fileSystemBackupTimeout (1 h); what fails, or whose caller has gone, is an error line.
 * The operation id that Velero gets, in *a: of one action its own, else dropin_operations_join's of all that did not fail. NULL: none. */
const char *dropin_operations_run(const dropin_items_options *o, const dropin_subject *subject, const dropin_operation *v, size_t n,
                                  const dropin_item *of, arena *a);
/* ["action","id",...] */
const char *dropin_operations_join(const dropin_operation *v, size_t n, arena *a);
/* The pairs of such an id, n texts; NULL: it is none. */
const char **dropin_operations_split(const char *id, arena *a, size_t *n);
#endif
