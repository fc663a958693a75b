/* restore_volumes.c -- see restore_volumes.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/restore_volumes.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

typedef struct fate {
  const char *pv, *renamed; /* renamed NULL: its claims are provisioned anew */
} fate;

typedef struct made {
  size_t item;
  bool used;
  const char *pv, *claim, *ns, *volume;
  const item_node *snapshot; /* of options.snapshots */
} made;

struct restore_volumes {
  restore_volumes_options o;
  item_doc *doc;
  arena memory;
  fate *fates;
  size_t n_fates, cap_fates;
  made *made;
  size_t n_made, cap_made;
  buf volume, json, text;
};

pintle_status restore_volumes_new(const restore_volumes_options *options, restore_volumes **out, error *e) {
  restore_volumes *v = calloc(1, sizeof *v);
  if (!v || item_new(&v->doc) != PINTLE_OK) return free(v), error_nomem(e);
  v->o = *options;
  *out = v;
  return PINTLE_OK;
}

void restore_volumes_free(restore_volumes *v) {
  if (!v) return;
  item_free(v->doc);
  arena_free(&v->memory);
  free(v->fates);
  free(v->made);
  buf *bufs[] = {&v->volume, &v->json, &v->text};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
  free(v);
}

/* ---- what the backup says of a volume */
static str text_of(const item_node *object, const char *key) {
  str s = item_string(item_member(object, str_of(key)));
  return s.ptr ? s : STR("");
}

static const item_node *info_of(const restore_volumes *v, str pv) {
  const item_node *list = v->o.info ? item_root(v->o.info) : NULL;
  if (item_type(list) == PINTLE_T_OBJECT) list = item_first(list);
  for (const item_node *m = item_type(list) == PINTLE_T_ARRAY ? item_first(list) : NULL; m; m = item_next(m))
    if (str_eq(text_of(m, "pvName"), pv)) return m;
  return NULL;
}

static const item_node *snapshot_of(const restore_volumes *v, str pv) {
  const item_node *list = v->o.snapshots ? item_root(v->o.snapshots) : NULL;
  for (const item_node *m = item_type(list) == PINTLE_T_ARRAY ? item_first(list) : NULL; m; m = item_next(m))
    if (str_eq(text_of(item_member(m, STR("spec")), "persistentVolumeName"), pv)) return m;
  return NULL;
}

static const item_node *spec_of(const item_node *snapshot) { return item_member(snapshot, STR("spec")); }
static str id_of(const item_node *snapshot) { return text_of(item_member(snapshot, STR("status")), "providerSnapshotID"); }

/* ---- small edits */
static pintle_status removed(pintle_status st) { return st == PINTLE_NOT_FOUND ? PINTLE_OK : st; }

/* Velero resetVolumeBindingInfo: static and unbound, so that the controllers bind it again. */
static pintle_status reset_binding(item_doc *d) {
  static const char *const gone[] = {"/spec/claimRef/uid", "/spec/claimRef/resourceVersion",
                                     "/metadata/annotations/pv.kubernetes.io~1bind-completed",
                                     "/metadata/annotations/pv.kubernetes.io~1bound-by-controller"};
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < sizeof gone / sizeof *gone && st == PINTLE_OK; i++) st = removed(item_remove(d, gone[i]));
  return st;
}

static pintle_status remember(restore_volumes *v, str pv, const char *renamed, error *e) {
  if (!GROW(v->fates, v->n_fates, v->cap_fates)) return error_nomem(e);
  fate one = {arena_copy(&v->memory, pv), renamed ? arena_dup(&v->memory, renamed) : NULL};
  if (!one.pv || (renamed && !one.renamed)) return error_nomem(e);
  v->fates[v->n_fates++] = one;
  return PINTLE_OK;
}

/* ---- from a snapshot */
static bool claim_is_mapped(const restore_volumes *v) {
  str ns = item_str(v->doc, "/spec/claimRef/namespace", "");
  return ns.len && item_string(item_member(item_at(v->o.restore, "/spec/namespaceMapping"), ns)).len;
}

