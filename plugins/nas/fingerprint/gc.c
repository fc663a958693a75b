/* gc.c -- removes what no backup and no live run needs.  SPDX-License-Identifier: Apache-2.0
 *
 * The order makes it safe beside runs and beside itself (format.md has the argument):
 *   1 objects are listed: what is not among them is never removed
 *   2 tombstones, markers, heads: which backups and runs live; what the living need
 *   3 of every run that is dead and has something to lose, a tombstone
 *   4 the same lists again: who has begun to use what in the meantime keeps it
 *   5 what nobody needs goes; tombstones only after a day */
#include "repo_in.h"
#include <stdlib.h>

typedef struct thing { /* an object of a run */
  uint32_t run, n;
  uint64_t size;
  char kind; /* 'p' pack, 's' segment or index */
} thing;

typedef struct gc {
  pintle_call *call;
  fp_repo *r;
  fp_gc *out;
  int64_t now; /* by the store's clock */
  thing *things;
  size_t n, room;
  fp_ids runs, heads, gone; /* as listed last */
  fp_ids kept;              /* runs that live, and runs and backups that these build on: nothing of them goes */
  fp_ids marked;            /* backups whose packs are in `used` already */
  fp_index used;
} gc;

static pintle_status nomem(gc *g) { return pintle_fail(g->call, PINTLE_NOMEM, "out of memory"); }

/* "fp/VOLUME/pack/RUN/N". */
static bool parse(gc *g, const char *key, size_t skip, char kind, thing *to) {
  if (strlen(key) < skip + FP_ID_LEN + 2 || !fp_id_right(key + skip, FP_ID_LEN) || key[skip + FP_ID_LEN] != '/') return false;
  const char *id = key + skip, *name = id + FP_ID_LEN + 1;
  char *end;
  unsigned long long n = strtoull(name, &end, 10);
  if (kind == 's' && strcmp(name, "index") == 0) n = UINT32_MAX;
  else if (*name < '0' || *name > '9' || *end || n >= FP_PACKS_MAX) return false;
  to->n = (uint32_t)n, to->kind = kind;
  if (g->n && memcmp(g->r->runs.ids[g->things[g->n - 1].run], id, FP_ID_LEN) == 0) return to->run = g->things[g->n - 1].run, true;
  return fp_runs_number(&g->r->runs, id, &to->run);
}

typedef struct listing {
  gc *g;
  size_t skip;
  char kind;
} listing;

static pintle_status things_each(void *ctx, const pintle_entry *e) {
  listing *l = ctx;
  gc *g = l->g;
  thing t = {.size = e->size > 0 ? (uint64_t)e->size : 0};
  if (!parse(g, e->key, l->skip, l->kind, &t)) return PINTLE_OK; /* not ours */
  if (g->n == g->room) {
    size_t room = g->room ? 2 * g->room : 256;
    thing *more = realloc(g->things, room * sizeof *more);
    if (!more) return PINTLE_NOMEM;
    g->things = more, g->room = room;
  }
  g->things[g->n++] = t;
  return PINTLE_OK;
}

static pintle_status list_things(gc *g, const char *kind) {
  char prefix[FP_OBJECT];
  fp_object(g->r, prefix, "%s/", kind);
  listing l = {g, strlen(prefix), kind[0]};
  pintle_status st = g->r->blobs.list(g->r->blobs.self, g->call, prefix, things_each, &l);
  return st == PINTLE_NOMEM ? nomem(g) : st;
}

static pintle_status clock_each(void *ctx, const pintle_entry *e) {
  *(int64_t *)ctx = e->modified;
  return PINTLE_OK;
}

/* The store's clock: the time of something just written. */
static pintle_status read_clock(gc *g) {
  char key[FP_OBJECT];
  fp_object(g->r, key, "gc");
  pintle_status st = g->r->blobs.put(g->r->blobs.self, g->call, key, "{}\n", 3);
  if (st == PINTLE_OK) st = g->r->blobs.list(g->r->blobs.self, g->call, key, clock_each, &g->now);
  if (!g->now) g->now = fp_now();
  return st;
}

