/* volume_lines.c -- see volume_lines.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/volume_lines.h"
#include <stdlib.h>

static void member(buf *b, const char *name, const char *value) {
  buf_printf(b, "\"%s\":", name);
  buf_json_go(b, str_of(value));
}

/* ---- snapshots */
void volume_snapshot_print(const volume_snapshot *s, buf *b) {
  const char *const spec[][2] = {{"backupName", s->backup},       {"backupUID", s->backup_uid},    {"location", s->location},
                                 {"persistentVolumeName", s->pv}, {"providerVolumeID", s->volume}, {"volumeType", s->type}};
  buf_addz(b, "{\"spec\":{");
  for (size_t i = 0; i < sizeof spec / sizeof *spec; i++) {
    if (i) buf_addc(b, ',');
    member(b, spec[i][0], spec[i][1]);
  }
  if (*s->az) buf_addc(b, ','), member(b, "volumeAZ", s->az);
  if (s->iops > 0) buf_printf(b, ",\"volumeIOPS\":%lld", (long long)s->iops);
  buf_addz(b, "},\"status\":{");
  if (*s->id) member(b, "providerSnapshotID", s->id), buf_addc(b, ',');
  member(b, "phase", s->phase);
  buf_addz(b, "}}");
}

/* ---- lines */
static pintle_status keep(volume_lines *l, str claim, str ns, str pv, const buf *rest, error *e) {
  if (rest->failed || !GROW(l->v, l->n, l->cap)) return error_nomem(e);
  struct volume_line one = {arena_copy(&l->memory, claim), arena_copy(&l->memory, ns), arena_copy(&l->memory, pv),
                            arena_copy(&l->memory, buf_str(rest))};
  if (!one.claim || !one.ns || !one.pv || !one.rest) return error_nomem(e);
  l->v[l->n++] = one;
  return PINTLE_OK;
}

static void not_saved(buf *b, const char *why) {
  buf_addz(b, "\"snapshotDataMoved\":false,\"preserveLocalSnapshot\":false,\"skipped\":true,");
  member(b, "skippedReason", why);
}

static void saved(buf *b, const volume_snapshot *s) {
  buf_addz(b, "\"backupMethod\":\"NativeSnapshot\",\"snapshotDataMoved\":false,\"preserveLocalSnapshot\":false,\"skipped\":false,");
  member(b, "result", strcmp(s->phase, "Completed") == 0 ? "succeeded" : "failed");
  buf_addz(b, ",\"nativeSnapshotInfo\":{");
  member(b, "snapshotHandle", s->id);
  buf_addc(b, ','), member(b, "volumeType", s->type);
  buf_addc(b, ','), member(b, "volumeAZ", s->az);
  buf_printf(b, ",\"iops\":\"%lld\",", s->iops > 0 ? (long long)s->iops : 0);
  member(b, "Phase", s->phase);
  buf_addc(b, '}');
}

pintle_status volume_line_pv(volume_lines *l, const item_doc *pv, const volume_snapshot *snapshot, const char *why, error *e) {
  CLEANUP(buf_free) buf b = {0};
  const item_node *labels = item_at(pv, "/metadata/labels");
  if (snapshot) saved(&b, snapshot);
  else not_saved(&b, why);
  buf_addz(&b, ",\"pvInfo\":{");
  member(&b, "reclaimPolicy", item_str(pv, "/spec/persistentVolumeReclaimPolicy", "Retain").ptr); /* what an API server makes of none */
  buf_addz(&b, ",\"labels\":");
  if (item_type(labels) != PINTLE_T_OBJECT) buf_addz(&b, "null");
  else if (item_print(pv, labels, ITEM_PRINT_GO | ITEM_PRINT_SORTED, &b) != PINTLE_OK) return error_nomem(e);
  buf_addc(&b, '}');
  return keep(l, item_str(pv, "/spec/claimRef/name", ""), item_str(pv, "/spec/claimRef/namespace", ""), item_str(pv, "/metadata/name", ""),
              &b, e);
}

