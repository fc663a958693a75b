/* single_table.c -- the kinds' tables whose functions cross to a worker.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/single_inside.h"
#include "worker/times.h"
#include <inttypes.h>
#include <stdio.h>

/* ---- what both kinds have in common */
static pintle_status fail_with(pintle_call *caller, const single_answer *a) {
  const pintle_error e = {.struct_size = sizeof e,
                          .status = a->status,
                          .line = a->origin.line,
                          .retry_after = a->origin.retry_after,
                          .message = a->error.message,
                          .hint = a->error.hint,
                          .code = a->error.code,
                          .at = a->error.place,
                          .file = a->origin.file,
                          .function = a->origin.function};
  return caller->host->fail(caller, &e);
}

PINTLE_PRINTF(3, 4) static pintle_status fail_as(pintle_call *caller, pintle_status st, const char *format, ...) {
  single_answer a = {.status = st};
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(a.error.message, sizeof a.error.message, format, ap) < 0) a.error.message[0] = 0;
  va_end(ap);
  return fail_with(caller, &a);
}

/* What the caller's host knows of the run; run.dir is the worker's own affair. */
static void ask_properties(single_call *c, const char *list[2 * SINGLE_MAX_PROPERTIES + 1]) {
  static const char *const names[] = {"host.mode", "run.kind",    "run.name",       "run.uid",           "velero.namespace",
                                      "features",  "source.kind", "target.version", "item.volume-action", "item.volume-parameters"};
  size_t n = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    pintle_str value;
    if (c->caller->host->property(c->caller, names[i], &value) == PINTLE_OK) list[n++] = names[i], list[n++] = value.ptr;
  }
  list[n] = NULL;
  c->args.properties = list;
}

void single_send_call(worker_single *s, single_id id, single_call *c) {
  const char *properties[2 * SINGLE_MAX_PROPERTIES + 1];
  buf body = {0};
  c->what = single_functions[id].name;
  c->flags = single_functions[id].flags;
  c->args.function = id;
  int64_t left = c->caller->host->remaining(c->caller), now = clock_monotonic();
  bool copies = id == SINGLE_CREATE_SNAPSHOT || id == SINGLE_CREATE_VOLUME_FROM_SNAPSHOT || id == SINGLE_VERIFY_SNAPSHOT;
  int64_t usual = copies && s->o.copy_timeout > 0 ? s->o.copy_timeout : s->timeout;
  int64_t own = c->flags & (SINGLE_IDLE | SINGLE_LONG) ? PINTLE_NONE : usual;
  if (own >= 0 && (left < 0 || left > own)) left = own;
  c->args.number = ++s->number;
  c->args.deadline = left >= 0 ? now + left : 0;
  c->limit = left >= 0 ? left : s->timeout;
  c->credit = SINGLE_WINDOW;
  ask_properties(c, properties);
  single_put_args(&body, &c->args);
  c->args.properties = NULL;
  if (body.failed) s->out.failed = true;
  else single_queue(s, WIRE_CALL, buf_str(&body));
  buf_free(&body);
}

/* It said OK; do the bytes say so too? */
static pintle_status check_bytes(const worker_single *s, const single_call *c) {
  const char *action = s->o.action->name, *file = s->o.plugin->file;
  if (c->unread != PINTLE_OK) return fail_as(c->caller, c->unread, "what was to be stored could not be read");
  if (c->refused != PINTLE_OK) return fail_as(c->caller, c->refused, "what came was not taken (%s)", error_status_name(c->refused));
  int64_t all = c->args.size >= 0 ? c->args.size : c->pulled;
  if (c->flags & SINGLE_READS && c->answer.moved < (uint64_t)all)
    return fail_as(c->caller, PINTLE_FAILED, "action %s of plugin %s took %" PRIu64 " of %" PRId64 " bytes and said that all is well",
                   action, file, c->answer.moved, all);
  if (c->flags & SINGLE_WRITES && c->answer.moved != c->given)
    return fail_as(c->caller, PINTLE_FAILED, "action %s of plugin %s gave %" PRIu64 " bytes, but %" PRIu64 " arrived", action, file,
                   c->answer.moved, c->given);
  return PINTLE_OK;
}

