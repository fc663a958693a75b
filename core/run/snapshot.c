/* snapshot.c -- see snapshot.h.  SPDX-License-Identifier: Apache-2.0 */
#include "run/snapshot.h"
#include "base/clock.h"
#include "engine/snapshot_take.h"
#include "run/inside.h"

#define RECORDS "plugins/pintle.io/snapshots/"
enum { LARGEST = 4 << 20 };

/* ---- records */
static pintle_status key_of(const char *name, buf *key, error *e) {
  if (!store_valid_name(str_of(name))) return error_set(e, PINTLE_INVALID, "\"%s\" is no name of a snapshot", name);
  buf_printf(key, RECORDS "%s.json", name);
  return key->failed ? error_nomem(e) : PINTLE_OK;
}

pintle_status run_snapshot_record(store *s, const char *name, item_doc **out, error *e) {
  CLEANUP(buf_free) buf key = {0}, text = {0};
  item_doc *d = NULL;
  pintle_status st = key_of(name, &key, e);
  if (st == PINTLE_OK) st = store_get(s, key.data, LARGEST, &text, e);
  if (st == PINTLE_NOT_FOUND) {
    error_set(e, st, "there is no record of a snapshot \"%s\"", name);
    error_hint(e, "`pintle snapshot get` lists them");
  }
  if (st == PINTLE_OK && item_new(&d) != PINTLE_OK) st = error_nomem(e);
  if (st == PINTLE_OK && (st = item_parse(d, buf_str(&text), 0, NULL, e)) != PINTLE_OK) error_wrap(e, "%s", key.data);
  if (st == PINTLE_OK && !str_is(item_str(d, "/kind", ""), "SnapshotRecord"))
    st = error_set(e, PINTLE_INVALID, "%s is no SnapshotRecord", key.data);
  if (st != PINTLE_OK) return item_free(d), st;
  *out = d;
  return PINTLE_OK;
}

typedef struct names {
  pintle_status (*each)(void *ctx, str name);
  void *ctx;
} names;

static pintle_status on_key(void *ctx, const char *key, int64_t size) {
  const names *n = ctx;
  (void)size;
  str name = str_of(key + sizeof RECORDS - 1);
  if (!str_ends(name, ".json")) return PINTLE_OK;
  name.len -= 5;
  return n->each(n->ctx, name);
}

pintle_status run_snapshot_names(store *s, pintle_status (*each)(void *ctx, str name), void *ctx, error *e) {
  names n = {each, ctx};
  return store_list(s, RECORDS, on_key, &n, e);
}

static pintle_status save(store *s, const char *name, const item_doc *record, error *e) {
  CLEANUP(buf_free) buf key = {0}, text = {0};
  pintle_status st = key_of(name, &key, e);
  if (st == PINTLE_OK && item_print(record, NULL, 0, &text) != PINTLE_OK) st = error_nomem(e);
  return st == PINTLE_OK ? store_put(s, key.data, buf_str(&text), e) : st;
}

static pintle_status save_new(store *s, const char *name, const item_doc *record, error *e) {
  CLEANUP(buf_free) buf key = {0};
  bool there = false;
  pintle_status st = key_of(name, &key, e);
  if (st == PINTLE_OK) st = store_exists(s, key.data, &there, e);
  if (st == PINTLE_OK && there) {
    error_set(e, PINTLE_EXISTS, "there is a snapshot \"%s\" already", name);
    error_hint(e, "another name, or `pintle snapshot delete %s`", name);
    return PINTLE_EXISTS;
  }
  return st == PINTLE_OK ? save(s, name, record, e) : st;
}

/* ---- calls */
typedef struct calls {
  run_context *c;
  const run_snapshot_request *r;
  engine_snapshotters *by;
} calls;

static int32_t interrupted(void *ctx) {
  const calls *k = ctx;
  return k->r->cancelled && k->r->cancelled(k->r->ctx);
}
static void say(void *ctx, int32_t level, const char *plugin, str message) {
  const calls *k = ctx;
  if (k->r->log) k->r->log(k->r->ctx, level, plugin, message);
}
static void report(void *ctx, const pintle_progress *p) {
  const calls *k = ctx;
  if (k->r->report) k->r->report(k->r->ctx, p);
}

static pintle_status begin(calls *k, error *e) {
  const engine_snapshotters_options o = {
      .open = run_open_snapshotter, .open_ctx = k->c, .interrupted = interrupted, .log = say, .report = report, .ctx = k};
  return engine_snapshotters_new(&o, &k->by, e);
}

/* ---- create */
typedef struct volume {
  const char *location;
  buf id, az, type;
  int64_t iops;
} volume;

static void volume_free(volume *v) {
  buf *bufs[] = {&v->id, &v->az, &v->type};
  for (size_t i = 0; i < 3; i++) buf_free(bufs[i]);
}

static pintle_status ask(calls *k, const char *location, item_doc *pv, volume *v, size_t *asked, error *e) {
  v->location = location;
  ++*asked;
  return engine_snapshot_volume_id(k->by, location, pv, &v->id, e);
}

