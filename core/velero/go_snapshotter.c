/* go_snapshotter.c -- a volume snapshotter of a hosted Go plugin.  SPDX-License-Identifier: Apache-2.0 */
#include "velero/go_inside.h"
#include "volume_snapshotter.pb-c.h"

pintle_status go_snapshotter_init(const go_instance *i, pintle_call *call) {
  Generated__VolumeSnapshotterInitRequest request = GENERATED__VOLUME_SNAPSHOTTER_INIT_REQUEST__INIT;
  size_t n;
  char **config = go_config(i, call, &n);
  arena *a = &i->plugin->answer;
  Generated__VolumeSnapshotterInitRequest__ConfigEntry *v = arena_alloc(a, (n + 1) * sizeof *v),
                                                       **list = arena_alloc(a, (n + 1) * sizeof *list);
  if (!config || !v || !list) return PINTLE_NOMEM;
  for (size_t k = 0; k < n; k++) {
    generated__volume_snapshotter_init_request__config_entry__init(&v[k]);
    v[k].key = config[2 * k], v[k].value = config[2 * k + 1];
    list[k] = &v[k];
  }
  request.plugin = i->name;
  request.n_config = n;
  request.config = list;
  pintle_status st = go_call(i, call, "/generated.VolumeSnapshotter/Init", &request.base, NULL, NULL);
  explicit_bzero(i->plugin->request.data, i->plugin->request.cap); /* it may hold secrets */
  return st;
}

static pintle_status get_volume_id(void *self, pintle_call *call, const pintle_doc *pv, pintle_result *id) {
  const go_instance *i = self;
  const Generated__GetVolumeIDResponse *m = NULL;
  Generated__GetVolumeIDRequest request = GENERATED__GET_VOLUME_IDREQUEST__INIT;
  request.plugin = i->name;
  request.persistentvolume = go_bytes(pv);
  pintle_status st =
      go_call(i, call, "/generated.VolumeSnapshotter/GetVolumeID", &request.base, &generated__get_volume_idresponse__descriptor, &m);
  return st == PINTLE_OK && m->volumeid[0] ? id->api->text(id, m->volumeid, PINTLE_Z) : st;
}

static pintle_status set_volume_id(void *self, pintle_call *call, pintle_doc *pv, const char *volume_id) {
  const go_instance *i = self;
  const Generated__SetVolumeIDResponse *m = NULL;
  Generated__SetVolumeIDRequest request = GENERATED__SET_VOLUME_IDREQUEST__INIT;
  error e = {0};
  request.plugin = i->name;
  request.persistentvolume = go_bytes(pv);
  request.volumeid = go_text(volume_id);
  pintle_status st =
      go_call(i, call, "/generated.VolumeSnapshotter/SetVolumeID", &request.base, &generated__set_volume_idresponse__descriptor, &m);
  if (st != PINTLE_OK) return st;
  st = item_from_go(item_of(pv), (str){(const char *)m->persistentvolume.data, m->persistentvolume.len}, &e);
  if (st == PINTLE_OK) return st;
  error_wrap(&e, "the PersistentVolume that it gave back");
  e.place[0] = 0;
  return go_fail(call, &e);
}

static pintle_status get_volume_info(void *self, pintle_call *call, const char *volume_id, const char *volume_az, int64_t *iops,
                                     pintle_result *type) {
  const go_instance *i = self;
  const Generated__GetVolumeInfoResponse *m = NULL;
  Generated__GetVolumeInfoRequest request = GENERATED__GET_VOLUME_INFO_REQUEST__INIT;
  request.plugin = i->name;
  request.volumeid = go_text(volume_id);
  request.volumeaz = go_text(volume_az);
  pintle_status st =
      go_call(i, call, "/generated.VolumeSnapshotter/GetVolumeInfo", &request.base, &generated__get_volume_info_response__descriptor, &m);
  if (st != PINTLE_OK) return st;
  if (m->iops > 0) *iops = m->iops;
  return type->api->text(type, m->volumetype, PINTLE_Z);
}

static pintle_status create_snapshot(void *self, pintle_call *call, const char *volume_id, const char *volume_az, const pintle_kv *tags,
                                     size_t n_tags, pintle_result *snapshot_id) {
  const go_instance *i = self;
  const Generated__CreateSnapshotResponse *m = NULL;
  Generated__CreateSnapshotRequest request = GENERATED__CREATE_SNAPSHOT_REQUEST__INIT;
  arena *a = &i->plugin->answer; /* free until the answer is there */
  arena_reset(a);
  Generated__CreateSnapshotRequest__TagsEntry *v = arena_alloc(a, (n_tags + 1) * sizeof *v),
                                              **list = arena_alloc(a, (n_tags + 1) * sizeof *list);
  if (!v || !list) return PINTLE_NOMEM;
  for (size_t k = 0; k < n_tags; k++) {
    generated__create_snapshot_request__tags_entry__init(&v[k]);
    v[k].key = go_text(tags[k].key), v[k].value = go_text(tags[k].value);
    list[k] = &v[k];
  }
  request.plugin = i->name;
  request.volumeid = go_text(volume_id);
  request.volumeaz = go_text(volume_az);
  request.n_tags = n_tags;
  request.tags = list;
  pintle_status st =
      go_call(i, call, "/generated.VolumeSnapshotter/CreateSnapshot", &request.base, &generated__create_snapshot_response__descriptor, &m);
  return st == PINTLE_OK ? snapshot_id->api->text(snapshot_id, m->snapshotid, PINTLE_Z) : st;
}

static pintle_status create_volume_from_snapshot(void *self, pintle_call *call, const char *snapshot_id, const char *volume_type,
                                                 const char *volume_az, int64_t iops, pintle_result *volume_id) {
  const go_instance *i = self;
  const Generated__CreateVolumeResponse *m = NULL;
  Generated__CreateVolumeRequest request = GENERATED__CREATE_VOLUME_REQUEST__INIT;
  request.plugin = i->name;
  request.snapshotid = go_text(snapshot_id);
  request.volumetype = go_text(volume_type);
  request.volumeaz = go_text(volume_az);
  request.iops = iops > 0 ? iops : 0;
  pintle_status st = go_call(i, call, "/generated.VolumeSnapshotter/CreateVolumeFromSnapshot", &request.base,
                             &generated__create_volume_response__descriptor, &m);
  return st == PINTLE_OK ? volume_id->api->text(volume_id, m->volumeid, PINTLE_Z) : st;
}

static pintle_status delete_snapshot(void *self, pintle_call *call, const char *snapshot_id) {
  const go_instance *i = self;
  Generated__DeleteSnapshotRequest request = GENERATED__DELETE_SNAPSHOT_REQUEST__INIT;
  request.plugin = i->name;
  request.snapshotid = go_text(snapshot_id);
  return go_call(i, call, "/generated.VolumeSnapshotter/DeleteSnapshot", &request.base, NULL, NULL);
}

const pintle_volume_snapshotter go_volume_snapshotter = {.struct_size = sizeof go_volume_snapshotter,
                                                         .get_volume_id = get_volume_id,
                                                         .set_volume_id = set_volume_id,
                                                         .get_volume_info = get_volume_info,
                                                         .create_snapshot = create_snapshot,
                                                         .create_volume_from_snapshot = create_volume_from_snapshot,
                                                         .delete_snapshot = delete_snapshot};
