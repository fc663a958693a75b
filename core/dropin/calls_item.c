/* calls_item.c -- Execute of item actions, and GetRelatedItems.  SPDX-License-Identifier: Apache-2.0 */
#include "backup_item_action_v2.pb-c.h"
#include "base/clock.h"
#include "dropin/inside.h"
#include "item_block_action.pb-c.h"
#include "restore_item_action_v2.pb-c.h"

#define SKIP "{\"metadata\":{\"annotations\":{\"velero.io/skip-from-backup\":\"true\"}}}"
#define MUST_INCLUDE "{\"metadata\":{\"annotations\":{\"backup.velero.io/must-include-additional-items\":\"true\"}}}"

/* Velero has no fields for these two: it looks at annotations of the item that comes back (pkg/backup/item_backupper.go). */
static pintle_status annotate(dropin_call *c, dropin_answer *a, str merge) {
  CLEANUP(item_freep) item_doc *doc = NULL;
  CLEANUP(buf_free) buf text = {0};
  pintle_status st = item_new(&doc) == PINTLE_OK ? PINTLE_OK : error_nomem(&a->error);
  if (st == PINTLE_OK) st = item_parse(doc, a->text, ITEM_KUBERNETES, NULL, &a->error);
  if (st == PINTLE_OK && item_doc_api.merge(item_handle(doc), merge.ptr, merge.len) != PINTLE_OK)
    st = error_set(&a->error, PINTLE_INVALID, "the item's annotations cannot be written");
  if (st == PINTLE_OK && item_print(doc, NULL, 0, &text) != PINTLE_OK) st = error_nomem(&a->error);
  if (st != PINTLE_OK) return st;
  a->text = (str){arena_copy(&c->memory, buf_str(&text)), text.len};
  return a->text.ptr ? PINTLE_OK : error_nomem(&a->error);
}

static Generated__ResourceIdentifier **ids_of(dropin_call *c, const chain_related *v, size_t n) {
  Generated__ResourceIdentifier **list = arena_zalloc(&c->memory, (n + 1) * sizeof *list);
  Generated__ResourceIdentifier *ids = arena_zalloc(&c->memory, (n + 1) * sizeof *ids);
  for (size_t i = 0; list && ids && i < n; i++) {
    generated__resource_identifier__init(&ids[i]);
    ids[i].group = (char *)(uintptr_t)v[i].id.group;
    ids[i].resource = (char *)(uintptr_t)v[i].id.resource;
    ids[i].namespace_ = (char *)(uintptr_t)v[i].id.ns;
    ids[i].name = (char *)(uintptr_t)v[i].id.name;
    list[i] = &ids[i];
  }
  return ids ? list : NULL;
}

static ProtobufCBinaryData bytes(str s) { return (ProtobufCBinaryData){s.len, (uint8_t *)(uintptr_t)s.ptr}; }
static char *text(const char *z) { return z ? (char *)(uintptr_t)z : (char *)(uintptr_t) ""; }

static void no_memory(dropin_call *c) { dropin_refuse(c, GRPC_RESOURCE_EXHAUSTED, "out of memory"); }

/* ---- the answers; version 1 lacks some of the fields, and has the others under the same numbers */
static void reply_backup(dropin_call *c, dropin_answer *a) {
  V2__ExecuteResponse answer = V2__EXECUTE_RESPONSE__INIT;
  pintle_status st = PINTLE_OK;
  if (a->skip) st = annotate(c, a, STR(SKIP));
  else if (a->must_include) st = annotate(c, a, STR(MUST_INCLUDE));
  if (st != PINTLE_OK) {
    dropin_fail(c, a);
    return;
  }
  answer.item = bytes(a->text);
  answer.n_additionalitems = a->n_related;
  if (!(answer.additionalitems = ids_of(c, a->related, a->n_related))) return no_memory(c);
  if (!c->method->v1) {
    answer.operationid = text(a->operation);
    answer.n_postoperationitems = a->n_post;
    if (!(answer.postoperationitems = ids_of(c, a->post, a->n_post))) return no_memory(c);
  }
  dropin_reply(c, &answer);
}

static void reply_restore(dropin_call *c, const dropin_answer *a) {
  V2__RestoreItemActionExecuteResponse answer = V2__RESTORE_ITEM_ACTION_EXECUTE_RESPONSE__INIT;
  Google__Protobuf__Duration timeout = GOOGLE__PROTOBUF__DURATION__INIT;
  answer.item = bytes(a->text);
  answer.skiprestore = a->skip != NULL;
  answer.n_additionalitems = a->skip ? 0 : a->n_related;
  if (!(answer.additionalitems = ids_of(c, a->related, answer.n_additionalitems))) return no_memory(c);
  if (!c->method->v1) {
    answer.operationid = text(a->operation);
    answer.waitforadditionalitems = a->wait >= 0;
    if (a->wait > 0) {
      timeout.seconds = a->wait / CLOCK_SECOND, timeout.nanos = (int32_t)(a->wait % CLOCK_SECOND);
      answer.additionalitemsreadytimeout = &timeout;
    }
  }
  dropin_reply(c, &answer);
}

static void reply_related(dropin_call *c, const dropin_answer *a) {
  V1__ItemBlockActionGetRelatedItemsResponse answer = V1__ITEM_BLOCK_ACTION_GET_RELATED_ITEMS_RESPONSE__INIT;
  answer.n_relateditems = a->n_related;
  if (!(answer.relateditems = ids_of(c, a->related, a->n_related))) return no_memory(c);
  dropin_reply(c, &answer);
}

/* Requests of all kinds: 1 plugin, 2 item, 3 run, and of restores 4 the item as it was stored. */
void dropin_execute(dropin_call *c, void **state) {
  dropin_item in = {.action = c->offer->action ? c->offer->action->name : NULL,
                          .item = c->field[2],
                          .run = c->field[3].len ? c->field[3] : STR("{}"),
                          .stored = c->method->kind == CONF_RESTORE_ITEM_ACTION ? c->field[4] : STR(""),
                          .chosen = dropin_selects_alike(c->d, c->offer)};
  dropin_answer answer;
  error e = {0};
  dropin_caller_of(c, &in.caller);
  dropin_items *t = dropin_items_of(c->group, state, in.run, &e);
  if (!t) {
    dropin_fail_with(c, &e);
    return;
  }
  dropin_items_apply(t, &in, &c->memory, &answer);
  if (answer.error.status != PINTLE_OK) dropin_fail(c, &answer);
  else if (c->method->kind == CONF_BACKUP_ITEM_ACTION) reply_backup(c, &answer);
  else if (c->method->kind == CONF_RESTORE_ITEM_ACTION) reply_restore(c, &answer);
  else if (c->method->kind == CONF_ITEM_BLOCK_ACTION) reply_related(c, &answer);
  else dropin_reply_empty(c);
}
