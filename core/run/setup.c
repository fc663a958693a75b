/* setup.c -- the plan of a run, and what its workers are told.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "run/inside.h"

static void properties(run_setup *s, const item_doc *resource, const run_input *input, bool backup) {
  const char *v[] = {"run.kind",
                     backup ? "Backup" : "Restore",
                     "run.name",
                     item_str(resource, "/metadata/name", "").ptr,
                     "run.uid",
                     item_str(resource, "/metadata/uid", "").ptr,
                     "velero.namespace",
                     item_str(resource, "/metadata/namespace", "velero").ptr,
                     "features",
                     "",
                     "source.kind",
                     "files",
                     "source.form",
                     input->form ? input->form : "file",
                     NULL};
  memcpy(s->properties, v, sizeof v);
}

static pintle_status stop_before(const run_setup *s, const run_setup_options *o, uint32_t *entry, error *e) {
  *entry = 0;
  const char *name = s->c->o.stop_before;
  if (!name) return PINTLE_OK;
  for (size_t i = 0; i < s->plan.n; i++)
    if (strcmp(s->plan.entries[i].name, name) == 0) *entry = (uint32_t)i + 1;
  if (*entry || o->stop_elsewhere || (o->blocks && o->blocks->pool.stop_before)) return PINTLE_OK;
  error_set(e, PINTLE_NOT_FOUND, "--stop-before: the chain has no action %s", name);
  error_hint(e, "`pintle chain show` lists the actions");
  return PINTLE_NOT_FOUND;
}

static void describe_actions(buf *b, const chain_plan *p, bool *more) {
  for (size_t i = 0; p && i < p->n; i++) {
    buf_addz(b, *more ? "," : "");
    buf_json(b, str_of(p->entries[i].name));
    *more = true;
  }
}

static bool is_among(const chain_plan *p, const chain_plugin *plugin) {
  for (size_t i = 0; p && i < p->n_plugins; i++)
    if (strcmp(p->plugins[i].path, plugin->path) == 0) return true;
  return false;
}

static void describe_plugins(buf *b, const chain_plan *p, const chain_plan *told, bool *more) {
  for (size_t i = 0; p && i < p->n_plugins; i++) {
    const chain_plugin *plugin = &p->plugins[i];
    if (is_among(told, plugin)) continue;
    buf_addz(b, *more ? ",{\"file\":" : "{\"file\":");
    buf_json(b, str_of(plugin->file));
    buf_addz(b, ",\"name\":");
    buf_json(b, str_of(plugin->name));
    buf_addz(b, ",\"version\":");
    buf_json(b, str_of(plugin->version));
    buf_printf(b, ",\"sha256\":\"%s\"}", plugin->sha256);
    *more = true;
  }
}

/* Which plugins and which chain made this backup. */
static void describe(run_setup *s, const chain_plan *blocks, const item_doc *resource) {
  buf *b = &s->head;
  bool more = false;
  buf_addz(b, "\"pintle\":");
  buf_json(b, str_of(run_version));
  buf_addz(b, ",\"run\":{\"name\":");
  buf_json(b, item_str(resource, "/metadata/name", ""));
  buf_addz(b, ",\"uid\":");
  buf_json(b, item_str(resource, "/metadata/uid", ""));
  buf_addz(b, "},\"chain\":{\"name\":");
  buf_json(b, str_of(s->chain->name ? s->chain->name : "default"));
  buf_addz(b, ",\"actions\":[");
  describe_actions(b, blocks, &more);
  describe_actions(b, &s->plan, &more);
  buf_addz(b, "]},\"plugins\":[");
  more = false;
  describe_plugins(b, blocks, NULL, &more);
  describe_plugins(b, &s->plan, blocks, &more);
  buf_addc(b, ']');
}

static pintle_status stores_of(run_context *c, const chain_plan *plan, const chain_stores **out, error *e) {
  for (size_t i = 0; i < plan->n_plugins; i++)
    if (plan->plugins[i].stores) return run_private_stores(c, out, e);
  return PINTLE_OK;
}