static pintle_status find(calls *k, item_doc *pv, volume *v, error *e) {
  const conf_set *set = &k->c->set;
  const char *name = item_str(pv, "/metadata/name", "").ptr;
  size_t asked = 0;
  pintle_status st = PINTLE_OK;
  if (k->r->location) st = ask(k, k->r->location, pv, v, &asked, e);
  for (size_t i = 0; i < set->n && !k->r->location && !v->id.len && st == PINTLE_OK; i++)
    if (conf_is(set->v[i], "velero.io", "VolumeSnapshotLocation"))
      st = ask(k, item_str(set->v[i]->doc, "/metadata/name", "").ptr, pv, v, &asked, e);
  if (st != PINTLE_OK || v->id.len) return st;
  if (!asked) {
    error_set(e, PINTLE_INVALID, "the configuration has no VolumeSnapshotLocation");
    error_hint(e, "add one, with the VolumeSnapshotter that knows the volume as its provider");
    return PINTLE_INVALID;
  }
  return error_set(e, PINTLE_NOT_FOUND, "no VolumeSnapshotter knows the volume of PersistentVolume %s", name);
}

static pintle_status describe(const item_doc *pv, const volume *v, const char *name, item_doc **out, error *e) {
  CLEANUP(buf_free) buf json = {0};
  char now[32];
  item_doc *d = NULL;
  buf_printf(
      &json,
      "{\"apiVersion\":\"pintle.io/v1alpha1\",\"kind\":\"SnapshotRecord\",\"metadata\":{\"name\":\"%s\",\"creationTimestamp\":\"%s\"},",
      name, clock_rfc3339(clock_now(), now));
  buf_addz(&json, "\"spec\":{\"location\":");
  buf_json(&json, str_of(v->location));
  buf_addz(&json, ",\"persistentVolumeName\":");
  buf_json(&json, item_str(pv, "/metadata/name", ""));
  buf_addz(&json, ",\"providerVolumeID\":");
  buf_json(&json, buf_str(&v->id));
  buf_addz(&json, ",\"volumeType\":");
  buf_json(&json, buf_str(&v->type));
  buf_addz(&json, ",\"volumeAZ\":");
  buf_json(&json, buf_str(&v->az));
  if (v->iops > 0) buf_printf(&json, ",\"volumeIOPS\":%lld", (long long)v->iops);
  buf_addz(&json, ",\"persistentVolume\":");
  if (item_print(pv, NULL, 0, &json) != PINTLE_OK) return error_nomem(e);
  buf_addz(&json, "},\"status\":{\"phase\":\"New\"}}");
  if (json.failed || item_new(&d) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(d, buf_str(&json), 0, NULL, e);
  if (st != PINTLE_OK) return item_free(d), st;
  *out = d;
  return PINTLE_OK;
}

static pintle_status ended(item_doc *record, const char *phase, const char *id, const char *message) {
  char now[32];
  pintle_status st = item_set(record, "/status/phase", str_of(phase));
  if (st == PINTLE_OK && *id) st = item_set(record, "/status/providerSnapshotID", str_of(id));
  if (st == PINTLE_OK && *message) st = item_set(record, "/status/message", str_of(message));
  return st == PINTLE_OK ? item_set(record, "/status/completionTimestamp", str_of(clock_rfc3339(clock_now(), now))) : st;
}

static pintle_status take(calls *k, volume *v, const char *pv, const char *name, item_doc *record, error *e) {
  CLEANUP(buf_free) buf id = {0};
  const pintle_kv tags[] = {{"velero.io/pv", pv}, {"pintle.io/snapshot", name}};
  error own = {0};
  pintle_status made = engine_snapshot_create(k->by, v->location, buf_z(&v->id), buf_z(&v->az), tags, 2, &id, &own);
  pintle_status st = ended(record, made == PINTLE_OK ? "Completed" : "Failed", made == PINTLE_OK ? buf_z(&id) : "", own.message);
  st = st == PINTLE_OK ? save(k->r->store, name, record, e) : error_nomem(e);
  if (st != PINTLE_OK && made == PINTLE_OK && engine_snapshot_delete(k->by, v->location, buf_z(&id), &own) != PINTLE_OK)
    error_wrap(e, "snapshot %s is left behind (%s), since its record cannot be written", buf_z(&id), own.message);
  if (made != PINTLE_OK && e) *e = own;
  return made != PINTLE_OK ? made : st;
}

static pintle_status create(calls *k, item_doc *pv, const char *name, volume *v, item_doc **record, error *e) {
  pintle_status st = find(k, pv, v, e);
  if (st != PINTLE_OK) return st;
  snapshot_zone(pv, &v->az);
  st = engine_snapshot_volume_info(k->by, v->location, buf_z(&v->id), buf_z(&v->az), &v->type, &v->iops, e);
  if (st == PINTLE_OK) st = describe(pv, v, name, record, e);
  if (st == PINTLE_OK) st = save_new(k->r->store, name, *record, e);
  return st == PINTLE_OK ? take(k, v, item_str(pv, "/metadata/name", "").ptr, name, *record, e) : st;
}

pintle_status run_snapshot_create(run_context *c, const run_snapshot_request *r, item_doc *pv, const char *name, item_doc **record,
                                  error *e) {
  calls k = {c, r, NULL};
  volume v = {.iops = PINTLE_NONE};
  *record = NULL;
  pintle_status st = run_writable(c, r->store, e);
  if (st == PINTLE_OK) st = begin(&k, e);
  if (st == PINTLE_OK) st = create(&k, pv, name, &v, record, e);
  engine_snapshotters_free(k.by);
  volume_free(&v);
  return st;
}

/* ---- of a record */
static const char *location_of(const run_snapshot_request *r, const item_doc *record) {
  return r->location ? r->location : item_str(record, "/spec/location", "").ptr;
}

static const char *snapshot_of(const item_doc *record) { return item_str(record, "/status/providerSnapshotID", "").ptr; }

static pintle_status usable(const item_doc *record, const char *name, error *e) {
  if (*snapshot_of(record)) return PINTLE_OK;
  return error_set(e, PINTLE_NOT_FOUND, "snapshot \"%s\" is %s: nobody knows an id of it", name,
                   item_str(record, "/status/phase", "New").ptr);
}

static pintle_status copy_volume(const item_doc *record, const item_doc *pv, item_doc **out, error *e) {
  CLEANUP(buf_free) buf text = {0};
  item_doc *d = NULL;
  pintle_status st = pv ? item_print(pv, NULL, 0, &text) : item_print(record, item_at(record, "/spec/persistentVolume"), 0, &text);
  if (st != PINTLE_OK || item_new(&d) != PINTLE_OK) return error_nomem(e);
  if ((st = item_parse(d, buf_str(&text), ITEM_KUBERNETES, NULL, e)) != PINTLE_OK) return item_free(d), st;
  *out = d;
  return PINTLE_OK;
}

static pintle_status restore(calls *k, const item_doc *record, item_doc *pv, error *e) {
  CLEANUP(buf_free) buf id = {0};
  int64_t iops = PINTLE_NONE;
  const char *location = location_of(k->r, record);
  if (item_int(item_at(record, "/spec/volumeIOPS"), &iops) != PINTLE_OK || iops <= 0) iops = PINTLE_NONE;
  pintle_status st = engine_snapshot_restore(k->by, location, snapshot_of(record), item_str(record, "/spec/volumeType", "").ptr,
                                             item_str(record, "/spec/volumeAZ", "").ptr, iops, &id, e);
  if (st != PINTLE_OK) return st;
  st = engine_snapshot_set_volume_id(k->by, location, pv, buf_z(&id), e);
  if (st != PINTLE_OK) error_wrap(e, "the new volume %s is left behind", buf_z(&id));
  return st;
}

pintle_status run_snapshot_restore(run_context *c, const run_snapshot_request *r, const char *name, const item_doc *pv, item_doc **restored,
                                   error *e) {
  CLEANUP(item_freep) item_doc *record = NULL;
  item_doc *to = NULL;
  calls k = {c, r, NULL};
  pintle_status st = run_snapshot_record(r->store, name, &record, e);
  if (st == PINTLE_OK) st = usable(record, name, e);
  if (st == PINTLE_OK) st = copy_volume(record, pv, &to, e);
  if (st == PINTLE_OK) st = begin(&k, e);
  if (st == PINTLE_OK) st = restore(&k, record, to, e);
  engine_snapshotters_free(k.by);
  if (st != PINTLE_OK) return item_free(to), st;
  *restored = to;
  return PINTLE_OK;
}

pintle_status run_snapshot_delete(run_context *c, const run_snapshot_request *r, const char *name, error *e) {
  CLEANUP(item_freep) item_doc *record = NULL;
  CLEANUP(buf_free) buf key = {0};
  calls k = {c, r, NULL};
  pintle_status st = run_writable(c, r->store, e);
  if (st == PINTLE_OK) st = run_snapshot_record(r->store, name, &record, e);
  if (st == PINTLE_OK) st = begin(&k, e);
  if (st == PINTLE_OK && *snapshot_of(record)) st = engine_snapshot_delete(k.by, location_of(r, record), snapshot_of(record), e);
  if (st == PINTLE_OK) st = key_of(name, &key, e);
  if (st == PINTLE_OK) st = store_delete(r->store, key.data, e);
  engine_snapshotters_free(k.by);
  return st;
}

pintle_status run_snapshot_verify(run_context *c, const run_snapshot_request *r, const char *name, error *e) {
  CLEANUP(item_freep) item_doc *record = NULL;
  calls k = {c, r, NULL};
  pintle_status st = run_snapshot_record(r->store, name, &record, e);
  if (st == PINTLE_OK) st = usable(record, name, e);
  if (st == PINTLE_OK) st = begin(&k, e);
  if (st == PINTLE_OK) st = engine_snapshot_verify(k.by, location_of(r, record), snapshot_of(record), e);
  engine_snapshotters_free(k.by);
  return st;
}
