/* volume_lines.c -- see volume_lines.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/volume_lines.h"
#include "base/sort.h"
#include <stdlib.h>
#include <string.h>

enum { AHEAD = 64 << 10, NEARBY = 4 << 10 }; /* bytes of the spool read at once: all in order; one here and there */

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

/* ---- records */
/* Strings are NUL-terminated and last until the next one is read. rest: of a line the JSON members behind the names, from backupMethod or
 * snapshotDataMoved on; of a claim why it is not saved. */
typedef struct record {
  const char *claim, *ns, *pv, *rest; /* "" = unknown */
} record;
typedef struct header {
  uint32_t length; /* of what follows: the four strings */
  bool line;
} header;

void volume_lines_open(volume_lines *l, const char *temp_dir) { l->spool = (kube_spool){.dir = temp_dir, .fd = -1}; }

static pintle_status keep(volume_lines *l, bool line, str claim, str ns, str pv, str rest, error *e) {
  CLEANUP(buf_free) buf b = {0};
  header h;
  const str parts[] = {claim, ns, pv, rest};
  memset(&h, 0, sizeof h); /* its padding too */
  buf_add(&b, &h, sizeof h);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    buf_add(&b, parts[i].ptr, strnlen(parts[i].ptr, parts[i].len));
    buf_addc(&b, 0);
  }
  if (b.failed) return error_nomem(e);
  if (b.len > UINT32_MAX) return error_set(e, PINTLE_UNSUPPORTED, "a volume's line is longer than 4 GiB");
  h.length = (uint32_t)(b.len - sizeof h), h.line = line;
  memcpy(b.data, &h, sizeof h);
  return kube_spool_add(&l->spool, buf_str(&b), e);
}

typedef struct reader {
  const kube_spool *spool;
  size_t ahead; /* bytes read at once */
  int64_t at;   /* of the next record */
  int64_t base; /* of text in the spool */
  buf text;
} reader;

/* n bytes from r->at + skip on are in the text. */
static pintle_status need(reader *r, size_t skip, size_t n, error *e) {
  int64_t from = r->at + (int64_t)skip, left = kube_spool_end(r->spool) - r->at;
  if (from >= r->base && from + (int64_t)n <= r->base + (int64_t)r->text.len) return PINTLE_OK;
  size_t wanted = skip + n > r->ahead ? skip + n : r->ahead;
  if ((int64_t)(skip + n) > left) return error_set(e, PINTLE_FAILED, "the spool file ends inside a record");
  buf_clear(&r->text);
  r->base = r->at;
  return kube_spool_read(r->spool, r->at, (int64_t)wanted < left ? wanted : (size_t)left, &r->text, e);
}

static pintle_status read_record(reader *r, record *out, bool *line, error *e) {
  header h;
  pintle_status st = need(r, 0, sizeof h, e);
  if (st != PINTLE_OK) return st;
  memcpy(&h, r->text.data + (r->at - r->base), sizeof h);
  if ((st = need(r, sizeof h, h.length, e)) != PINTLE_OK) return st;
  const char *p = r->text.data + (r->at - r->base) + sizeof h;
  out->claim = p, out->ns = p += strlen(p) + 1, out->pv = p += strlen(p) + 1, out->rest = p + strlen(p) + 1;
  *line = h.line;
  r->at += (int64_t)(sizeof h + h.length);
  return PINTLE_OK;
}

/* The next line; *found false: no more. */
static pintle_status next_line(reader *r, record *out, bool *found, error *e) {
  pintle_status st = PINTLE_OK;
  for (*found = false; !*found && st == PINTLE_OK && r->at < kube_spool_end(r->spool);) st = read_record(r, out, found, e);
  return st;
}

static pintle_status read_claim(reader *r, const struct volume_claim *c, record *out, error *e) {
  bool line;
  r->at = (int64_t)c->at_high << 32 | c->at;
  return read_record(r, out, &line, e);
}

/* ---- lines */
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
  if (b.failed) return error_nomem(e);
  return keep(l, true, item_str(pv, "/spec/claimRef/name", ""), item_str(pv, "/spec/claimRef/namespace", ""),
              item_str(pv, "/metadata/name", ""), buf_str(&b), e);
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
  return b.failed ? error_nomem(e) : keep(l, true, STR(""), STR(""), STR(""), buf_str(&b), e);
}

/* ---- claims */
enum { LONGEST_NAME = 60000 }; /* no volume is called more */

