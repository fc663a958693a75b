/* plugin_store.c -- a location whose provider is an action of a plugin: found, configured, started in a worker of its own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"
#include "base/nearest.h"
#include "run/inside.h"
#include <stdio.h>

/* What belongs to one location while its action is made. */
typedef struct making {
  run_context *c;
  const conf_document *d; /* the location */
  const conf_chain *chain;
  const conf_chain_action *listed; /* NULL: the chain file says nothing of it */
  const host_plugin *plugin;
  const host_action *action;
  char source[300];
  item_doc *injected; /* bucket, prefix, caCert, credentialsFile */
  conf_layer layers[3];
  size_t n_layers;
} making;

static void place_at(const making *m, const char *pointer, error *e) {
  char place[sizeof e->place];
  const item_node *node = item_at(m->d->doc, pointer);
  if (e) error_place(e, "%s", conf_place(m->d, node, place, sizeof place));
}

/* ---- which action */
const char *run_provider(run_context *c, const conf_chain *chain, const char *provider) {
  CLEANUP(buf_free) buf full = {0};
  if (!strchr(provider, '/')) { /* Velero's rule */
    buf_printf(&full, "velero.io/%s", provider);
    provider = full.failed ? NULL : arena_copy(&c->memory, buf_str(&full));
  }
  for (size_t i = 0; provider && i < chain->n_aliases; i++)
    if (strcmp(chain->aliases[i].alias, provider) == 0) return chain->aliases[i].name;
  return provider;
}

/* Of a plugin that was set aside after it could say what it has. */
static const host_plugin *set_aside(const host_registry *r, uint32_t kind, const char *name) {
  for (size_t i = 0; i < r->n_plugins; i++)
    for (size_t k = 0; r->plugins[i].reason && k < r->plugins[i].n_actions; k++)
      if (r->plugins[i].actions[k].kind == kind && strcmp(r->plugins[i].actions[k].name, name) == 0) return &r->plugins[i];
  return NULL;
}

static void hint_nearest(const making *m, const host_registry *r, uint32_t kind, const char *name, error *e) {
  const char *names[64];
  size_t n = 0;
  if (kind == CONF_OBJECT_STORE) names[n++] = RUN_FILE_PROVIDER;
  for (size_t i = 0; i < m->chain->n_aliases && n < 64; i++) names[n++] = m->chain->aliases[i].alias;
  for (size_t i = 0; i < r->n_plugins; i++)
    for (size_t k = 0; !r->plugins[i].reason && k < r->plugins[i].n_actions && n < 64; k++)
      if (r->plugins[i].actions[k].kind == kind) names[n++] = r->plugins[i].actions[k].name;
  const char *near = nearest(str_of(name), names, n);
  if (near) error_hint(e, "did you mean \"%s\"?", near);
  else error_hint(e, "`pintle plugin list` shows the plugins; spec.aliases of the chain serves an action under a second name");
}

static pintle_status find_action(making *m, uint32_t kind, const char *name, error *e) {
  const host_registry *r = NULL;
  const host_plugin *aside;
  pintle_status st = run_plugins(m->c, &r, e);
  if (st != PINTLE_OK) return st;
  m->action = host_find(r, kind, name, &m->plugin);
  if (m->action && !m->action->refused) return PINTLE_OK;
  if (m->action) error_set(e, PINTLE_INVALID, "action %s of plugin %s cannot be used: %s", name, m->plugin->file, m->action->refused);
  else if ((aside = set_aside(r, kind, name))) {
    error_set(e, PINTLE_INVALID, "plugin %s, which has %s, was set aside: %s", aside->file, name, aside->reason);
    error_hint(e, "%s", aside->hint ? aside->hint : "");
  } else {
    error_set(e, PINTLE_INVALID, "no plugin has %s %s named %s", kind == CONF_OBJECT_STORE ? "an" : "a", conf_kind_names[kind], name);
    hint_nearest(m, r, kind, name, e);
  }
  place_at(m, "/spec/provider", e);
  return PINTLE_INVALID;
}

static void find_listed(making *m) {
  for (size_t i = 0; i < m->chain->n_actions; i++) {
    const conf_chain_action *l = &m->chain->actions[i];
    if (l->kind != CONF_ANY_KIND && l->kind != m->action->kind) continue;
    const char *name = run_provider(m->c, m->chain, l->name);
    if (name && strcmp(name, m->action->name) == 0) m->listed = l;
  }
}

/* ---- its configuration: Velero's Init map over what the chain file says */
static pintle_status inject(making *m, const char *pointer, str value, const char *from, error *e) {
  pintle_status st = item_set(m->injected, pointer, value);
  if (st == PINTLE_OK || st == PINTLE_NOMEM) return st == PINTLE_OK ? st : error_nomem(e);
  error_set(e, PINTLE_INVALID, "the value is no text");
  place_at(m, from, e);
  return PINTLE_INVALID;
}

static pintle_status inject_certificate(making *m, error *e) {
  static const char pointer[] = "/spec/objectStorage/caCert", reference[] = "/spec/objectStorage/caCertRef";
  CLEANUP(buf_free) buf pem = {0};
  str coded = item_string(item_at(m->d->doc, pointer));
  const item_node *ref = item_at(m->d->doc, reference);
  bool by_ref = item_type(ref) == PINTLE_T_OBJECT;
  if (!coded.len && !by_ref) return PINTLE_OK;
  if (coded.len && by_ref) {
    error_set(e, PINTLE_INVALID, "caCert and caCertRef are both given");
    place_at(m, reference, e);
    return PINTLE_INVALID;
  }
  if (by_ref) {
    pintle_status st = run_secret(m->c, m->d, ref, &pem, e);
    if (st != PINTLE_OK) return st;
  } else if (base64_decode(coded, &pem) != PINTLE_OK) {
    error_set(e, PINTLE_INVALID, "the value is not base64");
    place_at(m, pointer, e);
    return PINTLE_INVALID;
  }
  return inject(m, "/caCert", buf_str(&pem), by_ref ? reference : pointer, e);
}

