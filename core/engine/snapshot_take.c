/* snapshot_take.c -- see snapshot_take.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/snapshot_take.h"
#include <stdio.h>

void snapshot_taker_free(snapshot_taker *t) {
  buf *bufs[] = {&t->list, &t->id, &t->type, &t->snapshot, &t->json};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
  arena_free(&t->memory);
}

void snapshot_take_tell(const snapshot_taker *t, const engine_subject *about) {
  CLEANUP(buf_free) buf names = {0};
  for (size_t i = 0; i < t->n_locations; i++) buf_printf(&names, "%s%s", i ? ", then " : "", t->locations[i]);
  LOG(t->stage->o->journal, PINTLE_LOG_INFO, about, "would be snapshotted by the VolumeSnapshotLocation that knows it: %s", buf_z(&names));
}

/* ---- where it is (Velero IB:541 and zoneFromPVNodeAffinity) */
#define GKE "topology.gke.io/zone"
static bool is_zone_key(str key) {
  static const char *const keys[] = {
      "topology.ebs.csi.aws.com/zone",          "topology.disk.csi.azure.com/zone",       GKE,
      "topology.manila.csi.openstack.org/zone", "topology.cinder.csi.openstack.org/zone", "topology.kubernetes.io/zone",
      "failure-domain.beta.kubernetes.io/zone"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (str_is(key, keys[i])) return true;
  return false;
}

static void zone_of_affinity(const item_doc *pv, buf *out) {
  const item_node *terms = item_at(pv, "/spec/nodeAffinity/required/nodeSelectorTerms");
  for (const item_node *t = item_first(terms); t; t = item_next(t))
    for (const item_node *x = item_first(item_member(t, STR("matchExpressions"))); x; x = item_next(x)) {
      str key = item_string(item_member(x, STR("key"))), value = item_string(item_first(item_member(x, STR("values"))));
      if (!key.len || !is_zone_key(key) || !str_is(item_string(item_member(x, STR("operator"))), "In") || !value.ptr) continue;
      if (!str_is(key, GKE)) { /* the first of another provider decides */
        buf_clear(out);
        buf_adds(out, value);
        return;
      }
      if (out->len) buf_addz(out, "__");
      buf_adds(out, value);
    }
}

void snapshot_zone(const item_doc *pv, buf *out) {
  const item_node *labels = item_at(pv, "/metadata/labels");
  const item_node *zone = item_member(labels, STR("topology.kubernetes.io/zone"));
  if (!zone) zone = item_member(labels, STR("failure-domain.beta.kubernetes.io/zone"));
  buf_clear(out);
  if (zone) buf_adds(out, item_string(zone));
  else zone_of_affinity(pv, out);
}

/* ---- who knows it */
static pintle_status ended(const snapshot_taker *t, error *e) {
  return engine_stage_cancelled(t->stage) ? error_set(e, PINTLE_CANCELLED, "the run was cancelled") : PINTLE_OK;
}

/* A location that cannot be opened is told of once. */
static bool opened(snapshot_taker *t, size_t i, const engine_subject *about, char *why, size_t size) {
  error own = {0};
  if (engine_snapshotters_open(t->snapshotters, t->locations[i], &own) == PINTLE_OK) return true;
  uint64_t bit = i < 64 ? (uint64_t)1 << i : 0;
  if (!(t->failed_locations & bit))
    LOG(t->stage->o->journal, PINTLE_LOG_ERROR, about, "%s%s%s", own.message, *own.place ? " at " : "", own.place);
  t->failed_locations |= bit;
  snprintf(why, size, "%.300s", own.message);
  return false;
}

static pintle_status find(snapshot_taker *t, item_doc *pv, const engine_subject *about, const char **location, char *why, size_t size,
                          error *e) {
  engine_journal *j = t->stage->o->journal;
  snprintf(why, size, "no VolumeSnapshotter knows this volume");
  for (size_t i = 0; i < t->n_locations; i++) {
    error own = {0};
    if (!opened(t, i, about, why, size)) continue;
    pintle_status st = engine_snapshot_volume_id(t->snapshotters, t->locations[i], pv, &t->id, &own), over = ended(t, e);
    if (over != PINTLE_OK) return over;
    if (st == PINTLE_NOMEM) return *e = own, st;
    if (st == PINTLE_OK && t->id.len) return *location = t->locations[i], PINTLE_OK;
    if (st == PINTLE_OK) {
      LOG(j, PINTLE_LOG_INFO, about, "VolumeSnapshotLocation \"%s\" does not know this volume", t->locations[i]);
      continue;
    }
    LOG(j, PINTLE_LOG_ERROR, about, "%s", own.message);
    snprintf(why, size, "%.300s", own.message);
  }
  return PINTLE_OK;
}

/* ---- the snapshot */
static const pintle_kv *make_tags(snapshot_taker *t, const char *pv, size_t *n) {
  const item_node *labels = item_at(t->backup, "/metadata/labels");
  pintle_kv *v = arena_zalloc(&t->memory, (item_count(labels) + 2) * sizeof *v);
  *n = 0;
  if (!v) return NULL;
  for (const item_node *m = item_first(labels); m; m = item_next(m))
    if (!str_is(item_key(m), "velero.io/backup") && !str_is(item_key(m), "velero.io/pv") && item_string(m).ptr)
      v[(*n)++] = (pintle_kv){item_key(m).ptr, item_string(m).ptr};
  v[(*n)++] = (pintle_kv){"velero.io/backup", item_str(t->backup, "/metadata/name", "").ptr};
  v[(*n)++] = (pintle_kv){"velero.io/pv", pv};
  return v;
}

static pintle_status journal(snapshot_taker *t, const volume_snapshot *s, error *e) {
  buf_clear(&t->json);
  volume_snapshot_print(s, &t->json);
  pintle_status st = t->json.failed ? error_nomem(e) : engine_record_snapshot(&t->stage->record, buf_str(&t->json), e);
  return st == PINTLE_OK ? engine_record_save(&t->stage->record, true, e) : st;
}

static pintle_status keep(snapshot_taker *t, const volume_snapshot *s, error *e) {
  if (t->list.len) buf_addc(&t->list, ',');
  volume_snapshot_print(s, &t->list);
  t->attempted++;
  return t->list.failed ? error_nomem(e) : PINTLE_OK;
}

/* The record cannot be written: nobody would ever find this snapshot. */
static void take_back(snapshot_taker *t, const volume_snapshot *s, const engine_subject *about) {
  error own = {0};
  if (engine_snapshot_delete(t->snapshotters, s->location, s->id, &own) != PINTLE_OK)
    LOG(t->stage->o->journal, PINTLE_LOG_ERROR, about, "snapshot %s in VolumeSnapshotLocation \"%s\" is left behind: %s", s->id,
        s->location, own.message);
}

static pintle_status create(snapshot_taker *t, volume_snapshot *s, const engine_subject *about, error *e) {
  error own = {0};
  size_t n = 0;
  const pintle_kv *tags = make_tags(t, s->pv, &n);
  if (!tags) return error_nomem(e);
  pintle_status st = journal(t, s, e);
  if (st != PINTLE_OK) return st;
  pintle_status made = engine_snapshot_create(t->snapshotters, s->location, s->volume, s->az, tags, n, &t->snapshot, &own);
  s->phase = made == PINTLE_OK ? "Completed" : "Failed";
  if (made == PINTLE_OK && !(s->id = arena_copy(&t->memory, buf_str(&t->snapshot)))) return error_nomem(e);
  st = journal(t, s, e);
  if (st != PINTLE_OK && made == PINTLE_OK) take_back(t, s, about);
  if (st == PINTLE_OK) st = keep(t, s, e);
  if (st == PINTLE_OK) st = ended(t, e);
  if (st == PINTLE_OK && made != PINTLE_OK)
    LOG(t->stage->o->journal, PINTLE_LOG_ERROR, about, "error taking snapshot of volume: %s%s%s", own.message, *own.hint ? "; " : "",
        own.hint);
  return made == PINTLE_NOMEM ? error_nomem(e) : st;
}

static pintle_status describe(snapshot_taker *t, const item_doc *pv, const char *location, volume_snapshot *s, error *e) {
  CLEANUP(buf_free) buf zone = {0};
  arena_reset(&t->memory);
  snapshot_zone(pv, &zone);
  *s = (volume_snapshot){.backup = item_str(t->backup, "/metadata/name", "").ptr,
                         .backup_uid = item_str(t->backup, "/metadata/uid", "").ptr,
                         .location = location,
                         .pv = item_str(pv, "/metadata/name", "").ptr,
                         .volume = arena_copy(&t->memory, buf_str(&t->id)),
                         .type = "",
                         .az = arena_copy(&t->memory, buf_str(&zone)),
                         .iops = PINTLE_NONE,
                         .id = "",
                         .phase = "New"};
  return zone.failed || !s->volume || !s->az ? error_nomem(e) : PINTLE_OK;
}

static void tell_moving(snapshot_taker *t) {
  if (t->told_moving || !item_true(item_at(t->backup, "/spec/snapshotMoveData"))) return;
  t->told_moving = true;
  LOG(t->stage->o->journal, PINTLE_LOG_WARN, NULL,
      "spec.snapshotMoveData: a VolumeSnapshotter's snapshots stay where they are, their data is not moved");
}

pintle_status snapshot_take(snapshot_taker *t, item_doc *pv, const engine_subject *about, volume_snapshot *out, bool *taken, char *why,
                            size_t size, error *e) {
  const char *location = NULL;
  error own = {0};
  *taken = false;
  tell_moving(t);
  pintle_status st = find(t, pv, about, &location, why, size, e);
  if (st != PINTLE_OK || !location) return st;
  *taken = true;
  if ((st = describe(t, pv, location, out, e)) != PINTLE_OK) return st;
  st = engine_snapshot_volume_info(t->snapshotters, location, out->volume, out->az, &t->type, &out->iops, &own);
  if (st == PINTLE_OK) {
    out->type = arena_copy(&t->memory, buf_str(&t->type));
    return out->type ? create(t, out, about, e) : error_nomem(e);
  }
  out->phase = "Failed"; /* no snapshot was asked for: volumesnapshots.json has none, as Velero's */
  if (st == PINTLE_NOMEM) return *e = own, st;
  if ((st = ended(t, e)) != PINTLE_OK) return st;
  LOG(t->stage->o->journal, PINTLE_LOG_ERROR, about, "error getting volume info: %s", own.message);
  return PINTLE_OK;
}
