/* state.c -- markers of runs, tombstones, lists of ids.  SPDX-License-Identifier: Apache-2.0 */
#include "repo_in.h"
#include <stdlib.h>

static int by_id(const void *a, const void *b) { return strcmp(((const struct fp_listed *)a)->id, ((const struct fp_listed *)b)->id); }

static bool ids_room(fp_ids *ids) {
  if (ids->n < ids->room) return true;
  size_t room = ids->room ? 2 * ids->room : 64;
  struct fp_listed *more = realloc(ids->list, room * sizeof *more);
  if (!more) return false;
  ids->list = more, ids->room = room;
  return true;
}

static pintle_status ids_each(void *ctx, const pintle_entry *e) {
  fp_ids *ids = ctx;
  const char *slash = strrchr(e->key, '/'), *id = slash ? slash + 1 : e->key;
  if (!fp_id_right(id, strlen(id))) return PINTLE_OK; /* not ours: left alone */
  if (!ids_room(ids)) return PINTLE_NOMEM;
  struct fp_listed *to = &ids->list[ids->n++];
  memcpy(to->id, id, FP_ID);
  to->modified = e->modified;
  return PINTLE_OK;
}

pintle_status fp_ids_list(pintle_call *call, fp_repo *r, const char *kind, fp_ids *out) {
  char prefix[FP_OBJECT];
  fp_object(r, prefix, "%s/", kind);
  out->n = 0;
  pintle_status st = r->blobs.list(r->blobs.self, call, prefix, ids_each, out);
  if (st == PINTLE_NOMEM) return pintle_fail(call, st, "out of memory");
  if (st == PINTLE_OK && out->n) qsort(out->list, out->n, sizeof *out->list, by_id);
  return st;
}

bool fp_ids_has(const fp_ids *ids, const char *id) {
  struct fp_listed key;
  if (!ids->n || strlen(id) != FP_ID - 1) return false;
  memcpy(key.id, id, FP_ID);
  return bsearch(&key, ids->list, ids->n, sizeof key, by_id) != NULL;
}

bool fp_ids_add(fp_ids *ids, const char *id, int64_t modified) {
  if (fp_ids_has(ids, id)) return true;
  if (!ids_room(ids)) return false;
  struct fp_listed *to = &ids->list[ids->n++];
  memcpy(to->id, id, FP_ID);
  to->modified = modified;
  qsort(ids->list, ids->n, sizeof *ids->list, by_id);
  return true;
}

void fp_ids_free(fp_ids *ids) {
  free(ids->list);
  *ids = (fp_ids){0};
}

pintle_status fp_state_put(pintle_call *call, fp_repo *r, const fp_state *s) {
  fp_bytes b = {0};
  char key[FP_OBJECT];
  fp_object(r, key, "run/%s", s->id);
  fp_bytes_addf(&b, "{\"version\":1,\"id\":\"%s\",\"parent\":\"%s\",\"resumed\":\"%s\",\"name\":", s->id, s->parent, s->resumed);
  fp_json_text(&b, s->name);
  fp_bytes_addf(&b, ",\"started\":%lld,\"beat\":%lld,\"files\":%llu,\"done\":%llu,\"total\":%llu,\"error\":", (long long)s->started,
                (long long)s->beat, (unsigned long long)s->files, (unsigned long long)s->done, (unsigned long long)s->total);
  fp_json_text(&b, s->error);
  fp_bytes_addf(&b, "}\n");
  pintle_status st = b.failed ? pintle_fail(call, PINTLE_NOMEM, "out of memory") : r->blobs.put(r->blobs.self, call, key, b.p, b.n);
  fp_bytes_free(&b);
  return st;
}

static bool id_or_none(const pintle_doc *d, const char *pointer, char to[FP_ID]) {
  return fp_json_str(d, pointer, to, FP_ID) && (!to[0] || fp_id_right(to, strlen(to)));
}

static bool read_state(const pintle_doc *d, const char *id, fp_state *s) {
  uint64_t started, beat;
  bool right = id_or_none(d, "/id", s->id) && strcmp(s->id, id) == 0 && id_or_none(d, "/parent", s->parent) &&
               id_or_none(d, "/resumed", s->resumed) && fp_json_str(d, "/name", s->name, sizeof s->name) &&
               fp_json_str(d, "/error", s->error, sizeof s->error) && fp_json_u64(d, "/started", &started) &&
               fp_json_u64(d, "/beat", &beat) && fp_json_u64(d, "/files", &s->files) && fp_json_u64(d, "/done", &s->done) &&
               fp_json_u64(d, "/total", &s->total);
  if (right) s->started = (int64_t)started, s->beat = (int64_t)beat;
  return right;
}

