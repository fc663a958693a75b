/* delete_operations.c -- outstanding operations of a backup or restore are cancelled before it is deleted.  SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"

enum { MAX_LIST = 256 << 20 };

typedef struct operations {
  run_context *c;
  const run_delete_request *r;
  item_doc *resource; /* of one that is not committed only the name */
  buf kept, begun;    /* JSON arrays: of the store, of the run record */
} operations;

static pintle_status add_piece(void *ctx, str data, error *e) {
  buf *b = ctx;
  buf_adds(b, data);
  return b->failed ? error_nomem(e) : b->len > MAX_LIST ? error_set(e, PINTLE_INVALID, "the list of operations is too long") : PINTLE_OK;
}

/* Of a run that is over nothing is outstanding. */
static pintle_status read_kept(operations *o, error *e) {
  const run_delete_request *r = o->r;
  pintle_status st = run_read_resource(r->store, r->restore, r->name, o->resource, e);
  if (st != PINTLE_OK || !engine_phase_waits(item_str(o->resource, "/status/phase", "").ptr)) return st == PINTLE_INVALID ? PINTLE_OK : st;
  st = run_object(o->c, r->store, r->restore, r->name, STORE_ITEM_OPERATIONS, true, add_piece, &o->kept, e);
  return st == PINTLE_NOT_FOUND ? PINTLE_OK : st;
}

static pintle_status read_begun(operations *o, str record, error *e) {
  CLEANUP(item_freep) item_doc *d = NULL;
  static const item_limits limits = {.max_bytes = MAX_LIST};
  if (record.len == 0) return PINTLE_OK;
  pintle_status st = item_new(&d) == PINTLE_OK ? item_parse(d, record, 0, &limits, e) : error_nomem(e);
  const item_node *list = st == PINTLE_OK ? item_at(d, "/operations") : NULL;
  if (item_count(list) && item_print(d, list, 0, &o->begun) != PINTLE_OK) st = error_nomem(e);
  return st == PINTLE_INVALID ? PINTLE_OK : st;
}

static pintle_status cancel(operations *o, engine_journal *j, uint64_t *failed, error *e) {
  run_input none = {0};
  run_setup setup = {0};
  const run_setup_options so = {.kind = o->r->restore ? CONF_RESTORE_ITEM_ACTION : CONF_BACKUP_ITEM_ACTION};
  pintle_status st = run_input_open(o->c, j, &o->r->control, &none, e);
  if (st == PINTLE_OK) st = run_input_finish(&none, e);
  if (st == PINTLE_OK) st = run_setup_open(o->c, &so, o->resource, &none, &setup, e);
  if (st == PINTLE_OK && o->kept.len) st = engine_operations_read(setup.operations, buf_str(&o->kept), e);
  if (st == PINTLE_OK && o->begun.len) st = engine_operations_read(setup.operations, buf_str(&o->begun), e);
  if (st == PINTLE_OK) *failed += engine_operations_drop(setup.operations);
  run_setup_close(&setup);
  run_input_close(&none);
  return st;
}

static void tell(const operations *o, str list) {
  CLEANUP(item_freep) item_doc *d = NULL;
  static const item_limits limits = {.max_bytes = MAX_LIST};
  if (item_new(&d) != PINTLE_OK || item_parse(d, list, 0, &limits, NULL) != PINTLE_OK) return;
  for (const item_node *op = item_first(item_root(d)); op; op = item_next(op)) {
    const item_node *spec = item_member(op, STR("spec"));
    str phase = item_string(item_member(item_member(op, STR("status")), STR("phase"))),
        action = item_string(item_member(spec, str_of(o->r->restore ? "restoreItemAction" : "backupItemAction"))),
        id = item_string(item_member(spec, STR("operationID")));
    if (str_is(phase, "Completed") || str_is(phase, "Failed") || str_is(phase, "Canceled")) continue;
    run_would(o->r, "cancel operation %s of %s", id.ptr ? id.ptr : "", action.ptr ? action.ptr : "");
  }
}

pintle_status run_delete_operations(run_context *c, const run_delete_request *request, bool committed, str record, engine_journal *j,
                                    uint64_t *failed, error *e) {
  operations o = {.c = c, .r = request};
  pintle_status st = request->restore ? run_new_restore(request->name, &o.resource, e) : run_new_backup(request->name, &o.resource, e);
  if (st == PINTLE_OK && committed) st = read_kept(&o, e);
  if (st == PINTLE_OK && !committed) st = read_begun(&o, record, e);
  if (st == PINTLE_OK && request->would) {
    if (o.kept.len) tell(&o, buf_str(&o.kept));
    if (o.begun.len) tell(&o, buf_str(&o.begun));
  } else if (st == PINTLE_OK && (o.kept.len > 4 || o.begun.len > 4)) {
    error own = {0};
    if (cancel(&o, j, failed, &own) != PINTLE_OK) { /* a list that cannot be read, plugins that cannot be loaded: it can still be forced */
      LOG(j, PINTLE_LOG_ERROR, NULL, "the operations cannot be cancelled: %s", own.message);
      ++*failed;
    }
  }
  item_free(o.resource);
  buf_free(&o.kept);
  buf_free(&o.begun);
  return st;
}
