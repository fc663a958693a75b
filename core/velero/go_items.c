/* go_items.c -- item actions of a hosted Go plugin: what they select, their item calls.  SPDX-License-Identifier: Apache-2.0 */
#include "backup_item_action.pb-c.h"
#include "backup_item_action_v2.pb-c.h"
#include "delete_item_action.pb-c.h"
#include "item_block_action.pb-c.h"
#include "restore_item_action.pb-c.h"
#include "restore_item_action_v2.pb-c.h"
#include "velero/go_inside.h"

/* ---- AppliesTo: its request and answer look alike in all kinds, but for where the selector is */
static const char *const *names_of(go_plugin *p, char **v, size_t n) {
  const char **list = arena_alloc(&p->answer, (n + 1) * sizeof *list);
  for (size_t i = 0; list && i < n; i++) list[i] = v[i];
  if (list) list[n] = NULL;
  return list;
}

static pintle_status give_selector(const go_instance *i, const Generated__ResourceSelector *s, pintle_result *result) {
  static const Generated__ResourceSelector everything = GENERATED__RESOURCE_SELECTOR__INIT;
  if (!s) s = &everything;
  const pintle_selector to = {.struct_size = sizeof to,
                              .included_resources = names_of(i->plugin, s->includedresources, s->n_includedresources),
                              .excluded_resources = names_of(i->plugin, s->excludedresources, s->n_excludedresources),
                              .included_namespaces = names_of(i->plugin, s->includednamespaces, s->n_includednamespaces),
                              .excluded_namespaces = names_of(i->plugin, s->excludednamespaces, s->n_excludednamespaces),
                              .labels = s->selector};
  if (!to.included_resources || !to.excluded_resources || !to.included_namespaces || !to.excluded_namespaces) return PINTLE_NOMEM;
  return result->api->selector(result, &to);
}

#define APPLIES_TO(function, path, TYPE, type, Type)                                                       \
  static pintle_status function(void *self, pintle_call *call, pintle_result *result) {                    \
    const go_instance *i = self;                                                                           \
    const Type##AppliesToResponse *m = NULL;                                                               \
    Type##AppliesToRequest request = TYPE##_APPLIES_TO_REQUEST__INIT;                                      \
    request.plugin = i->name;                                                                              \
    pintle_status st = go_call(i, call, path, &request.base, &type##_applies_to_response__descriptor, &m); \
    return st == PINTLE_OK ? give_selector(i, m->resourceselector, result) : st;                           \
  }
APPLIES_TO(backup_v1_applies_to, "/generated.BackupItemAction/AppliesTo", GENERATED__BACKUP_ITEM_ACTION, generated__backup_item_action,
           Generated__BackupItemAction)
APPLIES_TO(backup_applies_to, "/v2.BackupItemAction/AppliesTo", V2__BACKUP_ITEM_ACTION, v2__backup_item_action, V2__BackupItemAction)
APPLIES_TO(restore_v1_applies_to, "/generated.RestoreItemAction/AppliesTo", GENERATED__RESTORE_ITEM_ACTION, generated__restore_item_action,
           Generated__RestoreItemAction)
APPLIES_TO(restore_applies_to, "/v2.RestoreItemAction/AppliesTo", V2__RESTORE_ITEM_ACTION, v2__restore_item_action, V2__RestoreItemAction)
APPLIES_TO(delete_applies_to, "/generated.DeleteItemAction/AppliesTo", GENERATED__DELETE_ITEM_ACTION, generated__delete_item_action,
           Generated__DeleteItemAction)
APPLIES_TO(block_applies_to, "/v1.ItemBlockAction/AppliesTo", V1__ITEM_BLOCK_ACTION, v1__item_block_action, V1__ItemBlockAction)

/* ---- results */
/* No bytes: the item stays. */
static pintle_status take_item(pintle_call *call, pintle_doc *item, ProtobufCBinaryData json) {
  error e = {0};
  if (json.len == 0) return PINTLE_OK;
  if (item_from_go(item_of(item), (str){(const char *)json.data, json.len}, &e) == PINTLE_OK) return PINTLE_OK;
  error_wrap(&e, "the item that it gave back");
  e.place[0] = 0; /* a place in that text */
  return go_fail(call, &e);
}

static pintle_id id_of(const Generated__ResourceIdentifier *r) {
  return (pintle_id){.group = r->group, .version = "", .resource = r->resource, .ns = r->namespace_, .name = r->name};
}

static void give_items(pintle_result *result, Generated__ResourceIdentifier *const *v, size_t n, uint32_t flags) {
  for (size_t i = 0; i < n; i++) {
    const pintle_id id = id_of(v[i]);
    result->api->additional_item(result, &id, flags); /* what is wrong with it is remembered */
  }
}

/* Annotations by which an action talks to Velero beside its answer (pkg/backup/item_backupper.go, pkg/restore/restore.go). */
static const char skip_from_backup[] = "/metadata/annotations/velero.io~1skip-from-backup";
static const char must_include[] = "/metadata/annotations/backup.velero.io~1must-include-additional-items";
static const char must_restore[] = "/metadata/annotations/restore.velero.io~1must-include-additional-items";

static bool take_annotation(pintle_doc *item, const char *pointer) {
  bool is_true = strcmp(pintle_str_or(item, pointer, ""), "true") == 0;
  item->api->remove(item, pointer); /* not for anybody who comes later; it may not be there */
  return is_true;
}

/* ---- backup */
static pintle_status take_backed_up(const go_instance *i, pintle_call *call, pintle_doc *item, ProtobufCBinaryData json,
                                    Generated__ResourceIdentifier *const *more, size_t n, pintle_result *result) {
  pintle_status st = take_item(call, item, json);
  if (st != PINTLE_OK) return st;
  if (item->api->at(item, skip_from_backup)) {
    char why[400];
    snprintf(why, sizeof why, "%.300s marked it with velero.io/skip-from-backup", i->of->action.name);
    result->api->skip(result, why);
    return PINTLE_OK; /* Velero takes nothing else of the answer then */
  }
  give_items(result, more, n, take_annotation(item, must_include) ? PINTLE_MUST_INCLUDE : 0);
  return PINTLE_OK;
}

static pintle_status backup_v1_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *result) {
  const go_instance *i = self;
  const Generated__ExecuteResponse *m = NULL;
  Generated__ExecuteRequest request = GENERATED__EXECUTE_REQUEST__INIT;
  request.plugin = i->name;
  request.item = go_bytes(item);
  request.backup = go_bytes(in->run);
  pintle_status st = go_call(i, call, "/generated.BackupItemAction/Execute", &request.base, &generated__execute_response__descriptor, &m);
  return st == PINTLE_OK ? take_backed_up(i, call, item, m->item, m->additionalitems, m->n_additionalitems, result) : st;
}

