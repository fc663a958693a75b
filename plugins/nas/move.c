/* move.c -- the content of a vendor's snapshot moves into the store of the driver that copies.  SPDX-License-Identifier: Apache-2.0
 *
 * Both snapshots have one name, so a repeated call finds the vendor's, and whoever goes on after a killed process copies what was to be copied. Where the
 * vendor's is gone already (killed in the last moment), one is made for nothing and deleted again. */
#include "nas.h"

static pintle_status drop(nas *n, pintle_call *call, const nas_snapshot *from, pintle_status st) {
  if (n->driver->remove(n->self, call, from) == PINTLE_OK) return st;
  if (st != PINTLE_OK)
    return pintle_wrap(call, st, "the data was not moved, and the snapshot %s of volume %s is still there", from->id, from->volume->pv);
  pintle_log(call, PINTLE_LOG_WARN,
             "volume %s: its data was moved, but the snapshot %s could not be deleted: delete it in the vendor's system", from->volume->pv,
             from->id);
  return PINTLE_OK;
}

/* Where its content is. */
static pintle_status reach(nas *n, pintle_call *call, const nas_snapshot *from, nas_volume *content) {
  bool mine = false;
  pintle_status st = n->driver->readable(n->self, call, from, content);
  if (st == PINTLE_OK) st = n->mover->driver->takes(n->mover->self, call, content, &mine);
  if (st == PINTLE_OK && !mine)
    st = pintle_fail(
        call, PINTLE_UNSUPPORTED,
        "the data of volume %s cannot be moved: %s:%s is neither mounted here (mounts, mountRoot) nor read over NFS (fingerprintNfs)",
        from->volume->pv, content->server, content->path);
  return st;
}

pintle_status nas_move(nas *n, pintle_call *call, const nas_snapshot *s, const pintle_kv *tags, size_t n_tags, bool now) {
  nas_volume content;
  nas_snapshot from = {s->volume, ""};
  pintle_status st = n->driver->snapshot(n->self, call, s->volume, s->id, tags, n_tags, true, &from.id);
  if (st != PINTLE_OK) return st;
  st = reach(n, call, &from, &content);
  if (st == PINTLE_OK) st = n->mover->driver->copy(n->mover->self, call, s, &content, now);
  return now || st != PINTLE_OK ? drop(n, call, &from, st) : st;
}

pintle_status nas_move_cancel(nas *n, pintle_call *call, const nas_snapshot *s) {
  nas_snapshot from = {s->volume, ""};
  pintle_status st = n->mover->driver->cancel(n->mover->self, call, s);
  pintle_status found = n->driver->snapshot(n->self, call, s->volume, s->id, NULL, 0, false, &from.id);
  if (found == PINTLE_OK) found = n->driver->remove(n->self, call, &from);
  return st != PINTLE_OK ? st : found;
}
