/* snapshotter.h -- calls of VolumeSnapshotters, by the name of their location.  SPDX-License-Identifier: Apache-2.0
 *
 * Each location is opened at its first call, once; one that cannot be opened gives the same error again. Errors name the location. One thread; while a
 * call lasts, `interrupted` is asked a few times a second on that thread. */
#ifndef PINTLE_ENGINE_SNAPSHOTTER_H
#define PINTLE_ENGINE_SNAPSHOTTER_H
#include "host/call.h"
#include "item/item.h"

typedef struct engine_snapshotters engine_snapshotters;
typedef struct engine_snapshotters_options {
  /* The table and its self; both live until the engine_snapshotters is gone. */
  pintle_status (*open)(void *ctx, const char *location, const pintle_volume_snapshotter **ops, void **self, error *e);
  void *open_ctx;
  const item_doc *resource; /* the Backup or Restore: what properties tell. NULL: nothing */
  int32_t (*interrupted)(void *ctx);
  void (*log)(void *ctx, int32_t level, const char *plugin, str message);
  void (*report)(void *ctx, const pintle_progress *p); /* how far a call is; may be NULL */
  void *ctx; /* of interrupted, log and report */
} engine_snapshotters_options;
pintle_status engine_snapshotters_new(const engine_snapshotters_options *options, engine_snapshotters **out, error *e);
void engine_snapshotters_free(engine_snapshotters *s); /* NULL is fine */
/* What calls from now on hear as item.volume-action and item.volume-parameters; borrowed. */
void engine_snapshotters_tell(engine_snapshotters *s, str volume_action, str volume_parameters);

/* Opens it, if that was not done yet. */
pintle_status engine_snapshotters_open(engine_snapshotters *s, const char *location, error *e);

/* Velero's calls. What a plugin gives as text goes to an emptied buf. */
pintle_status engine_snapshot_volume_id(engine_snapshotters *s, const char *location, item_doc *pv, buf *id,
                                        error *e); /* "": not one of its volumes */
pintle_status engine_snapshot_volume_info(engine_snapshotters *s, const char *location, const char *id, const char *az, buf *type,
                                          int64_t *iops, error *e); /* iops PINTLE_NONE: unknown */
pintle_status engine_snapshot_create(engine_snapshotters *s, const char *location, const char *id, const char *az, const pintle_kv *tags,
                                     size_t n_tags, buf *snapshot, error *e);
pintle_status engine_snapshot_restore(engine_snapshotters *s, const char *location, const char *snapshot, const char *type, const char *az,
                                      int64_t iops, buf *id, error *e);
pintle_status engine_snapshot_set_volume_id(engine_snapshotters *s, const char *location, item_doc *pv, const char *id, error *e);
/* UNSUPPORTED: its VolumeSnapshotter cannot read its snapshots back. */
pintle_status engine_snapshot_verify(engine_snapshotters *s, const char *location, const char *snapshot, error *e);
pintle_status engine_snapshot_delete(engine_snapshotters *s, const char *location, const char *snapshot, error *e);
#endif
