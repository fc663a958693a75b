/* continue.c -- run_continue: a run whose process has ended, gone on with from the store alone.  SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"

/* As it is in the store now; phases that are over, and what never came so far, are told apart. */
static pintle_status read_waiting(const run_continue_request *r, store *s, item_doc *d, error *e) {
  const char *what = r->restore ? "restore" : "backup";
  pintle_status st = run_read_resource(s, r->restore, r->name, d, e);
  if (st == PINTLE_NOT_FOUND) {
    error_set(e, st, "there is no %s \"%s\" in location %s that could be continued", what, r->name, store_name(s));
    error_hint(e, "`pintle %s get` lists them; one that is Interrupted had not stored its items yet: create it again", what);
  }
  if (st != PINTLE_OK) return st;
  const char *phase = item_str(d, "/status/phase", "").ptr;
  if (engine_phase_waits(phase)) return PINTLE_OK;
  return error_set(e, PINTLE_INVALID, "%s \"%s\" is over, it is %s: there is nothing to continue", what, r->name, phase);
}

/* What the calls of the process before this one came to, where that is known. */
static void recall_times(run_context *c, const run_continue_request *r, store *s) {
  CLEANUP(item_freep) item_doc *d = NULL;
  if (item_new(&d) == PINTLE_OK && run_report(c, s, r->restore, r->name, d, NULL) == PINTLE_OK)
    worker_times_read(c->times, item_at(d, "/actions"));
}

static pintle_status go_on(run_context *c, const run_continue_request *r, store *s, item_doc *d, engine_summary *out, error *e) {
  store_lock *lock = NULL;
  error end = {0};
  const run_request request = {.resource = d, .from = r->from, .listener = r->listener, .control = r->control};
  pintle_status st = run_claim_again(s, r->restore, d, &lock, e);
  if (st != PINTLE_OK) return st;
  st = read_waiting(r, s, d, e); /* once more: until now another process may have ended it */
  if (st == PINTLE_OK) recall_times(c, r, s);
  if (st == PINTLE_OK) st = run_finish(c, &request, s, lock, r->restore, r->give_up, out, e);
  if (store_run_end(lock, NULL, &end) != PINTLE_OK && st == PINTLE_OK && !e->message[0]) *e = end;
  return st;
}

pintle_status run_continue(run_context *c, const run_continue_request *request, item_doc **resource, engine_summary *out, error *e) {
  store *s = NULL;
  item_doc *d = NULL;
  *resource = NULL;
  *out = (engine_summary){.phase = "Failed"};
  if (!store_valid_name(str_of(request->name))) return error_set(e, PINTLE_INVALID, "\"%s\" is no valid name", request->name);
  c->control = &request->control;
  pintle_status st = run_store(c, request->location, &s, e);
  if (st == PINTLE_OK && !request->restore) st = run_writable(c, s, e);
  if (st == PINTLE_OK && item_new(&d) != PINTLE_OK) st = error_nomem(e);
  if (st == PINTLE_OK) st = read_waiting(request, s, d, e);
  if (st == PINTLE_OK) *resource = d;
  if (st == PINTLE_OK) st = go_on(c, request, s, d, out, e);
  if (!*resource) item_free(d);
  c->control = NULL;
  return st;
}
