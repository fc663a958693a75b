/* restore_volumes.c -- see restore_volumes.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/restore_volumes.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum { UNTOUCHED, ANEW, RENAMED }; /* what becomes of a volume's claims: provisioned anew, or they name it otherwise */
typedef struct renamed {
  size_t item;
  const char *now;
} renamed;

typedef struct made {
  size_t item;
  bool used;
  const char *pv, *claim, *ns, *volume;
} made;

struct restore_volumes {
  restore_volumes_options o;
  item_doc *doc, *snapshot; /* of the volume in hand */
  arena memory;
  unsigned char *fates; /* by item */
  renamed *renamed;
  size_t n_renamed, cap_renamed;
  made *made;
  size_t n_made, cap_made;
  buf volume, json, text;
};

pintle_status restore_volumes_new(const restore_volumes_options *options, restore_volumes **out, error *e) {
  restore_volumes *v = calloc(1, sizeof *v);
  if (!v) return error_nomem(e);
  v->o = *options;
  v->fates = calloc(kube_source_count(options->stage->o->source) + 1, 1);
  if (!v->fates || item_new(&v->doc) != PINTLE_OK || item_new(&v->snapshot) != PINTLE_OK) return restore_volumes_free(v), error_nomem(e);
  *out = v;
  return PINTLE_OK;
}