/* A live run keeps itself, its parent and what it resumes, and what that resumed. */
static pintle_status keep_run(gc *g, const char *id, bool live_only) {
  fp_state s;
  char at[FP_ID];
  memcpy(at, id, FP_ID);
  for (size_t i = 0; i <= g->runs.n && at[0]; i++) {
    int64_t modified = 0;
    for (size_t k = 0; k < g->runs.n; k++)
      if (strcmp(g->runs.list[k].id, at) == 0) modified = g->runs.list[k].modified;
    pintle_status st = fp_state_get(g->call, g->r, at, modified, g->now, &s);
    if (st == PINTLE_NOT_FOUND)
      return i == 0 || fp_ids_add(&g->kept, at, 0) ? PINTLE_OK : nomem(g);     /* i > 0: a backup came of it meanwhile */
    if (st == PINTLE_FAILED && g->now - modified > FP_STALE) return PINTLE_OK; /* damaged and old */
    if (st != PINTLE_OK) return st;
    if (i == 0 && live_only && !s.live) return PINTLE_OK;
    if (!fp_ids_add(&g->kept, at, 0) || (s.parent[0] && !fp_ids_add(&g->kept, s.parent, 0))) return nomem(g);
    memcpy(at, s.resumed, FP_ID);
  }
  return PINTLE_OK;
}

static pintle_status find_kept(gc *g) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; st == PINTLE_OK && i < g->runs.n; i++) st = keep_run(g, g->runs.list[i].id, true);
  return st;
}

/* Only tombstones that stood before markers were looked at count: who writes a marker later sees them. Heads are listed when all markers were read: a run
 * that ended in the meantime is in one or the other. */
static pintle_status list_states(gc *g) {
  pintle_status st = fp_ids_list(g->call, g->r, "deleted", &g->gone);
  if (st == PINTLE_OK) st = fp_ids_list(g->call, g->r, "run", &g->runs);
  if (st == PINTLE_OK) st = find_kept(g);
  return st == PINTLE_OK ? fp_ids_list(g->call, g->r, "backups", &g->heads) : st;
}

static bool lives(const gc *g, const char *id) { /* a backup */
  return fp_ids_has(&g->heads, id) && (!fp_ids_has(&g->gone, id) || fp_ids_has(&g->kept, id));
}

/* What living backups need. One that cannot be read stops gc: nobody knows what it needs. */
static pintle_status mark(gc *g) {
  pintle_status st = PINTLE_OK;
  fp_head h;
  for (size_t i = 0; st == PINTLE_OK && i < g->heads.n; i++) {
    const char *id = g->heads.list[i].id;
    if (!lives(g, id) || fp_ids_has(&g->marked, id)) continue;
    st = fp_head_get(g->call, g->r, id, &h);
    if (st == PINTLE_OK) st = fp_index_get(g->call, g->r, &h, &g->used);
    bool gone = false; /* by another gc, which knew that nobody needs it */
    if (st == PINTLE_NOT_FOUND && fp_tombstone_has(g->call, g->r, id, &gone) == PINTLE_OK && gone) st = PINTLE_OK;
    if (st == PINTLE_FAILED || st == PINTLE_NOT_FOUND)
      st = pintle_wrap(g->call, PINTLE_FAILED, "nothing is removed while nobody knows what backup %s needs (delete it, if it is lost)", id);
    if (st == PINTLE_OK && !fp_ids_add(&g->marked, id, 0)) st = nomem(g);
  }
  return st;
}

static bool needed(const gc *g, const thing *t) {
  const char *id = g->r->runs.ids[t->run];
  if (t->kind == 'p' && fp_index_uses(&g->used, t->run, t->n)) return true;
  return fp_ids_has(&g->kept, id) || (t->kind == 's' && lives(g, id));
}

/* Of runs that have something to lose and no head. */
static pintle_status bury(gc *g) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; st == PINTLE_OK && i < g->n; i++) {
    const char *id = g->r->runs.ids[g->things[i].run];
    if (needed(g, &g->things[i]) || fp_ids_has(&g->gone, id) || fp_ids_has(&g->heads, id)) continue;
    st = fp_tombstone_put(g->call, g->r, id, "no backup came of it");
    if (st == PINTLE_OK && !fp_ids_add(&g->gone, id, g->now)) st = nomem(g);
  }
  for (size_t i = 0; st == PINTLE_OK && i < g->runs.n; i++) { /* and of those that left only a marker */
    const char *id = g->runs.list[i].id;
    if (fp_ids_has(&g->kept, id) || fp_ids_has(&g->gone, id) || fp_ids_has(&g->heads, id)) continue;
    st = fp_tombstone_put(g->call, g->r, id, "no backup came of it");
    if (st == PINTLE_OK && !fp_ids_add(&g->gone, id, g->now)) st = nomem(g);
  }
  return st;
}

