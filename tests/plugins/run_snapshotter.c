/* run_snapshotter.c -- a VolumeSnapshotter without a vendor.  SPDX-License-Identifier: Apache-2.0
 *
 * Ids tell what the host gave: create_snapshot of "vol-1" in "az" with one tag k=v is "snap-vol-1-az-k=v". */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pintle/plugin.h>
#include <stdio.h>
#include <string.h>

static pintle_status get_volume_id(void *self, pintle_call *call, const pintle_doc *pv, pintle_result *id) {
  (void)self, (void)call;
  if (((pintle_doc *)(size_t)pv)->api->set_str((pintle_doc *)(size_t)pv, "/spec/x", "y", PINTLE_Z) != PINTLE_DENIED) return PINTLE_FAILED;
  const char *handle = pintle_str_or(pv, "/spec/csi/volumeHandle", "");
  return *handle ? id->api->text(id, handle, PINTLE_Z) : PINTLE_OK;
}

static pintle_status set_volume_id(void *self, pintle_call *call, pintle_doc *pv, const char *volume_id) {
  (void)self;
  pintle_set_str(pv, "/spec/csi/volumeHandle", volume_id);
  if (strcmp(volume_id, "refused") == 0) return pintle_fail_at(call, PINTLE_CONFLICT, "/spec/csi", "it is attached");
  if (strcmp(volume_id, "same") == 0) return PINTLE_OK;
  return pintle_set_str(pv, "/metadata/name", "renamed");
}

static pintle_status get_volume_info(void *self, pintle_call *call, const char *volume_id, const char *volume_az, int64_t *iops,
                                     pintle_result *type) {
  (void)self, (void)volume_az;
  if (*iops != PINTLE_NONE) return PINTLE_FAILED;
  if (strcmp(volume_id, "gone") == 0) return pintle_fail(call, PINTLE_NOT_FOUND, "no volume %s", volume_id);
  if (strcmp(volume_id, "fast") == 0) *iops = 3000;
  return type->api->text(type, "gp3", PINTLE_Z);
}

static pintle_status create_snapshot(void *self, pintle_call *call, const char *volume_id, const char *volume_az, const pintle_kv *tags,
                                     size_t n_tags, pintle_result *snapshot_id) {
  char id[600];
  int n = snprintf(id, sizeof id, "snap-%s-%s", volume_id, volume_az);
  (void)self;
  if (call->host->remaining(call) < 0) return pintle_fail(call, PINTLE_FAILED, "no deadline");
  if (strcmp(volume_id, "slow") == 0) return pintle_fail(call, call->host->pause(call, 3600ll * 1000000000), "still not done");
  for (size_t i = 0; i < n_tags && n < 500; i++) n += snprintf(id + n, sizeof id - (size_t)n, "-%s=%s", tags[i].key, tags[i].value);
  return snapshot_id->api->text(snapshot_id, id, PINTLE_Z);
}

static pintle_status create_volume(void *self, pintle_call *call, const char *snapshot_id, const char *type, const char *az, int64_t iops,
                                   pintle_result *volume_id) {
  char id[600];
  (void)self, (void)call;
  snprintf(id, sizeof id, "vol-%s-%s-%s-%lld", snapshot_id, type, az, (long long)iops);
  return volume_id->api->text(volume_id, id, PINTLE_Z);
}

static pintle_status delete_snapshot(void *self, pintle_call *call, const char *snapshot_id) {
  (void)self;
  return strcmp(snapshot_id, "held") == 0 ? pintle_fail(call, PINTLE_DENIED, "it is held") : PINTLE_OK;
}

static const pintle_action action = {
    .struct_size = sizeof action, .name = "tests.pintle.io/snapshotter", .summary = "A fixture: snapshots of nothing"};
static const pintle_volume_snapshotter table = {.struct_size = sizeof table,
                                                .action = &action,
                                                .get_volume_id = get_volume_id,
                                                .set_volume_id = set_volume_id,
                                                .get_volume_info = get_volume_info,
                                                .create_snapshot = create_snapshot,
                                                .create_volume_from_snapshot = create_volume,
                                                .delete_snapshot = delete_snapshot};
static const pintle_volume_snapshotter *const snapshotters[] = {&table, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_snapshotter", .version = "1.0", .volume_snapshotters = snapshotters};
