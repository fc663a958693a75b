/* delete.c -- a backup or restore is deleted: first its restores and what lies elsewhere, then its objects.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "run/inside.h"
#include <stdio.h>
#include <stdlib.h>

enum { MAX_RESOURCE = 16 << 20 };

typedef struct deletion {
  run_context *c;
  const run_delete_request *r;
  store_lock *lock;
  bool committed;
  store_run before; /* an interrupted run of that name; phase NULL: none */
  item_doc *backup; /* as stored; of one that cannot be read only the name */
  engine_journal *journal;
  uint64_t failed, removed;
} deletion;

void run_would(const run_delete_request *request, const char *format, ...) {
  char text[2000];
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (n >= 0) request->would(request->would_ctx, text);
}

static pintle_status remove_key(void *ctx, const char *key, int64_t size) {
  deletion *d = ctx;
  const engine_event event = {.kind = ENGINE_PROGRESS, .done = ++d->removed};
  if (d->r->would) return run_would(d->r, "delete %s (%lld bytes)", key, (long long)size), PINTLE_OK;
  engine_tell(d->journal, &event);
  return store_delete(d->r->store, key, NULL);
}

/* ---- what lies elsewhere */
static pintle_status read_backup(deletion *d, error *e) {
  CLEANUP(buf_free) buf key = {0};
  CLEANUP(buf_free) buf text = {0};
  pintle_status st = run_new_backup(d->r->name, &d->backup, e);
  if (st != PINTLE_OK || !d->committed) return st;
  run_key(false, d->r->name, STORE_METADATA, &key);
  st = key.failed ? error_nomem(e) : store_get(d->r->store, key.data, MAX_RESOURCE, &text, e);
  if (st != PINTLE_OK || item_parse(d->backup, buf_str(&text), 0, NULL, NULL) == PINTLE_OK) return st;
  item_freep(&d->backup); /* what is damaged can be deleted, too */
  return run_new_backup(d->r->name, &d->backup, e);
}

static pintle_status elsewhere(deletion *d, error *e) {
  engine_journal *journal = d->journal;
  bool restore = d->r->restore;
  str record = d->before.phase ? d->before.data : STR("");
  pintle_status st = restore ? PINTLE_OK : read_backup(d, e);
  run_hear(d->c, journal);
  if (st == PINTLE_OK && restore && record.len) run_tell_volumes(d->r, record, journal);
  if (st == PINTLE_OK) st = run_delete_operations(d->c, d->r, d->committed, record, journal, &d->failed, e);
  if (st == PINTLE_OK && !restore && d->committed) st = run_delete_items(d->c, d->r, d->backup, journal, d->lock, &d->failed, e);
  if (st == PINTLE_OK && !restore) st = run_delete_snapshots(d->c, d->r, d->backup, record, journal, d->lock, &d->failed, e);
  run_hear(d->c, NULL);
  return st;
}

/* ---- its restores, as Velero deletes them: pkg/controller/backup_deletion_controller.go */
typedef struct restores {
  const char *of;
  arena a;
  const char **names;
  size_t n, cap;
  bool failed;
} restores;

static void add_restore(void *ctx, const item_doc *restore) {
  restores *l = ctx;
  if (!str_is(item_str(restore, "/spec/backupName", ""), l->of)) return;
  const char *name = arena_copy(&l->a, item_str(restore, "/metadata/name", ""));
  if (name && GROW(l->names, l->n + 1, l->cap)) l->names[l->n++] = name;
  else l->failed = true;
}

static void unreadable(void *ctx, const char *name, const error *e) { (void)ctx, (void)name, (void)e; } /* nobody knows whose it is */

static pintle_status delete_restores(deletion *d, bool *kept, error *e) {
  restores l = {.of = d->r->name};
  pintle_status st = run_list(d->c, d->r->store, true, NULL, add_restore, unreadable, &l, e);
  if (st == PINTLE_OK && l.failed) st = error_nomem(e);
  for (size_t i = 0; i < l.n && st == PINTLE_OK; i++) {
    run_delete_request one = *d->r;
    one.restore = true, one.name = l.names[i];
    st = run_delete(d->c, &one, kept, e);
    if (st == PINTLE_NOT_FOUND) st = PINTLE_OK; /* somebody else was faster */
    if (st != PINTLE_OK) error_wrap(e, "backup \"%s\" %s kept for its restore \"%s\"", d->r->name, d->r->would ? "would be" : "is", l.names[i]);
  }
  d->c->control = &d->r->control;
  free(l.names);
  arena_free(&l.a);
  return st;
}

static pintle_status stays(const deletion *d, error *e) {
  error_set(e, PINTLE_FAILED, "%s \"%s\" %s kept: %llu item%s, snapshots or operations %s not be deleted",
            d->r->restore ? "restore" : "backup", d->r->name, d->r->would ? "would be" : "is", (unsigned long long)d->failed,
            d->failed == 1 ? "" : "s", d->r->would ? "can" : "could");
  error_hint(e, "see the errors above, then delete it again; --force deletes it all the same and leaves them behind");
  return PINTLE_FAILED;
}

