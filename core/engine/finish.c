/* finish.c -- see finish.h.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/archive.h"
#include "base/clock.h"
#include "base/file.h"
#include "engine/finish_inside.h"
#include "engine/run_status.h"
#include "store/manifest_read.h"
#include "worker/times.h"
#include <stdlib.h>

/* ---- status */
static const char *phase_of(const engine_finishing *f) { return item_str(f->o->resource, "/status/phase", "").ptr; }

static pintle_status set_status(engine_finishing *f, const char *phase, const error *why, error *e) {
  const engine_run_status status = {.resource = f->o->resource, .restore = f->o->restore, .again = true, .operations = f->c->operations};
  const engine_summary now = {.phase = phase,
                              .total = f->total,
                              .done = f->done,
                              .warnings = engine_warnings(f->c->journal),
                              .errors = engine_errors(f->c->journal)};
  return engine_run_status_set(&status, &now, why, e);
}

static int64_t number(const item_doc *d, const char *pointer) {
  int64_t n;
  return item_int(item_at(d, pointer), &n) == PINTLE_OK && n > 0 ? n : 0;
}

/* ---- waiting */
static bool cancelled(void *ctx) {
  const engine_finishing *f = ctx;
  return f->c->control.cancelled && f->c->control.cancelled(f->c->control.ctx);
}

/* What is put again need not be read back. */
static void forget_objects(engine_finishing *f) {
  engine_objects_free(&f->seal.objects);
  f->seal.objects.store = f->c->store;
}

/* What others may read meanwhile. */
static pintle_status put_state(engine_finishing *f, error *e) {
  static const char worse[] = "WaitingForPluginOperationsPartiallyFailed";
  forget_objects(f);
  pintle_status st = engine_seal_operations(&f->seal, e);
  if (st != PINTLE_OK || !engine_errors(f->c->journal) || strcmp(phase_of(f), "WaitingForPluginOperations") != 0) return st;
  st = set_status(f, worse, NULL, e);
  return st == PINTLE_OK ? engine_seal_commit(&f->seal, e) : st;
}

/* A store that is away for a while does not end the waiting; a lock that is lost does. */
static pintle_status beat(void *ctx, bool changed, error *e) {
  engine_finishing *f = ctx;
  error own = {0};
  pintle_status st = f->c->lock ? store_run_update(f->c->lock, (str){0}, &own) : PINTLE_OK;
  if (st == PINTLE_CONFLICT) return *e = own, st;
  if (st == PINTLE_OK && changed) st = put_state(f, &own);
  if (st != PINTLE_OK && !f->troubled)
    LOG(f->c->journal, PINTLE_LOG_WARN, NULL, "the state of the operations is not kept: %s", own.message);
  f->troubled = st != PINTLE_OK;
  return PINTLE_OK;
}

static pintle_status wait_for_all(engine_finishing *f, error *e) {
  const engine_operations_hooks hooks = {.ctx = f, .cancelled = cancelled, .beat = beat};
  size_t n = engine_operations_outstanding(f->c->operations);
  engine_phase(f->c->journal, phase_of(f));
  if (n) LOG(f->c->journal, PINTLE_LOG_INFO, NULL, "Waiting for %zu operation%s", n, n == 1 ? "" : "s");
  return engine_operations_wait(f->c->operations, &hooks, e);
}

/* ---- the end */
static pintle_status copy(int from, int64_t size, int to, error *e) {
  char *piece = malloc(256 << 10);
  pintle_status st = piece ? PINTLE_OK : error_nomem(e);
  for (int64_t at = 0; at < size && st == PINTLE_OK;) {
    size_t n = size - at < 256 << 10 ? (size_t)(size - at) : 256 << 10;
    st = file_pread(from, piece, n, at, e);
    if (st == PINTLE_OK) st = file_write(to, piece, n, "a temporary file", e);
    at += (int64_t)n;
  }
  free(piece);
  return st;
}

