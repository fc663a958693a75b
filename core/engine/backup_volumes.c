/* backup_volumes.c -- see backup_volumes.h: what becomes of each volume.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/backup_volumes.h"
#include "engine/snapshot_take.h"
#include "engine/volume_lines.h"
#include "engine/volume_pods.h"
#include "kube/scan.h"
#include <stdio.h>
#include <stdlib.h>

struct backup_volumes {
  backup_volumes_options o;
  snapshot_taker taker;
  volume_lines lines;
  volume_pods *pods;
  bool by_default;   /* Pods' volumes are to be copied file by file unless they say no */
  bool no_snapshots; /* spec.snapshotVolumes is false */
  engine_volume_counts counts;
  item_doc *doc, *told; /* told: what the chain did to a PersistentVolume */
  buf parameters;       /* of the policy that speaks */
};

pintle_status backup_volumes_new(const backup_volumes_options *options, backup_volumes **out, error *e) {
  backup_volumes *v = calloc(1, sizeof *v);
  const item_doc *b = options->backup;
  if (!v) return error_nomem(e);
  v->o = *options;
  volume_lines_open(&v->lines, options->stage->o->temp_dir);
  v->by_default = item_true(item_at(b, "/spec/defaultVolumesToFsBackup")) || item_true(item_at(b, "/spec/defaultVolumesToRestic"));
  v->no_snapshots = item_type(item_at(b, "/spec/snapshotVolumes")) == PINTLE_T_BOOL && !item_true(item_at(b, "/spec/snapshotVolumes"));
  v->taker = (snapshot_taker){.stage = options->stage,
                              .backup = b,
                              .snapshotters = options->snapshotters,
                              .locations = options->locations,
                              .n_locations = options->n_locations};
  pintle_status st = item_new(&v->doc) == PINTLE_OK && item_new(&v->told) == PINTLE_OK
                         ? volume_pods_new(options->stage->o->source, v->by_default, &v->pods, e)
                         : error_nomem(e);
  if (st != PINTLE_OK) return backup_volumes_free(v), st;
  *out = v;
  return PINTLE_OK;
}

void backup_volumes_free(backup_volumes *v) {
  if (!v) return;
  snapshot_taker_free(&v->taker);
  volume_lines_free(&v->lines);
  volume_pods_free(v->pods);
  item_free(v->doc);
  item_free(v->told);
  buf_free(&v->parameters);
  free(v);
}

/* ---- what is wanted of a volume */
typedef struct choice {
  bool snapshot;
  bool meant;    /* a policy wants it left to others, or left out */
  bool asked;    /* for a copy that pintle cannot make */
  char why[400]; /* not saved */
  engine_policy policy;
} choice;

PINTLE_PRINTF(2, 3) static void because(choice *c, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(c->why, sizeof c->why, format, ap) < 0) c->why[0] = 0;
  va_end(ap);
}

static void by_policy(choice *c) {
  const char *action = c->policy.action.ptr;
  c->snapshot = strcmp(action, "snapshot") == 0;
  c->asked = strcmp(action, "fs-backup") == 0;
  c->meant = !c->snapshot && !c->asked;
  because(c, "volume policy %zu says %s%s", c->policy.number + 1, action, c->asked ? ", and pintle has no file system backup" : "");
}

static pintle_status by_pods(backup_volumes *v, str ns, str claim, choice *c, error *e) {
  const char *pod = NULL;
  pintle_status st = claim.len ? volume_pods_claim(v->pods, ns, claim, &pod, e) : PINTLE_OK;
  if (!pod) return st;
  c->asked = true;
  because(c, "Pod %s has it backed up by file system, and pintle has no file system backup", pod);
  return st;
}

