/* skew_plugin.c -- one plugin, compiled against an older, the same and a newer header than its host.  SPDX-License-Identifier: Apache-2.0
 *
 * SKEW is -1, 0 or 1. It has actions of all six kinds, and touches every table that passes the border, in both directions. Names are
 * skew.test/all. The commit that FROZEN names has this file, too: keep it compilable with the headers of that commit. */
#include <pintle/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if SKEW > 0 /* the newer header has a member `newer` at the tail of every table; this host must not have it, and must say so */
#define OLD_HOST(p) ((p)->newer || PINTLE_HAS(p, newer))
#else
#define OLD_HOST(p) 0
#endif
#define CHECK(call, p) \
  if (OLD_HOST(p)) return pintle_fail(call, PINTLE_FAILED, "%s is newer than this host can be", #p)

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module;
  CHECK(call, call->host);
  CHECK(call, call->host->config(call)->api);
  call->host->count(call, "executed", 0);
  return (*self = strdup(pintle_str_or(call->host->config(call), "/text", "none"))) ? PINTLE_OK : PINTLE_NOMEM;
}

static pintle_status applies_to(void *self, pintle_call *call, pintle_result *out) {
  static const char *const pods[] = {"pods", NULL};
  const pintle_selector s = {.struct_size = sizeof s, .included_resources = pods};
  (void)self;
  CHECK(call, out->api);
  return out->api->selector(out, &s);
}

/* What a plugin does that supports hosts without the last functions of these tables (R2.2); the older header has not got them. */
static pintle_status newest(pintle_call *call, pintle_doc *item) {
#if SKEW >= 0
  const void *state = PINTLE_HAS(call->host, extension) ? call->host->extension(call->host, "skew.test/absent") : NULL;
  if (state) return pintle_fail(call, PINTLE_FAILED, "there is an extension that nobody has");
  if (!PINTLE_HAS(item->api, patch)) return PINTLE_OK;
  pintle_status st = item->api->patch(item, "[{\"op\":\"test\",\"path\":\"\",\"value\":0}]", PINTLE_Z);
  if (st != PINTLE_CONFLICT) return pintle_fail(call, PINTLE_FAILED, "a test that cannot pass came to %d", (int)st);
#endif
  (void)call, (void)item;
  return PINTLE_OK;
}

static pintle_status execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const pintle_progress p = {.struct_size = sizeof p, .n_completed = 1, .n_total = 2, .units = "items"};
  const pintle_id id = {"", "v1", "secrets", in->id->ns, "s"};
  CHECK(call, in);
  CHECK(call, out->api);
  CHECK(call, item->api);
  call->host->report(call, &p);
  call->host->count(call, "executed", 1);
  out->api->additional_item(out, &id, 0);
  out->api->note(out, "/metadata/labels/skew", self);
  pintle_status st = newest(call, item);
  return st == PINTLE_OK ? pintle_set_str(item, "/metadata/labels/skew", self) : st;
}

static pintle_status progress(void *self, pintle_call *call, const char *operation, const pintle_doc *run, pintle_result *out) {
  const pintle_progress p = {
      .struct_size = sizeof p, .completed = 1, .n_completed = 2, .n_total = 2, .units = "items", .description = operation};
  (void)self, (void)call, (void)run;
  return out->api->progress(out, &p);
}

static pintle_status delete_it(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in) {
  (void)self, (void)in;
  return pintle_fail_at(call, PINTLE_CONFLICT, "/metadata/name", "%s is in use", pintle_str_or(item, "/metadata/name", "?"));
}

static pintle_status related(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const pintle_id id = {"", "v1", "configmaps", in->id->ns, "c"};
  (void)self, (void)call, (void)item;
  return out->api->additional_item(out, &id, 0);
}

/* ---- a store that holds what was put last */
static char kept[64];
static pintle_status put(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *r) {
  size_t n = 0;
  int64_t got = 0;
  (void)self, (void)bucket, (void)key;
  CHECK(call, r);
  while (n < sizeof kept - 1 && (got = r->read(r, kept + n, sizeof kept - 1 - n)) > 0) n += (size_t)got;
  kept[n] = 0;
  return got < 0 ? (pintle_status)got : PINTLE_OK;
}
static pintle_status exists(void *self, pintle_call *call, const char *bucket, const char *key, int32_t *there) {
  (void)self, (void)call, (void)bucket, (void)key;
  *there = *kept != 0;
  return PINTLE_OK;
}
static pintle_status get(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *w) {
  (void)self, (void)bucket, (void)key;
  CHECK(call, w);
  for (const char *p = kept; *p;) {
    int64_t n = w->write(w, p, strlen(p));
    if (n < 0) return (pintle_status)n;
    p += n;
  }
  return PINTLE_OK;
}
static pintle_status list(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *keys) {
  const pintle_entry e = {.struct_size = sizeof e, .size = (int64_t)strlen(kept), .key = "key"};
  (void)self, (void)call, (void)bucket, (void)prefix;
  return keys->api->entry(keys, &e);
}
static pintle_status prefixes(void *self, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter,
                              pintle_result *out) {
  (void)self, (void)call, (void)bucket, (void)prefix, (void)delimiter, (void)out;
  return PINTLE_OK;
}
static pintle_status drop(void *self, pintle_call *call, const char *bucket, const char *key) {
  (void)self, (void)call, (void)bucket, (void)key;
  *kept = 0;
  return PINTLE_OK;
}
static pintle_status url(void *self, pintle_call *call, const char *bucket, const char *key, int64_t ttl, pintle_result *out) {
  (void)self, (void)call, (void)bucket, (void)key, (void)ttl;
  return out->api->text(out, "https://skew.test/key", PINTLE_Z);
}

