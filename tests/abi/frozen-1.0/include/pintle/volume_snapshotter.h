/* pintle/volume_snapshotter.h -- Velero's VolumeSnapshotter.  SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots of volumes through the vendor's API. All functions are [instance] and required. Ids and types go to result->text and are
 * opaque to the host. volume_az may be "". iops: > 0, or PINTLE_NONE (on Velero's wire 0). Since 1.0. */
#ifndef PINTLE_VOLUME_SNAPSHOTTER_H
#define PINTLE_VOLUME_SNAPSHOTTER_H
#include <pintle/action.h>
#include <pintle/result.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct pintle_volume_snapshotter {
  uint32_t struct_size, flags;
  const pintle_action *action; /* required */

  /* The volume behind a PersistentVolume, read-only. OK and no text: not mine, another snapshotter may know it. */
  pintle_status (*get_volume_id)(void *self, pintle_call *, const pintle_doc *pv, pintle_result *id);

  /* Puts the restored volume's id into the PersistentVolume; may also rename it. */
  pintle_status (*set_volume_id)(void *self, pintle_call *, pintle_doc *pv, const char *volume_id);

  /* The volume's type as text, and *iops (preset to PINTLE_NONE). NOT_FOUND: there is no such volume. */
  pintle_status (*get_volume_info)(void *self, pintle_call *, const char *volume_id, const char *volume_az, int64_t *iops,
                                   pintle_result *type);

  /* Starts a snapshot and gives its id as text. tags: velero.io/backup, velero.io/pv and the user's. Same volume and tags again: the same
   * snapshot, if the vendor can tell. */
  pintle_status (*create_snapshot)(void *self, pintle_call *, const char *volume_id, const char *volume_az, const pintle_kv *tags,
                                   size_t n_tags, pintle_result *snapshot_id);

  /* A new volume of that type from the snapshot; its id as text. Waits until it can be attached. */
  pintle_status (*create_volume_from_snapshot)(void *self, pintle_call *, const char *snapshot_id, const char *volume_type,
                                               const char *volume_az, int64_t iops, pintle_result *volume_id);

  /* OK when it is gone already. */
  pintle_status (*delete_snapshot)(void *self, pintle_call *, const char *snapshot_id);
} pintle_volume_snapshotter;

#ifdef __cplusplus
}
#endif
#endif