/* Velero VH:126 */
static pintle_status choose(backup_volumes *v, const item_doc *pv, choice *c, error *e) {
  bool speaks = false;
  *c = (choice){0};
  pintle_status st = engine_policies_volume(v->o.policies, pv, &speaks, &c->policy, e);
  if (st == PINTLE_OK && speaks) by_policy(c);
  if (st != PINTLE_OK || speaks) return st;
  st = by_pods(v, item_str(pv, "/spec/claimRef/namespace", ""), item_str(pv, "/spec/claimRef/name", ""), c, e);
  if (st != PINTLE_OK || c->asked) return st;
  c->snapshot = !v->no_snapshots;
  if (v->no_snapshots) because(c, "spec.snapshotVolumes of the backup is false");
  return PINTLE_OK;
}

static void tell_unsaved(backup_volumes *v, const engine_subject *about, const choice *c) {
  v->counts.unsaved += !c->meant;
  LOG(v->o.stage->o->journal, c->asked ? PINTLE_LOG_WARN : PINTLE_LOG_INFO, about, "the volume's data %s saved: %s",
      v->o.dry_run ? "would not be" : "was not", c->why);
}

/* What the snapshotter hears of the policy. */
static pintle_status tell_policy(backup_volumes *v, const choice *c, error *e) {
  buf_clear(&v->parameters);
  if (c->policy.parameters && item_print(v->o.rules, c->policy.parameters, 0, &v->parameters) != PINTLE_OK) return error_nomem(e);
  engine_snapshotters_tell(v->o.snapshotters, c->policy.action.len ? c->policy.action : STR(""), buf_str(&v->parameters));
  return PINTLE_OK;
}

/* Has an item action saved it? Then it has noted an annotation whose name ends with "-snapshot": the snapshot's id, for the restore. */
static bool saved_by_action(backup_volumes *v, str record, choice *c) {
  error own = {0}; /* a worker may send anything */
  if (!record.len || item_parse(v->told, record, 0, NULL, &own) != PINTLE_OK) return false;
  for (const item_node *a = item_first(item_root(v->told)); a; a = item_next(a))
    for (const item_node *n = item_first(item_member(a, STR("notes"))); n; n = item_next(n)) {
      str at = item_string(item_member(n, STR("at"))), by = item_string(item_member(a, STR("action")));
      if (!by.len || !str_starts(at, "/metadata/annotations/") || !str_ends(at, "-snapshot")) continue;
      c->meant = true, c->asked = false;
      because(c, "action %.*s saves it", (int)by.len, by.ptr);
      return true;
    }
  return false;
}

/* ---- the three types */
static pintle_status volume(backup_volumes *v, const engine_subject *about, str record, error *e) {
  choice c;
  volume_snapshot snapshot = {0};
  bool taken = false;
  pintle_status st = choose(v, v->doc, &c, e);
  if (st != PINTLE_OK) return st;
  if (c.snapshot && v->o.n_locations == 0) {
    c.snapshot = false, c.asked = c.policy.action.len > 0;
    because(&c, "no VolumeSnapshotLocation is configured");
  } else if (c.snapshot && v->o.dry_run) {
    snapshot_take_tell(&v->taker, about);
    return volume_line_pv(&v->lines, v->doc, NULL, "dry run", e);
  } else if (c.snapshot) {
    st = tell_policy(v, &c, e);
    if (st == PINTLE_OK) st = snapshot_take(&v->taker, v->doc, about, &snapshot, &taken, c.why, sizeof c.why, e);
    c.asked = c.policy.action.len > 0; /* by a policy */
  }
  if (st != PINTLE_OK) return st;
  v->counts.attempted = v->taker.attempted;
  if (taken && strcmp(snapshot.phase, "Completed") == 0) v->counts.completed++;
  else if (taken) v->counts.unsaved++; /* its error was told */
  else if (!saved_by_action(v, record, &c)) tell_unsaved(v, about, &c);
  return volume_line_pv(&v->lines, v->doc, taken ? &snapshot : NULL, c.why, e);
}

