/* go_operations.c -- operations of a hosted Go plugin: how far, stop, are the additional items ready?  SPDX-License-Identifier: Apache-2.0 */
#include "backup_item_action_v2.pb-c.h"
#include "restore_item_action_v2.pb-c.h"
#include "velero/go_inside.h"

/* Go's zero time, of the year 1, is none. */
static int64_t time_of(const Google__Protobuf__Timestamp *t) {
  int64_t n;
  if (!t || t->seconds <= 0 || t->nanos < 0) return 0;
  if (__builtin_mul_overflow(t->seconds, CLOCK_SECOND, &n) || __builtin_add_overflow(n, t->nanos, &n)) return 0;
  return n;
}

static pintle_status give_progress(const Generated__OperationProgress *p, pintle_result *result) {
  if (!p) return PINTLE_OK;
  HOST_PADDED(pintle_progress)
  to = {.v = {.struct_size = sizeof to.v,
              .completed = p->completed,
              .n_completed = p->ncompleted,
              .n_total = p->ntotal,
              .started = time_of(p->started),
              .updated = time_of(p->updated),
              .units = p->operationunits,
              .description = p->description,
              .error = p->completed ? p->err : ""}};
  return result->api->progress(result, &to.v);
}

pintle_status go_backup_progress(void *self, pintle_call *call, const char *id, const pintle_doc *backup, pintle_result *result) {
  const go_instance *i = self;
  const V2__BackupItemActionProgressResponse *m = NULL;
  V2__BackupItemActionProgressRequest request = V2__BACKUP_ITEM_ACTION_PROGRESS_REQUEST__INIT;
  request.plugin = i->name;
  request.operationid = go_text(id);
  request.backup = go_bytes(backup);
  pintle_status st =
      go_call(i, call, "/v2.BackupItemAction/Progress", &request.base, &v2__backup_item_action_progress_response__descriptor, &m);
  return st == PINTLE_OK ? give_progress(m->progress, result) : st;
}

pintle_status go_backup_cancel(void *self, pintle_call *call, const char *id, const pintle_doc *backup) {
  const go_instance *i = self;
  V2__BackupItemActionCancelRequest request = V2__BACKUP_ITEM_ACTION_CANCEL_REQUEST__INIT;
  request.plugin = i->name;
  request.operationid = go_text(id);
  request.backup = go_bytes(backup);
  return go_call(i, call, "/v2.BackupItemAction/Cancel", &request.base, NULL, NULL);
}

pintle_status go_restore_progress(void *self, pintle_call *call, const char *id, const pintle_doc *restore, pintle_result *result) {
  const go_instance *i = self;
  const V2__RestoreItemActionProgressResponse *m = NULL;
  V2__RestoreItemActionProgressRequest request = V2__RESTORE_ITEM_ACTION_PROGRESS_REQUEST__INIT;
  request.plugin = i->name;
  request.operationid = go_text(id);
  request.restore = go_bytes(restore);
  pintle_status st =
      go_call(i, call, "/v2.RestoreItemAction/Progress", &request.base, &v2__restore_item_action_progress_response__descriptor, &m);
  return st == PINTLE_OK ? give_progress(m->progress, result) : st;
}

pintle_status go_restore_cancel(void *self, pintle_call *call, const char *id, const pintle_doc *restore) {
  const go_instance *i = self;
  V2__RestoreItemActionCancelRequest request = V2__RESTORE_ITEM_ACTION_CANCEL_REQUEST__INIT;
  request.plugin = i->name;
  request.operationid = go_text(id);
  request.restore = go_bytes(restore);
  return go_call(i, call, "/v2.RestoreItemAction/Cancel", &request.base, NULL, NULL);
}

pintle_status go_items_ready(void *self, pintle_call *call, const pintle_id *ids, size_t n, const pintle_doc *restore, int32_t *ready) {
  const go_instance *i = self;
  const V2__RestoreItemActionItemsReadyResponse *m = NULL;
  V2__RestoreItemActionItemsReadyRequest request = V2__RESTORE_ITEM_ACTION_ITEMS_READY_REQUEST__INIT;
  arena *a = &i->plugin->answer; /* free until the answer is there */
  arena_reset(a);
  Generated__ResourceIdentifier *v = arena_alloc(a, (n + 1) * sizeof *v), **list = arena_alloc(a, (n + 1) * sizeof *list);
  if (!v || !list) return PINTLE_NOMEM;
  for (size_t k = 0; k < n; k++) {
    generated__resource_identifier__init(&v[k]);
    v[k].group = go_text(ids[k].group), v[k].resource = go_text(ids[k].resource);
    v[k].namespace_ = go_text(ids[k].ns), v[k].name = go_text(ids[k].name);
    list[k] = &v[k];
  }
  request.plugin = i->name;
  request.restore = go_bytes(restore);
  request.n_additionalitems = n;
  request.additionalitems = list;
  pintle_status st = go_call(i, call, "/v2.RestoreItemAction/AreAdditionalItemsReady", &request.base,
                             &v2__restore_item_action_items_ready_response__descriptor, &m);
  if (st == PINTLE_OK) *ready = m->ready;
  return st;
}
