/* single.c -- see single.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/single.h"
#include <stdio.h>
#include <stdlib.h>

struct dropin_single {
  dropin_single_options o;
  dropin_subject subject;
  host_services services;
  host_call *call;
  host_result result;
  worker_single *worker;
  const dropin_caller *caller;
  const char *properties[7];
};

/* ---- what a call tells and asks */
static void take_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  const dropin_single *s = ctx;
  dropin_say(s->o.of.log, level, &s->subject, message, fields, n);
}

static void take_finding(void *ctx, int32_t severity, const char *code, const char *pointer, const char *text) {
  const dropin_single *s = ctx;
  static const char *const names[] = {"trace", "debug", "info", "warn", "error"};
  const dropin_field fields[] = {
      {"severity", str_of(names[severity >= 0 && severity <= 4 ? severity : 2])}, {"code", str_of(code)}, {"path", str_of(pointer)}};
  dropin_event(s->o.of.log, &s->subject, "finding", str_of(text), fields, 3);
  if (severity >= PINTLE_LOG_WARN) dropin_say(s->o.of.log, severity, &s->subject, str_of(text), NULL, 0);
}

static void take_count(void *ctx, const char *counter, int64_t delta) {
  const dropin_single *s = ctx;
  char number[24];
  if (delta == 0) return;
  snprintf(number, sizeof number, "%lld", (long long)delta);
  const dropin_field fields[] = {{"counter", str_of(counter)}, {"count", str_of(number)}};
  dropin_event(s->o.of.log, &s->subject, "count", str_of(counter), fields, 2);
}

static pintle_status take_property(void *ctx, const char *name, str *value) {
  const dropin_single *s = ctx;
  for (const char *const *p = s->properties; *p; p += 2)
    if (strcmp(p[0], name) == 0) return *value = str_of(p[1]), PINTLE_OK;
  return PINTLE_NOT_FOUND;
}

static int32_t take_cancelled(void *ctx) {
  const dropin_single *s = ctx;
  return s->caller && s->caller->cancelled && s->caller->cancelled(s->caller->ctx);
}

static int take_cancel_fd(void *ctx) {
  const dropin_single *s = ctx;
  return s->caller && s->caller->cancel_fd ? s->caller->cancel_fd(s->caller->ctx) : -1;
}

/* ---- configuration */
static const conf_chain_action *listed(const conf_chain *chain, const host_action *action) {
  for (size_t i = 0; i < chain->n_actions; i++) {
    const conf_chain_action *l = &chain->actions[i];
    if ((l->kind == CONF_ANY_KIND || l->kind == action->kind) && strcmp(conf_alias_target(chain, l->name), action->name) == 0) return l;
  }
  return NULL;
}

/* As the chain has it. */
static pintle_status config_of_chain(const dropin_single_options *o, buf *json, error *e) {
  const char *const only[] = {o->action->name, NULL};
  const chain_plan_options plan = {.registry = o->of.registry,
                                   .chain = o->of.chain,
                                   .set = o->of.set,
                                   .kind = o->action->kind,
                                   .only = only,
                                   .environment = o->of.lookup,
                                   .without_host_steps = true,
                                   .without_missing = true};
  chain_plan p;
  pintle_status st = chain_plan_make(&plan, &p, e);
  if (st != PINTLE_OK) return st;
  if (p.n) buf_adds(json, p.entries[0].config);
  chain_plan_free(&p);
  return json->failed ? error_nomem(e) : PINTLE_OK;
}

/* A store's: what the chain file says, and over it what Velero gives to Init. */
static pintle_status config_of_init(const dropin_single_options *o, buf *json, error *e) {
  CLEANUP(item_freep) item_doc *init = NULL;
  CLEANUP(buf_free) buf text = {0};
  conf_layer layers[2];
  size_t n = 0;
  buf_addc(&text, '{');
  for (size_t i = 0; i < o->n_init; i++) {
    buf_addz(&text, i ? "," : "");
    buf_json_go(&text, str_of(o->init[i].key));
    buf_addc(&text, ':');
    buf_json_go(&text, str_of(o->init[i].value));
  }
  buf_addc(&text, '}');
  if (text.failed || item_new(&init) != PINTLE_OK) return error_nomem(e);
  pintle_status st = item_parse(init, buf_str(&text), 0, NULL, e);
  explicit_bzero(text.data, text.cap);
  if (st != PINTLE_OK) return st;
  const conf_chain_action *l = listed(o->of.chain, o->action);
  if (l && l->config) layers[n++] = (conf_layer){"chain file", l->document, l->config, false, NULL};
  layers[n++] = (conf_layer){"the location's config", NULL, item_root(init), true, NULL};
  return conf_options(o->action->options, o->action->flags, layers, n, o->of.lookup, json, e);
}

