/* chain.c -- chain run, chain show, chain explain: the chain without a store.  SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"

static pintle_status read_input(run_context *c, run_input *in, const char *from, const char *from_backup, const char *location, error *e) {
  store *s = NULL;
  if (from) return run_input_path(c, in, from, e);
  pintle_status st = run_store(c, location, &s, e);
  return st == PINTLE_OK ? run_input_backup(c, in, s, from_backup, e) : st;
}

pintle_status run_chain_resource(run_context *c, const run_chain_request *request, item_doc **made, item_doc **out, error *e) {
  bool backup = request->kind != CONF_RESTORE_ITEM_ACTION;
  pintle_status st = PINTLE_OK;
  *made = NULL;
  if (!request->resource) {
    st = backup ? run_new_backup("chain-run", made, e) : run_new_restore("chain-run", made, e);
    if (st == PINTLE_OK && !backup &&
        item_set(*made, "/spec/backupName", str_of(request->from_backup ? request->from_backup : "chain-run")) != PINTLE_OK)
      st = error_nomem(e);
  }
  *out = request->resource ? request->resource : *made;
  return st == PINTLE_OK ? run_complete(c, *out, e) : st;
}

pintle_status run_chain_read(run_context *c, const run_chain_request *request, engine_journal *j, run_input *in, error *e) {
  pintle_status st = run_input_open(c, j, &request->control, in, e);
  if (st == PINTLE_OK) st = read_input(c, in, request->from, request->from_backup, request->location, e);
  return st == PINTLE_OK ? run_input_finish(in, e) : st;
}

pintle_status run_chain_journal(const run_context *c, const run_chain_request *request, engine_journal **out, error *e) {
  const engine_journal_options o = {.temp_dir = c->o.temp_dir,
                                    .run_field = "chain=run",
                                    .restore = request->kind == CONF_RESTORE_ITEM_ACTION,
                                    .no_file = true,
                                    .listener = request->listener};
  return engine_journal_open(&o, out, e);
}

/* The restore engine without filters and without a target serves both phases: items in, items out. */
pintle_status run_chain_put(run_context *c, const run_chain_request *request, item_doc *resource, const run_input *in, engine_journal *j,
                            engine_summary *out, error *e) {
  run_setup setup = {0};
  const run_setup_options so = {
      .kind = request->kind, .only = request->only, .dry_run = !request->execute, .without_host_steps = request->only != NULL};
  pintle_status st = run_setup_open(c, &so, resource, in, &setup, e);
  if (st == PINTLE_OK) {
    const engine_restore_options o = {.common = {.source = in->source,
                                                 .types = in->types,
                                                 .pool = setup.pool,
                                                 .temp_dir = c->o.temp_dir,
                                                 .journal = j,
                                                 .control = request->control,
                                                 .load_state = run_input_state,
                                                 .load_state_ctx = &in,
                                                 .explain = run_explain_crash,
                                                 .explain_ctx = &setup},
                                      .restore = resource,
                                      .everything = true};
    st = engine_restore(&o, out, e);
  }
  run_setup_close(&setup);
  return st;
}

pintle_status run_chain_items(run_context *c, const run_chain_request *request, engine_summary *out, error *e) {
  item_doc *made = NULL, *resource = NULL;
  run_input in = {0};
  engine_journal *journal = NULL;
  *out = (engine_summary){.phase = "Failed"};
  c->control = &request->control;
  pintle_status st = run_chain_resource(c, request, &made, &resource, e);
  if (st == PINTLE_OK) st = run_chain_journal(c, request, &journal, e);
  run_hear(c, journal);
  if (st == PINTLE_OK) st = run_chain_read(c, request, journal, &in, e);
  if (st == PINTLE_OK) st = run_chain_put(c, request, resource, &in, journal, out, e);
  run_input_close(&in);
  run_hear(c, NULL);
  c->control = NULL;
  engine_journal_free(journal);
  item_free(made);
  return st;
}

pintle_status run_plan(run_context *c, uint32_t kind, const char *const *only, chain_plan *out, error *e) {
  const host_registry *registry = NULL;
  const conf_chain *chain = NULL;
  pintle_status st = run_chain(c, NULL, &chain, e);
  if (st == PINTLE_OK) st = run_plugins(c, &registry, e);
  if (st != PINTLE_OK) return st;
  const chain_plan_options o = {.registry = registry,
                                .chain = chain,
                                .set = &c->set,
                                .kind = kind,
                                .only = only,
                                .environment = &c->environment,
                                .without_host_steps = only != NULL};
  return chain_plan_make(&o, out, e);
}

pintle_status run_explain(run_context *c, uint32_t kind, const char *from, const char *from_backup, const char *location,
                          void (*each)(void *ctx, const kube_entry *item, const chain_entry *action, bool matches, str why), void *ctx,
                          error *e) {
  run_input in = {0};
  engine_journal *journal = NULL;
  chain_plan plan = {0};
  buf text = {0}, why = {0};
  arena a = {0};
  const engine_journal_options jo = {.temp_dir = c->o.temp_dir, .run_field = "chain=explain", .no_file = true};
  pintle_status st = run_plan(c, kind, NULL, &plan, e);
  if (st == PINTLE_OK) st = engine_journal_open(&jo, &journal, e);
  if (st == PINTLE_OK) st = run_input_open(c, journal, NULL, &in, e);
  if (st == PINTLE_OK) st = read_input(c, &in, from, from_backup, location, e);
  if (st == PINTLE_OK) st = run_input_finish(&in, e);
  for (size_t i = 0; st == PINTLE_OK && i < kube_source_count(in.source); i++) {
    kube_entry k;
    kube_skim skim;
    kube_source_get(in.source, i, &k);
    buf_clear(&text);
    arena_reset(&a);
    st = kube_source_read(in.source, i, &text, e);
    if (st == PINTLE_OK) st = kube_skim_item(buf_str(&text), &a, &skim, e);
    for (size_t n = 0; st == PINTLE_OK && n < plan.n; n++) {
      buf_clear(&why);
      bool matches = chain_selector_matches(&plan.entries[n].selector, in.types, k.type, k.ns, skim.labels, &why);
      each(ctx, &k, &plan.entries[n], matches, buf_str(&why));
    }
  }
  chain_plan_free(&plan);
  run_input_close(&in);
  engine_journal_free(journal);
  buf_free(&text);
  buf_free(&why);
  arena_free(&a);
  return st;
}
