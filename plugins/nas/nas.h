/* nas.h -- one instance, and what its actions share.  SPDX-License-Identifier: Apache-2.0
 *
 * One call at a time (PINTLE_SERIAL_INSTANCE). */
#ifndef NAS_NAS_H
#define NAS_NAS_H
#include "config.h"
#include "volume.h"

/* The plugin's drivers; ends with NULL. In drivers.c, so that tests bring their own. */
extern const nas_driver *const nas_drivers[];

typedef struct nas {
  nas_config config;
  const nas_driver *driver; /* NULL: none is configured; item actions only */
  void *self;               /* the driver's */
  struct nas *mover;        /* beside a vendor's driver: the one that copies, for data that is moved; NULL: none */
} nas;

#define NAS_ACTION_NAME "pintle.io/nas"
/* On a PersistentVolume in a backup: the snapshot's id, and the reclaim policy that it had. */
#define NAS_NOTE_SNAPSHOT "pintle.io/nas-snapshot"
#define NAS_NOTE_RECLAIM "pintle.io/nas-reclaim-policy"
#define NAS_AT_SNAPSHOT "/metadata/annotations/pintle.io~1nas-snapshot"
#define NAS_AT_RECLAIM "/metadata/annotations/pintle.io~1nas-reclaim-policy"

/* Reads a PersistentVolume; *mine: the driver takes it. */
pintle_status nas_look(nas *n, pintle_call *call, const pintle_doc *pv, nas_volume *v, bool *mine);

/* A snapshot by its id; *n, the instance, becomes its mover where the snapshot is that one's. UNSUPPORTED: of neither's driver. */
pintle_status nas_find(nas **n, pintle_call *call, const char *id, nas_volume *v, nas_snapshot *s);
pintle_status nas_find_volume(nas *n, pintle_call *call, const char *id, nas_volume *v);

/* What a snapshot of v for the backup is called. */
pintle_status nas_snapshot_name(nas *n, pintle_call *call, const nas_volume *v, const char *backup, char name[48]);

/* Takes a snapshot of v for the backup; *id: as it travels. */
pintle_status nas_take_snapshot(nas *n, pintle_call *call, const nas_volume *v, const char *backup, const pintle_kv *tags, size_t n_tags,
                                bool wait, const char **id);

/* A new volume of the snapshot. uid: of the restore; the same again is the same volume. *later, in: it may be filled later; out: it has to be, by the
 * driver's fill. */
pintle_status nas_restore_snapshot(nas *n, pintle_call *call, const char *snapshot_id, const char *uid, bool *later, nas_volume *out);

/* move.c: data that is moved. s is of the mover, and named as the vendor's snapshot is, which exists as long as there is something to copy.
 * Takes the vendor's snapshot, or finds it; now: copies it and deletes it, else only looks whether it can be copied. UNSUPPORTED: it cannot be read. */
pintle_status nas_move(nas *n, pintle_call *call, const nas_snapshot *s, const pintle_kv *tags, size_t n_tags, bool now);
/* Removes what there is of both. */
pintle_status nas_move_cancel(nas *n, pintle_call *call, const nas_snapshot *s);

/* action.c: the instance's life. The snapshotter wants a driver. */
pintle_status nas_create_snapshotter(void *module, pintle_call *call, void **self);
pintle_status nas_create_action(void *module, pintle_call *call, void **self);
void nas_destroy(void *self);

extern const pintle_volume_snapshotter nas_snapshotter;
extern const pintle_backup_item_action nas_backup_action;
extern const pintle_restore_item_action nas_restore_action;
extern const pintle_delete_item_action nas_delete_action;
#endif
