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
/* Claims come by namespace, and mostly for one reason: a text like the one before is that one. */
static const char *again(volume_lines *l, const char *last, str text) {
  return last && str_is(text, last) ? last : arena_copy(&l->memory, text);
}

pintle_status volume_line_claim(volume_lines *l, const item_doc *pvc, const char *why, bool meant, error *e) {
  if (!GROW(l->claims, l->n_claims, l->cap_claims)) return error_nomem(e);
  const struct volume_claim none = {0}, *last = l->n_claims ? &l->claims[l->n_claims - 1] : &none;
  struct volume_claim one = {.ns = again(l, last->ns, item_str(pvc, "/metadata/namespace", "")),
                             .name = arena_copy(&l->memory, item_str(pvc, "/metadata/name", "")),
                             .pv = arena_copy(&l->memory, item_str(pvc, "/spec/volumeName", "")),
                             .why = again(l, last->why, str_of(why)),
                             .meant = meant};
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

pintle_status volume_lines_close(volume_lines *l, size_t *unmeant, error *e) {
  fill_claims(l);
  CLEANUP(free_p) const struct volume_line **sorted = calloc(l->n + 1, sizeof *sorted);
  if (!sorted) return error_nomem(e);
  for (size_t i = 0; i < l->n; i++) sorted[i] = &l->v[i];
  if (l->n) qsort(sorted, l->n, sizeof *sorted, by_name);
  *unmeant = 0;
  for (size_t i = 0; i < l->n_claims; i++) {
    struct volume_claim *c = &l->claims[i];
    const struct volume_line key = {.pv = c->pv}, *at = &key;
    c->has_line = *key.pv && l->n && bsearch(&at, sorted, l->n, sizeof *sorted, by_name) != NULL;
    *unmeant += !c->has_line && !c->meant;
  }
  return PINTLE_OK;
}

static void print_line(buf *b, bool first, const char *claim, const char *ns, const char *pv) {
  buf_addz(b, first ? "{" : ",{");
  if (*claim) member(b, "pvcName", claim), buf_addc(b, ',');
  if (*ns) member(b, "pvcNamespace", ns), buf_addc(b, ',');
  if (*pv) member(b, "pvName", pv), buf_addc(b, ',');
}

/* What is printed so far goes out when it is much, or the last of it. */
static pintle_status pass_on(buf *b, bool last, archive_gzip *to, error *e) {
  if (b->failed) return error_nomem(e);
  if (b->len < 64 << 10 && !last) return PINTLE_OK;
  pintle_status st = archive_gzip_write(to, buf_str(b), e);
  buf_clear(b);
  return st;
}

pintle_status volume_lines_print(const volume_lines *l, archive_gzip *to, error *e) {
  CLEANUP(buf_free) buf b = {0};
  pintle_status st = PINTLE_OK;
  bool first = true;
  buf_addc(&b, '[');
  for (size_t i = 0; i < l->n && st == PINTLE_OK; i++, first = false) {
    const struct volume_line *line = &l->v[i];
    print_line(&b, first, line->claim, line->ns, line->pv);
    buf_addz(&b, line->rest);
    buf_addc(&b, '}');
    st = pass_on(&b, false, to, e);
  }
  for (size_t i = 0; i < l->n_claims && st == PINTLE_OK; i++) {
    const struct volume_claim *c = &l->claims[i];
    if (c->has_line) continue;
    print_line(&b, first, c->name, c->ns, c->pv);
    not_saved(&b, c->why);
    buf_addc(&b, '}');
    first = false;
    st = pass_on(&b, false, to, e);
  }
  buf_addz(&b, "]\n");
  return st == PINTLE_OK ? pass_on(&b, true, to, e) : st;
}

void volume_lines_free(volume_lines *l) {
  free(l->v);
  free(l->claims);
  arena_free(&l->memory);
}
