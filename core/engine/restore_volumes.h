/* restore_volumes.h -- PersistentVolumes and claims of a restore: from a snapshot, anew, or as they are.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero pkg/restore/restore.go (the PersistentVolume's case of restoreItem, handlePVHasNativeSnapshot, the claim's fix-ups) and pv_restorer.go. The
 * target directory stands for the cluster. */
#ifndef PINTLE_ENGINE_RESTORE_VOLUMES_H
#define PINTLE_ENGINE_RESTORE_VOLUMES_H
#include "engine/backed_volumes.h"
#include "engine/snapshotter.h"
#include "engine/stage.h"
#include "engine/target.h"

typedef struct restore_volumes restore_volumes;
typedef struct restore_volumes_options {
  engine_stage *stage;
  const item_doc *restore;
  engine_target *target;            /* NULL: a dry run; nothing is called */
  backed_volumes *backed; /* what the backup says of them */
  engine_snapshotters *snapshotters;
} restore_volumes_options;
pintle_status restore_volumes_new(const restore_volumes_options *options, restore_volumes **out, error *e);
void restore_volumes_free(restore_volumes *v); /* NULL is fine */
/* Before the chain: of a PersistentVolume *text becomes what enters it, *edited is set when that is not what was stored. *left: it is not restored, and
 * restore_volumes_why[*left] says why; 0: it is. Other types pass. An error fails the item. */
enum { RESTORE_VOLUME_FS_OR_CSI = 1, RESTORE_VOLUME_DELETE };
extern const char *const restore_volumes_why[];
pintle_status restore_volumes_load(restore_volumes *v, const kube_type *type, size_t item, buf *text, bool *edited, int *left, error *e);
/* Behind the chain: what is to be written of a claim, *text, which then lives until the next call. Of a volume it is noted that it is used. */
pintle_status restore_volumes_done(restore_volumes *v, const engine_done *d, str *text, error *e);
/* It was not written after all: what was made for it is not used. */
void restore_volumes_unused(restore_volumes *v, size_t item);
/* After the last item: the restore's volumeinfo.json. Volumes that were made for items that were not restored are told. */
pintle_status restore_volumes_finish(restore_volumes *v, buf *json, error *e);
#endif