/* What a store has not, or has already, is an answer. */
static void keep_time(const worker_single *s, const single_call *c) {
  pintle_status st = c->answer.status;
  bool answer = s->o.action->kind == CONF_OBJECT_STORE && (st == PINTLE_NOT_FOUND || st == PINTLE_EXISTS);
  const worker_time call = {.action = s->o.action->name,
                            .plugin = s->o.plugin->name,
                            .version = s->o.plugin->version,
                            .operation = single_functions[c->args.function].name,
                            .elapsed = clock_monotonic() - c->started,
                            .timeout = st == PINTLE_TIMED_OUT,
                            .death = c->died && st != PINTLE_TIMED_OUT,
                            .error = !c->died && !answer && st != PINTLE_OK && st != PINTLE_TIMED_OUT};
  worker_times_add(s->o.times, &call);
}

pintle_status single_settle(const worker_single *s, const single_call *c) {
  keep_time(s, c);
  if (c->answer.status != PINTLE_OK) return fail_with(c->caller, &c->answer);
  pintle_status st = check_bytes(s, c);
  if (st == PINTLE_OK && c->answer.has_text) st = c->result->api->text(c->result, c->answer.text.ptr, c->answer.text.len);
  return st;
}

static pintle_status call(worker_single *s, single_id id, single_call *c) {
  if (pthread_mutex_lock(&s->lock) != 0) return fail_as(c->caller, PINTLE_CONFLICT, "action %s is in a call already", s->o.action->name);
  single_answer none = {0};
  none.status = single_ready(s, c->caller, &none.error);
  pintle_status st;
  if (none.status != PINTLE_OK) st = fail_with(c->caller, &none);
  else {
    single_send_call(s, id, c);
    single_wait(s, c);
    st = single_settle(s, c);
  }
  pthread_mutex_unlock(&s->lock);
  return st;
}

static pintle_status call_and_free(void *self, single_id id, single_call *c) {
  pintle_status st = call(self, id, c);
  single_call_free(c);
  return st;
}

/* ---- ObjectStore */
static pintle_status put(void *self, single_id id, pintle_call *caller, const char *bucket, const char *key, const pintle_reader *body) {
  single_call c = {.caller = caller, .body = body, .args = {.text = {bucket, key}, .size = body->size >= 0 ? body->size : PINTLE_NONE}};
  return call_and_free(self, id, &c);
}

static pintle_status put_object(void *self, pintle_call *caller, const char *bucket, const char *key, const pintle_reader *body) {
  return put(self, SINGLE_PUT_OBJECT, caller, bucket, key, body);
}

static pintle_status put_object_if_absent(void *self, pintle_call *caller, const char *bucket, const char *key, const pintle_reader *body) {
  return put(self, SINGLE_PUT_OBJECT_IF_ABSENT, caller, bucket, key, body);
}

static pintle_status get(void *self, single_id id, pintle_call *caller, const char *bucket, const char *key, int64_t offset,
                         const pintle_writer *to) {
  single_call c = {
      .caller = caller, .to = to, .args = {.text = {bucket, key}, .n = offset, .size = to->size >= 0 ? to->size : PINTLE_NONE}};
  return call_and_free(self, id, &c);
}

static pintle_status get_object(void *self, pintle_call *caller, const char *bucket, const char *key, const pintle_writer *to) {
  return get(self, SINGLE_GET_OBJECT, caller, bucket, key, 0, to);
}

static pintle_status get_object_range(void *self, pintle_call *caller, const char *bucket, const char *key, int64_t offset,
                                      const pintle_writer *to) {
  return get(self, SINGLE_GET_OBJECT_RANGE, caller, bucket, key, offset, to);
}

static pintle_status object_exists(void *self, pintle_call *caller, const char *bucket, const char *key, int32_t *exists) {
  single_call c = {.caller = caller, .args = {.text = {bucket, key}}};
  pintle_status st = call(self, SINGLE_OBJECT_EXISTS, &c);
  if (st == PINTLE_OK) *exists = c.answer.n != 0;
  single_call_free(&c);
  return st;
}