/* ---- its objects */
static pintle_status objects(deletion *d, error *e) {
  CLEANUP(buf_free) buf prefix = {0};
  CLEANUP(buf_free) buf key = {0};
  store *s = d->r->store;
  run_key(d->r->restore, d->r->name, STORE_METADATA, &key);
  buf_printf(&prefix, "%s/%s/", d->r->restore ? "restores" : "backups", d->r->name);
  if (key.failed || prefix.failed) return error_nomem(e);
  engine_phase(d->journal, "DeletingFiles");
  if (d->r->would) {
    pintle_status listed = store_list(s, prefix.data, remove_key, d, e);
    if (listed == PINTLE_OK && d->before.phase) run_would(d->r, "delete the record of the run, which is %s", d->before.phase);
    return listed;
  }
  /* The commit object goes first: from then on there is no such backup, whatever happens. */
  pintle_status st = d->committed ? store_delete(s, key.data, e) : PINTLE_OK;
  if (st == PINTLE_OK) st = store_list(s, prefix.data, remove_key, d, e);
  if (st == PINTLE_OK && !d->committed) st = store_delete(s, key.data, e); /* a killed run may have left a directory without any object */
  return st;
}

static pintle_status end(deletion *d, pintle_status st, error *e) {
  error own = {0};
  const char *phase = st != PINTLE_OK && d->before.phase ? "Interrupted" : NULL; /* what it knows is needed again */
  if (!d->lock || store_run_end(d->lock, phase, &own) == PINTLE_OK || st != PINTLE_OK) return st;
  if (e) *e = own;
  return own.status;
}

/* What is there, without a record of one's own. */
static pintle_status look(deletion *d, const char *kind, arena *a, error *e) {
  store_run *all = NULL;
  size_t n = 0;
  pintle_status st = store_runs(d->r->store, a, &all, &n, e);
  for (size_t i = 0; st == PINTLE_OK && i < n; i++) {
    if (strcmp(all[i].kind, kind) != 0 || strcmp(all[i].name, d->r->name) != 0) continue;
    d->before = all[i];
    if (strcmp(all[i].phase, "InProgress") == 0 && clock_now() - all[i].heartbeat < STORE_RUN_DEAD)
      st = error_set(e, PINTLE_CONFLICT, "%s \"%s\" is running: host %s, process %lld", kind, d->r->name, all[i].host,
                     (long long)all[i].pid);
  }
  return st;
}

static pintle_status begin(deletion *d, arena *a, error *e) {
  const run_delete_request *r = d->r;
  CLEANUP(buf_free) buf key = {0};
  const store_run run = {.kind = r->restore ? "restore" : "backup",
                         .name = r->name,
                         .uid = "delete",
                         .phase = "InProgress",
                         .started = clock_now(),
                         .heartbeat = clock_now(),
                         .host = ""};
  run_key(r->restore, r->name, STORE_METADATA, &key);
  pintle_status st = key.failed ? error_nomem(e)
                     : r->would ? look(d, run.kind, a, e)
                                : store_run_begin(r->store, &run, a, &d->before, &d->lock, e); /* CONFLICT while it is running */
  return st == PINTLE_OK ? store_exists(r->store, key.data, &d->committed, e) : st;
}

pintle_status run_delete(run_context *c, const run_delete_request *request, bool *kept, error *e) {
  deletion d = {.c = c, .r = request};
  arena a = {0};
  const char *what = request->restore ? "restore" : "backup";
  *kept = false;
  if (!store_valid_name(str_of(request->name))) return error_set(e, PINTLE_INVALID, "\"%s\" is no name of a %s", request->name, what);
  if (!request->restore && run_writable(c, request->store, e) != PINTLE_OK) return PINTLE_DENIED;
  const engine_journal_options jo = {.temp_dir = c->o.temp_dir, .run_field = "", .no_file = true, .listener = request->listener};
  pintle_status st = engine_journal_open(&jo, &d.journal, e);
  c->control = &request->control;
  if (st == PINTLE_OK) st = begin(&d, &a, e);
  if (st == PINTLE_OK && !request->restore && (d.committed || d.before.phase)) st = delete_restores(&d, kept, e);
  if (st == PINTLE_OK && (d.committed || d.before.phase)) st = elsewhere(&d, e);
  if (st == PINTLE_OK && d.failed && !request->force) *kept = true, st = stays(&d, e);
  if (st == PINTLE_OK) st = objects(&d, e);
  st = end(&d, st, e);
  if (st == PINTLE_OK && !d.committed && !d.before.phase) {
    st = error_set(e, PINTLE_NOT_FOUND, "there is no %s \"%s\" in location %s", what, request->name, store_name(request->store));
    error_hint(e, "`pintle %s get` lists them", what);
  }
  c->control = NULL;
  engine_journal_free(d.journal);
  item_free(d.backup);
  arena_free(&a);
  return st;
}
