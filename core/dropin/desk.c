/* desk.c -- each call to whom it is for.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/inside.h"
#include <stdio.h>
#include <string.h>

enum { AT_ONCE = 1 << 20 }; /* longer requests, whose Backup may be as long, are the desk's */

#define KIND(kind) CONF_##kind
const dropin_method dropin_methods[] = {
    {"/generated.PluginLister/ListPlugins", CONF_ANY_KIND, DROPIN_LIST, false, NULL},
    {"/generated.BackupItemAction/AppliesTo", KIND(BACKUP_ITEM_ACTION), DROPIN_APPLIES, true, dropin_applies},
    {"/generated.BackupItemAction/Execute", KIND(BACKUP_ITEM_ACTION), DROPIN_ITEM, true, dropin_execute},
    {"/v2.BackupItemAction/AppliesTo", KIND(BACKUP_ITEM_ACTION), DROPIN_APPLIES, false, dropin_applies},
    {"/v2.BackupItemAction/Execute", KIND(BACKUP_ITEM_ACTION), DROPIN_ITEM, false, dropin_execute},
    {"/v2.BackupItemAction/Progress", KIND(BACKUP_ITEM_ACTION), DROPIN_LATER, false, dropin_progress},
    {"/v2.BackupItemAction/Cancel", KIND(BACKUP_ITEM_ACTION), DROPIN_LATER, false, dropin_cancel},
    {"/generated.RestoreItemAction/AppliesTo", KIND(RESTORE_ITEM_ACTION), DROPIN_APPLIES, true, dropin_applies},
    {"/generated.RestoreItemAction/Execute", KIND(RESTORE_ITEM_ACTION), DROPIN_ITEM, true, dropin_execute},
    {"/v2.RestoreItemAction/AppliesTo", KIND(RESTORE_ITEM_ACTION), DROPIN_APPLIES, false, dropin_applies},
    {"/v2.RestoreItemAction/Execute", KIND(RESTORE_ITEM_ACTION), DROPIN_ITEM, false, dropin_execute},
    {"/v2.RestoreItemAction/Progress", KIND(RESTORE_ITEM_ACTION), DROPIN_LATER, false, dropin_progress},
    {"/v2.RestoreItemAction/Cancel", KIND(RESTORE_ITEM_ACTION), DROPIN_LATER, false, dropin_cancel},
    {"/v2.RestoreItemAction/AreAdditionalItemsReady", KIND(RESTORE_ITEM_ACTION), DROPIN_LATER, false, dropin_ready},
    {"/generated.DeleteItemAction/AppliesTo", KIND(DELETE_ITEM_ACTION), DROPIN_APPLIES, false, dropin_applies},
    {"/generated.DeleteItemAction/Execute", KIND(DELETE_ITEM_ACTION), DROPIN_ITEM, false, dropin_execute},
    {"/v1.ItemBlockAction/AppliesTo", KIND(ITEM_BLOCK_ACTION), DROPIN_APPLIES, false, dropin_applies},
    {"/v1.ItemBlockAction/GetRelatedItems", KIND(ITEM_BLOCK_ACTION), DROPIN_ITEM, false, dropin_execute},
    {"/generated.ObjectStore/Init", KIND(OBJECT_STORE), DROPIN_INIT, false, dropin_init},
    {"/generated.ObjectStore/PutObject", KIND(OBJECT_STORE), DROPIN_LOCATION, false, dropin_put_object},
    {"/generated.ObjectStore/ObjectExists", KIND(OBJECT_STORE), DROPIN_LOCATION, false, dropin_object_exists},
    {"/generated.ObjectStore/GetObject", KIND(OBJECT_STORE), DROPIN_LOCATION, false, dropin_get_object},
    {"/generated.ObjectStore/ListCommonPrefixes", KIND(OBJECT_STORE), DROPIN_LOCATION, false, dropin_list_prefixes},
    {"/generated.ObjectStore/ListObjects", KIND(OBJECT_STORE), DROPIN_LOCATION, false, dropin_list_objects},
    {"/generated.ObjectStore/DeleteObject", KIND(OBJECT_STORE), DROPIN_LOCATION, false, dropin_delete_object},
    {"/generated.ObjectStore/CreateSignedURL", KIND(OBJECT_STORE), DROPIN_LOCATION, false, dropin_signed_url},
    {"/generated.VolumeSnapshotter/Init", KIND(VOLUME_SNAPSHOTTER), DROPIN_INIT, false, dropin_init},
    {"/generated.VolumeSnapshotter/CreateVolumeFromSnapshot", KIND(VOLUME_SNAPSHOTTER), DROPIN_LOCATION, false, dropin_volume_of_snapshot},
    {"/generated.VolumeSnapshotter/GetVolumeInfo", KIND(VOLUME_SNAPSHOTTER), DROPIN_LOCATION, false, dropin_volume_info},
    {"/generated.VolumeSnapshotter/CreateSnapshot", KIND(VOLUME_SNAPSHOTTER), DROPIN_LOCATION, false, dropin_create_snapshot},
    {"/generated.VolumeSnapshotter/DeleteSnapshot", KIND(VOLUME_SNAPSHOTTER), DROPIN_LOCATION, false, dropin_delete_snapshot},
    {"/generated.VolumeSnapshotter/GetVolumeID", KIND(VOLUME_SNAPSHOTTER), DROPIN_LOCATION, false, dropin_get_volume_id},
    {"/generated.VolumeSnapshotter/SetVolumeID", KIND(VOLUME_SNAPSHOTTER), DROPIN_LOCATION, false, dropin_set_volume_id},
    {NULL, 0, 0, false, NULL}};

