/* seal.c -- see seal.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/seal.h"
#include "archive/digest.h"

const char *engine_seal_key(engine_seal *s, int object) {
  const char *name = item_str(s->resource, "/metadata/name", "").ptr;
  buf_clear(&s->key);
  if (s->restore) store_key_restore(name, object, &s->key);
  else store_key_backup(name, object, &s->key);
  return buf_z(&s->key);
}

pintle_status engine_seal_text(engine_seal *s, int object, str text, error *e) {
  return engine_put_text(&s->objects, engine_seal_key(s, object), text, true, e);
}

pintle_status engine_seal_log(engine_seal *s, error *e) {
  int fd;
  int64_t size;
  pintle_status st = engine_journal_finish(s->c->journal, &fd, &size, e);
  return st == PINTLE_OK ? engine_put_fd(&s->objects, engine_seal_key(s, STORE_LOG), fd, size, NULL, e) : st;
}

pintle_status engine_seal_results(engine_seal *s, error *e) {
  CLEANUP(buf_free) buf json = {0};
  pintle_status st = engine_results(s->c->journal, &json, e);
  return st == PINTLE_OK ? engine_seal_text(s, STORE_RESULTS, buf_str(&json), e) : st;
}

pintle_status engine_seal_operations(engine_seal *s, error *e) {
  CLEANUP(buf_free) buf json = {0};
  engine_operations_print(s->c->operations, &json);
  return json.failed ? error_nomem(e) : engine_seal_text(s, STORE_ITEM_OPERATIONS, buf_str(&json), e);
}

pintle_status engine_seal_expect(const engine_seal *s, int64_t bytes, error *e) { /* at 1 MB/s */
  return s->c->lock ? store_run_expect(s->c->lock, (60 + bytes / 1000000) * CLOCK_SECOND, e) : PINTLE_OK;
}

static pintle_status pass_over(void *ctx, str data, error *e) {
  (void)ctx, (void)data, (void)e;
  return PINTLE_OK;
}

/* The manifest's own hash, as it is read back, stands in the commit object. */
static pintle_status hash_manifest(engine_seal *s, error *e) {
  unsigned char sha[32];
  char hex[65];
  int64_t size;
  pintle_status st = store_get_each(s->c->store, engine_seal_key(s, STORE_MANIFEST), pass_over, NULL, &size, sha, e);
  if (st != PINTLE_OK) return st;
  archive_hex(sha, sizeof sha, hex);
  return item_set(s->resource, "/metadata/annotations/pintle.io~1manifest-sha256", str_of(hex)) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
}

pintle_status engine_seal_manifest(engine_seal *s, int64_t bytes, error *e) {
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < s->objects.n && st == PINTLE_OK; i++)
    st = store_manifest_object(s->manifest, s->objects.v[i].key, s->objects.v[i].size, s->objects.v[i].sha256, e);
  if (st == PINTLE_OK) st = store_manifest_put(s->manifest, s->c->store, engine_seal_key(s, STORE_MANIFEST), s->manifest_head, e);
  if (st == PINTLE_OK) engine_phase(s->c->journal, "Verifying");
  if (st == PINTLE_OK) st = engine_seal_expect(s, bytes, e);
  if (st == PINTLE_OK) st = engine_objects_verify(&s->objects, e);
  return st == PINTLE_OK ? hash_manifest(s, e) : st;
}

pintle_status engine_seal_commit(engine_seal *s, error *e) {
  CLEANUP(buf_free) buf json = {0};
  pintle_status st = item_print(s->resource, NULL, ITEM_PRINT_PRETTY | ITEM_PRINT_GO, &json);
  buf_addc(&json, '\n');
  if (st != PINTLE_OK || json.failed) return error_nomem(e);
  return engine_put_text(&s->objects, engine_seal_key(s, STORE_METADATA), buf_str(&json), false, e);
}

void engine_seal_take_back(engine_seal *s) {
  engine_objects_take_back(&s->objects);
  if (s->c->store && !s->restore) store_delete(s->c->store, engine_seal_key(s, STORE_MANIFEST), NULL);
}

void engine_seal_free(engine_seal *s) {
  store_manifest_free(s->manifest);
  engine_objects_free(&s->objects);
  buf_free(&s->key);
}
