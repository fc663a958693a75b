/* delete_snapshots.c -- the snapshots of a backup are deleted.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/snapshotter.h"
#include "run/inside.h"
#include <stdlib.h>

typedef struct listed {
  const char *location, *id, *pv, *volume; /* id "": begun, and nobody knows what became of it */
} listed;

typedef struct snapshots {
  const run_delete_request *r;
  engine_journal *j;
  store_lock *lock;
  error lost; /* the lock */
  arena memory;
  listed *v;
  size_t n, cap;
  uint64_t failed;
} snapshots;

/* ---- which there are */
static const char *copy(snapshots *s, const item_node *object, const char *part, const char *key) {
  str text = item_string(item_member(item_member(object, str_of(part)), str_of(key)));
  return arena_copy(&s->memory, text.ptr ? text : STR(""));
}

static bool known(const snapshots *s, const listed *one) {
  for (size_t i = 0; i < s->n; i++) {
    if (strcmp(s->v[i].location, one->location) != 0) continue;
    if (*one->id ? strcmp(s->v[i].id, one->id) == 0 : strcmp(s->v[i].volume, one->volume) == 0) return true;
  }
  return false;
}

/* What was begun only comes after all that has an id: an entry of one volume is enough. */
static pintle_status add(snapshots *s, const item_node *list, bool with_id, error *e) {
  for (const item_node *m = item_first(list); m; m = item_next(m)) {
    listed one = {copy(s, m, "spec", "location"), copy(s, m, "status", "providerSnapshotID"), copy(s, m, "spec", "persistentVolumeName"),
                  copy(s, m, "spec", "providerVolumeID")};
    if (!one.location || !one.id || !one.pv || !one.volume || !GROW(s->v, s->n, s->cap)) return error_nomem(e);
    bool open = str_is(item_string(item_member(item_member(m, STR("status")), STR("phase"))), "New");
    if ((*one.id != 0) == with_id && (with_id || open) && !known(s, &one)) s->v[s->n++] = one;
  }
  return PINTLE_OK;
}

static pintle_status gather(run_context *c, snapshots *s, str record, error *e) {
  CLEANUP(item_freep) item_doc *list = NULL;
  CLEANUP(item_freep) item_doc *run = NULL;
  if (item_new(&run) != PINTLE_OK) return error_nomem(e);
  pintle_status st = run_object_list(c, s->r->store, s->r->name, STORE_VOLUME_SNAPSHOTS, &list, e);
  if (st == PINTLE_OK && record.len) st = item_parse(run, record, 0, NULL, e);
  const item_node *ended = list && item_type(item_root(list)) == PINTLE_T_ARRAY ? item_root(list) : NULL;
  if (st == PINTLE_OK) st = add(s, ended, true, e);
  if (st == PINTLE_OK) st = add(s, item_at(run, "/snapshots"), true, e);
  return st == PINTLE_OK ? add(s, item_at(run, "/snapshots"), false, e) : st;
}

/* ---- deleting them */
static int32_t interrupted(void *ctx) {
  snapshots *s = ctx;
  if (s->lost.status == PINTLE_OK) store_run_update(s->lock, (str){0}, &s->lost);
  return s->lost.status != PINTLE_OK || (s->r->control.cancelled && s->r->control.cancelled(s->r->control.ctx));
}

static void say(void *ctx, int32_t level, const char *plugin, str message) {
  const snapshots *s = ctx;
  engine_log(s->j, level, NULL, plugin, "plugin", "%.*s", (int)message.len, message.ptr);
}

static void tell_all(const snapshots *s) {
  for (size_t i = 0; i < s->n; i++) {
    const listed *one = &s->v[i];
    if (*one->id)
      run_would(s->r, "delete snapshot %s of PersistentVolume %s, by VolumeSnapshotLocation \"%s\"", one->id, one->pv, one->location);
  }
}

