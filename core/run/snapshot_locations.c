/* snapshot_locations.c -- VolumeSnapshotLocations, and the plugins behind them.  SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"
#include "run/inside.h"
#include <stdlib.h>

static str provider_of(const conf_document *d) { return item_str(d->doc, "/spec/provider", ""); }
static str name_of(const conf_document *d) { return item_str(d->doc, "/metadata/name", ""); }

static pintle_status find(const run_context *c, str name, const conf_document **out, error *e) {
  const char *names[64];
  size_t n = 0;
  for (size_t i = 0; i < c->set.n; i++) {
    if (!conf_is(c->set.v[i], "velero.io", "VolumeSnapshotLocation")) continue;
    if (str_eq(name_of(c->set.v[i]), name)) return *out = c->set.v[i], PINTLE_OK;
    if (n < 64) names[n++] = name_of(c->set.v[i]).ptr;
  }
  const char *near = nearest(name, names, n);
  error_set(e, PINTLE_INVALID, "there is no VolumeSnapshotLocation \"%.*s\" in the configuration", (int)name.len, name.ptr);
  if (near) error_hint(e, "did you mean \"%s\"?", near);
  else error_hint(e, "`pintle snapshot-location get` lists them");
  return PINTLE_INVALID;
}

/* ---- which of them a backup uses (Velero pkg/controller/backup_controller.go validateAndGetSnapshotLocations) */
static const conf_document *of_provider(const conf_document *const *v, size_t n, str provider) {
  for (size_t i = 0; i < n; i++)
    if (str_eq(provider_of(v[i]), provider)) return v[i];
  return NULL;
}

static pintle_status take_named(const run_context *c, const item_doc *backup, const conf_document **v, size_t *n, error *e) {
  for (const item_node *m = item_first(item_at(backup, "/spec/volumeSnapshotLocations")); m; m = item_next(m)) {
    const conf_document *d = NULL;
    pintle_status st = find(c, item_string(m), &d, e);
    if (st != PINTLE_OK) return st;
    const conf_document *other = of_provider(v, *n, provider_of(d));
    if (other && other != d) {
      error_set(e, PINTLE_INVALID, "VolumeSnapshotLocations \"%s\" and \"%s\" are both of provider %s", name_of(other).ptr, name_of(d).ptr,
                provider_of(d).ptr);
      error_hint(e, "a backup uses one location of a provider");
      return PINTLE_INVALID;
    }
    if (!other) v[(*n)++] = d;
  }
  return PINTLE_OK;
}

static pintle_status take_only_ones(const run_context *c, const conf_document **v, size_t *n, error *e) {
  size_t named = *n;
  for (size_t i = 0; i < c->set.n; i++) {
    const conf_document *d = c->set.v[i], *other;
    if (!conf_is(d, "velero.io", "VolumeSnapshotLocation") || of_provider(v, named, provider_of(d))) continue;
    if (!(other = of_provider(v + named, *n - named, provider_of(d)))) {
      v[(*n)++] = d;
      continue;
    }
    error_set(e, PINTLE_INVALID, "provider %s has more than one VolumeSnapshotLocation: \"%s\" and \"%s\"", provider_of(d).ptr,
              name_of(other).ptr, name_of(d).ptr);
    error_hint(e, "name the one to use with --volume-snapshot-locations");
    return PINTLE_INVALID;
  }
  return PINTLE_OK;
}

pintle_status run_snapshot_locations_complete(run_context *c, item_doc *backup, error *e) {
  size_t n = 0, room = c->set.n + item_count(item_at(backup, "/spec/volumeSnapshotLocations"));
  CLEANUP(free_p) const conf_document **v = calloc(room + 1, sizeof *v);
  CLEANUP(buf_free) buf json = {0};
  if (!v) return error_nomem(e);
  pintle_status st = take_named(c, backup, v, &n, e);
  if (st == PINTLE_OK) st = take_only_ones(c, v, &n, e);
  if (st != PINTLE_OK || n == 0) return st;
  for (size_t i = 0; i < n; i++) {
    buf_addc(&json, i ? ',' : '[');
    buf_json(&json, name_of(v[i]));
  }
  buf_addc(&json, ']');
  return json.failed || item_set_json(backup, "/spec/volumeSnapshotLocations", buf_str(&json)) != PINTLE_OK ? error_nomem(e) : PINTLE_OK;
}

/* ---- who serves one */
pintle_status run_open_snapshotter(void *context, const char *location, const pintle_volume_snapshotter **ops, void **self, error *e) {
  run_context *c = context;
  const conf_document *d = NULL;
  const conf_chain *chain = NULL;
  worker_single *single = NULL;
  pintle_status st = find(c, str_of(location), &d, e);
  if (st == PINTLE_OK) st = run_chain(c, NULL, &chain, e);
  if (st != PINTLE_OK) return st;
  const char *name = chain_provider(chain, provider_of(d).ptr, &c->memory);
  if (!name || !GROW(c->snapshotters, c->n_snapshotters, c->cap_snapshotters)) return error_nomem(e);
  if ((st = run_plugin_single(c, CONF_VOLUME_SNAPSHOTTER, chain, name, d, NULL, &single, e)) != PINTLE_OK) return st;
  c->snapshotters[c->n_snapshotters++] = single;
  *ops = worker_single_snapshotter(single), *self = single;
  return PINTLE_OK;
}
