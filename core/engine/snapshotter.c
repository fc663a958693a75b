/* snapshotter.c -- see snapshotter.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/snapshotter.h"
#include <stdlib.h>

typedef struct opened {
  char *location;
  const pintle_volume_snapshotter *ops; /* NULL: *failure says why */
  void *self;
  error failure;
} opened;

struct engine_snapshotters {
  engine_snapshotters_options o;
  host_services services;
  host_call *call;
  host_result result;
  opened *v;
  size_t n, cap;
  str volume_action, volume_parameters;
};

/* ---- what a call asks */
static void take_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  const engine_snapshotters *s = ctx;
  CLEANUP(buf_free) buf text = {0};
  const char *plugin = host_line_text(message, fields, n, &text);
  if (s->o.log && !text.failed) s->o.log(s->o.ctx, level, plugin, buf_str(&text));
}

static void take_report(void *ctx, const pintle_progress *p) {
  const engine_snapshotters *s = ctx;
  if (s->o.report) s->o.report(s->o.ctx, p);
}

static int32_t take_interrupted(void *ctx) {
  const engine_snapshotters *s = ctx;
  return s->o.interrupted ? s->o.interrupted(s->o.ctx) : 0;
}

static pintle_status take_property(void *ctx, const char *name, str *value) {
  static const char *const of_resource[][2] = {
      {"run.kind", "/kind"}, {"run.name", "/metadata/name"}, {"run.uid", "/metadata/uid"}, {"velero.namespace", "/metadata/namespace"}};
  const engine_snapshotters *s = ctx;
  if (strcmp(name, "item.volume-action") == 0) return *value = s->volume_action, PINTLE_OK;
  if (strcmp(name, "item.volume-parameters") == 0) return *value = s->volume_parameters, PINTLE_OK;
  for (size_t i = 0; s->o.resource && i < sizeof of_resource / sizeof *of_resource; i++)
    if (strcmp(name, of_resource[i][0]) == 0) return *value = item_str(s->o.resource, of_resource[i][1], ""), PINTLE_OK;
  return PINTLE_NOT_FOUND;
}

/* ---- life */
pintle_status engine_snapshotters_new(const engine_snapshotters_options *options, engine_snapshotters **out, error *e) {
  engine_snapshotters *s = calloc(1, sizeof *s);
  if (!s) return error_nomem(e);
  s->o = *options;
  s->services = (host_services){.ctx = s, .log = take_log, .report = take_report, .property = take_property, .cancelled = take_interrupted};
  s->volume_action = s->volume_parameters = STR("");
  if (host_call_new(&s->services, &s->call) != PINTLE_OK) return free(s), error_nomem(e);
  *out = s;
  return PINTLE_OK;
}

void engine_snapshotters_free(engine_snapshotters *s) {
  if (!s) return;
  host_result_free(&s->result);
  host_call_free(s->call);
  for (size_t i = 0; i < s->n; i++) free(s->v[i].location);
  free(s->v);
  free(s);
}

void engine_snapshotters_tell(engine_snapshotters *s, str volume_action, str volume_parameters) {
  s->volume_action = volume_action, s->volume_parameters = volume_parameters;
}

/* NULL: it cannot be opened, for *st and *e. */
static const opened *get(engine_snapshotters *s, const char *location, pintle_status *st, error *e) {
  opened *o = NULL;
  for (size_t i = 0; i < s->n && !o; i++)
    if (strcmp(s->v[i].location, location) == 0) o = &s->v[i];
  if (!o) {
    opened one = {.location = strdup(location)};
    if (!one.location || !GROW(s->v, s->n, s->cap)) {
      free(one.location);
      return *st = error_nomem(e), NULL;
    }
    pintle_status got = s->o.open(s->o.open_ctx, location, &one.ops, &one.self, &one.failure);
    if (got != PINTLE_OK) {
      one.ops = NULL;
      one.failure.status = got;
      error_wrap(&one.failure, "VolumeSnapshotLocation \"%s\"", location);
    }
    o = &s->v[s->n++];
    *o = one;
  }
  *st = o->ops ? PINTLE_OK : o->failure.status;
  if (!o->ops && e) *e = o->failure;
  return o->ops ? o : NULL;
}

pintle_status engine_snapshotters_open(engine_snapshotters *s, const char *location, error *e) {
  pintle_status st;
  (void)get(s, location, &st, e);
  return st;
}

/* ---- calls */
static pintle_call *begin(engine_snapshotters *s) {
  host_call_begin(s->call, NULL, 0); /* the worker that serves the call has its own deadline */
  host_result_begin(&s->result, s->call, HOST_RESULT_TEXT, true);
  return host_call_handle(s->call);
}

