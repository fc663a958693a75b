/* backup_action.c -- snapshots of volumes that Velero withholds from VolumeSnapshotters.  SPDX-License-Identifier: Apache-2.0
 *
 * A snapshot that is complete when it has been taken needs no operation. Else its id is the operation's: whoever asks, in whatever process, asks the
 * vendor. A driver that copies by itself does so in run_operation, or within execute (mover: inline); the operation tells of it either way. */
#include "nas.h"
#include <string.h>

static bool no(const pintle_doc *d, const char *pointer) {
  int32_t on = 1;
  return d->api->get_bool(d, pointer, &on) == PINTLE_OK && !on;
}

static bool yes(const pintle_doc *d, const char *pointer) {
  int32_t on = 0;
  return d->api->get_bool(d, pointer, &on) == PINTLE_OK && on;
}

/* Is this volume selected, and does the backup want its content from us? */
static bool wanted(const nas *n, pintle_call *call, const pintle_doc *pv, const pintle_doc *backup) {
  const nas_config *c = &n->config;
  char pointer[320];
  pintle_str policy = {"", 0};
  const char *note = pintle_str_or(pv, pintle_key(pointer, sizeof pointer, "/metadata/annotations", c->select_annotation), "");
  const char *driver = pintle_str_or(pv, "/spec/csi/driver", pintle_str_or(pv, "/spec/flexVolume/driver", "nfs"));
  if (no(backup, "/spec/snapshotVolumes") || strcmp(note, "false") == 0) return false;
  if (strcmp(note, "true") != 0 && !nas_listed(c->select_drivers, driver) &&
      !nas_listed(c->select_classes, pintle_str_or(pv, "/spec/storageClassName", "")))
    return false;
  call->host->property(call, "item.volume-action", &policy);
  return !*policy.ptr || strcmp(policy.ptr, "snapshot") == 0 || strcmp(policy.ptr, "custom") == 0;
}

/* Velero provisions a volume anew whose policy is Delete and of whose snapshot it knows nothing: the stored one says Retain, the restore puts it
 * back. */
static pintle_status annotate(pintle_doc *pv, const char *id) {
  const char *policy = pintle_str_or(pv, "/spec/persistentVolumeReclaimPolicy", "");
  pintle_status st = pintle_set_str(pv, NAS_AT_SNAPSHOT, id);
  if (st != PINTLE_OK || strcmp(policy, "Delete") != 0) return st;
  st = pintle_set_str(pv, NAS_AT_RECLAIM, policy);
  return st == PINTLE_OK ? pintle_set_str(pv, "/spec/persistentVolumeReclaimPolicy", "Retain") : st;
}

static pintle_status take(nas *n, pintle_call *call, pintle_doc *pv, const nas_volume *v, const pintle_doc *backup, pintle_result *r) {
  const pintle_kv tags[] = {{"velero.io/backup", pintle_str_or(backup, "/metadata/name", "")}, {"velero.io/pv", v->pv}};
  const char *uid = pintle_str_or(backup, "/metadata/uid", tags[0].value), *id = "";
  pintle_progress p = {.struct_size = sizeof p, .units = "", .description = "", .error = "", .code = ""};
  nas_volume again;
  nas_snapshot s;
  bool copies = n->driver->work != NULL;
  pintle_status st = nas_take_snapshot(n, call, v, uid, tags, 2, copies && n->config.inside, &id);
  if (st != PINTLE_OK) return st;
  st = nas_find(&n, call, id, &again, &s);
  if (st == PINTLE_OK && !copies) st = n->driver->progress(n->self, call, &s, &p);
  if (st == PINTLE_TRANSIENT) st = PINTLE_OK, p.completed = 0; /* asked again, as an operation */
  if (st == PINTLE_OK && p.completed && p.error && *p.error)
    st = pintle_fail(call, PINTLE_FAILED, "the snapshot of %s failed: %s", v->pv, p.error);
  if (st == PINTLE_OK) st = annotate(pv, id);
  if (st == PINTLE_OK && !p.completed) st = r->api->operation(r, id);
  if (st == PINTLE_OK) st = r->api->note(r, NAS_AT_SNAPSHOT, "a snapshot of the volume was taken");
  if (st != PINTLE_OK) n->driver->remove(n->self, call, &s); /* the item will not name it */
  return st;
}

