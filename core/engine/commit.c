/* commit.c -- the objects of a backup, read back before velero-backup.json makes them one.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/digest.h"
#include "base/clock.h"
#include "engine/backup_run.h"

/* ---- status */
void backup_status(backup_run *r, const engine_summary *out, const error *e) {
  item_doc *d = r->o->backup;
  char text[32];
  buf b = {0};
  int64_t ttl = 0;
  str ttl_text = item_str(d, "/spec/ttl", "720h0m0s");
  if (clock_duration(ttl_text, &ttl) != PINTLE_OK || ttl <= 0) ttl = (int64_t)720 * 3600 * CLOCK_SECOND;
  buf_printf(&b, "{\"version\":1,\"formatVersion\":\"1.1.0\",\"expiration\":\"%s\"", clock_rfc3339(out->started + ttl, text));
  buf_printf(&b, ",\"phase\":\"%s\",\"startTimestamp\":\"%s\"", out->phase, clock_rfc3339(out->started, text));
  buf_printf(&b, ",\"completionTimestamp\":\"%s\"", clock_rfc3339(out->ended ? out->ended : clock_now(), text));
  if (e && e->status != PINTLE_OK) buf_addz(&b, ",\"failureReason\":"), buf_json(&b, str_of(e->message));
  if (out->warnings) buf_printf(&b, ",\"warnings\":%llu", (unsigned long long)out->warnings);
  if (out->errors) buf_printf(&b, ",\"errors\":%llu", (unsigned long long)out->errors);
  if (out->volumes.attempted) buf_printf(&b, ",\"volumeSnapshotsAttempted\":%llu", (unsigned long long)out->volumes.attempted);
  if (out->volumes.completed) buf_printf(&b, ",\"volumeSnapshotsCompleted\":%llu", (unsigned long long)out->volumes.completed);
  buf_printf(&b, ",\"progress\":{\"totalItems\":%llu,\"itemsBackedUp\":%llu}}", (unsigned long long)out->total,
             (unsigned long long)out->done);
  if (!b.failed) item_set_json(d, "/status", buf_str(&b));
  buf_free(&b);
}

/* ---- objects */
static const char *key_of(backup_run *r, int object) {
  buf_clear(&r->path);
  store_key_backup(item_str(r->o->backup, "/metadata/name", "").ptr, object, &r->path);
  return buf_z(&r->path);
}

/* Neither a large put nor the reading back can renew the heartbeat: say beforehand how long it may take, at 1 MB/s. */
static pintle_status expect(backup_run *r, int64_t bytes, error *e) {
  return r->c->lock ? store_run_expect(r->c->lock, (60 + bytes / 1000000) * CLOCK_SECOND, e) : PINTLE_OK;
}

static pintle_status put_log(backup_run *r, error *e) {
  int fd;
  int64_t size;
  pintle_status st = engine_journal_finish(r->c->journal, &fd, &size, e);
  return st == PINTLE_OK ? engine_put_fd(&r->objects, key_of(r, STORE_LOG), fd, size, NULL, e) : st;
}

static pintle_status put_results(backup_run *r, error *e) {
  buf json = {0};
  pintle_status st = engine_results(r->c->journal, &json, e);
  if (st == PINTLE_OK) st = engine_put_text(&r->objects, key_of(r, STORE_RESULTS), buf_str(&json), true, e);
  buf_free(&json);
  return st;
}

static pintle_status put_volumes(backup_run *r, const buf *info, const buf *snapshots, error *e) {
  pintle_status st = engine_put_text(&r->objects, key_of(r, STORE_VOLUME_SNAPSHOTS), buf_str(snapshots), true, e);
  return st == PINTLE_OK ? engine_put_text(&r->objects, key_of(r, STORE_VOLUME_INFO), buf_str(info), true, e) : st;
}

static pintle_status put_state(backup_run *r, error *e) {
  buf json = {0};
  pintle_status st = engine_state_print(r->stage.ask.state, &json, e);
  if (st == PINTLE_OK && json.len) st = engine_put_text(&r->objects, key_of(r, STORE_STATE), buf_str(&json), true, e);
  buf_free(&json);
  return st;
}

static pintle_status put_manifest(backup_run *r, error *e) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < r->objects.n && st == PINTLE_OK; i++)
    st = store_manifest_object(r->manifest, r->objects.v[i].key, r->objects.v[i].size, r->objects.v[i].sha256, e);
  if (st != PINTLE_OK) return st;
  CLEANUP(buf_free) buf head = {0};
  engine_stage_head(&r->stage, &head);
  if (head.failed) return error_nomem(e);
  return store_manifest_put(r->manifest, r->c->store, key_of(r, STORE_MANIFEST), buf_str(&head), e);
}

