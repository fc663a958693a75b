/* restore.c -- run_restore: a backup, or files, into a directory.  SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"

/* What the backup says of one side of its volumes; of an older one nothing. Damage stops a restore that is to make volumes, as in Velero: from an empty
 * list it would look as if there was no data. */
static pintle_status read_list(run_context *c, const run_input *in, const item_doc *r, bool snapshots, backed_volumes *volumes, error *e) {
  error own = {0};
  const item_node *wanted = item_at(r, "/spec/restorePVs");
  int object = snapshots ? STORE_VOLUME_SNAPSHOTS : STORE_VOLUME_INFO;
  pintle_status (*each)(void *, const item_doc *, str, error *) = snapshots ? backed_volumes_snapshot : backed_volumes_info;
  if (!in->store && !in->directory) return PINTLE_OK; /* a bare tarball, or manifests */
  pintle_status st = in->store ? run_object_each(c, in->store, in->backup, object, each, volumes, &own)
                               : run_file_each(in->directory, in->in_directory, object, each, volumes, &own);
  bool unwanted = item_type(wanted) == PINTLE_T_BOOL && !item_true(wanted);
  if (st == PINTLE_INVALID && unwanted) {
    backed_volumes_forget(volumes, snapshots);
    LOG(in->journal, PINTLE_LOG_WARN, NULL, "%s", own.message);
    return PINTLE_OK;
  }
  if (st == PINTLE_INVALID) error_hint(&own, "--restore-volumes=false restores without it");
  if (st != PINTLE_OK && e) *e = own;
  return st;
}

static pintle_status restore(run_context *c, const run_request *request, store *s, store_lock *lock, engine_summary *out, error *e) {
  const item_doc *r = request->resource;
  run_input in = {0};
  run_setup setup = {0};
  engine_journal *journal = NULL;
  engine_target *target = NULL;
  backed_volumes *volumes = NULL;
  const run_setup_options so = {.kind = CONF_RESTORE_ITEM_ACTION, .dry_run = request->dry_run};
  pintle_status st = run_journal_open(c, request, true, &journal, e);
  if (st == PINTLE_OK) engine_phase(journal, "Reading");
  if (st == PINTLE_OK) st = run_input_open(c, journal, &request->control, &in, e);
  if (st == PINTLE_OK)
    st = request->from ? run_input_path(c, &in, request->from, e) : run_input_backup(c, &in, s, item_str(r, "/spec/backupName", "").ptr, e);
  if (st == PINTLE_OK) st = run_input_finish(&in, e);
  if (st == PINTLE_OK) st = backed_volumes_new(in.source, c->o.temp_dir, &volumes, e);
  if (st == PINTLE_OK) st = read_list(c, &in, r, false, volumes, e);
  if (st == PINTLE_OK) st = read_list(c, &in, r, true, volumes, e);
  if (st == PINTLE_OK) st = run_setup_open(c, &so, r, &in, &setup, e);
  if (st == PINTLE_OK && request->to && !request->dry_run) st = engine_target_open(request->to, &target, e);
  if (st == PINTLE_OK) {
    const engine_restore_options o = {.common = {.source = in.source,
                                                 .types = in.types,
                                                 .pool = setup.pool,
                                                 .store = request->dry_run ? NULL : s,
                                                 .lock = lock,
                                                 .temp_dir = c->o.temp_dir,
                                                 .journal = journal,
                                                 .control = request->control,
                                                 .head = buf_str(&setup.head),
                                                 .load_state = run_input_state,
                                                 .load_state_ctx = &in,
                                                 .operations = setup.operations,
                                                 .explain = run_explain_crash,
                                                 .explain_ctx = &setup},
                                      .restore = request->resource,
                                      .target = target,
                                      .volumes = volumes,
                                      .open_snapshotter = run_open_snapshotter,
                                      .open_ctx = c};
    st = engine_restore(&o, out, e);
  }
  engine_target_close(target);
  backed_volumes_free(volumes);
  run_setup_close(&setup);
  run_input_close(&in);
  run_hear(c, NULL);
  if (!engine_phase_waits(out->phase)) run_tell_times(c, journal); /* else run_finish does it */
  engine_journal_free(journal);
  return st;
}

pintle_status run_restore(run_context *c, const run_request *request, engine_summary *out, error *e) {
  store *s = NULL;
  store_lock *lock = NULL;
  *out = (engine_summary){.phase = "Failed"};
  if (!request->to && !request->dry_run) {
    error_set(e, PINTLE_INVALID, "a restore needs a directory");
    error_hint(e, "name it with --to DIR, or look first with --dry-run");
    return PINTLE_INVALID;
  }
  c->control = &request->control;
  pintle_status st = run_complete(c, request->resource, e);
  if (st == PINTLE_OK) st = run_store(c, request->location, &s, e);
  if (st == PINTLE_OK && !request->dry_run) st = run_claim(s, true, request->resource, &lock, e);
  if (st == PINTLE_OK) st = restore(c, request, s, lock, out, e);
  if (st == PINTLE_OK && engine_phase_waits(out->phase)) {
    run_request rest = *request;
    rest.from = NULL;
    st = run_finish(c, &rest, s, lock, true, false, out, e);
  }
  if (lock) {
    error end = {0};
    if (store_run_end(lock, NULL, &end) != PINTLE_OK && st == PINTLE_OK && strcmp(out->phase, "Failed") != 0) *e = end;
  }
  c->control = NULL;
  return st;
}
