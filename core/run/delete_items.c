/* delete_items.c -- DeleteItemActions over the items of a backup.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/delete.h"
#include "run/inside.h"
#include <stdlib.h>

/* ---- which actions there are */
static bool each_action(const host_registry *r, size_t *plugin, size_t *action) {
  for (; *plugin < r->n_plugins; ++*plugin, *action = 0) {
    const host_plugin *p = &r->plugins[*plugin];
    for (; !p->reason && *action < p->n_actions; ++*action)
      if (p->actions[*action].kind == CONF_DELETE_ITEM_ACTION && !p->actions[*action].refused) return true;
  }
  return false;
}

pintle_status run_keep_delete_actions(run_context *c, item_doc *backup, error *e) {
  CLEANUP(buf_free) buf list = {0};
  const host_registry *r = NULL;
  pintle_status st = run_plugins(c, &r, e);
  for (size_t p = 0, a = 0; st == PINTLE_OK && each_action(r, &p, &a); a++)
    buf_printf(&list, "%s%s=%s", list.len ? "," : "", r->plugins[p].actions[a].name, r->plugins[p].file);
  if (st != PINTLE_OK || !list.len) return st;
  return list.failed || item_set(backup, RUN_DELETE_ACTIONS, buf_str(&list)) != PINTLE_OK ? error_nomem(e) : PINTLE_OK;
}

static bool at_hand(const host_registry *r, str name) {
  for (size_t p = 0, a = 0; each_action(r, &p, &a); a++)
    if (str_is(name, r->plugins[p].actions[a].name)) return true;
  return false;
}

/* What the backup was made with and is not here now: who else would clean up? */
static uint64_t tell_missing(const host_registry *r, const item_doc *backup, engine_journal *j) {
  uint64_t missing = 0;
  str list = item_str(backup, RUN_DELETE_ACTIONS, "");
  while (list.len) {
    const char *comma = memchr(list.ptr, ',', list.len);
    str one = {list.ptr, comma ? (size_t)(comma - list.ptr) : list.len};
    const char *sign = memchr(one.ptr, '=', one.len);
    str name = {one.ptr, sign ? (size_t)(sign - one.ptr) : one.len}, plugin = {sign ? sign + 1 : "", sign ? one.len - name.len - 1 : 0};
    size_t used = comma ? one.len + 1 : one.len;
    list.ptr += used, list.len -= used;
    if (!name.len || at_hand(r, name)) continue;
    missing++;
    LOG(j, PINTLE_LOG_ERROR, NULL,
        "DeleteItemAction %.*s of plugin %.*s, which the backup was made with, is not here: put the plugin into the plugin directory again",
        (int)name.len, name.ptr, (int)plugin.len, plugin.ptr);
  }
  return missing;
}

/* ---- the items */
typedef struct counts { /* of a dry run */
  const chain_plan *plan;
  uint64_t *n; /* by entry: the items that it would be called for */
  item_doc *record;
} counts;

static void count(void *ctx, str record) {
  counts *k = ctx;
  if (record.len == 0 || item_parse(k->record, record, 0, NULL, NULL) != PINTLE_OK) return;
  for (const item_node *a = item_first(item_root(k->record)); a; a = item_next(a))
    for (size_t i = 0; i < k->plan->n; i++) k->n[i] += str_is(item_string(item_member(a, STR("action"))), k->plan->entries[i].name);
}

/* Each item through a chain that calls nobody. */
static pintle_status count_items(const run_delete_request *request, const engine_common *common, error *e) {
  CLEANUP(free_p) uint64_t *n = calloc(common->pool.plan->n, sizeof *n);
  CLEANUP(item_freep) item_doc *record = NULL;
  uint64_t failed = 0;
  if (!n || item_new(&record) != PINTLE_OK) return error_nomem(e);
  counts k = {common->pool.plan, n, record};
  pintle_status st = engine_delete_items(common, count, &k, &failed, e);
  for (size_t i = 0; i < k.plan->n && st == PINTLE_OK; i++)
    if (n[i])
      run_would(request, "call DeleteItemAction %s for %llu item%s", k.plan->entries[i].name, (unsigned long long)n[i],
                n[i] == 1 ? "" : "s");
  return st;
}

static pintle_status put_items(run_context *c, const run_delete_request *request, const item_doc *backup, engine_journal *j,
                               store_lock *lock, run_input *in, uint64_t *failed, error *e) {
  run_setup setup = {0};
  uint64_t n = 0;
  const run_setup_options so = {.kind = CONF_DELETE_ITEM_ACTION, .without_host_steps = true, .dry_run = request->would != NULL};
  pintle_status st = run_setup_open(c, &so, backup, in, &setup, e);
  if (st == PINTLE_OK && setup.plan.n) {
    const engine_common common = {.source = in->source,
                                  .types = in->types,
                                  .pool = setup.pool,
                                  .lock = lock,
                                  .temp_dir = c->o.temp_dir,
                                  .journal = j,
                                  .control = request->control,
                                  .load_state = run_input_state,
                                  .load_state_ctx = in};
    engine_phase(j, "CallingDeleteItemActions");
    st = request->would ? count_items(request, &common, e) : engine_delete_items(&common, NULL, NULL, &n, e);
  }
  *failed += n;
  run_setup_close(&setup);
  return st;
}

pintle_status run_delete_items(run_context *c, const run_delete_request *request, const item_doc *backup, engine_journal *j,
                               store_lock *lock, uint64_t *failed, error *e) {
  const host_registry *r = NULL;
  run_input in = {0};
  CLEANUP(buf_free) buf key = {0};
  bool there = false;
  size_t p = 0, a = 0;
  pintle_status st = run_plugins(c, &r, e);
  if (st != PINTLE_OK) return st;
  *failed += tell_missing(r, backup, j);
  if ((*failed && !request->force) || !each_action(r, &p, &a)) return PINTLE_OK;
  run_key(false, request->name, STORE_CONTENTS, &key);
  st = key.failed ? error_nomem(e) : store_exists(request->store, key.data, &there, e);
  if (st != PINTLE_OK || !there) { /* as Velero: without a tarball there is nothing to put to them */
    if (st == PINTLE_OK) LOG(j, PINTLE_LOG_WARN, NULL, "the backup has no tarball: its DeleteItemActions are not called");
    return st;
  }
  st = run_input_open(c, j, &request->control, &in, e);
  if (st == PINTLE_OK) st = run_input_backup(c, &in, request->store, request->name, e);
  if (st == PINTLE_OK) st = run_input_finish(&in, e);
  if (st == PINTLE_OK) st = put_items(c, request, backup, j, lock, &in, failed, e);
  run_input_close(&in);
  if (st == PINTLE_OK || st == PINTLE_NOMEM || st == PINTLE_CANCELLED || st == PINTLE_CONFLICT) return st;
  LOG(j, PINTLE_LOG_ERROR, NULL, "the DeleteItemActions cannot be called: %s%s%s", e ? e->message : "", e && *e->place ? " at " : "",
      e ? e->place : "");
  ++*failed;
  return PINTLE_OK;
}
