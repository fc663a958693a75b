/* restore_action.c -- a PersistentVolume that names a snapshot gets a volume of it.  SPDX-License-Identifier: Apache-2.0
 *
 * A driver that copies by itself makes the volume at once and fills it in an operation, whose id is the snapshot's (mover: inline: within execute). */
#include "nas.h"
#include <string.h>

/* As it was before the backup, and without our annotations. */
static pintle_status clean(pintle_doc *pv) {
  const char *policy = pintle_str_or(pv, NAS_AT_RECLAIM, "");
  pintle_status st = *policy ? pintle_set_str(pv, "/spec/persistentVolumeReclaimPolicy", policy) : PINTLE_OK;
  if (st == PINTLE_OK && *policy) st = pv->api->remove(pv, NAS_AT_RECLAIM);
  return st == PINTLE_OK ? pv->api->remove(pv, NAS_AT_SNAPSHOT) : st;
}

static pintle_status execute(void *self, pintle_call *call, pintle_doc *pv, const pintle_input *in, pintle_result *r) {
  nas *n = self;
  nas_volume made;
  const char *id = pintle_str_or(pv, NAS_AT_SNAPSHOT, "");
  int32_t restore = 1;
  if (!*id || strcmp(pintle_str_or(pv, "/kind", ""), "PersistentVolume") != 0) return PINTLE_OK;
  in->run->api->get_bool(in->run, "/spec/restorePVs", &restore);
  if (!restore || (in->flags & PINTLE_DRY_RUN)) return PINTLE_OK;
  bool later = !n->config.inside;
  pintle_status st = nas_restore_snapshot(n, call, id, pintle_str_or(in->run, "/metadata/uid", ""), &later, &made);
  if (st == PINTLE_OK) st = nas_volume_write(call, pv, &made);
  if (st == PINTLE_OK && clean(pv) != PINTLE_OK) st = pintle_fail(call, PINTLE_FAILED, "PersistentVolume %s cannot be edited", made.pv);
  if (st == PINTLE_OK && later) st = r->api->operation(r, id);
  return st == PINTLE_OK ? r->api->note(r, "/spec", "the volume is one of the snapshot that the backup took") : st;
}

/* An operation: its snapshot, and the name of the volume that this restore makes of it. */
typedef struct filling {
  nas_volume volume;
  nas_snapshot snapshot;
  char name[48];
} filling;

static pintle_status find(nas **n, pintle_call *call, const char *id, const pintle_doc *restore, filling *f) {
  const char *const texts[] = {pintle_str_or(restore, "/metadata/uid", ""), id};
  pintle_status st = nas_find(n, call, id, &f->volume, &f->snapshot);
  if (st == PINTLE_OK && !(*n)->driver->fill) st = pintle_fail(call, PINTLE_UNSUPPORTED, "%s copies nothing", (*n)->driver->name);
  return st == PINTLE_OK ? nas_name(call, texts, 2, f->name) : st;
}

static pintle_status tell(nas *n, pintle_call *call, const filling *f, pintle_result *r) {
  pintle_progress p = {.struct_size = sizeof p, .units = "", .description = "", .error = "", .code = ""};
  pintle_status st = n->driver->filled(n->self, call, &f->snapshot, f->name, &p);
  return st == PINTLE_OK ? r->api->progress(r, &p) : st;
}

static pintle_status progress(void *self, pintle_call *call, const char *id, const pintle_doc *restore, pintle_result *r) {
  nas *n = self;
  filling f;
  pintle_status st = find(&n, call, id, restore, &f);
  return st == PINTLE_OK ? tell(n, call, &f, r) : st;
}

static pintle_status run_operation(void *self, pintle_call *call, const char *id, const pintle_doc *restore, pintle_result *r) {
  nas *n = self;
  filling f;
  pintle_status st = find(&n, call, id, restore, &f);
  if (st == PINTLE_OK) st = n->driver->fill(n->self, call, &f.snapshot, f.name);
  if (st == PINTLE_OK) tell(n, call, &f, r); /* for people */
  return st;
}

static const pintle_action action = {.struct_size = sizeof(pintle_action),
                                     .flags = PINTLE_OBEYS_DRY_RUN,
                                     .thread_model = PINTLE_SERIAL_INSTANCE,
                                     .timeout = (int64_t)4 * 3600 *
                                                1000000000, /* as itemOperationTimeout: what is copied is copied within execute */
                                     .name = NAS_ACTION_NAME,
                                     .summary = "volumes of the snapshots that PersistentVolumes of a backup name",
                                     .options = nas_options,
                                     .create = nas_create_action,
                                     .destroy = nas_destroy};
static const char *const resources[] = {"persistentvolumes", NULL};
static const pintle_selector selector = {.struct_size = sizeof(pintle_selector), .included_resources = resources};

const pintle_restore_item_action nas_restore_action = {.struct_size = sizeof(pintle_restore_item_action),
                                                       .action = &action,
                                                       .selector = &selector,
                                                       .execute = execute,
                                                       .progress = progress,
                                                       .run_operation = run_operation};
