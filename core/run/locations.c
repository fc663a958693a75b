/* locations.c -- BackupStorageLocations and the stores behind them.  SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"
#include "run/inside.h"
#include <stdlib.h>

static pintle_status read_one(run_context *c, const conf_document *d, run_location *l, error *e) {
  char place[600];
  *l = (run_location){.name = item_str(d->doc, "/metadata/name", "").ptr, .provider = item_str(d->doc, "/spec/provider", "").ptr};
  l->bucket = chain_trimmed(&c->memory, item_str(d->doc, "/spec/objectStorage/bucket", ""));
  l->prefix = chain_trimmed(&c->memory, item_str(d->doc, "/spec/objectStorage/prefix", ""));
  l->access_mode = item_str(d->doc, "/spec/accessMode", "ReadWrite").ptr;
  l->is_default = item_true(item_at(d->doc, "/spec/default"));
  l->place = arena_dup(&c->memory, conf_place(d, NULL, place, sizeof place));
  return l->bucket && l->prefix && l->place ? PINTLE_OK : error_nomem(e);
}

pintle_status run_read_locations(run_context *c, error *e) {
  size_t n = 0;
  for (size_t i = 0; i < c->set.n; i++) n += conf_is(c->set.v[i], "velero.io", "BackupStorageLocation");
  c->locations = arena_zalloc(&c->memory, (n + 1) * sizeof *c->locations);
  if (!c->locations) return error_nomem(e);
  for (size_t i = 0; i < c->set.n; i++) {
    if (!conf_is(c->set.v[i], "velero.io", "BackupStorageLocation")) continue;
    pintle_status st = read_one(c, c->set.v[i], &c->locations[c->n_locations], e);
    if (st != PINTLE_OK) return st;
    c->n_locations++;
  }
  if (n == 0) /* with no configuration at all it works (design section 7) */
    c->locations[c->n_locations++] = (run_location){"default", BUILTIN_FILE_STORE, "", "", "ReadWrite", "built in", true};
  else if (n == 1) c->locations[0].is_default = true;
  return PINTLE_OK;
}

size_t run_locations(run_context *c, const run_location **out) {
  *out = c->locations;
  return c->n_locations;
}

static const run_location *find(run_context *c, const char *name, error *e) {
  const char *names[64];
  size_t n = 0;
  bool any = !name || !*name;
  for (size_t i = 0; any && i < c->n_locations; i++)
    if (c->locations[i].is_default) return &c->locations[i];
  for (size_t i = 0; i < c->n_locations; i++) {
    if (strcmp(c->locations[i].name, any ? "default" : name) == 0) return &c->locations[i];
    if (n < 64) names[n++] = c->locations[i].name;
  }
  if (any) {
    error_set(e, PINTLE_NOT_FOUND, "no BackupStorageLocation is the default one");
    error_hint(e, "set spec.default: true on one of them, or name one with --storage-location");
  } else {
    const char *near = nearest(str_of(name), names, n);
    error_set(e, PINTLE_NOT_FOUND, "there is no BackupStorageLocation \"%s\"", name);
    if (near) error_hint(e, "did you mean \"%s\"?", near);
    else error_hint(e, "`pintle backup-location get` lists them");
  }
  return NULL;
}

/* ---- the store behind a location */
static pintle_status open_file(const conf_document *d, struct run_store *one, error *e) {
  one->ops = &builtin_file_store;
  return builtin_file_open(chain_file_root(d).ptr, &one->self, e);
}

static pintle_status open_plugin(run_context *c, const conf_chain *chain, const char *name, const conf_document *d, const run_location *l,
                                 struct run_store *one, error *e) {
  worker_single *single = NULL;
  pintle_status st = run_plugin_single(c, CONF_OBJECT_STORE, chain, name, d, l, &single, e);
  if (st == PINTLE_OK) one->self = single, one->ops = worker_single_store(single);
  return st;
}

static pintle_status open_location(run_context *c, const run_location *l, struct run_store *one, error *e) {
  const conf_document *d = NULL;
  const conf_chain *chain = NULL;
  if (conf_set_find(&c->set, "velero.io", "BackupStorageLocation", l->name, &d, NULL) != PINTLE_OK) return open_file(NULL, one, e);
  pintle_status st = run_chain(c, NULL, &chain, e);
  const char *name = st == PINTLE_OK ? chain_provider(chain, l->provider, &c->memory) : NULL;
  if (!name) return st == PINTLE_OK ? error_nomem(e) : st;
  return strcmp(name, BUILTIN_FILE_STORE) == 0 ? open_file(d, one, e) : open_plugin(c, chain, name, d, l, one, e);
}

pintle_status run_store(run_context *c, const char *name, store **out, error *e) {
  const run_location *l = find(c, name, e);
  if (!l) return PINTLE_NOT_FOUND;
  c->own_location = l->name;
  for (size_t i = 0; i < c->n_stores; i++)
    if (strcmp(c->stores[i].name, l->name) == 0) return *out = c->stores[i].store, PINTLE_OK;
  struct run_store *v = realloc(c->stores, (c->n_stores + 1) * sizeof *v);
  if (!v) return error_nomem(e);
  c->stores = v;
  struct run_store one = {.name = l->name};
  pintle_status st = open_location(c, l, &one, e);
  const store_options o = {
      .ops = one.ops, .self = one.self, .services = &c->services, .name = l->name, .bucket = l->bucket, .prefix = l->prefix};
  if (st == PINTLE_OK && (st = store_open(&o, &one.store, e)) != PINTLE_OK) one.ops->action->destroy(one.self);
  if (st != PINTLE_OK) return error_wrap(e, "BackupStorageLocation \"%s\"", l->name), st;
  c->stores[c->n_stores++] = one;
  *out = one.store;
  return PINTLE_OK;
}

pintle_status run_writable(const run_context *c, const store *s, error *e) {
  for (size_t i = 0; i < c->n_locations; i++) {
    const run_location *l = &c->locations[i];
    if (strcmp(l->name, store_name(s)) != 0 || strcmp(l->access_mode, "ReadOnly") != 0) continue;
    error_set(e, PINTLE_DENIED, "BackupStorageLocation \"%s\" has accessMode ReadOnly", l->name);
    error_place(e, "%s", l->place);
    error_hint(e, "name another one with --storage-location");
    return PINTLE_DENIED;
  }
  return PINTLE_OK;
}

void run_close_stores(run_context *c) {
  for (size_t i = 0; i < c->n_stores; i++) {
    store_close(c->stores[i].store);
    c->stores[i].ops->action->destroy(c->stores[i].self);
  }
  free(c->stores);
  for (size_t i = 0; i < c->n_snapshotters; i++) worker_single_close(c->snapshotters[i], NULL);
  free(c->snapshotters);
  if (c->has_stores) chain_stores_free(&c->private_stores);
  run_scratch_remove(c->scratch);
}