/* Velero's snapshotMoveData: the vendor's snapshot is copied into the store, and deleted. */
static pintle_status move(nas *n, pintle_call *call, pintle_doc *pv, const nas_volume *v, const pintle_doc *backup, pintle_result *r) {
  const pintle_kv tags[] = {{"velero.io/backup", pintle_str_or(backup, "/metadata/name", "")}, {"velero.io/pv", v->pv}};
  char name[48];
  const char *id = "";
  const nas_snapshot s = {v, name};
  if (!n->mover || !n->driver->readable)
    return pintle_fail(call, PINTLE_UNSUPPORTED, "the data of volume %s cannot be moved: snapshots of driver %s cannot be read", v->pv,
                       n->driver->name);
  pintle_status st = nas_snapshot_name(n, call, v, pintle_str_or(backup, "/metadata/uid", tags[0].value), name);
  if (st == PINTLE_OK) st = nas_id_write(call, n->mover->driver->name, v, name, &id);
  if (st == PINTLE_OK) st = nas_move(n, call, &s, tags, 2, n->config.inside);
  if (st != PINTLE_OK) return st;
  st = annotate(pv, id);
  if (st == PINTLE_OK) st = r->api->operation(r, id);
  if (st == PINTLE_OK) st = r->api->note(r, NAS_AT_SNAPSHOT, "a snapshot of the volume was taken, and is moved into the store");
  if (st != PINTLE_OK) nas_move_cancel(n, call, &s);
  return st;
}

static pintle_status execute(void *self, pintle_call *call, pintle_doc *pv, const pintle_input *in, pintle_result *r) {
  nas *n = self;
  nas_volume v;
  bool mine = false;
  if (!n->driver || (in->flags & (PINTLE_FINALIZING | PINTLE_DRY_RUN)) ||
      strncmp(pintle_str_or(in->run, "/status/phase", ""), "Finalizing", 10) == 0 ||
      strcmp(pintle_str_or(pv, "/kind", ""), "PersistentVolume") != 0 || !wanted(n, call, pv, in->run))
    return PINTLE_OK;
  pintle_status st = nas_look(n, call, pv, &v, &mine);
  if (st == PINTLE_OK && !mine)
    pintle_log(call, PINTLE_LOG_WARN, "volume %s is selected, but is none of driver %s: its content is not saved by it%s",
               pintle_str_or(pv, "/metadata/name", ""), n->driver->name,
               n->driver->work ? " (neither mounts, mountRoot nor fingerprintNfs leads to it)" : "");
  if (st != PINTLE_OK || !mine) return st;
  bool moves = !n->driver->copy && yes(in->run, "/spec/snapshotMoveData");
  return (moves ? move : take)(n, call, pv, &v, in->run, r);
}

static pintle_status progress(void *self, pintle_call *call, const char *id, const pintle_doc *backup, pintle_result *r) {
  (void)backup;
  nas *n = self;
  nas_volume v;
  nas_snapshot s;
  pintle_progress p = {.struct_size = sizeof p, .units = "", .description = "", .error = "", .code = ""};
  pintle_status st = nas_find(&n, call, id, &v, &s);
  if (st == PINTLE_OK) st = n->driver->progress(n->self, call, &s, &p);
  return st == PINTLE_OK ? r->api->progress(r, &p) : st;
}

/* UNSUPPORTED: the vendor's system works, and progress tells. */
static pintle_status run_operation(void *self, pintle_call *call, const char *id, const pintle_doc *backup, pintle_result *r) {
  nas *n = self;
  nas_volume v;
  nas_snapshot s;
  pintle_status st = nas_find(&n, call, id, &v, &s);
  if (st == PINTLE_OK && n != self) st = nas_move(self, call, &s, NULL, 0, true);
  else if (st == PINTLE_OK && !n->driver->work) st = pintle_fail(call, PINTLE_UNSUPPORTED, "%s copies nothing", n->driver->name);
  else if (st == PINTLE_OK) st = n->driver->work(n->self, call, &s);
  return st == PINTLE_OK ? progress(self, call, id, backup, r) : st;
}

static pintle_status cancel(void *self, pintle_call *call, const char *id, const pintle_doc *backup) {
  (void)backup;
  nas *n = self;
  nas_volume v;
  nas_snapshot s;
  pintle_status st = nas_find(&n, call, id, &v, &s);
  if (st != PINTLE_OK) return st;
  return n == self ? n->driver->cancel(n->self, call, &s) : nas_move_cancel(self, call, &s);
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .flags = PINTLE_OBEYS_DRY_RUN,
                                     .thread_model = PINTLE_SERIAL_INSTANCE,
                                     .timeout = (int64_t)4 * 3600 *
                                                1000000000, /* as itemOperationTimeout: what is copied is copied within execute */
                                     .name = NAS_ACTION_NAME,
                                     .summary = "snapshots of selected NAS volumes while their PersistentVolumes are backed up",
                                     .options = nas_options,
                                     .create = nas_create_action,
                                     .destroy = nas_destroy};
static const char *const resources[] = {"persistentvolumes", NULL};
static const pintle_selector selector = {.struct_size = sizeof(pintle_selector), .included_resources = resources};

const pintle_backup_item_action nas_backup_action = {.struct_size = sizeof(pintle_backup_item_action),
                                                     .action = &action,
                                                     .selector = &selector,
                                                     .execute = execute,
                                                     .progress = progress,
                                                     .cancel = cancel,
                                                     .run_operation = run_operation};
