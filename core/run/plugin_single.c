/* plugin_single.c -- a location whose provider is an action of a plugin: started in a worker of its own.  SPDX-License-Identifier: Apache-2.0 */
#include "run/inside.h"
#include <stdio.h>

#define COPY_TIMEOUT (3600 * CLOCK_SECOND)

/* For as long as the run lasts. */
static pintle_status credential(void *ctx, str text, buf *path, error *e) {
  run_context *c = ctx;
  char name[32];
  pintle_status st = c->scratch ? PINTLE_OK : run_scratch_make(c->o.temp_dir, &c->scratch, e);
  snprintf(name, sizeof name, "credentials-%u", ++c->n_credentials);
  return st == PINTLE_OK ? run_scratch_file(c->scratch, name, text, path, e) : st;
}

static pintle_status open_worker(run_context *c, const chain_location *l, worker_single **out, error *e) {
  const chain_stores *stores = NULL;
  int64_t timeout = l->listed ? l->listed->timeout : 0;
  static const char *const properties[] = {"host.mode", "standalone", NULL};
  pintle_status st =
      l->action->kind != CONF_OBJECT_STORE && host_asks_for(l->plugin, PINTLE_EXT_STORE) ? run_private_stores(c, &stores, e) : PINTLE_OK;
  if (st != PINTLE_OK) return st;
  const worker_single_options o = {.worker = c->o.worker,
                                   .velero_worker = c->o.velero_worker,
                                   .plugin = l->plugin,
                                   .action = l->action,
                                   .config = l->config,
                                   .env = l->env,
                                   .environment = c->o.environment,
                                   .properties = properties,
                                   .timeout = timeout,
                                   .copy_timeout = timeout                 ? 0
                                                   : c->o.copy_timeout > 0 ? c->o.copy_timeout
                                                                           : COPY_TIMEOUT,
                                   .stores = stores,
                                   .times = c->times,
                                   .services = &c->services};
  st = worker_single_open(&o, out, e);
  if (st == PINTLE_OK) return st;
  if (e && !str_starts(str_of(e->message), "action ")) error_wrap(e, "action %s", l->action->name); /* the plugin's own words */
  chain_location_place(l, e);
  return st;
}

static void warn(void *ctx, const char *text) {
  const run_context *c = ctx;
  c->services.log(c->services.ctx, PINTLE_LOG_WARN, str_of(text), NULL, 0);
}

static pintle_status options_of(run_context *c, const conf_chain *chain, chain_location_options *o, error *e) {
  *o = (chain_location_options){.chain = chain, .set = &c->set, .environment = &c->environment, .credential = credential, .ctx = c};
  return run_plugins(c, &o->registry, e);
}

pintle_status run_plugin_single(run_context *c, uint32_t kind, const conf_chain *chain, const char *name, const conf_document *d,
                                const run_location *l, worker_single **out, error *e) {
  chain_location location;
  chain_location_options o;
  pintle_status st = options_of(c, chain, &o, e);
  if (st != PINTLE_OK) return st;
  o.kind = kind, o.name = name, o.document = d;
  if (l) o.bucket = l->bucket, o.prefix = l->prefix;
  st = chain_location_make(&o, &location, e);
  if (st == PINTLE_OK) chain_location_beaten(&location, warn, c);
  if (st == PINTLE_OK) st = open_worker(c, &location, out, e);
  chain_location_free(&location);
  return st;
}

pintle_status run_private_stores(run_context *c, const chain_stores **out, error *e) {
  const conf_chain *chain = NULL;
  chain_location_options o;
  const char *own = c->own_location;
  for (size_t i = 0; !own && i < c->n_locations; i++)
    if (c->locations[i].is_default) own = c->locations[i].name;
  pintle_status st = c->has_stores ? PINTLE_OK : run_chain(c, NULL, &chain, e);
  if (st == PINTLE_OK && !c->has_stores) st = options_of(c, chain, &o, e);
  if (st == PINTLE_OK && !c->has_stores) st = chain_stores_make(&o, own, &c->private_stores, e);
  if (st != PINTLE_OK) return st;
  c->has_stores = true;
  *out = &c->private_stores;
  return PINTLE_OK;
}
