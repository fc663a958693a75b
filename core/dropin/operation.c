/* operation.c -- see operation.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/operation.h"
#include "base/clock.h"
#include "dropin/single.h"
#include "worker/operation.h"

#define LIMIT (3600 * CLOCK_SECOND)

typedef struct teller {
  dropin_log *log;
  dropin_subject subject;
} teller;

static void take_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  const teller *t = ctx;
  dropin_say(t->log, level, &t->subject, message, fields, n);
}

static void wait_for(worker_operation *w, const dropin_caller *caller) {
  struct pollfd f[WORKER_OPERATION_FDS];
  for (bool told = false; !worker_operation_step(w);) {
    if (!told && caller->cancelled && caller->cancelled(caller->ctx)) worker_operation_cancel(w), told = true;
    worker_operation_fds(w, f);
    poll(f, WORKER_OPERATION_FDS, 200);
  }
}

static pintle_status run_one(const dropin_items_options *o, teller *t, const dropin_operation *op, const dropin_item *of, error *e) {
  worker_operation *w = NULL;
  const host_plugin *plugin = NULL;
  const host_action *action = host_find(o->registry, o->kind, op->entry->name, &plugin);
  const host_services services = {.ctx = t, .log = take_log};
  if (!action) return error_set(e, PINTLE_NOT_FOUND, "action %s is gone", op->entry->name);
  const char *const properties[] = {"host.mode", "velero", "source.kind", "cluster", "features", o->features ? o->features : "", NULL};
  const worker_single_options s = {.worker = o->self,
                                   .plugin = plugin,
                                   .action = action,
                                   .config = op->entry->config,
                                   .run = of->run,
                                   .env = conf_plugin_env(o->chain, plugin->file),
                                   .environment = o->environment,
                                   .properties = properties,
                                   .scratch = o->scratch,
                                   .stores = o->stores,
                                   .services = &services};
  pintle_status st = worker_operation_start(&s, op->id, o->chain->file_system_timeout > 0 ? o->chain->file_system_timeout : LIMIT, &w, e);
  if (st != PINTLE_OK) return st;
  wait_for(w, &of->caller);
  st = worker_operation_result(w, e);
  const pintle_progress *p = worker_operation_progress(w);
  if (st == PINTLE_OK && p->struct_size && p->completed && p->error && p->error[0]) st = error_set(e, PINTLE_FAILED, "%s", p->error);
  worker_operation_free(w);
  return st;
}

const char *dropin_operations_run(const dropin_items_options *o, const dropin_subject *subject, const dropin_operation *v, size_t n,
                                  const dropin_item *of, arena *a) {
  dropin_operation *left = arena_zalloc(a, (n + 1) * sizeof *left);
  size_t n_left = 0;
  for (size_t i = 0; left && i < n; i++) {
    teller t = {o->log, *subject};
    error e = {0};
    t.subject.action = str_of(v[i].entry->name);
    pintle_status st = v[i].entry->has & HOST_HAS_RUN_OPERATION ? run_one(o, &t, &v[i], of, &e) : PINTLE_OK;
    if (st == PINTLE_OK || (st == PINTLE_UNSUPPORTED && v[i].entry->has & HOST_HAS_PROGRESS)) left[n_left++] = v[i];
    else dropin_sayf(o->log, PINTLE_LOG_ERROR, &t.subject, "operation %s failed: %s", v[i].id, e.message);
  }
  if (n_left == 0) return NULL;
  return of->action ? left[0].id : dropin_operations_join(left, n_left, a);
}

const char *dropin_operations_join(const dropin_operation *v, size_t n, arena *a) {
  CLEANUP(buf_free) buf b = {0};
  for (size_t i = 0; i < n; i++) {
    buf_addc(&b, i ? ',' : '[');
    buf_json(&b, str_of(v[i].entry->name));
    buf_addc(&b, ',');
    buf_json_go(&b, str_of(v[i].id));
  }
  buf_addc(&b, ']');
  return b.failed ? NULL : arena_copy(a, buf_str(&b));
}

const char **dropin_operations_split(const char *id, arena *a, size_t *n) {
  CLEANUP(item_freep) item_doc *doc = NULL;
  if (item_new(&doc) != PINTLE_OK || item_parse(doc, str_of(id), 0, NULL, NULL) != PINTLE_OK) return NULL;
  const item_node *root = item_root(doc);
  size_t count = item_type(root) == PINTLE_T_ARRAY ? item_count(root) : 0, i = 0;
  const char **v = count && count % 2 == 0 ? arena_zalloc(a, count * sizeof *v) : NULL;
  for (const item_node *x = item_first(root); v && x && i < count; x = item_next(x))
    if (!item_string(x).ptr || !(v[i++] = arena_copy(a, item_string(x)))) return NULL;
  *n = i;
  return v;
}