pintle_status run_setup_open(run_context *c, const run_setup_options *options, const item_doc *resource, const run_input *input,
                             run_setup *out, error *e) {
  const host_registry *registry = NULL;
  const chain_stores *stores = NULL;
  CLEANUP(buf_free) buf modifiers = {0};
  bool backup = options->kind != CONF_RESTORE_ITEM_ACTION, block = options->kind == CONF_ITEM_BLOCK_ACTION;
  *out = (run_setup){.c = c, .source = input->source, .phase = block ? "item-block" : backup ? "backup" : "restore"};
  pintle_status st = run_chain(c, resource, &out->chain, e);
  if (st == PINTLE_OK) st = run_plugins(c, &registry, e);
  if (st == PINTLE_OK && !backup) st = run_modifiers(c, resource, &modifiers, e);
  if (st != PINTLE_OK) return st;
  const chain_plan_options plan = {.registry = registry,
                                   .chain = out->chain,
                                   .set = &c->set,
                                   .kind = options->kind,
                                   .only = options->only,
                                   .dry_run = options->dry_run,
                                   .finalizing = options->finalizing,
                                   .environment = &c->environment,
                                   .without_host_steps = options->without_host_steps,
                                   .modifiers = buf_str(&modifiers)};
  st = chain_plan_make(&plan, &out->plan, e);
  if (st == PINTLE_OK) st = stores_of(c, &out->plan, &stores, e);
  if (st == PINTLE_OK) st = run_scratch_make(c->o.temp_dir, &out->scratch, e);
  if (st == PINTLE_OK && item_print(resource, NULL, 0, &out->resource) != PINTLE_OK) st = error_nomem(e);
  uint32_t stop = 0;
  if (st == PINTLE_OK) st = stop_before(out, options, &stop, e);
  if (st != PINTLE_OK) return run_setup_close(out), st;
  properties(out, resource, input, backup);
  describe(out, options->blocks ? &options->blocks->plan : NULL, resource);
  out->pool = (worker_pool_options){.worker = c->o.worker,
                                    .velero_worker = c->o.velero_worker,
                                    .cancelled = c->services.cancelled,
                                    .cancelled_ctx = c->services.ctx,
                                    .concurrency = c->o.concurrency,
                                    .plan = &out->plan,
                                    .types = input->types,
                                    .run = buf_str(&out->resource),
                                    .mode = "standalone",
                                    .scratch = out->scratch,
                                    .properties = out->properties,
                                    .environment = c->o.environment,
                                    .stop_before = stop,
                                    .stores = stores,
                                    .times = c->times};
  const engine_operations_options operations = {
      .run = resource, .pool = &out->pool, .registry = registry, .types = input->types, .journal = input->journal};
  if (out->head.failed) st = error_nomem(e);
  if (st == PINTLE_OK && !options->dry_run && !options->finalizing) st = engine_operations_new(&operations, &out->operations, e);
  if (st != PINTLE_OK) run_setup_close(out);
  return st;
}

void run_setup_close(run_setup *s) {
  engine_operations_free(s->operations);
  chain_plan_free(&s->plan);
  run_scratch_remove(s->scratch);
  buf_free(&s->resource);
  buf_free(&s->head);
  *s = (run_setup){0};
}

void run_explain_crash(void *setup, size_t item, uint32_t entry, error *e) {
  const run_setup *s = setup;
  const run_options *o = &s->c->o;
  const char *dir = o->plugin_dirs ? o->plugin_dirs[0] : NULL;
  buf place = {0};
  if (*e->hint || entry >= s->plan.n) return;
  kube_source_place(s->source, item, &place);
  const char *colon = place.len ? strchr(place.data, ':') : NULL;
  int n = colon ? (int)(colon - place.data) : (int)place.len;
  if (place.len)
    error_hint(e, "repeat it with: pintle chain run --phase %s --action %s --execute %.*s%s%s%s%s", s->phase, s->plan.entries[entry].name,
               n, place.data, o->config ? " --config " : "", o->config ? o->config : "", dir ? " --plugin-dir " : "", dir ? dir : "");
  buf_free(&place);
}
