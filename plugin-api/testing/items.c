/* items.c -- calls of the four kinds of item actions, and of their operations.  SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include <stdlib.h>

#define IN_EXECUTE (FAKE_ITEMS | FAKE_OPERATION | FAKE_SKIP | FAKE_NOTE)

typedef struct item_call { /* what all item calls are lent */
  fake_call *call;
  fake_result *result;
  item_doc *item;
  const pintle_doc *run;
  const pintle_input *input;
} item_call;

static const pintle_doc *run_doc(fake_call *c, bool restore) {
  const char *json = c->host->world.run;
  if (!json)
    json = restore
               ? "{\"apiVersion\":\"velero.io/v1\",\"kind\":\"Restore\",\"metadata\":{\"name\":\"test\",\"namespace\":\"velero\",\"uid\":"
                 "\"7d1f2f0e-0000-4000-8000-000000000002\"},\"spec\":{\"backupName\":\"test\"},\"status\":{\"phase\":\"InProgress\","
                 "\"startTimestamp\":\"2026-01-01T00:00:00Z\"}}"
               : "{\"apiVersion\":\"velero.io/v1\",\"kind\":\"Backup\",\"metadata\":{\"name\":\"test\",\"namespace\":\"velero\",\"uid\":"
                 "\"7d1f2f0e-0000-4000-8000-000000000001\"},\"spec\":{},\"status\":{\"phase\":\"InProgress\","
                 "\"startTimestamp\":\"2026-01-01T00:00:00Z\"}}";
  item_doc *d = fake_doc(c, "run", json, 0, true);
  return d ? item_handle(d) : NULL;
}

/* false: refused; what the outcome is to be was recorded. */
static bool prepare(item_call *i, pintle_test_instance *a, const char *item, const char *stored, uint32_t flags, uint32_t allowed) {
  bool restore = a->tables->kind == PINTLE_TEST_RESTORE;
  bool writable = restore || a->tables->kind == PINTLE_TEST_BACKUP;
  fake_call *c = i->call = fake_begin(a->host, a);
  if (!c) return fake_refuse(a->host, PINTLE_NOMEM, "out of memory"), false;
  c->dry_run = flags & PINTLE_DRY_RUN;
  i->result = fake_result_new(c, allowed, flags & (PINTLE_DRY_RUN | PINTLE_FINALIZING));
  FAKE_PADDED(pintle_input) *input = fake_zalloc(c, sizeof *input);
  i->item = fake_doc(c, "item", item, ITEM_KUBERNETES, !writable);
  i->run = run_doc(c, restore);
  item_doc *original = restore ? fake_doc(c, "stored item", stored ? stored : item, ITEM_KUBERNETES, true) : i->item;
  pintle_id *id = original ? fake_id(c, original) : NULL;
  if (!i->result || !input || !i->item || !i->run || !id) {
    fake_end(c, NULL, c->failure.status != PINTLE_OK ? c->failure.status : PINTLE_NOMEM);
    return false;
  }
  input->v = (pintle_input){sizeof(pintle_input), flags, id, i->run, restore ? item_handle(original) : NULL};
  i->input = &input->v;
  if (writable) item_begin(i->item);
  return true;
}

static const pintle_test_outcome *complete(item_call *i, pintle_status st) {
  pintle_test_host *h = i->call->host;
  bool good = st == PINTLE_OK && i->result->sticky == PINTLE_OK;
  if (i->input && i->call->instance->tables->kind <= PINTLE_TEST_RESTORE) {
    if (good) st = item_commit(i->item, &h->patch);
    else item_rollback(i->item);
  }
  if (item_print(i->item, NULL, 0, &h->item) != PINTLE_OK) st = PINTLE_NOMEM;
  return fake_end(i->call, i->result, st);
}

/* An action that says neither PURE nor OBEYS_DRY_RUN is not called in a dry run. */
static const pintle_test_outcome *not_in_dry_run(pintle_test_instance *a, uint32_t flags) {
  if (!(flags & PINTLE_DRY_RUN) || (a->tables->action.flags & (PINTLE_PURE | PINTLE_OBEYS_DRY_RUN))) return NULL;
  return fake_refuse(a->host, PINTLE_UNSUPPORTED, "not called in a dry run: neither PINTLE_PURE nor PINTLE_OBEYS_DRY_RUN");
}

static const pintle_test_outcome *wrong_kind(pintle_test_instance *a, int kind) {
  if (a->tables->kind == kind) return NULL;
  return fake_refuse(a->host, PINTLE_INVALID, "%s is an action of another kind", a->tables->action.name);
}

const pintle_test_outcome *pintle_test_backup(pintle_test_instance *a, const char *item, uint32_t flags) {
  const pintle_test_outcome *no = wrong_kind(a, PINTLE_TEST_BACKUP);
  item_call i;
  if (no || (no = not_in_dry_run(a, flags))) return no;
  if (!prepare(&i, a, item, NULL, flags, IN_EXECUTE | FAKE_POST)) return &a->host->outcome;
  return complete(&i, a->tables->t.backup.execute(a->self, &i.call->base, item_handle(i.item), i.input, &i.result->base));
}

