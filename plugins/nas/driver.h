/* driver.h -- the seam of the drivers: one model, a volume and its snapshots, behind one table.  SPDX-License-Identifier: Apache-2.0
 *
 * Texts given to a function live until it returns; what it gives back lives as long as the call (host->alloc). Errors are recorded. Functions may be
 * called from the thread of the call only; one instance serves one call at a time. */
#ifndef NAS_DRIVER_H
#define NAS_DRIVER_H
#include <pintle/plugin.h>
#include <stdbool.h>

/* What NAS is behind a PersistentVolume. No text is NULL; "" is unknown or none. */
typedef struct nas_volume {
  const char *kind; /* what the volume's source is called: "nfs", "nfs.csi.k8s.io", "nasplugin.csi.alibabacloud.com", "alicloud/nas", ... */
  const char *server, *path;   /* the export */
  const char *subpath;         /* below it */
  const char *fs_id, *fs_type; /* the vendor's id and type of the file system */
  const char *region, *zone;
  const char *name;    /* the vendor's name of the volume (ONTAP's internalName) */
  const char *pv;      /* the PersistentVolume's name */
  const char *options; /* mount options, joined by "," */
  const char *local;   /* directory where its content is mounted here */
  size_t base;         /* so many bytes of local are the configuration's; what follows is the PersistentVolume's, and leads nowhere else */
} nas_volume;

typedef struct nas_snapshot {
  const nas_volume *volume; /* as it was when the snapshot was taken */
  const char *id;           /* the driver's own text */
} nas_snapshot;

typedef struct nas_driver {
  const char *name;
  /* Reads and checks its keys of call->host->config(call). No network. *self is freed by close. */
  pintle_status (*open)(pintle_call *call, void **self);
  void (*close)(void *self);
  /* *mine = false: none of this driver's volumes, which is no error. May fill in what is empty in *v. Network only where there is no other way. */
  pintle_status (*takes)(void *self, pintle_call *call, nas_volume *v, bool *mine);
  /* The volume's type, for Velero's volumeType. NOT_FOUND: there is no such volume. */
  pintle_status (*info)(void *self, pintle_call *call, const nas_volume *v, const char **type);
  /* Starts a snapshot, or finds it: the same volume and name again is the same snapshot. name: 2 to 128 of [A-Za-z0-9:_-], begins with "velero-". tags:
   * for a description. wait: returns when it is complete, else as soon as its id is known. UNSUPPORTED: this volume cannot be snapshotted, and why. */
  pintle_status (*snapshot)(void *self, pintle_call *call, const nas_volume *v, const char *name, const pintle_kv *tags, size_t n_tags,
                            bool wait, const char **id);
  /* How far it is. NOT_FOUND: there is no such snapshot. */
  pintle_status (*progress)(void *self, pintle_call *call, const nas_snapshot *s, pintle_progress *p);
  /* Ends one that is being made, and removes what there is of it. Not knowing it is OK. */
  pintle_status (*cancel)(void *self, pintle_call *call, const nas_snapshot *s);
  /* OK when it is gone already. */
  pintle_status (*remove)(void *self, pintle_call *call, const nas_snapshot *s);
  /* A new volume with the snapshot's content, ready to be mounted; again with the same name is the same volume. *out: as takes() would fill it. */
  pintle_status (*restore)(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out);
  /* Where the content of a snapshot can be read, for moving data: a volume to read. NULL: it cannot be. */
  pintle_status (*readable)(void *self, pintle_call *call, const nas_snapshot *s, nas_volume *out);
  /* Reads it back and compares. NULL: it cannot. */
  pintle_status (*verify)(void *self, pintle_call *call, const nas_snapshot *s);

  /* ---- of a driver that copies by itself; all NULL where the vendor's system works. */
  /* Takes the snapshot that snapshot() without wait only named: blocking. Again: goes on, or finds it complete. */
  pintle_status (*work)(void *self, pintle_call *call, const nas_snapshot *s);
  /* Makes s, a snapshot of s->volume, of the content of another volume: of *from, as readable() gave it. now false: only looks whether it could. */
  pintle_status (*copy)(void *self, pintle_call *call, const nas_snapshot *s, const nas_volume *from, bool now);
  /* restore() in two steps: place makes the volume, without content, and *out; fill copies, again from the beginning if it was ended. */
  pintle_status (*place)(void *self, pintle_call *call, const nas_snapshot *s, const char *name, nas_volume *out);
  pintle_status (*fill)(void *self, pintle_call *call, const nas_snapshot *s, const char *name);
  /* How far fill is, as progress(). */
  pintle_status (*filled)(void *self, pintle_call *call, const nas_snapshot *s, const char *name, pintle_progress *p);
} nas_driver;

extern const nas_driver nas_driver_aliyun, nas_driver_ontap, nas_driver_fingerprint;
#endif