static bool fresh(int64_t then, int64_t now) { return then && then < now + FP_STALE && then > now - FP_STALE; }

pintle_status fp_state_get(pintle_call *call, fp_repo *r, const char *id, int64_t modified, int64_t now, fp_state *s) {
  char key[FP_OBJECT];
  pintle_doc *d = NULL;
  fp_object(r, key, "run/%s", id);
  *s = (fp_state){0};
  pintle_status st = fp_repo_read(call, r, key, FP_TEXT_MAX, &r->object);
  if (st != PINTLE_OK) return st;
  if (call->host->new_doc(call, (const char *)r->object.p, r->object.n, &d) != PINTLE_OK || !read_state(d, id, s))
    return fp_bad_thing(call, r, "%s: is no marker of a run", key);
  s->live = !s->error[0] && (fresh(s->beat, fp_now()) || fresh(modified, now));
  return PINTLE_OK;
}

void fp_progress_text(uint64_t names, uint64_t done, uint64_t total, int64_t elapsed, char to[FP_PROGRESS]) {
  int n = snprintf(to, FP_PROGRESS, "%llu names", (unsigned long long)names);
  if (n < 0 || !done || done >= total || elapsed < 5 * FP_SECOND) return;
  double left = (double)elapsed / (double)FP_SECOND * (double)(total - done) / (double)done;
  bool minutes = left >= 120;
  snprintf(to + n, FP_PROGRESS - (size_t)n, ", about %.0f %s left", minutes ? left / 60 : left, minutes ? "min" : "s");
}

pintle_status fp_repo_state(pintle_call *call, fp_repo *r, const char *id, fp_state *out) {
  if (!fp_id_right(id, strlen(id))) return pintle_fail(call, PINTLE_NOT_FOUND, "\"%s\" is no id of a run", id);
  return fp_state_get(call, r, id, 0, 0, out);
}

pintle_status fp_repo_runs(pintle_call *call, fp_repo *r, pintle_status (*each)(void *ctx, const fp_state *), void *ctx) {
  fp_ids runs = {0}, heads = {0}, gone = {0};
  fp_state s;
  pintle_status st = fp_ids_list(call, r, "run", &runs);
  if (st == PINTLE_OK) st = fp_ids_list(call, r, "backups", &heads);
  if (st == PINTLE_OK) st = fp_ids_list(call, r, "deleted", &gone);
  for (size_t i = 0; st == PINTLE_OK && i < runs.n; i++) {
    const struct fp_listed *l = &runs.list[i];
    if (fp_ids_has(&heads, l->id) || fp_ids_has(&gone, l->id)) continue;
    pintle_status got = fp_state_get(call, r, l->id, l->modified, fp_now(), &s);
    if (got == PINTLE_OK) st = each(ctx, &s);
    else if (got != PINTLE_NOT_FOUND && got != PINTLE_FAILED) st = got;
  }
  fp_ids_free(&runs);
  fp_ids_free(&heads);
  fp_ids_free(&gone);
  return st;
}

pintle_status fp_tombstone_put(pintle_call *call, fp_repo *r, const char *id, const char *why) {
  char key[FP_OBJECT], text[128];
  fp_object(r, key, "deleted/%s", id);
  int n = snprintf(text, sizeof text, "{\"version\":1,\"id\":\"%s\",\"why\":\"%s\",\"at\":%lld}\n", id, why, (long long)fp_now());
  return r->blobs.put(r->blobs.self, call, key, text, (size_t)n);
}

pintle_status fp_tombstone_has(pintle_call *call, fp_repo *r, const char *id, bool *has) {
  char key[FP_OBJECT], text[8];
  size_t got = 0;
  fp_object(r, key, "deleted/%s", id);
  pintle_status st = r->blobs.get(r->blobs.self, call, key, 0, text, sizeof text, &got);
  *has = st == PINTLE_OK;
  return st == PINTLE_NOT_FOUND ? PINTLE_OK : st;
}