pintle_status volume_line_claim(volume_lines *l, const item_doc *pvc, const char *why, bool meant, error *e) {
  int64_t at = kube_spool_end(&l->spool);
  str pv = item_str(pvc, "/spec/volumeName", "");
  struct volume_claim one = {.pv = kube_pool_add(&l->names, pv.len <= LONGEST_NAME ? pv : STR("")),
                             .at = (uint32_t)at,
                             .at_high = (uint32_t)(at >> 32) & 0x3fffffff,
                             .meant = meant};
  if (one.pv == KUBE_POOL_NONE || !GROW(l->claims, l->n_claims, l->cap_claims)) return error_nomem(e);
  l->claims[l->n_claims++] = one;
  return keep(l, false, item_str(pvc, "/metadata/name", ""), item_str(pvc, "/metadata/namespace", ""), pv, str_of(why), e);
}

static int by_volume(const void *a, const void *b, void *names) {
  const struct volume_claim *x = a, *y = b;
  int c = strcmp(kube_pool_at(names, x->pv), kube_pool_at(names, y->pv));
  if (c == 0) c = (x->at_high > y->at_high) - (x->at_high < y->at_high);
  return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* The first of the claims that name this volume, once they are sorted; n_claims: none. */
static size_t claim_of(const volume_lines *l, const char *pv) {
  size_t low = 0, high = l->n_claims;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(kube_pool_at(&l->names, l->claims[middle].pv), pv) < 0) low = middle + 1;
    else high = middle;
  }
  return *pv && low < l->n_claims && strcmp(kube_pool_at(&l->names, l->claims[low].pv), pv) == 0 ? low : l->n_claims;
}

pintle_status volume_lines_close(volume_lines *l, size_t *unmeant, error *e) {
  reader r = {.spool = &l->spool, .ahead = AHEAD};
  record line;
  bool found = true;
  pintle_status st = PINTLE_OK;
  *unmeant = 0;
  sort_in_place(l->claims, l->n_claims, sizeof *l->claims, by_volume, &l->names);
  while (l->n_claims && (st = next_line(&r, &line, &found, e)) == PINTLE_OK && found)
    for (size_t i = claim_of(l, line.pv); i < l->n_claims && strcmp(kube_pool_at(&l->names, l->claims[i].pv), line.pv) == 0; i++)
      l->claims[i].has_line = true;
  for (size_t i = 0; i < l->n_claims; i++) *unmeant += !l->claims[i].has_line && !l->claims[i].meant;
  buf_free(&r.text);
  return st;
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

/* A volume that does not say whose it is belongs to the claim that names it. */
static pintle_status print_volume(const volume_lines *l, reader *claims, const record *line, bool first, buf *b, error *e) {
  size_t i = *line->claim ? l->n_claims : claim_of(l, line->pv);
  record owner = *line;
  pintle_status st = i < l->n_claims ? read_claim(claims, &l->claims[i], &owner, e) : PINTLE_OK;
  if (st != PINTLE_OK) return st;
  print_line(b, first, owner.claim, owner.ns, line->pv);
  buf_addz(b, line->rest);
  buf_addc(b, '}');
  return PINTLE_OK;
}

static pintle_status print_claim(reader *claims, const struct volume_claim *c, bool first, buf *b, error *e) {
  record claim = {.claim = "", .ns = "", .pv = "", .rest = ""};
  pintle_status st = read_claim(claims, c, &claim, e);
  if (st != PINTLE_OK) return st;
  print_line(b, first, claim.claim, claim.ns, claim.pv);
  not_saved(b, claim.rest);
  buf_addc(b, '}');
  return PINTLE_OK;
}

pintle_status volume_lines_print(const volume_lines *l, archive_gzip *to, error *e) {
  CLEANUP(buf_free) buf b = {0};
  reader lines = {.spool = &l->spool, .ahead = AHEAD}, claims = {.spool = &l->spool, .ahead = NEARBY};
  record line;
  bool first = true, found = true;
  pintle_status st = PINTLE_OK;
  buf_addc(&b, '[');
  while (st == PINTLE_OK && (st = next_line(&lines, &line, &found, e)) == PINTLE_OK && found) {
    st = print_volume(l, &claims, &line, first, &b, e);
    first = false;
    if (st == PINTLE_OK) st = pass_on(&b, false, to, e);
  }
  for (size_t i = 0; i < l->n_claims && st == PINTLE_OK; i++) {
    if (l->claims[i].has_line) continue;
    st = print_claim(&claims, &l->claims[i], first, &b, e);
    first = false;
    if (st == PINTLE_OK) st = pass_on(&b, false, to, e);
  }
  buf_free(&lines.text);
  buf_free(&claims.text);
  buf_addz(&b, "]\n");
  return st == PINTLE_OK ? pass_on(&b, true, to, e) : st;
}

void volume_lines_free(volume_lines *l) {
  kube_spool_close(&l->spool);
  kube_pool_free(&l->names);
  free(l->claims);
}
