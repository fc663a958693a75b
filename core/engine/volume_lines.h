/* volume_lines.h -- volumeinfo.json: a line for every volume.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero internal/volume/volumes_information.go BackupVolumeInfo: names, order and omissions are those of its JSON. */
#ifndef PINTLE_ENGINE_VOLUME_LINES_H
#define PINTLE_ENGINE_VOLUME_LINES_H
#include "archive/archive.h"
#include "item/item.h"
#include "kube/pool.h"
#include "kube/spool.h"

/* A snapshot as volumesnapshots.json has it (internal/volume/native_snapshot.go). */
typedef struct volume_snapshot {
  const char *backup, *backup_uid, *location, *pv, *volume, *type, *az; /* az may be "" */
  int64_t iops;                                                         /* PINTLE_NONE: unknown */
  const char *id;                                                       /* "": none */
  const char *phase;                                                    /* "New", "Completed", "Failed" */
} volume_snapshot;
void volume_snapshot_print(const volume_snapshot *s, buf *json);

/* The lines wait in an unlinked file; of a claim 12 bytes and its volume's name stay in memory. */
typedef struct volume_lines {
  kube_spool spool; /* records of lines and claims, in the order in which they were told */
  kube_pool names;  /* of the claims' volumes */
  struct volume_claim {
    uint32_t pv;               /* in names; "": not bound */
    uint32_t at, at_high : 30; /* its record in the spool */
    uint32_t meant : 1;        /* a policy wants it so */
    uint32_t has_line : 1;     /* its volume is among the lines; after volume_lines_close */
  } * claims;
  size_t n_claims, cap_claims;
} volume_lines;
void volume_lines_open(volume_lines *l, const char *temp_dir); /* which is borrowed */
/* Of a PersistentVolume in the backup. snapshot NULL: not saved, and why. */
pintle_status volume_line_pv(volume_lines *l, const item_doc *pv, const volume_snapshot *snapshot, const char *why, error *e);
/* Of a claim in the backup; it gets a line of its own where its volume has none. */
pintle_status volume_line_claim(volume_lines *l, const item_doc *pvc, const char *why, bool meant, error *e);
/* Of a Pod's volume that is no claim's. */
pintle_status volume_line_pod(volume_lines *l, str ns, str pod, str volume, const char *why, error *e);
/* All is said. Claims without a volume in the backup get their lines; *unmeant is how many of them no policy wants so. */
pintle_status volume_lines_close(volume_lines *l, size_t *unmeant, error *e);
pintle_status volume_lines_print(const volume_lines *l, archive_gzip *to, error *e); /* the array */
void volume_lines_free(volume_lines *l);
#endif
