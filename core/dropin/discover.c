/* discover.c -- what is there: configuration, plugins, and what Velero is offered.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/inside.h"
#include "dropin/tree.h"
#include "run/scratch.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Where Velero looks: --plugin-dir, which it hands on when it was given, else its default, else at least beside us. */
static const char *root_of(const dropin *d) {
  size_t n = sizeof "/plugins" - 1;
  if (d->plugin_dir) return d->plugin_dir;
  bool usual = strncmp(d->config.directory, "/plugins", n) == 0 && (d->config.directory[n] == 0 || d->config.directory[n] == '/');
  return usual ? "/plugins" : d->config.directory;
}

static bool same_file(const char *x, const char *y) {
  CLEANUP(free_p) char *real_x = NULL, *real_y = NULL;
  const char *slash_x = strrchr(x, '/'), *slash_y = strrchr(y, '/');
  if (!slash_x || !slash_y || strcmp(slash_x, slash_y) != 0) return false;
  CLEANUP(free_p) char *dir_x = strndup(x, (size_t)(slash_x - x) + 1), *dir_y = strndup(y, (size_t)(slash_y - y) + 1);
  real_x = dir_x ? realpath(dir_x, NULL) : NULL, real_y = dir_y ? realpath(dir_y, NULL) : NULL;
  return real_x && real_y && strcmp(real_x, real_y) == 0;
}

/* Another velero-plugin-pintle comes first: it lists, we do not, since a repeated name stops Velero. */
static bool second(dropin *d) {
  char path[PATH_MAX];
  const char *root = root_of(d);
  if (!dropin_tree_first(root, path, sizeof path)[0] || same_file(path, d->command)) return false;
  dropin_sayf(&d->log, PINTLE_LOG_WARN, NULL, "%s lists no plugins, since %s comes before it below %s; put the .so files beside that one",
              d->command, path, root);
  return true;
}

/* Pins of all chains; those of files that are not here would end the scan, and are told instead. */
static pintle_status pins(dropin *d, conf_chain *to, error *e) {
  size_t most = 1;
  for (size_t i = 0; i < d->n_chains; i++) most += d->chains[i]->n_plugins;
  conf_chain_plugin *v = arena_zalloc(&d->memory, most * sizeof *v);
  if (!v) return error_nomem(e);
  *to = (conf_chain){.name = "default", .plugins = v};
  for (size_t i = 0; i < d->n_chains; i++) {
    to->strict |= d->chains[i]->strict;
    for (size_t k = 0; k < d->chains[i]->n_plugins; k++) {
      const conf_chain_plugin *p = &d->chains[i]->plugins[k];
      char path[PATH_MAX], place[300] = "";
      struct stat st;
      if (snprintf(path, sizeof path, "%s/%s", d->config.directory, p->name) >= (int)sizeof path) continue;
      if (stat(path, &st) == 0) v[to->n_plugins++] = *p;
      else {
        if (p->document) conf_place(p->document, p->at, place, sizeof place);
        dropin_sayf(&d->log, PINTLE_LOG_ERROR, NULL, "%s: the chain names plugin %s, which is not in %s", place, p->name,
                    d->config.directory);
      }
    }
  }
  return PINTLE_OK;
}

static void warnings(dropin *d) {
  for (size_t i = 0; i < d->registry.n_plugins; i++) {
    const host_plugin *p = &d->registry.plugins[i];
    const dropin_subject s = {.plugin = str_of(p->file)};
    for (size_t k = 0; p->warnings[k]; k++) dropin_sayf(&d->log, PINTLE_LOG_DEBUG, &s, "plugin %s %s", p->path, p->warnings[k]);
  }
}

static pintle_status credential(void *ctx, str text, buf *path, error *e) {
  dropin *d = ctx;
  char name[32];
  if (!d->scratch) return error_set(e, PINTLE_FAILED, "there is no directory for a file with the credential");
  snprintf(name, sizeof name, "credentials-%u", ++d->n_credentials);
  return run_scratch_file(d->scratch, name, text, path, e);
}

/* The BackupStorageLocations beside us: as a drop-in the run has none of its own. */
static pintle_status stores(dropin *d, error *e) {
  bool asked = false;
  for (size_t i = 0; i < d->registry.n_plugins; i++)
    asked |= !d->registry.plugins[i].reason && host_asks_for(&d->registry.plugins[i], PINTLE_EXT_STORE);
  const chain_location_options o = {.registry = &d->registry,
                                    .chain = d->n_chains ? d->chains[0] : NULL,
                                    .set = &d->config.set,
                                    .environment = &d->config.lookup,
                                    .credential = credential,
                                    .ctx = d};
  return asked && o.chain ? chain_stores_make(&o, NULL, &d->stores, e) : PINTLE_OK;
}

static pintle_status discover(dropin *d, error *e) {
  const char *directories[] = {d->config.directory, NULL};
  conf_chain pinned;
  pintle_status st = dropin_config_open(&d->config, &d->log, e);
  if (st != PINTLE_OK || second(d)) return st;
  if (!(d->chains = dropin_config_chains(&d->config, &d->log, &d->memory, &d->n_chains))) return error_nomem(e);
  st = pins(d, &pinned, e);
  const host_scan_options o = {
      .directories = directories, .worker = d->config.self, .chain = &pinned, .environment = d->config.environment};
  if (st == PINTLE_OK) st = host_scan(&o, &d->registry, e);
  if (st == PINTLE_OK) st = dropin_catalog_make(&d->registry, d->chains, d->n_chains, &d->log, &d->memory, &d->catalog, e);
  if (st == PINTLE_OK) warnings(d);
  if (st == PINTLE_OK) st = stores(d, e);
  return st;
}

void dropin_discover(dropin *d) {
  error e = {0};
  if (discover(d, &e) == PINTLE_OK) return;
  dropin_say(&d->log, PINTLE_LOG_ERROR, NULL, str_of(e.message), NULL, 0);
  if (d->config.broken.status == PINTLE_OK) d->config.broken = e;
}