static pintle_status backup_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *result) {
  const go_instance *i = self;
  const V2__ExecuteResponse *m = NULL;
  V2__ExecuteRequest request = V2__EXECUTE_REQUEST__INIT;
  request.plugin = i->name;
  request.item = go_bytes(item);
  request.backup = go_bytes(in->run);
  pintle_status st = go_call(i, call, "/v2.BackupItemAction/Execute", &request.base, &v2__execute_response__descriptor, &m);
  if (st == PINTLE_OK) st = take_backed_up(i, call, item, m->item, m->additionalitems, m->n_additionalitems, result);
  if (st != PINTLE_OK || item->api->at(item, skip_from_backup)) return st;
  if (m->operationid[0]) result->api->operation(result, m->operationid);
  for (size_t k = 0; k < m->n_postoperationitems; k++) {
    const pintle_id id = id_of(m->postoperationitems[k]);
    result->api->post_operation_item(result, &id);
  }
  return PINTLE_OK;
}

/* ---- restore */
static pintle_status take_restored(const go_instance *i, pintle_call *call, pintle_doc *item, ProtobufCBinaryData json,
                                   Generated__ResourceIdentifier *const *more, size_t n, bool skip, pintle_result *result) {
  char why[400];
  if (skip) { /* Velero looks at nothing else then */
    snprintf(why, sizeof why, "%.300s asked for it", i->of->action.name);
    return result->api->skip(result, why);
  }
  pintle_status st = take_item(call, item, json);
  if (st != PINTLE_OK) return st;
  give_items(result, more, n, take_annotation(item, must_restore) ? PINTLE_MUST_INCLUDE : 0);
  return PINTLE_OK;
}