/* Behind what the log says already: members of gzip may follow each other. */
static pintle_status put_log(engine_finishing *f, error *e) {
  CLEANUP(close_p) int fd = -1;
  int own;
  int64_t before = 0, size = 0;
  pintle_status st = file_temporary(f->c->temp_dir, &fd, e);
  if (st == PINTLE_OK) st = store_get_fd(f->c->store, engine_seal_key(&f->seal, STORE_LOG), fd, &before, NULL, e);
  if (st == PINTLE_NOT_FOUND) st = PINTLE_OK, before = 0;
  if (st == PINTLE_OK) st = engine_journal_finish(f->c->journal, &own, &size, e);
  if (st == PINTLE_OK) st = copy(own, size, fd, e);
  return st == PINTLE_OK ? engine_put_fd(&f->seal.objects, engine_seal_key(&f->seal, STORE_LOG), fd, before + size, NULL, e) : st;
}

/* Objects of the manifest that nobody has put again. */
static pintle_status keep_object(void *ctx, const store_manifest_line *line, error *e) {
  engine_finishing *f = ctx;
  if (line->item || strcmp(line->name, engine_seal_key(&f->seal, STORE_ITEM_OPERATIONS)) == 0) return PINTLE_OK;
  for (size_t i = 0; i < f->seal.objects.n; i++)
    if (strcmp(f->seal.objects.v[i].key, line->name) == 0) return PINTLE_OK;
  return engine_objects_keep(&f->seal.objects, line->name, line->size, line->sha256, e);
}

static pintle_status make_head(const engine_finishing *f, const char *before, const char *behind, buf *json, error *e) {
  buf_addz(json, before);
  buf_adds(json, f->o->manifest_head);
  buf_addz(json, f->o->manifest_head.len ? ",\"actions\":[" : "\"actions\":[");
  buf_adds(json, f->o->actions);
  worker_times_print(f->c->pool.times, json);
  buf_addc(json, ']');
  buf_addz(json, behind);
  return json->failed ? error_nomem(e) : PINTLE_OK;
}

static pintle_status put_backup(engine_finishing *f, bool rewritten, error *e) {
  CLEANUP(buf_free) buf head = {0};
  engine_seal *s = &f->seal;
  pintle_status st = engine_seal_expect(s, f->tar_size, e);
  if (st == PINTLE_OK) st = put_log(f, e);
  if (st == PINTLE_OK && rewritten)
    st = engine_put_fd(&s->objects, engine_seal_key(s, STORE_CONTENTS), f->tar_fd, f->tar_size, f->tar_sha, e);
  else if (st == PINTLE_OK) st = engine_objects_keep(&s->objects, engine_seal_key(s, STORE_CONTENTS), f->tar_size, f->tar_sha, e);
  if (st == PINTLE_OK) st = engine_seal_results(s, e);
  if (st == PINTLE_OK) st = engine_seal_operations(&f->seal, e);
  if (st == PINTLE_OK && f->o->foreign) return engine_objects_verify(&s->objects, e);
  if (st == PINTLE_OK) st = store_manifest_read(f->c->store, engine_seal_key(s, STORE_MANIFEST), keep_object, f, NULL, NULL, e);
  if (st == PINTLE_OK) st = make_head(f, "", "", &head, e);
  s->manifest_head = buf_str(&head);
  if (st == PINTLE_OK) st = engine_seal_manifest(s, f->tar_size, e);
  s->manifest_head = STR("");
  return st;
}

/* From here on the objects change one by one: nobody is to take what stands there for whole. */
static pintle_status begin_finalizing(engine_finishing *f, error *e) {
  pintle_status st = PINTLE_OK;
  const char *phase = engine_errors(f->c->journal) ? "FinalizingPartiallyFailed" : "Finalizing";
  engine_phase(f->c->journal, phase);
  if (strcmp(phase, phase_of(f)) == 0) return st;
  st = engine_seal_operations(&f->seal, e);
  if (st == PINTLE_OK) st = set_status(f, phase, NULL, e);
  item_remove(f->o->resource, "/metadata/annotations/pintle.io~1manifest-sha256");
  if (st == PINTLE_OK) st = engine_seal_commit(&f->seal, e);
  forget_objects(f);
  return st;
}

static pintle_status put_restore(engine_finishing *f, error *e) {
  CLEANUP(buf_free) buf report = {0};
  pintle_status st = make_head(f, "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"RestoreReport\",", "}\n", &report, e);
  if (st == PINTLE_OK && f->o->manifest_head.len) st = engine_seal_text(&f->seal, STORE_MANIFEST, buf_str(&report), e);
  if (st == PINTLE_OK) st = put_log(f, e);
  if (st == PINTLE_OK) st = engine_seal_results(&f->seal, e);
  return st == PINTLE_OK ? engine_seal_operations(&f->seal, e) : st;
}