static pintle_status end(engine_snapshotters *s, const opened *o, pintle_status st, buf *text, const char *what, error *e) {
  if (text) {
    buf_clear(text);
    buf_adds(text, s->result.text); /* before the call's memory is gone */
    (void)buf_z(text);
  }
  st = host_call_end(s->call, st, e);
  if (st == PINTLE_OK && text && text->failed) return error_nomem(e);
  if (st == PINTLE_OK && text && memchr(buf_z(text), 0, text->len)) st = error_set(e, PINTLE_INVALID, "%s: an id with U+0000", what);
  if (st != PINTLE_OK) error_wrap(e, "VolumeSnapshotLocation \"%s\": %s", o->location, what);
  return st;
}

/* An id that must be there. */
static pintle_status present(const opened *o, const buf *text, const char *what, error *e) {
  return text->len
             ? PINTLE_OK
             : error_set(e, PINTLE_FAILED, "VolumeSnapshotLocation \"%s\": %s: it gave no id and said that all is well", o->location, what);
}

pintle_status engine_snapshot_volume_id(engine_snapshotters *s, const char *location, item_doc *pv, buf *id, error *e) {
  pintle_status st;
  const opened *o = get(s, location, &st, e);
  if (!o) return st;
  item_set_readonly(pv, true);
  st = end(s, o, o->ops->get_volume_id(o->self, begin(s), item_handle(pv), &s->result.base), id, "get_volume_id", e);
  item_set_readonly(pv, false);
  return st;
}

pintle_status engine_snapshot_volume_info(engine_snapshotters *s, const char *location, const char *id, const char *az, buf *type,
                                          int64_t *iops, error *e) {
  pintle_status st;
  const opened *o = get(s, location, &st, e);
  *iops = PINTLE_NONE;
  if (!o) return st;
  st = end(s, o, o->ops->get_volume_info(o->self, begin(s), id, az, iops, &s->result.base), type, "get_volume_info", e);
  if (*iops <= 0) *iops = PINTLE_NONE;
  return st;
}

pintle_status engine_snapshot_create(engine_snapshotters *s, const char *location, const char *id, const char *az, const pintle_kv *tags,
                                     size_t n_tags, buf *snapshot, error *e) {
  pintle_status st;
  const opened *o = get(s, location, &st, e);
  if (!o) return st;
  st = end(s, o, o->ops->create_snapshot(o->self, begin(s), id, az, tags, n_tags, &s->result.base), snapshot, "create_snapshot", e);
  return st == PINTLE_OK ? present(o, snapshot, "create_snapshot", e) : st;
}

pintle_status engine_snapshot_restore(engine_snapshotters *s, const char *location, const char *snapshot, const char *type, const char *az,
                                      int64_t iops, buf *id, error *e) {
  pintle_status st;
  const opened *o = get(s, location, &st, e);
  if (!o) return st;
  st = o->ops->create_volume_from_snapshot(o->self, begin(s), snapshot, type, az, iops, &s->result.base);
  st = end(s, o, st, id, "create_volume_from_snapshot", e);
  return st == PINTLE_OK ? present(o, id, "create_volume_from_snapshot", e) : st;
}

pintle_status engine_snapshot_set_volume_id(engine_snapshotters *s, const char *location, item_doc *pv, const char *id, error *e) {
  pintle_status st;
  const opened *o = get(s, location, &st, e);
  if (!o) return st;
  item_begin(pv);
  st = end(s, o, o->ops->set_volume_id(o->self, begin(s), item_handle(pv), id), NULL, "set_volume_id", e);
  if (st != PINTLE_OK) return item_rollback(pv), st;
  return item_commit(pv, NULL) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
}

pintle_status engine_snapshot_delete(engine_snapshotters *s, const char *location, const char *snapshot, error *e) {
  pintle_status st;
  const opened *o = get(s, location, &st, e);
  return o ? end(s, o, o->ops->delete_snapshot(o->self, begin(s), snapshot), NULL, "delete_snapshot", e) : st;
}

pintle_status engine_snapshot_verify(engine_snapshotters *s, const char *location, const char *snapshot, error *e) {
  pintle_status st;
  const opened *o = get(s, location, &st, e);
  if (!o) return st;
  const pintle_action *action = o->ops->action;
  const pintle_verify *v = action->extension ? action->extension(o->self, PINTLE_EXT_VERIFY) : NULL;
  if (v) return end(s, o, v->verify_snapshot(o->self, begin(s), snapshot), NULL, "verify_snapshot", e);
  error_set(e, PINTLE_UNSUPPORTED, "VolumeSnapshotLocation \"%s\": %s cannot read its snapshots back", location, action->name);
  error_hint(e, "only what keeps the data itself can be verified; restore it and compare");
  return PINTLE_UNSUPPORTED;
}