static pintle_status simple(void *self, single_id id, pintle_call *caller, const char *a, const char *b, const char *c3, int64_t n,
                            pintle_result *result) {
  single_call c = {.caller = caller, .result = result, .args = {.text = {a, b, c3}, .n = n}};
  return call_and_free(self, id, &c);
}

static pintle_status list_common_prefixes(void *self, pintle_call *caller, const char *bucket, const char *prefix, const char *delimiter,
                                          pintle_result *prefixes) {
  return simple(self, SINGLE_LIST_COMMON_PREFIXES, caller, bucket, prefix, delimiter, 0, prefixes);
}
static pintle_status list_objects(void *self, pintle_call *caller, const char *bucket, const char *prefix, pintle_result *keys) {
  return simple(self, SINGLE_LIST_OBJECTS, caller, bucket, prefix, "", 0, keys);
}
static pintle_status delete_object(void *self, pintle_call *caller, const char *bucket, const char *key) {
  return simple(self, SINGLE_DELETE_OBJECT, caller, bucket, key, "", 0, NULL);
}
static pintle_status create_signed_url(void *self, pintle_call *caller, const char *bucket, const char *key, int64_t ttl,
                                       pintle_result *url) {
  return simple(self, SINGLE_CREATE_SIGNED_URL, caller, bucket, key, "", ttl, url);
}
static pintle_status stat_object(void *self, pintle_call *caller, const char *bucket, const char *key, pintle_result *entry) {
  return simple(self, SINGLE_STAT_OBJECT, caller, bucket, key, "", 0, entry);
}

/* ---- VolumeSnapshotter */
static pintle_status get_volume_id(void *self, pintle_call *caller, const pintle_doc *pv, pintle_result *id) {
  single_call c = {.caller = caller, .result = id};
  pintle_status st = pv->api->raw(pv, "", &c.args.doc);
  return st == PINTLE_OK ? call_and_free(self, SINGLE_GET_VOLUME_ID, &c) : fail_as(caller, st, "the volume cannot be read");
}

static pintle_status set_volume_id(void *self, pintle_call *caller, pintle_doc *pv, const char *volume_id) {
  single_call c = {.caller = caller, .args = {.text = {volume_id}}};
  pintle_status st = pv->api->raw(pv, "", &c.args.doc);
  if (st != PINTLE_OK) return fail_as(caller, st, "the volume cannot be read");
  st = call(self, SINGLE_SET_VOLUME_ID, &c);
  if (st == PINTLE_OK && c.answer.patch.len && (st = pv->api->patch(pv, c.answer.patch.ptr, c.answer.patch.len)) != PINTLE_OK)
    fail_as(caller, st, "the volume's change cannot be applied");
  single_call_free(&c);
  return st;
}

static pintle_status get_volume_info(void *self, pintle_call *caller, const char *volume_id, const char *volume_az, int64_t *iops,
                                     pintle_result *type) {
  single_call c = {.caller = caller, .result = type, .args = {.text = {volume_id, volume_az}}};
  pintle_status st = call(self, SINGLE_GET_VOLUME_INFO, &c);
  if (st == PINTLE_OK) *iops = c.answer.n > 0 ? c.answer.n : PINTLE_NONE;
  single_call_free(&c);
  return st;
}

static pintle_status create_snapshot(void *self, pintle_call *caller, const char *volume_id, const char *volume_az, const pintle_kv *tags,
                                     size_t n_tags, pintle_result *snapshot_id) {
  single_call c = {.caller = caller, .result = snapshot_id, .args = {.text = {volume_id, volume_az}, .tags = tags, .n_tags = n_tags}};
  if (n_tags > SINGLE_MAX_TAGS) return fail_as(caller, PINTLE_INVALID, "more than %d tags", (int)SINGLE_MAX_TAGS);
  return call_and_free(self, SINGLE_CREATE_SNAPSHOT, &c);
}