/* ---- snapshots of nothing */
static pintle_status volume_id(void *self, pintle_call *call, const pintle_doc *pv, pintle_result *id) {
  (void)self;
  CHECK(call, id->api);
  return id->api->text(id, pintle_str_or(pv, "/spec/csi/volumeHandle", ""), PINTLE_Z);
}
static pintle_status set_volume_id(void *self, pintle_call *call, pintle_doc *pv, const char *volume_id) {
  (void)self;
  CHECK(call, pv->api);
  return pintle_set_str(pv, "/spec/csi/volumeHandle", volume_id);
}
static pintle_status volume_info(void *self, pintle_call *call, const char *volume, const char *az, int64_t *iops, pintle_result *type) {
  (void)self, (void)call, (void)volume, (void)az;
  *iops = 7;
  return type->api->text(type, "ssd", PINTLE_Z);
}
static pintle_status snapshot(void *self, pintle_call *call, const char *volume, const char *az, const pintle_kv *tags, size_t n_tags,
                              pintle_result *id) {
  char text[300];
  (void)self, (void)az;
  if (n_tags && !tags[n_tags - 1].key) return pintle_fail(call, PINTLE_INVALID, "a tag has no key");
  snprintf(text, sizeof text, "snap-%s", volume);
  return id->api->text(id, text, PINTLE_Z);
}
static pintle_status volume_from(void *self, pintle_call *call, const char *from, const char *type, const char *az, int64_t iops,
                                 pintle_result *id) {
  char text[300];
  (void)self, (void)call, (void)az;
  snprintf(text, sizeof text, "%s-%s-%lld", from, type, (long long)iops);
  return id->api->text(id, text, PINTLE_Z);
}
static pintle_status drop_snapshot(void *self, pintle_call *call, const char *id) {
  (void)self, (void)call, (void)id;
  return PINTLE_OK;
}

static const pintle_option text = {.struct_size = sizeof text, .name = "text", .help = "a label's value"};
static const pintle_option *const options[] = {&text, NULL};
static const pintle_action action = {.struct_size = sizeof action,
                                     .flags = PINTLE_PURE,
                                     .thread_model = PINTLE_SERIAL_PLUGIN,
                                     .name = "skew.test/all",
                                     .summary = "touches every table",
                                     .options = options,
                                     .create = create,
                                     .destroy = free};
static const pintle_backup_item_action backup = {
    .struct_size = sizeof backup, .action = &action, .applies_to = applies_to, .execute = execute, .progress = progress};
static const pintle_restore_item_action restore = {.struct_size = sizeof restore, .action = &action, .execute = execute};
static const pintle_delete_item_action deletion = {.struct_size = sizeof deletion, .action = &action, .execute = delete_it};
static const pintle_item_block_action block = {.struct_size = sizeof block, .action = &action, .get_related_items = related};
static const pintle_object_store store = {.struct_size = sizeof store,
                                          .action = &action,
                                          .put_object = put,
                                          .object_exists = exists,
                                          .get_object = get,
                                          .list_common_prefixes = prefixes,
                                          .list_objects = list,
                                          .delete_object = drop,
                                          .create_signed_url = url};
static const pintle_volume_snapshotter snapshotter = {.struct_size = sizeof snapshotter,
                                                      .action = &action,
                                                      .get_volume_id = volume_id,
                                                      .set_volume_id = set_volume_id,
                                                      .get_volume_info = volume_info,
                                                      .create_snapshot = snapshot,
                                                      .create_volume_from_snapshot = volume_from,
                                                      .delete_snapshot = drop_snapshot};
static const pintle_backup_item_action *const backups[] = {&backup, NULL};
static const pintle_restore_item_action *const restores[] = {&restore, NULL};
static const pintle_delete_item_action *const deletions[] = {&deletion, NULL};
static const pintle_item_block_action *const blocks[] = {&block, NULL};
static const pintle_volume_snapshotter *const snapshotters[] = {&snapshotter, NULL};
static const pintle_object_store *const stores[] = {&store, NULL};
#if SKEW > 0 /* a list of a kind that this host has never heard of, in the member `newer` of the top table */
static void unheard_of(void) { abort(); }
#endif
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD,
                                    .name = "skew",
                                    .version = "1",
                                    .backup_item_actions = backups,
                                    .restore_item_actions = restores,
                                    .delete_item_actions = deletions,
                                    .item_block_actions = blocks,
                                    .volume_snapshotters = snapshotters,
                                    .object_stores = stores,
#if SKEW > 0
                                    .newer = unheard_of
#endif
};