/* ---- [lane] */
static void run_call(dropin_job *job, void **state) {
  dropin_call *c = (dropin_call *)job;
  if (velero_call_cancelled(c->call)) dropin_refuse(c, GRPC_CANCELLED, "the caller has gone");
  else c->method->handle(c, state);
  dropin_call_free(c);
}

/* ---- [desk] */
static void give(dropin_call *c, dropin_group *g, error *e) {
  if (g) {
    c->group = g;
    c->job.run = run_call;
    if (dropin_team_give(g->team, &c->job, e) == PINTLE_OK) return;
  }
  dropin_fail_with(c, e);
  dropin_call_free(c);
}

/* The chain that the Backup or Restore names. Its JSON comes with every call, mostly the same. */
static pintle_status chain_of(dropin_call *c, const conf_chain **out, error *e) {
  dropin *d = c->d;
  str run = c->method->what == DROPIN_LATER && c->method->handle == dropin_ready ? c->field[2] : c->field[3];
  CLEANUP(item_freep) item_doc *doc = NULL;
  if (!run.len || !memmem(run.ptr, run.len, DROPIN_CHAIN, sizeof DROPIN_CHAIN - 1)) return dropin_config_chain(&d->config, STR(""), out, e);
  if (d->last_chain && str_eq(run, buf_str(&d->last_text))) return *out = d->last_chain, PINTLE_OK;
  if (item_new(&doc) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(doc, run, 0, NULL, e);
  if (st != PINTLE_OK) return error_wrap(e, "the Backup or Restore");
  st = dropin_config_chain(&d->config, item_str(doc, "/metadata/annotations/pintle.io~1chain", ""), out, e);
  d->last_chain = NULL;
  buf_clear(&d->last_text);
  buf_adds(&d->last_text, run);
  if (st == PINTLE_OK && !d->last_text.failed) d->last_chain = *out;
  return st;
}

static void to_items(dropin_call *c) {
  const conf_chain *chain;
  error e = {0};
  pintle_status st = chain_of(c, &chain, &e);
  bool items = c->method->what != DROPIN_LATER;
  give(c, st == PINTLE_OK ? dropin_group_of(c->d, c->offer, chain, items, &e) : NULL, &e);
}

static void to_selector(dropin_call *c) {
  const conf_chain *chain;
  error e = {0};
  if (dropin_applies_at_desk(c)) {
    dropin_call_free(c);
    return;
  }
  pintle_status st = dropin_config_chain(&c->d->config, STR(""), &chain, &e);
  give(c, st == PINTLE_OK ? dropin_group_of(c->d, c->offer, chain, true, &e) : NULL, &e);
}

static size_t place_of(const dropin_call *c) { return (size_t)(c->offer - c->d->catalog.v); }

static void to_location(dropin_call *c) {
  dropin *d = c->d;
  error e = {0};
  size_t i = place_of(c);
  /* given while locked: an Init that ends meanwhile retires the group only then */
  pthread_mutex_lock(&d->locations);
  dropin_group *g = i < DROPIN_LOCATIONS ? d->current[i] : NULL;
  if (!g) error_set(&e, PINTLE_CONFLICT, "action %s of plugin %s: Init was not called, or failed", c->offer->name, c->offer->plugin->file);
  give(c, g, &e);
  pthread_mutex_unlock(&d->locations);
}

/* name and kind as Velero words it. */
static void unknown(dropin_call *c, str name) {
  char text[600];
  snprintf(text, sizeof text, "%s plugin: %.*s was not found or has an invalid name format", conf_kind_names[c->method->kind],
           name.len < 300 ? (int)name.len : 300, name.ptr ? name.ptr : "");
  dropin_refuse(c, GRPC_UNKNOWN, text);
  dropin_call_free(c);
}

static void route(dropin_call *c) {
  if (!dropin_fields(velero_call_first(c->call), c->field)) {
    dropin_refuse(c, GRPC_INTERNAL, "the request is no message");
    dropin_call_free(c);
    return;
  }
  if (c->method->what == DROPIN_LIST) {
    dropin_list(c);
    dropin_call_free(c);
    return;
  }
  c->offer = dropin_catalog_find(&c->d->catalog, c->method->kind, c->field[1]);
  if (!c->offer) unknown(c, c->field[1]);
  else if (c->method->what == DROPIN_APPLIES) to_selector(c);
  else if (c->method->what == DROPIN_INIT) dropin_init_at_desk(c);
  else if (c->method->what == DROPIN_LOCATION) to_location(c);
  else to_items(c);
}

void dropin_route(dropin_job *job, void **state) {
  dropin_call *c = (dropin_call *)job;
  pthread_mutex_t *routing = &c->d->routing;
  (void)state;
  pthread_mutex_lock(routing);
  route(c);
  pthread_mutex_unlock(routing);
}

bool dropin_route_at_once(dropin_call *c) {
  pthread_mutex_t *routing = &c->d->routing;
  if ((c->method->what != DROPIN_ITEM && c->method->what != DROPIN_LOCATION) || velero_call_first(c->call).len > AT_ONCE) return false;
  if (pthread_mutex_trylock(routing) != 0) return false;
  bool ready = c->d->discovered;
  if (ready) route(c);
  pthread_mutex_unlock(routing);
  return ready;
}

/* ---- Init: its group is the one that counts once its worker is there */
static bool same_init(const dropin_group *g, const dropin_group *other) { return g && str_eq(g->config, other->config); }

void dropin_init_at_desk(dropin_call *c) {
  dropin *d = c->d;
  const conf_chain *chain;
  const pintle_kv *init = NULL;
  size_t n = 0;
  error e = {0};
  dropin_group *g = NULL;
  if (place_of(c) >= DROPIN_LOCATIONS) error_set(&e, PINTLE_UNSUPPORTED, "more than %d actions", DROPIN_LOCATIONS);
  else if (!dropin_init_map(c, &init, &n)) {
    dropin_refuse(c, GRPC_INTERNAL, "the request is no message");
    dropin_call_free(c);
    return;
  } else if (dropin_config_chain(&d->config, STR(""), &chain, &e) == PINTLE_OK) g = dropin_group_location(d, c->offer, chain, init, n, &e);
  pthread_mutex_lock(&d->locations);
  bool same = g && same_init(d->current[place_of(c)], g);
  pthread_mutex_unlock(&d->locations);
  if (same) {
    dropin_team_retire(g->team);
    dropin_reply_empty(c);
    dropin_call_free(c);
  } else give(c, g, &e);
}

void dropin_init(dropin_call *c, void **state) {
  dropin *d = c->d;
  error e = {0};
  dropin_group *old;
  if (!dropin_single_of(c->group, state, STR(""), &e)) {
    dropin_fail_with(c, &e);
    dropin_team_retire(c->group->team);
    return;
  }
  pthread_mutex_lock(&d->locations);
  old = d->current[place_of(c)];
  d->current[place_of(c)] = c->group;
  pthread_mutex_unlock(&d->locations);
  if (old) dropin_team_retire(old->team);
  dropin_reply_empty(c);
}
