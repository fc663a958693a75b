/* volumes.c -- calls of a VolumeSnapshotter and of an ObjectStore.  SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include <stdlib.h>

typedef struct simple {
  fake_call *call;
  fake_result *result;
  pintle_test_outcome *outcome;
} simple;

static bool begin(simple *s, pintle_test_instance *a, int kind, uint32_t allowed) {
  s->outcome = &a->host->outcome;
  if (a->tables->kind != kind)
    return fake_refuse(a->host, PINTLE_INVALID, "%s is an action of another kind", a->tables->action.name), false;
  s->call = fake_begin(a->host, a);
  if (!s->call) return fake_refuse(a->host, PINTLE_NOMEM, "out of memory"), false;
  s->result = fake_result_new(s->call, allowed, false);
  if (!s->result) fake_end(s->call, NULL, PINTLE_NOMEM);
  return s->result != NULL;
}

static const pintle_test_outcome *end(simple *s, pintle_status st) { return fake_end(s->call, s->result, st); }
#define SNAPSHOTTER(a) (&(a)->tables->t.snapshotter)
#define STORE(a) (&(a)->tables->t.store)

/* ---- VolumeSnapshotter */
const pintle_test_outcome *pintle_test_get_volume_id(pintle_test_instance *a, const char *pv) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_SNAPSHOTTER, FAKE_TEXT)) return &a->host->outcome;
  item_doc *d = fake_doc(s.call, "PersistentVolume", pv, ITEM_KUBERNETES, true);
  if (!d) return end(&s, s.call->failure.status);
  return end(&s, SNAPSHOTTER(a)->get_volume_id(a->self, &s.call->base, item_handle(d), &s.result->base));
}

const pintle_test_outcome *pintle_test_set_volume_id(pintle_test_instance *a, const char *pv, const char *volume_id) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_SNAPSHOTTER, 0)) return &a->host->outcome;
  item_doc *d = fake_doc(s.call, "PersistentVolume", pv, ITEM_KUBERNETES, false);
  if (!d) return end(&s, s.call->failure.status);
  item_begin(d);
  pintle_status st = SNAPSHOTTER(a)->set_volume_id(a->self, &s.call->base, item_handle(d), volume_id);
  if (st == PINTLE_OK) st = item_commit(d, &a->host->patch);
  else item_rollback(d);
  if (item_print(d, NULL, 0, &a->host->item) != PINTLE_OK) st = PINTLE_NOMEM;
  return end(&s, st);
}

const pintle_test_outcome *pintle_test_get_volume_info(pintle_test_instance *a, const char *volume_id, const char *az) {
  simple s;
  int64_t iops = PINTLE_NONE;
  if (!begin(&s, a, PINTLE_TEST_SNAPSHOTTER, FAKE_TEXT)) return &a->host->outcome;
  pintle_status st = SNAPSHOTTER(a)->get_volume_info(a->self, &s.call->base, volume_id, az ? az : "", &iops, &s.result->base);
  if (st == PINTLE_OK) s.outcome->iops = iops;
  return end(&s, st);
}

const pintle_test_outcome *pintle_test_create_snapshot(pintle_test_instance *a, const char *volume_id, const char *az,
                                                       const pintle_kv *tags, size_t n_tags) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_SNAPSHOTTER, FAKE_TEXT)) return &a->host->outcome;
  return end(&s, SNAPSHOTTER(a)->create_snapshot(a->self, &s.call->base, volume_id, az ? az : "", tags, n_tags, &s.result->base));
}

const pintle_test_outcome *pintle_test_create_volume(pintle_test_instance *a, const char *snapshot_id, const char *type, const char *az,
                                                     int64_t iops) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_SNAPSHOTTER, FAKE_TEXT)) return &a->host->outcome;
  return end(&s, SNAPSHOTTER(a)->create_volume_from_snapshot(a->self, &s.call->base, snapshot_id, type ? type : "", az ? az : "", iops,
                                                             &s.result->base));
}

const pintle_test_outcome *pintle_test_delete_snapshot(pintle_test_instance *a, const char *snapshot_id) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_SNAPSHOTTER, 0)) return &a->host->outcome;
  return end(&s, SNAPSHOTTER(a)->delete_snapshot(a->self, &s.call->base, snapshot_id));
}

/* ---- streams */
typedef struct source {
  FAKE_PADDED(pintle_reader) table;
  pintle_test_host *host;
  const char *at;
  size_t left;
  int64_t given;
} source;

static size_t at_once(const pintle_test_host *h, size_t n) { return h->world.chunk && n > h->world.chunk ? h->world.chunk : n; }
static bool broken(const pintle_test_host *h, int64_t moved) { return h->world.break_at > 0 && moved >= h->world.break_at; }

static int64_t source_read(const pintle_reader *r, void *to, size_t n) {
  source *s = r->ctx;
  if (n == 0) return PINTLE_INVALID;
  if (broken(s->host, s->given)) return PINTLE_TRANSIENT;
  n = at_once(s->host, n < s->left ? n : s->left);
  if (n) memcpy(to, s->at, n);
  s->at += n, s->left -= n, s->given += (int64_t)n;
  return (int64_t)n;
}

typedef struct sink {
  FAKE_PADDED(pintle_writer) table;
  pintle_test_host *host;
} sink;