static pintle_status create_volume_from_snapshot(void *self, pintle_call *caller, const char *snapshot_id, const char *volume_type,
                                                 const char *volume_az, int64_t iops, pintle_result *volume_id) {
  return simple(self, SINGLE_CREATE_VOLUME_FROM_SNAPSHOT, caller, snapshot_id, volume_type, volume_az, iops, volume_id);
}
static pintle_status delete_snapshot(void *self, pintle_call *caller, const char *snapshot_id) {
  return simple(self, SINGLE_DELETE_SNAPSHOT, caller, snapshot_id, "", "", 0, NULL);
}

static pintle_status verify_snapshot(void *self, pintle_call *caller, const char *snapshot_id) {
  return simple(self, SINGLE_VERIFY_SNAPSHOT, caller, snapshot_id, "", "", 0, NULL);
}

/* ---- item actions */
/* Of an operation: its id, and the run where it is another one than the set-up's. */
static pintle_status about(void *self, single_id id, pintle_call *caller, const char *operation_id, const pintle_doc *run,
                           pintle_result *result) {
  single_call c = {.caller = caller, .result = result, .args = {.text = {operation_id}}};
  pintle_status st = run ? run->api->raw(run, "", &c.args.doc) : PINTLE_OK;
  return st == PINTLE_OK ? call_and_free(self, id, &c) : fail_as(caller, st, "the run cannot be read");
}

static pintle_status backup_progress(void *self, pintle_call *caller, const char *id, const pintle_doc *run, pintle_result *result) {
  return about(self, SINGLE_BACKUP_PROGRESS, caller, id, run, result);
}
static pintle_status backup_cancel(void *self, pintle_call *caller, const char *id, const pintle_doc *run) {
  return about(self, SINGLE_BACKUP_CANCEL, caller, id, run, NULL);
}
static pintle_status backup_run(void *self, pintle_call *caller, const char *id, const pintle_doc *run, pintle_result *result) {
  return about(self, SINGLE_BACKUP_RUN, caller, id, run, result);
}
static pintle_status restore_progress(void *self, pintle_call *caller, const char *id, const pintle_doc *run, pintle_result *result) {
  return about(self, SINGLE_RESTORE_PROGRESS, caller, id, run, result);
}
static pintle_status restore_cancel(void *self, pintle_call *caller, const char *id, const pintle_doc *run) {
  return about(self, SINGLE_RESTORE_CANCEL, caller, id, run, NULL);
}
static pintle_status restore_run(void *self, pintle_call *caller, const char *id, const pintle_doc *run, pintle_result *result) {
  return about(self, SINGLE_RESTORE_RUN, caller, id, run, result);
}

static pintle_status are_ready(void *self, pintle_call *caller, const pintle_id *ids, size_t n, const pintle_doc *run, int32_t *ready) {
  single_call c = {.caller = caller, .args = {.ids = ids, .n_ids = n}};
  if (n > SINGLE_MAX_IDS) return fail_as(caller, PINTLE_INVALID, "more than %d items", (int)SINGLE_MAX_IDS);
  pintle_status st = run ? run->api->raw(run, "", &c.args.doc) : PINTLE_OK;
  if (st != PINTLE_OK) return fail_as(caller, st, "the run cannot be read");
  st = call(self, SINGLE_RESTORE_READY, &c);
  if (st == PINTLE_OK) *ready = c.answer.n != 0;
  single_call_free(&c);
  return st;
}

/* ---- the tables */
static void destroy(void *self) { worker_single_close(self, NULL); }

static const void *extension(void *self, const char *id) {
  const worker_single *s = self;
  return s->has & 1u << SINGLE_VERIFY_SNAPSHOT && strcmp(id, PINTLE_EXT_VERIFY) == 0 ? &s->verify.v : NULL;
}

#define OFFER(table, id, function) \
  if (s->has & 1u << (id)) s->table.v.function