void backup_take_back_manifest(backup_run *r) {
  if (r->c->store) store_delete(r->c->store, key_of(r, STORE_MANIFEST), NULL);
}

static pintle_status pass_over(void *ctx, str data, error *e) {
  (void)ctx, (void)data, (void)e;
  return PINTLE_OK;
}

/* The manifest's own hash, as it is read back, stands in the commit object. */
static pintle_status hash_manifest(backup_run *r, error *e) {
  unsigned char sha[32];
  char hex[65];
  int64_t size;
  pintle_status st = store_get_each(r->c->store, key_of(r, STORE_MANIFEST), pass_over, NULL, &size, sha, e);
  if (st == PINTLE_OK) {
    archive_hex(sha, sizeof sha, hex);
    st = item_set(r->o->backup, "/metadata/annotations/pintle.io~1manifest-sha256", str_of(hex));
  }
  return st;
}

static pintle_status put_metadata(backup_run *r, error *e) {
  buf json = {0};
  pintle_status st = item_print(r->o->backup, NULL, ITEM_PRINT_PRETTY | ITEM_PRINT_GO, &json);
  buf_addc(&json, '\n');
  if (st != PINTLE_OK || json.failed) st = error_nomem(e);
  if (st == PINTLE_OK) st = engine_put_text(&r->objects, key_of(r, STORE_METADATA), buf_str(&json), false, e);
  buf_free(&json);
  return st;
}

pintle_status backup_commit(backup_run *r, engine_summary *out, error *e) {
  const engine_common *o = r->c;
  CLEANUP(buf_free) buf info = {0};
  CLEANUP(buf_free) buf snapshots = {0};
  pintle_status st = backup_volumes_finish(r->volumes, &info, &snapshots, &out->volumes, e);
  out->phase = engine_errors(o->journal) ? "PartiallyFailed" : "Completed";
  if (st == PINTLE_OK && o->store) {
    LOG(o->journal, PINTLE_LOG_INFO, NULL, "Backed up a total of %llu items", (unsigned long long)r->stored);
    engine_phase(o->journal, "Uploading");
    st = expect(r, r->tar_size, e);
    if (st == PINTLE_OK) st = put_log(r, e);
    if (st == PINTLE_OK) st = engine_put_fd(&r->objects, key_of(r, STORE_CONTENTS), r->tar_fd, r->tar_size, r->tar_sha, e);
    if (st == PINTLE_OK) st = engine_list_put(r->list, &r->objects, key_of(r, STORE_RESOURCE_LIST), o->temp_dir, e);
    if (st == PINTLE_OK) st = put_results(r, e);
    if (st == PINTLE_OK) st = engine_put_text(&r->objects, key_of(r, STORE_POD_VOLUME_BACKUPS), STR("null\n"), true, e);
    if (st == PINTLE_OK) st = engine_put_text(&r->objects, key_of(r, STORE_ITEM_OPERATIONS), STR("[]\n"), true, e);
    if (st == PINTLE_OK) st = put_volumes(r, &info, &snapshots, e);
    if (st == PINTLE_OK) st = put_state(r, e);
    if (st == PINTLE_OK) st = engine_stage_put_outcomes(&r->stage, &r->objects, key_of(r, STORE_OUTCOMES), e);
    if (st == PINTLE_OK) st = put_manifest(r, e);
    if (st == PINTLE_OK) engine_phase(o->journal, "Verifying");
    if (st == PINTLE_OK) st = expect(r, r->tar_size, e);
    if (st == PINTLE_OK) st = engine_objects_verify(&r->objects, e);
    if (st == PINTLE_OK) st = hash_manifest(r, e);
  }
  if (st == PINTLE_OK && o->control.cancelled && o->control.cancelled(o->control.ctx))
    st = error_set(e, PINTLE_CANCELLED, "the run was cancelled");
  if (st == PINTLE_OK) st = engine_record_save(&r->stage.record, true, e);
  if (st == PINTLE_OK && o->control.may_commit && !o->control.may_commit(o->control.ctx))
    st = error_set(e, PINTLE_CONFLICT, "another run has taken this one's place");
  out->warnings = engine_warnings(o->journal), out->errors = engine_errors(o->journal);
  out->ended = clock_now();
  backup_status(r, out, NULL);
  return st == PINTLE_OK && o->store ? put_metadata(r, e) : st;
}
