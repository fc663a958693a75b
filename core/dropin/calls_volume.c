/* calls_volume.c -- the calls of a VolumeSnapshotter.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/inside.h"
#include "volume_snapshotter.pb-c.h"

typedef struct snapping {
  dropin_call *c;
  dropin_single *s;
  worker_single *w;
  const pintle_volume_snapshotter *table;
  dropin_caller caller;
  pintle_call *call;
  host_result *r;
} snapping;

static bool begin(snapping *x, dropin_call *c, void **state, uint32_t allowed) {
  if (dropin_refuse_bad(c)) return false;
  error e = {0};
  *x = (snapping){.c = c};
  if (!(x->s = dropin_single_of(c->group, state, STR(""), &e))) return dropin_fail_with(c, &e), false;
  x->w = dropin_single_worker(x->s);
  x->table = worker_single_snapshotter(x->w);
  dropin_caller_of(c, &x->caller);
  x->call = dropin_single_begin(x->s, &x->caller, allowed, &x->r);
  return true;
}

static bool end(snapping *x, pintle_status st) {
  dropin_answer answer;
  if (dropin_single_end(x->s, st, &x->c->memory, &answer) == PINTLE_OK) return true;
  dropin_fail(x->c, &answer);
  return false;
}

static char *result_text(const snapping *x) {
  char *text = x->r->text.ptr ? arena_copy(&x->c->memory, x->r->text) : NULL;
  return text ? text : (char *)(uintptr_t) "";
}

static void bad_message(dropin_call *c) { dropin_refuse(c, GRPC_INTERNAL, "the request is no message"); }

/* Answers of one text have it in field 1. */
static void reply_text(snapping *x) {
  Generated__CreateSnapshotResponse answer = GENERATED__CREATE_SNAPSHOT_RESPONSE__INIT;
  answer.snapshotid = result_text(x);
  dropin_reply(x->c, &answer);
}

void dropin_volume_of_snapshot(dropin_call *c, void **state) {
  snapping x;
  str m = velero_call_first(c->call);
  Generated__CreateVolumeRequest *r = generated__create_volume_request__unpack(NULL, m.len, (const uint8_t *)m.ptr);
  int64_t iops = r && r->iops > 0 ? r->iops : PINTLE_NONE;
  const char *snapshot = dropin_text(c, 2), *type = dropin_text(c, 3), *az = dropin_text(c, 4);
  if (!r) {
    bad_message(c);
    return;
  }
  generated__create_volume_request__free_unpacked(r, NULL);
  if (!begin(&x, c, state, HOST_RESULT_TEXT)) return;
  if (end(&x, x.table->create_volume_from_snapshot(x.w, x.call, snapshot, type, az, iops, &x.r->base))) reply_text(&x);
}

void dropin_volume_info(dropin_call *c, void **state) {
  snapping x;
  Generated__GetVolumeInfoResponse answer = GENERATED__GET_VOLUME_INFO_RESPONSE__INIT;
  int64_t iops = PINTLE_NONE;
  const char *volume = dropin_text(c, 2), *az = dropin_text(c, 3);
  if (!begin(&x, c, state, HOST_RESULT_TEXT) || !end(&x, x.table->get_volume_info(x.w, x.call, volume, az, &iops, &x.r->base))) return;
  answer.volumetype = result_text(&x);
  answer.iops = iops > 0 ? iops : 0;
  dropin_reply(c, &answer);
}

void dropin_create_snapshot(dropin_call *c, void **state) {
  snapping x;
  str m = velero_call_first(c->call);
  Generated__CreateSnapshotRequest *r = generated__create_snapshot_request__unpack(NULL, m.len, (const uint8_t *)m.ptr);
  pintle_kv *tags = r ? arena_zalloc(&c->memory, (r->n_tags + 1) * sizeof *tags) : NULL;
  for (size_t i = 0; tags && i < r->n_tags; i++) tags[i] = (pintle_kv){r->tags[i]->key, r->tags[i]->value};
  if (!tags) bad_message(c);
  else if (begin(&x, c, state, HOST_RESULT_TEXT) &&
           end(&x, x.table->create_snapshot(x.w, x.call, r->volumeid, r->volumeaz, tags, r->n_tags, &x.r->base)))
    reply_text(&x);
  if (r) generated__create_snapshot_request__free_unpacked(r, NULL);
}

void dropin_delete_snapshot(dropin_call *c, void **state) {
  snapping x;
  const char *snapshot = dropin_text(c, 2);
  if (begin(&x, c, state, 0) && end(&x, x.table->delete_snapshot(x.w, x.call, snapshot))) dropin_reply_empty(c);
}

/* The volume as a document; false: it is none, and the call has ended. */
static bool read_volume(dropin_call *c, item_doc **doc) {
  error e = {0};
  pintle_status st = item_new(doc) == PINTLE_OK ? PINTLE_OK : error_nomem(&e);
  if (st == PINTLE_OK && item_parse(*doc, c->field[2], ITEM_KUBERNETES, NULL, &e) != PINTLE_OK) st = error_wrap(&e, "the PersistentVolume");
  if (st != PINTLE_OK) dropin_fail_with(c, &e);
  return st == PINTLE_OK;
}

void dropin_get_volume_id(dropin_call *c, void **state) {
  snapping x;
  CLEANUP(item_freep) item_doc *doc = NULL;
  if (!read_volume(c, &doc) || !begin(&x, c, state, HOST_RESULT_TEXT)) return;
  if (end(&x, x.table->get_volume_id(x.w, x.call, item_handle(doc), &x.r->base))) reply_text(&x);
}

void dropin_set_volume_id(dropin_call *c, void **state) {
  snapping x;
  CLEANUP(item_freep) item_doc *doc = NULL;
  CLEANUP(buf_free) buf text = {0};
  Generated__SetVolumeIDResponse answer = GENERATED__SET_VOLUME_IDRESPONSE__INIT;
  const char *volume = dropin_text(c, 3);
  if (!read_volume(c, &doc) || !begin(&x, c, state, 0)) return;
  if (!end(&x, x.table->set_volume_id(x.w, x.call, item_handle(doc), volume))) return;
  if (item_print(doc, NULL, 0, &text) != PINTLE_OK) {
    dropin_refuse(c, GRPC_RESOURCE_EXHAUSTED, "out of memory");
    return;
  }
  answer.persistentvolume = (ProtobufCBinaryData){text.len, (uint8_t *)text.data};
  dropin_reply(c, &answer);
}