pintle_status volume_line_pod(volume_lines *l, str ns, str pod, str volume, const char *why, error *e) {
  CLEANUP(buf_free) buf b = {0};
  not_saved(&b, why);
  buf_addz(&b, ",\"pvbInfo\":{\"uploaderType\":\"\",\"volumeName\":");
  buf_json_go(&b, volume);
  buf_addz(&b, ",\"podName\":");
  buf_json_go(&b, pod);
  buf_addz(&b, ",\"podNamespace\":");
  buf_json_go(&b, ns);
  buf_addz(&b, ",\"Phase\":\"\"}");
  return keep(l, STR(""), STR(""), STR(""), &b, e);
}

/* ---- claims */
pintle_status volume_line_claim(volume_lines *l, const item_doc *pvc, const char *why, bool meant, error *e) {
  if (!GROW(l->claims, l->n_claims, l->cap_claims)) return error_nomem(e);
  struct volume_claim one = {arena_copy(&l->memory, item_str(pvc, "/metadata/namespace", "")),
                             arena_copy(&l->memory, item_str(pvc, "/metadata/name", "")),
                             arena_copy(&l->memory, item_str(pvc, "/spec/volumeName", "")), arena_dup(&l->memory, why), meant};
  if (!one.ns || !one.name || !one.pv || !one.why) return error_nomem(e);
  l->claims[l->n_claims++] = one;
  return PINTLE_OK;
}

static int by_volume(const void *a, const void *b) {
  return strcmp(((const struct volume_claim *)a)->pv, ((const struct volume_claim *)b)->pv);
}
static int by_name(const void *a, const void *b) {
  return strcmp((*(const struct volume_line *const *)a)->pv, (*(const struct volume_line *const *)b)->pv);
}

/* A volume that does not say whose it is belongs to the claim that names it. */
static void fill_claims(volume_lines *l) {
  if (l->n_claims) qsort(l->claims, l->n_claims, sizeof *l->claims, by_volume);
  for (size_t i = 0; i < l->n; i++) {
    struct volume_line *line = &l->v[i];
    const struct volume_claim key = {.pv = line->pv};
    const struct volume_claim *c =
        *line->claim || !*line->pv || !l->n_claims ? NULL : bsearch(&key, l->claims, l->n_claims, sizeof *l->claims, by_volume);
    if (c) line->claim = c->name, line->ns = c->ns;
  }
}

static pintle_status lines_of_claims(volume_lines *l, size_t *unmeant, error *e) {
  CLEANUP(free_p) const struct volume_line **sorted = calloc(l->n + 1, sizeof *sorted);
  size_t n = l->n;
  CLEANUP(free_p) bool *bound = calloc(l->n_claims + 1, sizeof *bound);
  if (!sorted || !bound) return error_nomem(e);
  for (size_t i = 0; i < n; i++) sorted[i] = &l->v[i];
  if (n) qsort(sorted, n, sizeof *sorted, by_name);
  for (size_t i = 0; i < l->n_claims; i++) {
    const struct volume_line key = {.pv = l->claims[i].pv}, *at = &key;
    bound[i] = *key.pv && n && bsearch(&at, sorted, n, sizeof *sorted, by_name) != NULL;
  }
  for (size_t i = 0; i < l->n_claims; i++) { /* l->v may move now */
    CLEANUP(buf_free) buf b = {0};
    const struct volume_claim *c = &l->claims[i];
    if (bound[i]) continue;
    *unmeant += !c->meant;
    not_saved(&b, c->why);
    pintle_status st = keep(l, str_of(c->name), str_of(c->ns), str_of(c->pv), &b, e);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

pintle_status volume_lines_print(volume_lines *l, buf *json, size_t *unmeant, error *e) {
  fill_claims(l);
  pintle_status st = lines_of_claims(l, unmeant, e);
  if (st != PINTLE_OK) return st;
  buf_addc(json, '[');
  for (size_t i = 0; i < l->n; i++) {
    const struct volume_line *line = &l->v[i];
    buf_addz(json, i ? ",{" : "{");
    if (*line->claim) member(json, "pvcName", line->claim), buf_addc(json, ',');
    if (*line->ns) member(json, "pvcNamespace", line->ns), buf_addc(json, ',');
    if (*line->pv) member(json, "pvName", line->pv), buf_addc(json, ',');
    buf_addz(json, line->rest);
    buf_addc(json, '}');
  }
  buf_addz(json, "]\n");
  return json->failed ? error_nomem(e) : PINTLE_OK;
}

void volume_lines_free(volume_lines *l) {
  free(l->v);
  free(l->claims);
  arena_free(&l->memory);
}