pintle_status dropin_single_config(const dropin_single_options *o, buf *json, error *e) {
  bool location = o->action->kind == CONF_OBJECT_STORE || o->action->kind == CONF_VOLUME_SNAPSHOTTER;
  return location ? config_of_init(o, json, e) : config_of_chain(o, json, e);
}

/* ---- life */
static pintle_status name_action(const dropin_single_options *o, error *e) {
  if (!str_starts(str_of(e->message), "action ")) error_wrap(e, "action %s of plugin %s", o->action->name, o->of.plugin->file);
  return e->status;
}

static pintle_status open_worker(dropin_single *s, str config, str run, error *e) {
  const dropin_single_options *o = &s->o;
  const conf_chain_action *l = listed(o->of.chain, o->action);
  const worker_single_options w = {.worker = o->of.self,
                                   .plugin = o->of.plugin,
                                   .action = o->action,
                                   .config = config,
                                   .run = run,
                                   .env = conf_plugin_env(o->of.chain, o->of.plugin->file),
                                   .environment = o->of.environment,
                                   .properties = s->properties,
                                   .scratch = o->of.scratch,
                                   .stores = o->of.stores,
                                   .timeout = l ? l->timeout : 0,
                                   .copy_timeout = l && l->timeout ? 0 : o->of.chain->file_system_timeout,
                                   .services = &s->services};
  return worker_single_open(&w, &s->worker, e);
}

pintle_status dropin_single_open(const dropin_single_options *o, str run, dropin_single **out, error *e) {
  CLEANUP(buf_free) buf config = {0};
  dropin_single *s = calloc(1, sizeof *s);
  if (!s) return error_nomem(e);
  s->o = *o;
  s->o.init = NULL, s->o.n_init = 0;
  s->subject = (dropin_subject){.action = str_of(o->action->name), .plugin = str_of(o->of.plugin->file)};
  s->services = (host_services){.ctx = s,
                                .log = take_log,
                                .finding = take_finding,
                                .count = take_count,
                                .property = take_property,
                                .cancelled = take_cancelled,
                                .cancel_fd = take_cancel_fd};
  const char *properties[] = {"host.mode", "velero", "source.kind", "cluster", "features", o->of.features ? o->of.features : "", NULL};
  memcpy(s->properties, properties, sizeof properties);
  pintle_status st = host_call_new(&s->services, &s->call) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
  if (st == PINTLE_OK) st = dropin_single_config(o, &config, e);
  if (st == PINTLE_OK) st = open_worker(s, buf_str(&config), run, e);
  if (config.data) explicit_bzero(config.data, config.cap);
  if (st == PINTLE_OK) return *out = s, PINTLE_OK;
  dropin_single_close(s);
  return name_action(o, e);
}

void dropin_single_close(dropin_single *s) {
  error e = {0};
  if (!s) return;
  s->caller = NULL;
  if (worker_single_close(s->worker, &e) != PINTLE_OK) dropin_say(s->o.of.log, PINTLE_LOG_WARN, &s->subject, str_of(e.message), NULL, 0);
  host_result_free(&s->result);
  host_call_free(s->call);
  free(s);
}

worker_single *dropin_single_worker(const dropin_single *s) { return s->worker; }

pintle_call *dropin_single_begin(dropin_single *s, const dropin_caller *caller, uint32_t allowed, host_result **result) {
  s->caller = caller;
  host_call_begin(s->call, NULL, caller ? caller->deadline : 0);
  host_result_begin(&s->result, s->call, allowed, true);
  if (result) *result = &s->result;
  return host_call_handle(s->call);
}

pintle_status dropin_single_end(dropin_single *s, pintle_status st, arena *a, dropin_answer *answer) {
  *answer = (dropin_answer){.wait = -1};
  st = host_call_end(s->call, st, &answer->error);
  s->caller = NULL;
  if (st == PINTLE_OK) return answer->error.status = PINTLE_OK;
  const host_origin *o = host_call_origin(s->call);
  answer->error.status = st;
  name_action(&s->o, &answer->error);
  answer->file = o->file[0] ? arena_dup(a, o->file) : s->o.of.plugin->file;
  answer->function = o->function[0] ? arena_dup(a, o->function) : NULL;
  answer->line = o->line;
  return st;
}
