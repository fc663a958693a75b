/* snapshot.h -- snapshots of single volumes, without a backup: any VolumeSnapshotter of the chain.  SPDX-License-Identifier: Apache-2.0
 *
 * Each leaves a record, a document of kind SnapshotRecord, under plugins/pintle.io/snapshots/NAME.json of a store: apiVersion, kind, metadata.{name,
 * creationTimestamp}, spec and status as volumesnapshots.json has them (location, persistentVolumeName, providerVolumeID, volumeType, volumeAZ,
 * volumeIOPS; phase New, Completed or Failed, providerSnapshotID, message), and spec.persistentVolume, as it was given. It is written before the
 * snapshot is asked for, so that what a killed process began is known. */
#ifndef PINTLE_RUN_SNAPSHOT_H
#define PINTLE_RUN_SNAPSHOT_H
#include "run/run.h"

typedef struct run_snapshot_request {
  store *store;
  const char *location; /* VolumeSnapshotLocation; NULL: create asks each of the configuration, in its order */
  bool (*cancelled)(void *ctx);
  void (*log)(void *ctx, int32_t level, const char *plugin, str message);
  void (*report)(void *ctx, const pintle_progress *p); /* how far it is */
  void *ctx;
} run_snapshot_request;

/* name: of the record; EXISTS: there is one. *record is its document also where the snapshot failed; NULL: there is none. Free it. */
pintle_status run_snapshot_create(run_context *c, const run_snapshot_request *r, item_doc *pv, const char *name, item_doc **record,
                                  error *e);
/* A new volume, written into pv (the record's where pv is NULL), which is to be freed. */
pintle_status run_snapshot_restore(run_context *c, const run_snapshot_request *r, const char *name, const item_doc *pv, item_doc **restored,
                                   error *e);
/* The snapshot, then its record. */
pintle_status run_snapshot_delete(run_context *c, const run_snapshot_request *r, const char *name, error *e);
/* UNSUPPORTED: its VolumeSnapshotter has no pintle.verify/1. */
pintle_status run_snapshot_verify(run_context *c, const run_snapshot_request *r, const char *name, error *e);
/* A record; NOT_FOUND. Free it. */
pintle_status run_snapshot_record(store *s, const char *name, item_doc **out, error *e);
/* All names, in any order. */
pintle_status run_snapshot_names(store *s, pintle_status (*each)(void *ctx, str name), void *ctx, error *e);
#endif