const pintle_test_outcome *pintle_test_restore(pintle_test_instance *a, const char *item, const char *stored, uint32_t flags) {
  const pintle_test_outcome *no = wrong_kind(a, PINTLE_TEST_RESTORE);
  item_call i;
  if (no || (no = not_in_dry_run(a, flags))) return no;
  if (!prepare(&i, a, item, stored, flags, IN_EXECUTE | FAKE_WAIT)) return &a->host->outcome;
  return complete(&i, a->tables->t.restore.execute(a->self, &i.call->base, item_handle(i.item), i.input, &i.result->base));
}

const pintle_test_outcome *pintle_test_delete(pintle_test_instance *a, const char *item, uint32_t flags) {
  const pintle_test_outcome *no = wrong_kind(a, PINTLE_TEST_DELETE);
  item_call i;
  if (no || (no = not_in_dry_run(a, flags))) return no;
  if (!prepare(&i, a, item, NULL, flags, 0)) return &a->host->outcome;
  return complete(&i, a->tables->t.del.execute(a->self, &i.call->base, item_handle(i.item), i.input));
}

const pintle_test_outcome *pintle_test_related(pintle_test_instance *a, const char *item, uint32_t flags) {
  const pintle_test_outcome *no = wrong_kind(a, PINTLE_TEST_BLOCK);
  item_call i;
  if (no) return no;
  if (!prepare(&i, a, item, NULL, flags, FAKE_ITEMS)) return &a->host->outcome;
  return complete(&i, a->tables->t.block.get_related_items(a->self, &i.call->base, item_handle(i.item), i.input, &i.result->base));
}

/* ---- operations. The two tables have the same functions at different places. */
typedef struct operations {
  pintle_status (*progress)(void *, pintle_call *, const char *, const pintle_doc *, pintle_result *);
  pintle_status (*cancel)(void *, pintle_call *, const char *, const pintle_doc *);
  pintle_status (*run)(void *, pintle_call *, const char *, const pintle_doc *, pintle_result *);
} operations;

static operations operations_of(const fake_tables *t) {
  if (t->kind == PINTLE_TEST_BACKUP) return (operations){t->t.backup.progress, t->t.backup.cancel, t->t.backup.run_operation};
  if (t->kind == PINTLE_TEST_RESTORE) return (operations){t->t.restore.progress, t->t.restore.cancel, t->t.restore.run_operation};
  return (operations){NULL, NULL, NULL};
}

static bool begin_operation(item_call *i, pintle_test_instance *a, bool there, const char *function, uint32_t allowed) {
  if (!there) return fake_refuse(a->host, PINTLE_UNSUPPORTED, "%s has no %s", a->tables->action.name, function), false;
  fake_call *c = i->call = fake_begin(a->host, a);
  if (!c) return fake_refuse(a->host, PINTLE_NOMEM, "out of memory"), false;
  i->result = fake_result_new(c, allowed, false);
  i->run = run_doc(c, a->tables->kind == PINTLE_TEST_RESTORE);
  if (i->result && i->run) return true;
  fake_end(c, NULL, c->failure.status != PINTLE_OK ? c->failure.status : PINTLE_NOMEM);
  return false;
}

const pintle_test_outcome *pintle_test_progress(pintle_test_instance *a, const char *id) {
  operations o = operations_of(a->tables);
  item_call i;
  if (!begin_operation(&i, a, o.progress, "progress", FAKE_PROGRESS)) return &a->host->outcome;
  return fake_end(i.call, i.result, o.progress(a->self, &i.call->base, id, i.run, &i.result->base));
}

const pintle_test_outcome *pintle_test_cancel(pintle_test_instance *a, const char *id) {
  operations o = operations_of(a->tables);
  item_call i;
  if (!begin_operation(&i, a, o.cancel, "cancel", 0)) return &a->host->outcome;
  return fake_end(i.call, i.result, o.cancel(a->self, &i.call->base, id, i.run));
}

const pintle_test_outcome *pintle_test_run_operation(pintle_test_instance *a, const char *id) {
  operations o = operations_of(a->tables);
  item_call i;
  if (!begin_operation(&i, a, o.run, "run_operation", FAKE_PROGRESS)) return &a->host->outcome;
  return fake_end(i.call, i.result, o.run(a->self, &i.call->base, id, i.run, &i.result->base));
}

const pintle_test_outcome *pintle_test_ready(pintle_test_instance *a, const pintle_id *ids, size_t n) {
  const pintle_test_outcome *no = wrong_kind(a, PINTLE_TEST_RESTORE);
  item_call i;
  int32_t ready = 0;
  if (no) return no;
  if (!begin_operation(&i, a, a->tables->t.restore.are_additional_items_ready, "are_additional_items_ready", 0)) return &a->host->outcome;
  pintle_status st = a->tables->t.restore.are_additional_items_ready(a->self, &i.call->base, ids, n, i.run, &ready);
  a->host->outcome.ready = st == PINTLE_OK && ready;
  return fake_end(i.call, i.result, st);
}
