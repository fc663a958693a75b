/* pintle/input.h -- what an item call is told beside the item.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_INPUT_H
#define PINTLE_INPUT_H
#include <pintle/doc.h>
#ifdef __cplusplus
extern "C" {
#endif

#define PINTLE_FINALIZING 1u /* backup phase Finalizing*: post-operation items are taken again; start no operation */
#define PINTLE_DRY_RUN 2u    /* edit as usual, touch nothing outside */

/* Made by the host, borrowed until the call returns. Since 1.0. */
typedef struct pintle_input {
  uint32_t struct_size, flags; /* PINTLE_FINALIZING, PINTLE_DRY_RUN */
  const pintle_id *id;         /* resource is "" where the host cannot tell (Velero sends apiVersion and kind only) */
  /* velero.io/v1 Backup or Restore, read-only; always there, with metadata.{name,namespace,uid}, spec and status.{phase,startTimestamp}. */
  const pintle_doc *run;
  const pintle_doc *item_from_backup; /* restore: the item as it was stored, with status, read-only; else NULL */
} pintle_input;

#ifdef __cplusplus
}
#endif
#endif