static pintle_status conclude(engine_finishing *f, error *e) {
  bool rewritten = false;
  forget_objects(f);
  pintle_status st = f->o->restore ? PINTLE_OK : begin_finalizing(f, e);
  if (st == PINTLE_OK && !f->o->restore) st = engine_finish_items(f, &rewritten, e);
  if (st == PINTLE_OK) engine_phase(f->c->journal, "Uploading");
  if (st == PINTLE_OK) st = f->o->restore ? put_restore(f, e) : put_backup(f, rewritten, e);
  if (st == PINTLE_OK && cancelled(f)) st = error_set(e, PINTLE_CANCELLED, "the run was cancelled");
  if (st == PINTLE_OK && f->c->lock) st = store_run_expect(f->c->lock, 0, e); /* is it still ours? */
  if (st == PINTLE_OK && f->c->control.may_commit && !f->c->control.may_commit(f->c->control.ctx))
    st = error_set(e, PINTLE_CONFLICT, "another run has taken this one's place");
  if (st == PINTLE_OK) st = set_status(f, engine_errors(f->c->journal) ? "PartiallyFailed" : "Completed", NULL, e);
  return st == PINTLE_OK ? engine_seal_commit(&f->seal, e) : st;
}

/* Cancelled while operations were outstanding: they were told to stop, so it cannot be continued. What is there stays, for backup delete. */
static void fail(engine_finishing *f, const error *why) {
  error e = {0};
  store_ending(f->c->store, true);
  pintle_status st = engine_seal_operations(&f->seal, &e);
  if (st == PINTLE_OK) st = set_status(f, "Failed", why, &e);
  if (st == PINTLE_OK) st = engine_seal_commit(&f->seal, &e);
  if (st != PINTLE_OK) LOG(f->c->journal, PINTLE_LOG_ERROR, NULL, "%s", e.message);
  store_ending(f->c->store, false);
}

/* A text that lives: the document changes. */
static const char *phase_name(const char *phase) {
  static const char *const names[] = {
      "Completed",  "PartiallyFailed",          "WaitingForPluginOperations", "WaitingForPluginOperationsPartiallyFailed",
      "Finalizing", "FinalizingPartiallyFailed"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(phase, names[i]) == 0) return names[i];
  return "Failed";
}

static void summarize(const engine_finishing *f, engine_summary *out) {
  const engine_journal *j = f->c->journal;
  out->phase = phase_name(phase_of(f));
  out->total = f->total, out->done = f->done;
  out->warnings = engine_warnings(j), out->errors = engine_errors(j);
  if (f->tar_size) out->contents_size = f->tar_size;
  out->started = f->started, out->ended = clock_now();
}

pintle_status engine_finish(const engine_finish_options *options, engine_summary *out, error *e) {
  const item_doc *d = options->resource;
  engine_finishing f = {.o = options,
                        .c = &options->common,
                        .tar_fd = -1,
                        .total = (uint64_t)number(d, "/status/progress/totalItems"),
                        .done = (uint64_t)number(d, options->restore ? "/status/progress/itemsRestored" : "/status/progress/itemsBackedUp"),
                        .seal = {.c = &options->common,
                                 .resource = options->resource,
                                 .restore = options->restore,
                                 .objects = {.store = options->common.store}}};
  if (clock_parse(item_str(d, "/status/startTimestamp", ""), &f.started) != PINTLE_OK) f.started = clock_now();
  pintle_status st = wait_for_all(&f, e);
  if (st == PINTLE_CANCELLED) fail(&f, e);
  else if (st == PINTLE_OK) st = conclude(&f, e);
  summarize(&f, out);
  if (st != PINTLE_OK && engine_phase_waits(out->phase))
    error_hint(e, "`pintle %s continue %s` goes on from here", options->restore ? "restore" : "backup",
               item_str(d, "/metadata/name", "").ptr);
  engine_phase(f.c->journal, out->phase);
  close_p(&f.tar_fd);
  engine_seal_free(&f.seal);
  return PINTLE_OK;
}