static pintle_status delete_all(snapshots *s, engine_snapshotters *by, error *e) {
  engine_phase(s->j, "DeletingSnapshots");
  for (size_t i = 0; i < s->n; i++) {
    error own = {0};
    const listed *one = &s->v[i];
    const engine_event event = {.kind = ENGINE_PROGRESS, .done = i, .total = s->n};
    engine_tell(s->j, &event);
    if (interrupted(s)) {
      if (s->lost.status != PINTLE_OK && e) *e = s->lost;
      return s->lost.status != PINTLE_OK ? s->lost.status : error_set(e, PINTLE_CANCELLED, "the deletion was cancelled");
    }
    if (!*one->id)
      LOG(s->j, PINTLE_LOG_WARN, NULL,
          "when the run was killed, a snapshot of volume %s (PersistentVolume %s) was being made by VolumeSnapshotLocation \"%s\": if "
          "there is one, it "
          "has the tag velero.io/backup=%s",
          one->volume, one->pv, one->location, s->r->name);
    else if (engine_snapshot_delete(by, one->location, one->id, &own) == PINTLE_OK)
      LOG(s->j, PINTLE_LOG_INFO, NULL, "deleted snapshot %s of PersistentVolume %s", one->id, one->pv);
    else {
      s->failed++;
      LOG(s->j, PINTLE_LOG_ERROR, NULL, "error deleting snapshot %s of PersistentVolume %s: %s%s%s", one->id, one->pv, own.message,
          *own.hint ? "; " : "", own.hint);
    }
  }
  return PINTLE_OK;
}

pintle_status run_delete_snapshots(run_context *c, const run_delete_request *request, const item_doc *backup, str record, engine_journal *j,
                                   store_lock *lock, uint64_t *failed, error *e) {
  snapshots s = {.r = request, .j = j, .lock = lock};
  engine_snapshotters *by = NULL;
  const engine_snapshotters_options o = {
      .open = run_open_snapshotter, .open_ctx = c, .resource = backup, .interrupted = interrupted, .log = say, .ctx = &s};
  pintle_status st = gather(c, &s, record, e);
  if (st == PINTLE_INVALID) { /* a damaged list: nobody can say what there is */
    LOG(j, PINTLE_LOG_ERROR, NULL, "the snapshots of the backup cannot be listed: %s", e ? e->message : "");
    s.failed++;
    st = PINTLE_OK;
  }
  if (st == PINTLE_OK && *failed && !request->force)
    s.n = 0; /* its items come first, as Velero has it: their actions may need the snapshots */
  if (st == PINTLE_OK && request->would) tell_all(&s), s.n = 0;
  if (st == PINTLE_OK && s.n) st = engine_snapshotters_new(&o, &by, e);
  if (st == PINTLE_OK && s.n) st = delete_all(&s, by, e);
  engine_snapshotters_free(by);
  *failed += s.failed;
  free(s.v);
  arena_free(&s.memory);
  return st;
}

void run_tell_volumes(const run_delete_request *request, str record, engine_journal *j) {
  CLEANUP(item_freep) item_doc *d = NULL;
  if (item_new(&d) != PINTLE_OK || item_parse(d, record, 0, NULL, NULL) != PINTLE_OK) return;
  for (const item_node *m = item_first(item_at(d, "/snapshots")); m; m = item_next(m)) {
    const item_node *snapshot = item_member(m, STR("snapshot")), *spec = item_member(snapshot, STR("spec"));
    str volume = item_string(item_member(m, STR("restoredVolumeID"))), location = item_string(item_member(spec, STR("location"))),
        id = item_string(item_member(item_member(snapshot, STR("status")), STR("providerSnapshotID")));
    if (volume.ptr && location.ptr && id.ptr)
      LOG(j, PINTLE_LOG_WARN, NULL, "restore %s %s%s from snapshot %s by VolumeSnapshotLocation \"%s\": it is not deleted", request->name,
          volume.len ? "made volume " : "was making a volume", volume.ptr, id.ptr, location.ptr);
  }
}