/* The Secret's text as a file that nobody else can read, for as long as the run lasts. */
static pintle_status inject_credential(making *m, error *e) {
  CLEANUP(buf_free) buf text = {0}, path = {0};
  char name[32];
  const item_node *ref = item_at(m->d->doc, "/spec/credential");
  run_context *c = m->c;
  if (item_type(ref) != PINTLE_T_OBJECT) return PINTLE_OK;
  pintle_status st = run_secret(c, m->d, ref, &text, e);
  if (st == PINTLE_OK && !c->scratch) st = run_scratch_make(c->o.temp_dir, &c->scratch, e);
  snprintf(name, sizeof name, "credentials-%u", ++c->n_credentials);
  if (st == PINTLE_OK) st = run_scratch_file(c->scratch, name, buf_str(&text), &path, e);
  if (text.data) explicit_bzero(text.data, text.cap);
  return st == PINTLE_OK ? inject(m, "/credentialsFile", buf_str(&path), "/spec/credential", e) : st;
}

static pintle_status make_layers(making *m, const run_location *l, error *e) {
  pintle_status st = item_new(&m->injected) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
  if (st == PINTLE_OK && l) st = inject(m, "/bucket", str_of(l->bucket), "/spec/objectStorage/bucket", e);
  if (st == PINTLE_OK && l) st = inject(m, "/prefix", str_of(l->prefix), "/spec/objectStorage/prefix", e);
  if (st == PINTLE_OK) st = inject_certificate(m, e);
  if (st == PINTLE_OK) st = inject_credential(m, e);
  find_listed(m);
  snprintf(m->source, sizeof m->source, "%s %s", item_str(m->d->doc, "/kind", "").ptr, item_str(m->d->doc, "/metadata/name", "").ptr);
  if (m->listed && m->listed->config)
    m->layers[m->n_layers++] = (conf_layer){"chain file", m->listed->document, m->listed->config, false, NULL};
  m->layers[m->n_layers++] = (conf_layer){m->source, m->d, item_at(m->d->doc, "/spec/config"), true, NULL};
  m->layers[m->n_layers++] = (conf_layer){m->source, NULL, item_root(m->injected), true, NULL};
  return st;
}

/* What the plugin says of /bucket stands at spec.objectStorage.bucket, and so on. */
static void place_of_option(const making *m, error *e) {
  static const char *const injected[][2] = {{"/bucket", "/spec/objectStorage/bucket"},
                                            {"/prefix", "/spec/objectStorage/prefix"},
                                            {"/caCert", "/spec/objectStorage/caCert"},
                                            {"/credentialsFile", "/spec/credential"}};
  char place[sizeof e->place];
  if (!e) return;
  for (size_t i = 0; i < sizeof injected / sizeof *injected; i++)
    if (strcmp(e->place, injected[i][0]) == 0) {
      place_at(m, injected[i][1], e);
      return;
    }
  if (e->place[0]) conf_options_place(m->layers, m->n_layers, e->place, place, sizeof place);
  else conf_place(m->d, NULL, place, sizeof place);
  error_place(e, "%s", place);
}

/* ---- its worker */
static pintle_status open_worker(making *m, str config, worker_single **out, error *e) {
  static const char *const properties[] = {"host.mode", "standalone", NULL};
  const char *const *env = NULL;
  for (size_t i = 0; i < m->chain->n_plugins; i++)
    if (strcmp(m->chain->plugins[i].name, m->plugin->file) == 0) env = m->chain->plugins[i].env;
  const worker_single_options o = {.worker = m->c->o.worker,
                                   .velero_worker = m->c->o.velero_worker,
                                   .plugin = m->plugin,
                                   .action = m->action,
                                   .config = config,
                                   .env = env,
                                   .environment = m->c->o.environment,
                                   .properties = properties,
                                   .timeout = m->listed ? m->listed->timeout : 0,
                                   .times = m->c->times,
                                   .services = &m->c->services};
  pintle_status st = worker_single_open(&o, out, e);
  if (st == PINTLE_OK) return st;
  if (e && !str_starts(str_of(e->message), "action ")) error_wrap(e, "action %s", m->action->name); /* the plugin's own words */
  place_of_option(m, e);
  return st;
}

pintle_status run_plugin_single(run_context *c, uint32_t kind, const conf_chain *chain, const char *name, const conf_document *d,
                                const run_location *l, worker_single **out, error *e) {
  making m = {.c = c, .d = d, .chain = chain};
  CLEANUP(buf_free) buf config = {0};
  pintle_status st = find_action(&m, kind, name, e);
  if (st == PINTLE_OK) st = make_layers(&m, l, e);
  if (st == PINTLE_OK) st = conf_options(m.action->options, m.action->flags, m.layers, m.n_layers, &c->environment, &config, e);
  if (st == PINTLE_OK) st = open_worker(&m, buf_str(&config), out, e);
  if (config.data) explicit_bzero(config.data, config.cap);
  item_free(m.injected);
  return st;
}