static pintle_status drop(gc *g, uint64_t size, const char *format, const char *id, uint32_t n) {
  char key[FP_OBJECT], rest[FP_OBJECT];
  if (g->call->host->cancelled(g->call)) return pintle_fail(g->call, PINTLE_CANCELLED, "cancelled");
  if (n == UINT32_MAX) snprintf(rest, sizeof rest, "%s/%s", format, id);
  else snprintf(rest, sizeof rest, "%s/%s/%u", format, id, n);
  fp_object(g->r, key, "%s", rest);
  pintle_status st = g->r->blobs.remove(g->r->blobs.self, g->call, key);
  if (st == PINTLE_OK) g->out->objects++, g->out->bytes += size;
  return st;
}

/* Heads and markers first: who looks for something to build on finds it gone while its tombstone still stands. */
static pintle_status sweep_states(gc *g) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; st == PINTLE_OK && i < g->heads.n; i++) {
    const char *id = g->heads.list[i].id;
    if (lives(g, id)) continue;
    st = drop(g, 0, "backups", id, UINT32_MAX);
    g->out->backups++;
  }
  for (size_t i = 0; st == PINTLE_OK && i < g->runs.n; i++) {
    const char *id = g->runs.list[i].id;
    if (fp_ids_has(&g->kept, id) || (!fp_ids_has(&g->gone, id) && !fp_ids_has(&g->heads, id))) continue;
    st = drop(g, 0, "run", id, UINT32_MAX);
    g->out->runs++;
  }
  return st;
}

static pintle_status sweep_things(gc *g) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; st == PINTLE_OK && i < g->n; i++) {
    const thing *t = &g->things[i];
    const char *id = g->r->runs.ids[t->run];
    char index[FP_ID + 8];
    if (needed(g, t) || (!fp_ids_has(&g->gone, id) && !fp_ids_has(&g->heads, id))) {
      g->out->kept++;
      continue;
    }
    snprintf(index, sizeof index, "%s/index", id);
    st = t->n == UINT32_MAX ? drop(g, t->size, "seg", index, UINT32_MAX) : drop(g, t->size, t->kind == 'p' ? "pack" : "seg", id, t->n);
  }
  return st;
}

/* A tombstone has done its work when nothing of that id is left, and everybody had a day to see it. */
static pintle_status sweep_tombstones(gc *g) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; st == PINTLE_OK && i < g->gone.n; i++) {
    const struct fp_listed *l = &g->gone.list[i];
    bool young = !l->modified || g->now - l->modified < FP_FORGET;
    if (young || fp_ids_has(&g->kept, l->id) || lives(g, l->id)) continue;
    st = drop(g, 0, "deleted", l->id, UINT32_MAX);
  }
  return st;
}

static pintle_status collect(gc *g) {
  pintle_status st = read_clock(g);
  if (st == PINTLE_OK) st = list_things(g, "pack");
  if (st == PINTLE_OK) st = list_things(g, "seg");
  if (st == PINTLE_OK) st = list_states(g);
  if (st == PINTLE_OK) st = mark(g);
  if (st == PINTLE_OK) st = bury(g);
  if (st == PINTLE_OK) st = list_states(g);
  if (st == PINTLE_OK) st = mark(g);
  if (st == PINTLE_OK) st = sweep_states(g);
  if (st == PINTLE_OK) st = sweep_things(g);
  return st == PINTLE_OK ? sweep_tombstones(g) : st;
}

pintle_status fp_repo_gc(pintle_call *call, fp_repo *r, fp_gc *out) {
  gc g = {.call = call, .r = r, .out = out};
  *out = (fp_gc){0};
  pintle_status st = collect(&g);
  free(g.things);
  fp_ids_free(&g.runs);
  fp_ids_free(&g.heads);
  fp_ids_free(&g.gone);
  fp_ids_free(&g.kept);
  fp_ids_free(&g.marked);
  fp_index_free(&g.used);
  return st;
}
