/* finish.c -- run_finish: what is left of a run when its items are stored, by the process that began it or by another.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"

enum { MAX_OBJECT = 256 << 20 };

typedef struct finishing {
  run_context *c;
  const run_request *request;
  store *store;
  bool restore;
  engine_journal *journal;
  run_input none;    /* no items: the operations need types only */
  run_setup setup;   /* of the operations */
  run_input again;   /* items that are taken again */
  run_setup finally; /* their chain */
  buf head, actions; /* of the manifest or report: what made the backup stays, and what its calls for items came to */
  bool foreign;      /* Velero's: no manifest */
} finishing;

static const char *name_of(const finishing *f) { return item_str(f->request->resource, "/metadata/name", "").ptr; }

static pintle_status fetch(const finishing *f, int object, buf *out, error *e) {
  CLEANUP(buf_free) buf key = {0};
  run_key(f->restore, name_of(f), object, &key);
  return key.failed ? error_nomem(e) : store_get_gzip(f->store, key.data, MAX_OBJECT, out, e);
}

/* Journal and operations as they were left. */
static pintle_status read_state(finishing *f, error *e) {
  CLEANUP(buf_free) buf results = {0}, operations = {0};
  const item_doc *d = f->request->resource;
  int64_t warnings = 0, errors = 0;
  if (item_int(item_at(d, "/status/warnings"), &warnings) != PINTLE_OK || warnings < 0) warnings = 0;
  if (item_int(item_at(d, "/status/errors"), &errors) != PINTLE_OK || errors < 0) errors = 0;
  pintle_status st = fetch(f, STORE_RESULTS, &results, e);
  if (st == PINTLE_NOT_FOUND) st = PINTLE_OK, error_clear(e); /* a Velero of long ago */
  else if (st == PINTLE_OK) st = engine_journal_before(f->journal, buf_str(&results), (uint64_t)warnings, (uint64_t)errors, e);
  if (st == PINTLE_OK) st = fetch(f, STORE_ITEM_OPERATIONS, &operations, e);
  if (st == PINTLE_OK) st = engine_operations_read(f->setup.operations, buf_str(&operations), e);
  if (st == PINTLE_OK) engine_operations_retell(f->setup.operations);
  return st;
}

/* The calls for items. Those of stores, snapshots and operations are in c->times, and go on. */
static void keep_actions(finishing *f, const item_doc *d) {
  for (const item_node *a = item_first(item_at(d, "/actions")); a; a = item_next(a)) {
    if (!str_is(item_string(item_member(a, STR("operation"))), "execute")) continue;
    if (f->actions.len) buf_addc(&f->actions, ',');
    item_print(d, a, 0, &f->actions);
  }
}

static pintle_status read_head(finishing *f, error *e) {
  static const char *const others[] = {"/apiVersion", "/kind", "/objects", "/items", "/actions"};
  CLEANUP(item_freep) item_doc *d = NULL;
  pintle_status st = item_new(&d) == PINTLE_OK ? run_report(f->c, f->store, f->restore, name_of(f), d, e) : error_nomem(e);
  if (st == PINTLE_NOT_FOUND && f->restore) return error_clear(e), PINTLE_OK;
  if (st == PINTLE_NOT_FOUND && !item_str(f->request->resource, "/metadata/annotations/pintle.io~1manifest-sha256", "").len) {
    LOG(f->journal, PINTLE_LOG_WARN, NULL, "the backup was begun by Velero; no server of Velero may go on with it as well");
    error_clear(e);
    return f->foreign = true, PINTLE_OK;
  }
  if (st == PINTLE_OK) keep_actions(f, d);
  for (size_t i = 0; st == PINTLE_OK && i < sizeof others / sizeof *others; i++) item_remove(d, others[i]);
  if (st == PINTLE_OK && (item_print(d, NULL, 0, &f->head) != PINTLE_OK || f->actions.failed)) st = error_nomem(e);
  if (st != PINTLE_OK || f->head.len < 3) return buf_clear(&f->head), st;
  memmove(f->head.data, f->head.data + 1, f->head.len -= 2); /* without its braces */
  return PINTLE_OK;
}

static pintle_status take_again(void *ctx, engine_common *common, error *e) {
  finishing *f = ctx;
  const char *from = f->request->from;
  const run_setup_options so = {.kind = CONF_BACKUP_ITEM_ACTION, .finalizing = true};
  pintle_status st = run_input_open(f->c, f->journal, &f->request->control, &f->again, e);
  f->again.quiet = true;
  if (st == PINTLE_OK) /* standard input can be read once */
    st = from && strcmp(from, "-") != 0 ? run_input_path(f->c, &f->again, from, e)
                                        : run_input_backup(f->c, &f->again, f->store, name_of(f), e);
  if (st == PINTLE_OK) st = run_input_finish(&f->again, e);
  if (st == PINTLE_OK) st = run_setup_open(f->c, &so, f->request->resource, &f->again, &f->finally, e);
  if (st != PINTLE_OK) return st;
  common->source = f->again.source, common->types = f->again.types, common->pool = f->finally.pool;
  common->explain_ctx = &f->finally;
  return PINTLE_OK;
}

static pintle_status finish(finishing *f, store_lock *lock, engine_summary *out, error *e) {
  const engine_finish_options o = {.common = {.types = f->none.types,
                                              .pool = f->setup.pool,
                                              .store = f->store,
                                              .lock = lock,
                                              .temp_dir = f->c->o.temp_dir,
                                              .journal = f->journal,
                                              .control = f->request->control,
                                              .operations = f->setup.operations,
                                              .explain = run_explain_crash,
                                              .explain_ctx = &f->setup},
                                   .resource = f->request->resource,
                                   .restore = f->restore,
                                   .manifest_head = buf_str(&f->head),
                                   .foreign = f->foreign,
                                   .actions = buf_str(&f->actions),
                                   .gzip_threads = 2,
                                   .items = take_again,
                                   .ctx = f};
  return engine_finish(&o, out, e);
}

pintle_status run_finish(run_context *c, const run_request *request, store *s, store_lock *lock, bool restore, bool give_up,
                         engine_summary *out, error *e) {
  const item_doc *d = request->resource;
  finishing f = {.c = c, .request = request, .store = s, .restore = restore};
  const run_setup_options so = {.kind = restore ? CONF_RESTORE_ITEM_ACTION : CONF_BACKUP_ITEM_ACTION};
  pintle_status st = run_journal_open(c, request, restore, &f.journal, e);
  if (st == PINTLE_OK) st = run_input_open(c, f.journal, &request->control, &f.none, e);
  if (st == PINTLE_OK) st = run_input_finish(&f.none, e);
  if (st == PINTLE_OK) st = run_setup_open(c, &so, d, &f.none, &f.setup, e);
  if (st == PINTLE_OK) st = read_state(&f, e);
  if (st == PINTLE_OK) st = read_head(&f, e);
  if (st == PINTLE_OK) st = engine_operations_known(f.setup.operations, give_up, e);
  if (st == PINTLE_OK) st = finish(&f, lock, out, e);
  run_setup_close(&f.finally);
  run_input_close(&f.again);
  run_setup_close(&f.setup);
  run_input_close(&f.none);
  run_hear(c, NULL);
  run_tell_times(c, f.journal);
  engine_journal_free(f.journal);
  buf_free(&f.head);
  buf_free(&f.actions);
  return st;
}