void restore_volumes_free(restore_volumes *v) {
  if (!v) return;
  item_free(v->doc);
  item_free(v->snapshot);
  arena_free(&v->memory);
  free(v->fates);
  free(v->renamed);
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

static const item_node *spec_of(const restore_volumes *v) { return item_at(v->snapshot, "/spec"); }
static str id_of(const restore_volumes *v) { return item_str(v->snapshot, "/status/providerSnapshotID", ""); }

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

static pintle_status remember_name(restore_volumes *v, size_t item, const char *now, error *e) {
  if (!GROW(v->renamed, v->n_renamed, v->cap_renamed)) return error_nomem(e);
  const renamed one = {item, arena_dup(&v->memory, now)};
  if (!one.now) return error_nomem(e);
  v->renamed[v->n_renamed++] = one;
  v->fates[item] = RENAMED;
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
static pintle_status journal(restore_volumes *v, const char *volume, error *e) {
  buf_clear(&v->json);
  buf_addz(&v->json, "{\"snapshot\":");
  if (item_print(v->snapshot, NULL, 0, &v->json) != PINTLE_OK) return error_nomem(e);
  buf_addz(&v->json, ",\"restoredVolumeID\":");
  buf_json(&v->json, str_of(volume));
  buf_addc(&v->json, '}');
  pintle_status st = v->json.failed ? error_nomem(e) : engine_record_snapshot(&v->o.stage->record, buf_str(&v->json), e);
  return st == PINTLE_OK ? engine_record_save(&v->o.stage->record, true, e) : st;
}

static pintle_status note(restore_volumes *v, size_t item, error *e) {
  if (!GROW(v->made, v->n_made, v->cap_made)) return error_nomem(e);
  made one = {.item = item, .volume = arena_copy(&v->memory, buf_str(&v->volume)), .pv = "", .claim = "", .ns = ""};
  if (!one.volume) return error_nomem(e);
  v->made[v->n_made++] = one;
  return PINTLE_OK;
}

static pintle_status make_volume(restore_volumes *v, size_t item, error *e) {
  const item_node *spec = spec_of(v);
  const char *location = text_of(spec, "location").ptr;
  int64_t iops = PINTLE_NONE;
  if (item_int(item_member(spec, STR("volumeIOPS")), &iops) != PINTLE_OK || iops <= 0) iops = PINTLE_NONE;
  pintle_status st = journal(v, "", e);
  if (st != PINTLE_OK) return st;
  st = engine_snapshot_restore(v->o.snapshotters, location, id_of(v).ptr, text_of(spec, "volumeType").ptr,
                               text_of(spec, "volumeAZ").ptr, iops, &v->volume, e);
  if (engine_stage_cancelled(v->o.stage)) return error_set(e, PINTLE_CANCELLED, "the run was cancelled");
  if (st != PINTLE_OK) return st;
  if ((st = note(v, item, e)) == PINTLE_OK) st = journal(v, buf_z(&v->volume), e);
  if (st == PINTLE_OK) st = engine_snapshot_set_volume_id(v->o.snapshotters, location, v->doc, buf_z(&v->volume), e);
  return st;
}

static pintle_status rename_volume(restore_volumes *v, size_t item, str old, error *e) {
  char name[64];
  str now = item_str(v->doc, "/metadata/name", "");
  pintle_status st = PINTLE_OK;
  if (str_eq(now, old)) { /* the snapshotter has given it no name of its own */
    if ((st = clone_name(name, e)) != PINTLE_OK) return st;
    if (item_set(v->doc, "/metadata/name", str_of(name)) != PINTLE_OK) return error_nomem(e);
    now = item_str(v->doc, "/metadata/name", "");
  }
  if (item_set(v->doc, "/metadata/annotations/velero.io~1original-pv-name", old) != PINTLE_OK) return error_nomem(e);
  return remember_name(v, item, now.ptr, e);
}

static pintle_status from_snapshot(restore_volumes *v, const kube_type *type, size_t item, str name, error *e) {
  const engine_subject about = {type, STR(""), name};
  const item_node *wanted = item_at(v->o.restore, "/spec/restorePVs");
  bool exists = false, restore = item_type(wanted) != PINTLE_T_BOOL || item_true(wanted);
  pintle_status st = v->o.target ? engine_target_has(v->o.target, type, STR(""), name, &exists, e) : PINTLE_OK;
  bool other_name = exists && claim_is_mapped(v);
  if (st != PINTLE_OK || (exists && !other_name)) return st; /* no volume is made that nobody would use (GH 609) */
  if (reset_binding(v->doc) != PINTLE_OK) return error_nomem(e);
  if (restore && !v->o.target)
    LOG(v->o.stage->o->journal, PINTLE_LOG_INFO, &about, "would be restored from snapshot %s by VolumeSnapshotLocation \"%s\"",
        id_of(v).ptr, text_of(spec_of(v), "location").ptr);
  if (restore && v->o.target) st = make_volume(v, item, e);
  if (st != PINTLE_OK) return st;
  other_name |= !str_eq(item_str(v->doc, "/metadata/name", ""), name);
  return other_name ? rename_volume(v, item, name, e) : PINTLE_OK;
}

/* ---- the rule for a volume */
const char *const restore_volumes_why[] = {"", "its claim is provisioned anew, since its data comes from a file system or CSI backup",
                                           "its claim is provisioned anew, since it has no snapshot and its reclaim policy is Delete"};

static pintle_status provision(restore_volumes *v, size_t item, int reason, int *left) {
  *left = reason;
  v->fates[item] = ANEW;
  return PINTLE_OK;
}

static pintle_status volume(restore_volumes *v, const kube_type *type, size_t item, str name, int *left, error *e) {
  const engine_subject about = {type, STR(""), name};
  int how = backed_volumes_how(v->o.backed, item);
  bool snapshot = false;
  if (how == BACKED_FS_OR_CSI) return provision(v, item, RESTORE_VOLUME_FS_OR_CSI, left);
  pintle_status st = backed_volumes_get(v->o.backed, item, v->snapshot, &snapshot, e);
  if (st != PINTLE_OK) return st;
  bool by_snapshot = how == BACKED_UNKNOWN ? snapshot : how == BACKED_NATIVE;
  if (by_snapshot && snapshot && id_of(v).len) return from_snapshot(v, type, item, name, e);
  if (by_snapshot)
    LOG(v->o.stage->o->journal, PINTLE_LOG_WARN, &about, "the snapshot of this volume had failed: its data is not in the backup");
  if (str_is(item_str(v->doc, "/spec/persistentVolumeReclaimPolicy", ""), "Delete"))
    return provision(v, item, RESTORE_VOLUME_DELETE, left);
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

void restore_volumes_unused(restore_volumes *v, size_t item) {
  for (size_t i = 0; i < v->n_made; i++)
    if (v->made[i].item == item && v->made[i].pv) v->made[i].used = false;
}

/* What becomes of the claims of a volume; *now: its other name. */
static int fate_of(const restore_volumes *v, str pv, const char **now) {
  size_t item = kube_source_find(v->o.stage->o->source, STR(""), STR("persistentvolumes"), STR(""), pv);
  int fate = item == SIZE_MAX ? UNTOUCHED : v->fates[item];
  for (size_t i = fate == RENAMED ? v->n_renamed : 0; i-- > 0;)
    if (v->renamed[i].item == item) *now = v->renamed[i].now;
  return fate;
}

pintle_status restore_volumes_done(restore_volumes *v, const engine_done *d, str *text, error *e) {
  if (is(d->type, "persistentvolumes")) return use(v, d, e);
  if (!is(d->type, "persistentvolumeclaims")) return PINTLE_OK;
  pintle_status st = item_parse(v->doc, *text, 0, NULL, e);
  if (st != PINTLE_OK) return st;
  str name = item_str(v->doc, "/spec/volumeName", "");
  if (!name.len) return PINTLE_OK;
  const char *now = "";
  int fate = fate_of(v, name, &now);
  st = reset_binding(v->doc);
  if (st == PINTLE_OK && fate == RENAMED) st = item_set(v->doc, "/spec/volumeName", str_of(now));
  if (st == PINTLE_OK && fate == ANEW) st = removed(item_remove(v->doc, "/spec/volumeName"));
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

static void print_made(const restore_volumes *v, const made *m, buf *b) {
  const item_node *spec = spec_of(v);
  int64_t iops = 0;
  if (item_int(item_member(spec, STR("volumeIOPS")), &iops) != PINTLE_OK) iops = 0;
  buf_addc(b, '{');
  if (*m->claim) member(b, "pvcName", str_of(m->claim)), buf_addc(b, ',');
  if (*m->ns) member(b, "pvcNamespace", str_of(m->ns)), buf_addc(b, ',');
  member(b, "pvName", str_of(m->pv));
  buf_addz(b, ",\"restoreMethod\":\"NativeSnapshot\",\"snapshotDataMoved\":false,\"nativeSnapshotInfo\":{");
  member(b, "snapshotHandle", id_of(v));
  buf_addc(b, ','), member(b, "volumeType", text_of(spec, "volumeType"));
  buf_addc(b, ','), member(b, "volumeAZ", text_of(spec, "volumeAZ"));
  buf_printf(b, ",\"iops\":\"%lld\",\"Phase\":\"\"}}", (long long)iops);
}

pintle_status restore_volumes_finish(restore_volumes *v, buf *json, error *e) {
  bool more = false;
  buf_addc(json, '[');
  for (size_t i = 0; i < v->n_made; i++) {
    const made *m = &v->made[i];
    bool found;
    pintle_status st = backed_volumes_get(v->o.backed, m->item, v->snapshot, &found, e);
    if (st != PINTLE_OK) return st;
    if (!m->used)
      LOG(v->o.stage->o->journal, PINTLE_LOG_WARN, NULL, "volume %s was made from snapshot %s, but its PersistentVolume was not restored",
          m->volume, id_of(v).ptr);
    if (!m->used || !m->pv) continue;
    if (more) buf_addc(json, ',');
    more = true;
    print_made(v, m, json);
  }
  buf_addz(json, "]\n");
  return json->failed ? error_nomem(e) : PINTLE_OK;
}
