/* commit.c -- the objects of a backup, read back before velero-backup.json makes them one.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "engine/backup_run.h"
#include "engine/run_status.h"

/* ---- status */
void backup_status(backup_run *r, const engine_summary *out, const error *why) {
  const engine_run_status status = {.resource = r->o->backup, .operations = r->c->operations};
  engine_run_status_set(&status, out, why, NULL);
}

/* ---- objects */
static pintle_status put_volumes(backup_run *r, const buf *snapshots, error *e) {
  pintle_status st = engine_seal_text(&r->seal, STORE_VOLUME_SNAPSHOTS, buf_str(snapshots), e);
  if (st != PINTLE_OK) return st;
  return engine_put_printed(&r->seal.objects, engine_seal_key(&r->seal, STORE_VOLUME_INFO), r->c->temp_dir, backup_volumes_print,
                            r->volumes, e);
}

static pintle_status put_state(backup_run *r, error *e) {
  buf json = {0};
  pintle_status st = engine_state_print(r->stage.ask.state, &json, e);
  if (st == PINTLE_OK && json.len) st = engine_seal_text(&r->seal, STORE_STATE, buf_str(&json), e);
  buf_free(&json);
  return st;
}

static pintle_status put_manifest(backup_run *r, error *e) {
  CLEANUP(buf_free) buf head = {0};
  engine_stage_head(&r->stage, &head);
  if (head.failed) return error_nomem(e);
  r->seal.manifest_head = buf_str(&head);
  pintle_status st = engine_seal_manifest(&r->seal, r->tar_size, e);
  r->seal.manifest_head = STR("");
  return st;
}

pintle_status backup_commit(backup_run *r, engine_summary *out, error *e) {
  const engine_common *o = r->c;
  engine_seal *seal = &r->seal;
  CLEANUP(buf_free) buf snapshots = {0};
  pintle_status st = backup_volumes_finish(r->volumes, &snapshots, &out->volumes, e);
  bool waits = engine_operations_outstanding(o->operations) > 0;
  if (waits) out->phase = engine_errors(o->journal) ? "WaitingForPluginOperationsPartiallyFailed" : "WaitingForPluginOperations";
  else out->phase = engine_errors(o->journal) ? "PartiallyFailed" : "Completed";
  if (st == PINTLE_OK && o->store) {
    LOG(o->journal, PINTLE_LOG_INFO, NULL, "Backed up a total of %llu items", (unsigned long long)r->stored);
    engine_phase(o->journal, "Uploading");
    st = engine_seal_expect(seal, r->tar_size, e);
    if (st == PINTLE_OK) st = engine_seal_log(seal, e);
    if (st == PINTLE_OK) st = engine_put_fd(&seal->objects, engine_seal_key(seal, STORE_CONTENTS), r->tar_fd, r->tar_size, r->tar_sha, e);
    if (st == PINTLE_OK) st = engine_list_put(r->list, &seal->objects, engine_seal_key(seal, STORE_RESOURCE_LIST), o->temp_dir, e);
    if (st == PINTLE_OK) st = engine_seal_results(seal, e);
    if (st == PINTLE_OK) st = engine_seal_text(seal, STORE_POD_VOLUME_BACKUPS, STR("null\n"), e);
    if (st == PINTLE_OK && !waits) st = engine_seal_operations(seal, e);
    if (st == PINTLE_OK) st = put_volumes(r, &snapshots, e);
    if (st == PINTLE_OK) st = put_state(r, e);
    if (st == PINTLE_OK) st = engine_stage_put_outcomes(&r->stage, &seal->objects, engine_seal_key(seal, STORE_OUTCOMES), e);
    if (st == PINTLE_OK) st = put_manifest(r, e);
    if (st == PINTLE_OK && waits) st = engine_seal_operations(seal, e); /* outside of the manifest: they change while they go on */
  }
  if (st == PINTLE_OK && o->control.cancelled && o->control.cancelled(o->control.ctx))
    st = error_set(e, PINTLE_CANCELLED, "the run was cancelled");
  if (st == PINTLE_OK) st = engine_record_save(&r->stage.record, true, e);
  if (st == PINTLE_OK && o->control.may_commit && !o->control.may_commit(o->control.ctx))
    st = error_set(e, PINTLE_CONFLICT, "another run has taken this one's place");
  out->warnings = engine_warnings(o->journal), out->errors = engine_errors(o->journal);
  out->ended = clock_now();
  backup_status(r, out, NULL);
  return st == PINTLE_OK && o->store ? engine_seal_commit(seal, e) : st;
}