static pintle_status restore_v1_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *result) {
  const go_instance *i = self;
  const Generated__RestoreItemActionExecuteResponse *m = NULL;
  Generated__RestoreItemActionExecuteRequest request = GENERATED__RESTORE_ITEM_ACTION_EXECUTE_REQUEST__INIT;
  request.plugin = i->name;
  request.item = go_bytes(item);
  request.restore = go_bytes(in->run);
  request.itemfrombackup = in->item_from_backup ? go_bytes(in->item_from_backup) : request.item;
  pintle_status st = go_call(i, call, "/generated.RestoreItemAction/Execute", &request.base,
                             &generated__restore_item_action_execute_response__descriptor, &m);
  return st == PINTLE_OK ? take_restored(i, call, item, m->item, m->additionalitems, m->n_additionalitems, m->skiprestore, result) : st;
}

static int64_t duration(const Google__Protobuf__Duration *d) {
  int64_t n;
  if (!d || d->seconds < 0 || d->nanos < 0) return 0;
  if (__builtin_mul_overflow(d->seconds, CLOCK_SECOND, &n) || __builtin_add_overflow(n, d->nanos, &n)) return INT64_MAX;
  return n;
}

static pintle_status restore_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *result) {
  const go_instance *i = self;
  const V2__RestoreItemActionExecuteResponse *m = NULL;
  V2__RestoreItemActionExecuteRequest request = V2__RESTORE_ITEM_ACTION_EXECUTE_REQUEST__INIT;
  request.plugin = i->name;
  request.item = go_bytes(item);
  request.restore = go_bytes(in->run);
  request.itemfrombackup = in->item_from_backup ? go_bytes(in->item_from_backup) : request.item;
  pintle_status st =
      go_call(i, call, "/v2.RestoreItemAction/Execute", &request.base, &v2__restore_item_action_execute_response__descriptor, &m);
  if (st == PINTLE_OK) st = take_restored(i, call, item, m->item, m->additionalitems, m->n_additionalitems, m->skiprestore, result);
  if (st != PINTLE_OK || m->skiprestore) return st;
  if (m->operationid[0]) result->api->operation(result, m->operationid);
  if (m->waitforadditionalitems) result->api->wait_for_additional_items(result, duration(m->additionalitemsreadytimeout));
  return PINTLE_OK;
}

/* ---- deletion, blocks */
static pintle_status delete_execute(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in) {
  const go_instance *i = self;
  Generated__DeleteItemActionExecuteRequest request = GENERATED__DELETE_ITEM_ACTION_EXECUTE_REQUEST__INIT;
  request.plugin = i->name;
  request.item = go_bytes(item);
  request.backup = go_bytes(in->run);
  return go_call(i, call, "/generated.DeleteItemAction/Execute", &request.base, NULL, NULL);
}

static pintle_status related(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *result) {
  const go_instance *i = self;
  const V1__ItemBlockActionGetRelatedItemsResponse *m = NULL;
  V1__ItemBlockActionGetRelatedItemsRequest request = V1__ITEM_BLOCK_ACTION_GET_RELATED_ITEMS_REQUEST__INIT;
  request.plugin = i->name;
  request.item = go_bytes(item);
  request.backup = go_bytes(in->run);
  pintle_status st = go_call(i, call, "/v1.ItemBlockAction/GetRelatedItems", &request.base,
                             &v1__item_block_action_get_related_items_response__descriptor, &m);
  if (st == PINTLE_OK) give_items(result, m->relateditems, m->n_relateditems, 0);
  return st;
}

const pintle_backup_item_action go_backup_item_action = {.struct_size = sizeof go_backup_item_action,
                                                         .applies_to = backup_applies_to,
                                                         .execute = backup_execute,
                                                         .progress = go_backup_progress,
                                                         .cancel = go_backup_cancel},
                                go_backup_item_action_v1 = {.struct_size = sizeof go_backup_item_action_v1,
                                                            .applies_to = backup_v1_applies_to,
                                                            .execute = backup_v1_execute};
const pintle_restore_item_action go_restore_item_action = {.struct_size = sizeof go_restore_item_action,
                                                           .applies_to = restore_applies_to,
                                                           .execute = restore_execute,
                                                           .progress = go_restore_progress,
                                                           .cancel = go_restore_cancel,
                                                           .are_additional_items_ready = go_items_ready},
                                 go_restore_item_action_v1 = {.struct_size = sizeof go_restore_item_action_v1,
                                                              .applies_to = restore_v1_applies_to,
                                                              .execute = restore_v1_execute};
const pintle_delete_item_action go_delete_item_action = {
    .struct_size = sizeof go_delete_item_action, .applies_to = delete_applies_to, .execute = delete_execute};
const pintle_item_block_action go_item_block_action = {
    .struct_size = sizeof go_item_block_action, .applies_to = block_applies_to, .get_related_items = related};
