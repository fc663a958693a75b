/* backup.c -- run_backup: the lock, the input, the engine.  SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"

static pintle_status snapshot_locations(run_context *c, const item_doc *backup, const char ***out, size_t *n, error *e) {
  const item_node *list = item_at(backup, "/spec/volumeSnapshotLocations");
  const char **v = arena_zalloc(&c->memory, (item_count(list) + 1) * sizeof *v);
  if (!v) return error_nomem(e);
  *out = v;
  for (const item_node *m = item_first(list); m; m = item_next(m))
    if (!(v[(*n)++] = arena_copy(&c->memory, item_string(m)))) return error_nomem(e);
  return PINTLE_OK;
}

static pintle_status back_up(run_context *c, const run_request *request, store *s, store_lock *lock, engine_summary *out, error *e) {
  run_input in = {0};
  conf_set policies = {0};
  run_setup setup = {0}, blocks = {0};
  const char **locations = NULL;
  size_t n_locations = 0;
  engine_journal *journal = NULL;
  const run_setup_options bo = {.kind = CONF_ITEM_BLOCK_ACTION, .dry_run = request->dry_run, .stop_elsewhere = true},
                          so = {.kind = CONF_BACKUP_ITEM_ACTION, .dry_run = request->dry_run, .blocks = &blocks};
  pintle_status st = run_journal_open(c, request, false, &journal, e);
  if (st == PINTLE_OK) st = run_policies(c, request->resource, &policies, e);
  if (st == PINTLE_OK) engine_phase(journal, "Reading");
  if (st == PINTLE_OK) st = run_input_open(c, journal, &request->control, &in, e);
  if (st == PINTLE_OK) st = run_input_path(c, &in, request->from, e);
  if (st == PINTLE_OK) st = run_input_finish(&in, e);
  if (st == PINTLE_OK) st = run_setup_open(c, &bo, request->resource, &in, &blocks, e);
  if (st == PINTLE_OK) st = run_setup_open(c, &so, request->resource, &in, &setup, e);
  if (st == PINTLE_OK) st = run_keep_delete_actions(c, request->resource, e);
  if (st == PINTLE_OK) st = snapshot_locations(c, request->resource, &locations, &n_locations, e);
  if (st == PINTLE_OK) {
    const engine_backup_options o = {.common = {.source = in.source,
                                                .types = in.types,
                                                .pool = setup.pool,
                                                .store = s,
                                                .lock = lock,
                                                .temp_dir = c->o.temp_dir,
                                                .journal = journal,
                                                .control = request->control,
                                                .head = buf_str(&setup.head),
                                                .operations = setup.operations,
                                                .explain = run_explain_crash,
                                                .explain_ctx = &setup},
                                     .block_pool = blocks.pool,
                                     .explain_block_ctx = &blocks,
                                     .backup = request->resource,
                                     .policies = policies.n ? policies.v[0]->doc : NULL,
                                     .open_snapshotter = run_open_snapshotter,
                                     .open_ctx = c,
                                     .snapshot_locations = locations,
                                     .n_snapshot_locations = n_locations,
                                     .gzip_threads = 2};
    st = engine_backup(&o, out, e);
  }
  run_setup_close(&setup);
  conf_set_free(&policies);
  run_setup_close(&blocks);
  run_input_close(&in);
  run_hear(c, NULL);
  if (!engine_phase_waits(out->phase)) run_tell_times(c, journal); /* else run_finish does it */
  engine_journal_free(journal);
  return st;
}

pintle_status run_backup(run_context *c, const run_request *request, engine_summary *out, error *e) {
  store *s = NULL;
  store_lock *lock = NULL;
  *out = (engine_summary){.phase = "Failed"};
  c->control = &request->control;
  pintle_status st = run_complete(c, request->resource, e);
  if (st == PINTLE_OK) st = run_store(c, item_str(request->resource, "/spec/storageLocation", "").ptr, &s, e);
  if (st == PINTLE_OK) st = run_writable(c, s, e);
  if (st == PINTLE_OK && !request->dry_run) st = run_claim(s, false, request->resource, &lock, e);
  if (st == PINTLE_OK) st = back_up(c, request, request->dry_run ? NULL : s, lock, out, e);
  if (st == PINTLE_OK && engine_phase_waits(out->phase)) st = run_finish(c, request, s, lock, false, false, out, e);
  if (lock) {
    bool failed = st == PINTLE_OK && strcmp(out->phase, "Failed") == 0;
    error end = {0};
    if (store_run_end(lock, failed ? "Failed" : NULL, &end) != PINTLE_OK && st == PINTLE_OK && !failed) *e = end;
  }
  c->control = NULL;
  return st;
}