static pintle_status claim(backup_volumes *v, error *e) {
  choice c = {0};
  bool speaks = false;
  str ns = item_str(v->doc, "/metadata/namespace", ""), name = item_str(v->doc, "/metadata/name", "");
  pintle_status st = engine_policies_claim(v->o.policies, v->doc, &speaks, &c.policy, e);
  if (st == PINTLE_OK && speaks) by_policy(&c);
  else if (st == PINTLE_OK) st = by_pods(v, ns, name, &c, e);
  if (st != PINTLE_OK) return st;
  if (!c.asked && !c.meant)
    because(&c, item_str(v->doc, "/spec/volumeName", "").len ? "its PersistentVolume is not in the backup"
                                                             : "the claim is not bound to a volume");
  return volume_line_claim(&v->lines, v->doc, c.why, c.meant, e);
}

static pintle_status pod(backup_volumes *v, const engine_subject *about, error *e) {
  pintle_status st = PINTLE_OK;
  for (const item_node *m = item_first(item_at(v->doc, "/spec/volumes")); m && st == PINTLE_OK; m = item_next(m)) {
    choice c = {0};
    bool speaks = false;
    str name = item_string(item_member(m, STR("name")));
    if (!volume_pod_can(m) || item_type(item_member(m, STR("persistentVolumeClaim"))) == PINTLE_T_OBJECT) continue;
    st = engine_policies_pod_volume(v->o.policies, about->ns, m, &speaks, &c.policy, e);
    if (st == PINTLE_OK && speaks) by_policy(&c);
    else if (st == PINTLE_OK && volume_pod_asks(v->doc, name, v->by_default)) {
      c.asked = true;
      because(&c, "the Pod has it backed up by file system, and pintle has no file system backup");
    }
    if (st != PINTLE_OK || !c.asked) continue;
    LOG(v->o.stage->o->journal, PINTLE_LOG_WARN, about, "volume %.*s was not saved: %s", (int)name.len, name.ptr, c.why);
    v->counts.unsaved++;
    st = volume_line_pod(&v->lines, about->ns, about->name, name, c.why, e);
  }
  return st;
}

static bool may_ask(const backup_volumes *v, str text) {
  return v->by_default || v->o.rules || kube_scan_may_hold(text, "backup.velero.io/backup-volumes");
}

pintle_status backup_volumes_item(backup_volumes *v, const engine_done *d, error *e) {
  const engine_subject about = {d->type, d->ns, d->name};
  error own = {0};
  const char *resource = d->type->resource;
  bool is_pod = strcmp(resource, "pods") == 0, is_pv = strcmp(resource, "persistentvolumes") == 0;
  if (!engine_policies_concern(d->type) || (is_pod && !may_ask(v, d->text))) return PINTLE_OK;
  pintle_status st = item_parse(v->doc, d->text, 0, NULL, &own);
  if (st == PINTLE_OK) st = is_pod ? pod(v, &about, &own) : is_pv ? volume(v, &about, d->record, &own) : claim(v, &own);
  if (st == PINTLE_OK) return st;
  if (st == PINTLE_NOMEM || st == PINTLE_CANCELLED || st == PINTLE_CONFLICT) return *e = own, st;
  LOG(v->o.stage->o->journal, PINTLE_LOG_ERROR, &about, "the volume's data was not saved: %s", own.message);
  v->counts.unsaved++;
  return is_pv ? volume_line_pv(&v->lines, v->doc, NULL, own.message, e) : PINTLE_OK;
}

pintle_status backup_volumes_finish(backup_volumes *v, buf *snapshots, engine_volume_counts *counts, error *e) {
  size_t unmeant = 0;
  pintle_status st = volume_lines_close(&v->lines, &unmeant, e);
  *counts = v->counts;
  counts->unsaved += unmeant;
  if (v->taker.list.len) {
    buf_addc(snapshots, '[');
    buf_adds(snapshots, buf_str(&v->taker.list));
    buf_addz(snapshots, "]\n");
  } else buf_addz(snapshots, "null\n");
  return st == PINTLE_OK && (v->taker.list.failed || snapshots->failed) ? error_nomem(e) : st;
}

pintle_status backup_volumes_print(void *volumes, archive_gzip *to, error *e) {
  return volume_lines_print(&((backup_volumes *)volumes)->lines, to, e);
}
