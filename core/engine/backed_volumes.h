/* backed_volumes.h -- what a backup says of its PersistentVolumes, by item of the source.  SPDX-License-Identifier: Apache-2.0
 *
 * A byte an item and 16 bytes a snapshot; the snapshots' texts wait in an unlinked file. What is said of volumes that the source lacks is passed over;
 * of what is said twice the first holds. */
#ifndef PINTLE_ENGINE_BACKED_VOLUMES_H
#define PINTLE_ENGINE_BACKED_VOLUMES_H
#include "item/item.h"
#include "kube/source.h"

typedef struct backed_volumes backed_volumes;
/* source: finished; it and temp_dir are borrowed. */
pintle_status backed_volumes_new(const kube_source *source, const char *temp_dir, backed_volumes **out, error *e);
void backed_volumes_free(backed_volumes *b); /* NULL is fine */
/* An element of volumeinfo.json, of volumesnapshots.json (text: the same as it stands there); for run_object_each. */
pintle_status backed_volumes_info(void *volumes, const item_doc *element, str text, error *e);
pintle_status backed_volumes_snapshot(void *volumes, const item_doc *element, str text, error *e);
/* As if no element of the one or the other had been read. */
void backed_volumes_forget(backed_volumes *b, bool snapshots);

enum { BACKED_UNKNOWN, BACKED_OTHERWISE, BACKED_NATIVE, BACKED_FS_OR_CSI }; /* by what, as volumeinfo.json says */
int backed_volumes_how(const backed_volumes *b, size_t item);
/* The item's element of volumesnapshots.json, parsed into *out when *found. */
pintle_status backed_volumes_get(backed_volumes *b, size_t item, item_doc *out, bool *found, error *e);
#endif