static int64_t sink_write(const pintle_writer *w, const void *from, size_t n) {
  sink *s = w->ctx;
  buf *data = &s->host->data;
  if (n == 0) return PINTLE_INVALID;
  if (broken(s->host, (int64_t)data->len)) return PINTLE_TRANSIENT;
  if (w->size >= 0 && (int64_t)(data->len + n) > w->size) return PINTLE_INVALID; /* more than was wanted */
  n = at_once(s->host, n);
  buf_add(data, from, n);
  return data->failed ? PINTLE_NOMEM : (int64_t)n;
}

static const pintle_reader *source_new(fake_call *c, const void *data, size_t n, int sized) {
  source *s = fake_zalloc(c, sizeof *s);
  if (!s) return NULL;
  s->host = c->host, s->at = data, s->left = n == PINTLE_Z ? strlen(data) : n;
  s->table.v = (pintle_reader){sizeof(pintle_reader), 0, sized ? (int64_t)s->left : PINTLE_NONE, s, source_read};
  return &s->table.v;
}

static const pintle_writer *sink_new(fake_call *c, int64_t size) {
  sink *s = fake_zalloc(c, sizeof *s);
  if (!s) return NULL;
  s->host = c->host;
  s->table.v = (pintle_writer){sizeof(pintle_writer), 0, size, s, sink_write};
  return &s->table.v;
}

/* ---- ObjectStore */
const pintle_test_outcome *pintle_test_put(pintle_test_instance *a, const char *bucket, const char *key, const void *data, size_t n,
                                           int sized) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_STORE, 0)) return &a->host->outcome;
  const pintle_reader *r = source_new(s.call, data, n, sized);
  return end(&s, r ? STORE(a)->put_object(a->self, &s.call->base, bucket, key, r) : PINTLE_NOMEM);
}

const pintle_test_outcome *pintle_test_put_if_absent(pintle_test_instance *a, const char *bucket, const char *key, const void *data,
                                                     size_t n, int sized) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_STORE, 0)) return &a->host->outcome;
  if (!STORE(a)->put_object_if_absent) return end(&s, PINTLE_UNSUPPORTED);
  const pintle_reader *r = source_new(s.call, data, n, sized);
  return end(&s, r ? STORE(a)->put_object_if_absent(a->self, &s.call->base, bucket, key, r) : PINTLE_NOMEM);
}

const pintle_test_outcome *pintle_test_get(pintle_test_instance *a, const char *bucket, const char *key) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_STORE, 0)) return &a->host->outcome;
  const pintle_writer *w = sink_new(s.call, PINTLE_NONE);
  return end(&s, w ? STORE(a)->get_object(a->self, &s.call->base, bucket, key, w) : PINTLE_NOMEM);
}

const pintle_test_outcome *pintle_test_get_range(pintle_test_instance *a, const char *bucket, const char *key, int64_t offset, int64_t n) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_STORE, 0)) return &a->host->outcome;
  if (!STORE(a)->get_object_range) return end(&s, PINTLE_UNSUPPORTED);
  const pintle_writer *w = sink_new(s.call, n);
  return end(&s, w ? STORE(a)->get_object_range(a->self, &s.call->base, bucket, key, offset, w) : PINTLE_NOMEM);
}

const pintle_test_outcome *pintle_test_exists(pintle_test_instance *a, const char *bucket, const char *key) {
  simple s;
  int32_t exists = 0;
  if (!begin(&s, a, PINTLE_TEST_STORE, 0)) return &a->host->outcome;
  pintle_status st = STORE(a)->object_exists(a->self, &s.call->base, bucket, key, &exists);
  s.outcome->exists = st == PINTLE_OK && exists;
  return end(&s, st);
}

const pintle_test_outcome *pintle_test_stat(pintle_test_instance *a, const char *bucket, const char *key) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_STORE, FAKE_ENTRY)) return &a->host->outcome;
  if (!STORE(a)->stat_object) return end(&s, PINTLE_UNSUPPORTED);
  return end(&s, STORE(a)->stat_object(a->self, &s.call->base, bucket, key, &s.result->base));
}

const pintle_test_outcome *pintle_test_list(pintle_test_instance *a, const char *bucket, const char *prefix) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_STORE, FAKE_ENTRY)) return &a->host->outcome;
  return end(&s, STORE(a)->list_objects(a->self, &s.call->base, bucket, prefix, &s.result->base));
}

const pintle_test_outcome *pintle_test_prefixes(pintle_test_instance *a, const char *bucket, const char *prefix, const char *delimiter) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_STORE, FAKE_ENTRY)) return &a->host->outcome;
  return end(&s, STORE(a)->list_common_prefixes(a->self, &s.call->base, bucket, prefix, delimiter, &s.result->base));
}

const pintle_test_outcome *pintle_test_delete_object(pintle_test_instance *a, const char *bucket, const char *key) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_STORE, 0)) return &a->host->outcome;
  return end(&s, STORE(a)->delete_object(a->self, &s.call->base, bucket, key));
}

const pintle_test_outcome *pintle_test_signed_url(pintle_test_instance *a, const char *bucket, const char *key, int64_t ttl) {
  simple s;
  if (!begin(&s, a, PINTLE_TEST_STORE, FAKE_TEXT)) return &a->host->outcome;
  return end(&s, STORE(a)->create_signed_url(a->self, &s.call->base, bucket, key, ttl, &s.result->base));
}