static pintle_status clone_name(char to[64], error *e) {
  unsigned char r[16];
  if (getrandom(r, sizeof r, 0) != (ssize_t)sizeof r) return error_set(e, PINTLE_FAILED, "no random numbers");
  r[6] = (unsigned char)((r[6] & 0x0f) | 0x40); /* RFC 9562 version 4 */
  r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
  int n = snprintf(to, 64, "velero-clone-");
  for (int i = 0; i < 16; i++) n += snprintf(to + n, 64 - (size_t)n, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", r[i]);
  return PINTLE_OK;
}

/* The run record knows what is being made, and what was made. */
static pintle_status journal(restore_volumes *v, const item_node *snapshot, const char *volume, error *e) {
  buf_clear(&v->json);
  buf_addz(&v->json, "{\"snapshot\":");
  if (item_print(v->o.snapshots, snapshot, 0, &v->json) != PINTLE_OK) return error_nomem(e);
  buf_addz(&v->json, ",\"restoredVolumeID\":");
  buf_json(&v->json, str_of(volume));
  buf_addc(&v->json, '}');
  pintle_status st = v->json.failed ? error_nomem(e) : engine_record_snapshot(&v->o.stage->record, buf_str(&v->json), e);
  return st == PINTLE_OK ? engine_record_save(&v->o.stage->record, true, e) : st;
}

static pintle_status note(restore_volumes *v, size_t item, const item_node *snapshot, error *e) {
  if (!GROW(v->made, v->n_made, v->cap_made)) return error_nomem(e);
  made one = {.item = item, .volume = arena_copy(&v->memory, buf_str(&v->volume)), .snapshot = snapshot, .pv = "", .claim = "", .ns = ""};
  if (!one.volume) return error_nomem(e);
  v->made[v->n_made++] = one;
  return PINTLE_OK;
}

static pintle_status make_volume(restore_volumes *v, size_t item, const item_node *snapshot, error *e) {
  const item_node *spec = spec_of(snapshot);
  const char *location = text_of(spec, "location").ptr;
  int64_t iops = PINTLE_NONE;
  if (item_int(item_member(spec, STR("volumeIOPS")), &iops) != PINTLE_OK || iops <= 0) iops = PINTLE_NONE;
  pintle_status st = journal(v, snapshot, "", e);
  if (st != PINTLE_OK) return st;
  st = engine_snapshot_restore(v->o.snapshotters, location, id_of(snapshot).ptr, text_of(spec, "volumeType").ptr,
                               text_of(spec, "volumeAZ").ptr, iops, &v->volume, e);
  if (engine_stage_cancelled(v->o.stage)) return error_set(e, PINTLE_CANCELLED, "the run was cancelled");
  if (st != PINTLE_OK) return st;
  if ((st = note(v, item, snapshot, e)) == PINTLE_OK) st = journal(v, snapshot, buf_z(&v->volume), e);
  if (st == PINTLE_OK) st = engine_snapshot_set_volume_id(v->o.snapshotters, location, v->doc, buf_z(&v->volume), e);
  return st;
}

static pintle_status rename_volume(restore_volumes *v, str old, error *e) {
  char name[64];
  str now = item_str(v->doc, "/metadata/name", "");
  pintle_status st = PINTLE_OK;
  if (str_eq(now, old)) { /* the snapshotter has given it no name of its own */
    if ((st = clone_name(name, e)) != PINTLE_OK) return st;
    if (item_set(v->doc, "/metadata/name", str_of(name)) != PINTLE_OK) return error_nomem(e);
    now = item_str(v->doc, "/metadata/name", "");
  }
  if (item_set(v->doc, "/metadata/annotations/velero.io~1original-pv-name", old) != PINTLE_OK) return error_nomem(e);
  return remember(v, old, now.ptr, e);
}

static pintle_status from_snapshot(restore_volumes *v, const kube_type *type, size_t item, str name, const item_node *snapshot, error *e) {
  const engine_subject about = {type, STR(""), name};
  const item_node *wanted = item_at(v->o.restore, "/spec/restorePVs");
  bool exists = false, restore = item_type(wanted) != PINTLE_T_BOOL || item_true(wanted);
  pintle_status st = v->o.target ? engine_target_has(v->o.target, type, STR(""), name, &exists, e) : PINTLE_OK;
  bool other_name = exists && claim_is_mapped(v);
  if (st != PINTLE_OK || (exists && !other_name)) return st; /* no volume is made that nobody would use (GH 609) */
  if (reset_binding(v->doc) != PINTLE_OK) return error_nomem(e);
  if (restore && !v->o.target)
    LOG(v->o.stage->o->journal, PINTLE_LOG_INFO, &about, "would be restored from snapshot %s by VolumeSnapshotLocation \"%s\"",
        id_of(snapshot).ptr, text_of(spec_of(snapshot), "location").ptr);
  if (restore && v->o.target) st = make_volume(v, item, snapshot, e);
  if (st != PINTLE_OK) return st;
  other_name |= !str_eq(item_str(v->doc, "/metadata/name", ""), name);
  return other_name ? rename_volume(v, name, e) : PINTLE_OK;
}

/* ---- the rule for a volume */
const char *const restore_volumes_why[] = {"", "its claim is provisioned anew, since its data comes from a file system or CSI backup",
                                           "its claim is provisioned anew, since it has no snapshot and its reclaim policy is Delete"};

static pintle_status provision(restore_volumes *v, str name, int reason, int *left, error *e) {
  *left = reason;
  return remember(v, name, NULL, e);
}

static pintle_status volume(restore_volumes *v, const kube_type *type, size_t item, str name, int *left, error *e) {
  const item_node *info = info_of(v, name), *snapshot = snapshot_of(v, name);
  str method = text_of(info, "backupMethod");
  const engine_subject about = {type, STR(""), name};
  bool by_snapshot = info ? str_is(method, "NativeSnapshot") : snapshot != NULL;
  if (str_is(method, "PodVolumeBackup") || str_is(method, "CSISnapshot")) return provision(v, name, RESTORE_VOLUME_FS_OR_CSI, left, e);
  if (by_snapshot && snapshot && id_of(snapshot).len) return from_snapshot(v, type, item, name, snapshot, e);
  if (by_snapshot)
    LOG(v->o.stage->o->journal, PINTLE_LOG_WARN, &about, "the snapshot of this volume had failed: its data is not in the backup");
  if (str_is(item_str(v->doc, "/spec/persistentVolumeReclaimPolicy", ""), "Delete"))
    return provision(v, name, RESTORE_VOLUME_DELETE, left, e);
  return reset_binding(v->doc) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
}

static bool is(const kube_type *t, const char *resource) { return !*t->group && strcmp(t->resource, resource) == 0; }

pintle_status restore_volumes_load(restore_volumes *v, const kube_type *type, size_t item, buf *text, bool *edited, int *left, error *e) {
  *left = 0;
  *edited = false;
  if (!is(type, "persistentvolumes")) return PINTLE_OK;
  pintle_status st = item_parse(v->doc, buf_str(text), ITEM_KUBERNETES, NULL, e);
  if (st != PINTLE_OK) return st;
  str name = item_str(v->doc, "/metadata/name", "");
  size_t n_made = v->n_made;
  st = volume(v, type, item, name, left, e);
  if (st != PINTLE_OK && v->n_made > n_made) {
    const engine_subject about = {type, STR(""), name};
    LOG(v->o.stage->o->journal, PINTLE_LOG_ERROR, &about, "volume %s was made from its snapshot, but is not used", v->made[n_made].volume);
    v->made[n_made].used = true; /* told */
    v->made[n_made].pv = NULL;
  }
  if (st != PINTLE_OK || *left || !item_changed(v->doc)) return st;
  *edited = true;
  buf_clear(text);
  return item_print(v->doc, NULL, 0, text) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
}

/* ---- behind the chain */
static pintle_status use(restore_volumes *v, const engine_done *d, error *e) {
  for (size_t i = 0; i < v->n_made; i++) {
    made *m = &v->made[i];
    if (m->item != d->item || m->used) continue;
    pintle_status st = item_parse(v->doc, d->text, 0, NULL, e);
    if (st != PINTLE_OK) return st;
    m->used = true;
    m->pv = arena_copy(&v->memory, d->name);
    m->claim = arena_copy(&v->memory, item_str(v->doc, "/spec/claimRef/name", ""));
    m->ns = arena_copy(&v->memory, item_str(v->doc, "/spec/claimRef/namespace", ""));
    if (!m->pv || !m->claim || !m->ns) return error_nomem(e);
  }
  return PINTLE_OK;
}

static const fate *fate_of(const restore_volumes *v, str pv) {
  for (size_t i = v->n_fates; i-- > 0;)
    if (str_is(pv, v->fates[i].pv)) return &v->fates[i];
  return NULL;
}

pintle_status restore_volumes_done(restore_volumes *v, const engine_done *d, str *text, error *e) {
  if (is(d->type, "persistentvolumes")) return use(v, d, e);
  if (!is(d->type, "persistentvolumeclaims")) return PINTLE_OK;
  pintle_status st = item_parse(v->doc, *text, 0, NULL, e);
  if (st != PINTLE_OK) return st;
  str name = item_str(v->doc, "/spec/volumeName", "");
  if (!name.len) return PINTLE_OK;
  const fate *f = fate_of(v, name);
  st = reset_binding(v->doc);
  if (st == PINTLE_OK && f)
    st = f->renamed ? item_set(v->doc, "/spec/volumeName", str_of(f->renamed)) : removed(item_remove(v->doc, "/spec/volumeName"));
  if (st != PINTLE_OK) return error_nomem(e);
  if (!item_changed(v->doc)) return PINTLE_OK;
  buf_clear(&v->text);
  if (item_print(v->doc, NULL, 0, &v->text) != PINTLE_OK) return error_nomem(e);
  *text = buf_str(&v->text);
  return PINTLE_OK;
}

/* ---- at the end (Velero internal/volume RestoreVolumeInfo) */
static void member(buf *b, const char *name, str value) {
  buf_printf(b, "\"%s\":", name);
  buf_json_go(b, value);
}

static void print_made(const made *m, buf *b) {
  const item_node *spec = spec_of(m->snapshot);
  int64_t iops = 0;
  if (item_int(item_member(spec, STR("volumeIOPS")), &iops) != PINTLE_OK) iops = 0;
  buf_addc(b, '{');
  if (*m->claim) member(b, "pvcName", str_of(m->claim)), buf_addc(b, ',');
  if (*m->ns) member(b, "pvcNamespace", str_of(m->ns)), buf_addc(b, ',');
  member(b, "pvName", str_of(m->pv));
  buf_addz(b, ",\"restoreMethod\":\"NativeSnapshot\",\"snapshotDataMoved\":false,\"nativeSnapshotInfo\":{");
  member(b, "snapshotHandle", id_of(m->snapshot));
  buf_addc(b, ','), member(b, "volumeType", text_of(spec, "volumeType"));
  buf_addc(b, ','), member(b, "volumeAZ", text_of(spec, "volumeAZ"));
  buf_printf(b, ",\"iops\":\"%lld\",\"Phase\":\"\"}}", (long long)iops);
}

pintle_status restore_volumes_finish(restore_volumes *v, buf *json, error *e) {
  bool more = false;
  buf_addc(json, '[');
  for (size_t i = 0; i < v->n_made; i++) {
    const made *m = &v->made[i];
    if (!m->used)
      LOG(v->o.stage->o->journal, PINTLE_LOG_WARN, NULL, "volume %s was made from snapshot %s, but its PersistentVolume was not restored",
          m->volume, id_of(m->snapshot).ptr);
    if (!m->used || !m->pv) continue;
    if (more) buf_addc(json, ',');
    more = true;
    print_made(m, json);
  }
  buf_addz(json, "]\n");
  return json->failed ? error_nomem(e) : PINTLE_OK;
}
