/* snapshotter.c -- Velero's VolumeSnapshotter.  SPDX-License-Identifier: Apache-2.0 */
#include "nas.h"
#include <string.h>

static pintle_status say(pintle_call *call, pintle_result *r, pintle_status st, const char *text) {
  (void)call;
  return st == PINTLE_OK ? r->api->text(r, text, PINTLE_Z) : st;
}

static pintle_status get_volume_id(void *self, pintle_call *call, const pintle_doc *pv, pintle_result *r) {
  nas *n = self;
  nas_volume v;
  bool mine = false;
  const char *id = "";
  pintle_status st = nas_look(n, call, pv, &v, &mine);
  if (st == PINTLE_OK && mine) st = nas_id_write(call, n->driver->name, &v, NULL, &id);
  return mine ? say(call, r, st, id) : st;
}

static pintle_status set_volume_id(void *self, pintle_call *call, pintle_doc *pv, const char *id) {
  nas_volume v;
  pintle_status st = nas_find_volume(self, call, id, &v);
  return st == PINTLE_OK ? nas_volume_write(call, pv, &v) : st;
}

static pintle_status get_volume_info(void *self, pintle_call *call, const char *id, const char *az, int64_t *iops, pintle_result *r) {
  (void)az, (void)iops;
  nas *n = self;
  nas_volume v;
  const char *type = "";
  pintle_status st = nas_find_volume(n, call, id, &v);
  if (st == PINTLE_OK) st = n->driver->info(n->self, call, &v, &type);
  return say(call, r, st, type);
}

static const char *tag(const pintle_kv *tags, size_t n, const char *key) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(tags[i].key, key) == 0) return tags[i].value;
  return "";
}

/* Of two backups of one name (in two clusters) each has snapshots of its own, where the host says which is which. One without a backup has its name
 * in pintle.io/snapshot. */
static pintle_status create_snapshot(void *self, pintle_call *call, const char *id, const char *az, const pintle_kv *tags, size_t n_tags,
                                     pintle_result *r) {
  (void)az;
  nas *n = self;
  nas_volume v;
  pintle_str uid = {tag(tags, n_tags, "velero.io/backup"), 0};
  if (!*uid.ptr) uid.ptr = tag(tags, n_tags, "pintle.io/snapshot");
  const char *snapshot = "";
  call->host->property(call, "run.uid", &uid);
  pintle_status st = nas_find_volume(n, call, id, &v);
  if (st == PINTLE_OK) st = nas_take_snapshot(n, call, &v, uid.ptr, tags, n_tags, n->config.wait, &snapshot);
  return say(call, r, st, snapshot);
}

static pintle_status create_volume(void *self, pintle_call *call, const char *id, const char *type, const char *az, int64_t iops,
                                   pintle_result *r) {
  (void)type, (void)az, (void)iops;
  nas *n = self;
  nas_volume made;
  pintle_str uid = {"", 0};
  bool later = false;
  const char *volume = "";
  call->host->property(call, "run.uid", &uid);
  pintle_status st = nas_restore_snapshot(n, call, id, uid.ptr, &later, &made);
  if (st == PINTLE_OK) st = nas_id_write(call, n->driver->name, &made, NULL, &volume);
  return say(call, r, st, volume);
}

static pintle_status delete_snapshot(void *self, pintle_call *call, const char *id) {
  nas *n = self;
  nas_volume v;
  nas_snapshot s;
  pintle_status st = nas_find(&n, call, id, &v, &s);
  return st == PINTLE_OK ? n->driver->remove(n->self, call, &s) : st;
}

static pintle_status verify_snapshot(void *self, pintle_call *call, const char *id) {
  nas *n = self;
  nas_volume v;
  nas_snapshot s;
  pintle_status st = nas_find(&n, call, id, &v, &s);
  if (st == PINTLE_OK && !n->driver->verify)
    st = pintle_fail(call, PINTLE_UNSUPPORTED, "snapshots of driver %s cannot be read back: restore it and compare", n->driver->name);
  return st == PINTLE_OK ? n->driver->verify(n->self, call, &s) : st;
}

static const void *extension(void *self, const char *id) {
  static const pintle_verify verify = {.struct_size = sizeof(pintle_verify), .verify_snapshot = verify_snapshot};
  const nas *n = self;
  return (n->driver->verify || n->mover) && strcmp(id, PINTLE_EXT_VERIFY) == 0 ? &verify : NULL;
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .thread_model = PINTLE_SERIAL_INSTANCE,
                                     .name = NAS_ACTION_NAME,
                                     .summary = "snapshots of NAS volumes",
                                     .options = nas_options,
                                     .create = nas_create_snapshotter,
                                     .destroy = nas_destroy,
                                     .extension = extension};

const pintle_volume_snapshotter nas_snapshotter = {.struct_size = sizeof(pintle_volume_snapshotter),
                                                   .action = &action,
                                                   .get_volume_id = get_volume_id,
                                                   .set_volume_id = set_volume_id,
                                                   .get_volume_info = get_volume_info,
                                                   .create_snapshot = create_snapshot,
                                                   .create_volume_from_snapshot = create_volume,
                                                   .delete_snapshot = delete_snapshot};