void single_tables(worker_single *s) {
  const host_action *a = s->o.action;
  s->action.v = (pintle_action){.struct_size = sizeof(pintle_action),
                                .flags = a->flags,
                                .thread_model = PINTLE_PARALLEL,
                                .priority = a->priority,
                                .timeout = a->timeout,
                                .name = a->name,
                                .summary = a->summary,
                                .url = a->url,
                                .options = a->options,
                                .destroy = destroy,
                                .extension = extension};
  s->store.v = (pintle_object_store){.struct_size = sizeof(pintle_object_store), .action = &s->action.v};
  OFFER(store, SINGLE_PUT_OBJECT, put_object = put_object);
  OFFER(store, SINGLE_OBJECT_EXISTS, object_exists = object_exists);
  OFFER(store, SINGLE_GET_OBJECT, get_object = get_object);
  OFFER(store, SINGLE_LIST_COMMON_PREFIXES, list_common_prefixes = list_common_prefixes);
  OFFER(store, SINGLE_LIST_OBJECTS, list_objects = list_objects);
  OFFER(store, SINGLE_DELETE_OBJECT, delete_object = delete_object);
  OFFER(store, SINGLE_CREATE_SIGNED_URL, create_signed_url = create_signed_url);
  OFFER(store, SINGLE_STAT_OBJECT, stat_object = stat_object);
  OFFER(store, SINGLE_GET_OBJECT_RANGE, get_object_range = get_object_range);
  OFFER(store, SINGLE_PUT_OBJECT_IF_ABSENT, put_object_if_absent = put_object_if_absent);
  s->snapshotter.v = (pintle_volume_snapshotter){.struct_size = sizeof(pintle_volume_snapshotter), .action = &s->action.v};
  OFFER(snapshotter, SINGLE_GET_VOLUME_ID, get_volume_id = get_volume_id);
  OFFER(snapshotter, SINGLE_SET_VOLUME_ID, set_volume_id = set_volume_id);
  OFFER(snapshotter, SINGLE_GET_VOLUME_INFO, get_volume_info = get_volume_info);
  OFFER(snapshotter, SINGLE_CREATE_SNAPSHOT, create_snapshot = create_snapshot);
  OFFER(snapshotter, SINGLE_CREATE_VOLUME_FROM_SNAPSHOT, create_volume_from_snapshot = create_volume_from_snapshot);
  OFFER(snapshotter, SINGLE_DELETE_SNAPSHOT, delete_snapshot = delete_snapshot);
  s->verify.v = (pintle_verify){.struct_size = sizeof(pintle_verify), .verify_snapshot = verify_snapshot};
  s->backup.v = (pintle_backup_item_action){.struct_size = sizeof(pintle_backup_item_action), .action = &s->action.v};
  OFFER(backup, SINGLE_BACKUP_PROGRESS, progress = backup_progress);
  OFFER(backup, SINGLE_BACKUP_CANCEL, cancel = backup_cancel);
  OFFER(backup, SINGLE_BACKUP_RUN, run_operation = backup_run);
  s->restore.v = (pintle_restore_item_action){.struct_size = sizeof(pintle_restore_item_action), .action = &s->action.v};
  OFFER(restore, SINGLE_RESTORE_PROGRESS, progress = restore_progress);
  OFFER(restore, SINGLE_RESTORE_CANCEL, cancel = restore_cancel);
  OFFER(restore, SINGLE_RESTORE_READY, are_additional_items_ready = are_ready);
  OFFER(restore, SINGLE_RESTORE_RUN, run_operation = restore_run);
}

const pintle_object_store *worker_single_store(const worker_single *s) {
  return s->o.action->kind == CONF_OBJECT_STORE ? &s->store.v : NULL;
}
const pintle_volume_snapshotter *worker_single_snapshotter(const worker_single *s) {
  return s->o.action->kind == CONF_VOLUME_SNAPSHOTTER ? &s->snapshotter.v : NULL;
}
const pintle_backup_item_action *worker_single_backup_action(const worker_single *s) {
  return s->o.action->kind == CONF_BACKUP_ITEM_ACTION ? &s->backup.v : NULL;
}
const pintle_restore_item_action *worker_single_restore_action(const worker_single *s) {
  return s->o.action->kind == CONF_RESTORE_ITEM_ACTION ? &s->restore.v : NULL;
}
