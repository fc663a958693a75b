/* location.c -- see location.h.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/location.h"
#include "base/base64.h"
#include "base/nearest.h"
#include "builtin/file_store.h"
#include <stdio.h>

static void place_at(const chain_location *l, const char *pointer, error *e) {
  char place[sizeof e->place];
  const item_node *node = item_at(l->o.document->doc, pointer);
  if (e) error_place(e, "%s", conf_place(l->o.document, node, place, sizeof place));
}

/* ---- which action */
const char *chain_provider(const conf_chain *chain, const char *provider, arena *a) {
  CLEANUP(buf_free) buf full = {0};
  if (!strchr(provider, '/')) { /* Velero's rule */
    buf_printf(&full, "velero.io/%s", provider);
    provider = full.failed ? NULL : arena_copy(a, buf_str(&full));
  }
  return provider ? conf_alias_target(chain, provider) : NULL;
}

/* Of a plugin that was set aside after it could say what it has. */
static const host_plugin *set_aside(const host_registry *r, uint32_t kind, const char *name) {
  for (size_t i = 0; i < r->n_plugins; i++)
    for (size_t k = 0; r->plugins[i].reason && k < r->plugins[i].n_actions; k++)
      if (r->plugins[i].actions[k].kind == kind && strcmp(r->plugins[i].actions[k].name, name) == 0) return &r->plugins[i];
  return NULL;
}

static void hint_nearest(const chain_location *l, const host_registry *r, uint32_t kind, const char *name, error *e) {
  const char *names[64];
  size_t n = 0;
  if (kind == CONF_OBJECT_STORE) names[n++] = BUILTIN_FILE_STORE;
  for (size_t i = 0; i < l->o.chain->n_aliases && n < 64; i++) names[n++] = l->o.chain->aliases[i].alias;
  for (size_t i = 0; i < r->n_plugins; i++)
    for (size_t k = 0; !r->plugins[i].reason && k < r->plugins[i].n_actions && n < 64; k++)
      if (r->plugins[i].actions[k].kind == kind) names[n++] = r->plugins[i].actions[k].name;
  const char *near = nearest(str_of(name), names, n);
  if (near) error_hint(e, "did you mean \"%s\"?", near);
  else error_hint(e, "`pintle plugin list` shows the plugins; spec.aliases of the chain serves an action under a second name");
}

static pintle_status find_action(chain_location *l, error *e) {
  const host_registry *r = l->o.registry;
  const host_plugin *aside;
  const char *name = l->o.name;
  uint32_t kind = l->o.kind;
  l->action = host_find(r, kind, name, &l->plugin);
  if (l->action && !l->action->refused) return PINTLE_OK;
  if (l->action) error_set(e, PINTLE_INVALID, "action %s of plugin %s cannot be used: %s", name, l->plugin->file, l->action->refused);
  else if ((aside = set_aside(r, kind, name))) {
    error_set(e, PINTLE_INVALID, "plugin %s, which has %s, was set aside: %s", aside->file, name, aside->reason);
    error_hint(e, "%s", aside->hint ? aside->hint : "");
  } else {
    error_set(e, PINTLE_INVALID, "no plugin has %s %s named %s", kind == CONF_OBJECT_STORE ? "an" : "a", conf_kind_names[kind], name);
    hint_nearest(l, r, kind, name, e);
  }
  place_at(l, "/spec/provider", e);
  return PINTLE_INVALID;
}

static void find_listed(chain_location *l) {
  const conf_chain *chain = l->o.chain;
  for (size_t i = 0; i < chain->n_actions; i++) {
    const conf_chain_action *a = &chain->actions[i];
    if ((a->kind == CONF_ANY_KIND || a->kind == l->o.kind) && strcmp(conf_alias_target(chain, a->name), l->o.name) == 0) l->listed = a;
  }
  l->env = conf_plugin_env(chain, l->plugin->file);
}

/* ---- its configuration: Velero's Init map over what the chain file says */
static pintle_status inject(chain_location *l, const char *pointer, str value, const char *from, error *e) {
  pintle_status st = item_set(l->injected, pointer, value);
  if (st == PINTLE_OK || st == PINTLE_NOMEM) return st == PINTLE_OK ? st : error_nomem(e);
  error_set(e, PINTLE_INVALID, "the value is no text");
  place_at(l, from, e);
  return PINTLE_INVALID;
}

static pintle_status inject_certificate(chain_location *l, error *e) {
  static const char pointer[] = "/spec/objectStorage/caCert", reference[] = "/spec/objectStorage/caCertRef";
  CLEANUP(buf_free) buf pem = {0};
  str coded = item_string(item_at(l->o.document->doc, pointer));
  const item_node *ref = item_at(l->o.document->doc, reference);
  bool by_ref = item_type(ref) == PINTLE_T_OBJECT;
  if (!coded.len && !by_ref) return PINTLE_OK;
  if (coded.len && by_ref) {
    error_set(e, PINTLE_INVALID, "caCert and caCertRef are both given");
    place_at(l, reference, e);
    return PINTLE_INVALID;
  }
  if (by_ref) {
    pintle_status st = chain_secret(l->o.set, l->o.document, ref, &pem, e);
    if (st != PINTLE_OK) return st;
  } else if (base64_decode(coded, &pem) != PINTLE_OK) {
    error_set(e, PINTLE_INVALID, "the value is not base64");
    place_at(l, pointer, e);
    return PINTLE_INVALID;
  }
  return inject(l, "/caCert", buf_str(&pem), by_ref ? reference : pointer, e);
}

static pintle_status inject_credential(chain_location *l, error *e) {
  CLEANUP(buf_free) buf text = {0}, path = {0};
  const item_node *ref = item_at(l->o.document->doc, "/spec/credential");
  if (item_type(ref) != PINTLE_T_OBJECT) return PINTLE_OK;
  pintle_status st = chain_secret(l->o.set, l->o.document, ref, &text, e);
  snprintf(l->credential, sizeof l->credential, "key \"%.130s\" of Secret \"%.130s\"", item_str(l->o.document->doc, "/spec/credential/key", "").ptr,
           item_str(l->o.document->doc, "/spec/credential/name", "").ptr);
  if (st == PINTLE_OK) st = l->o.credential(l->o.ctx, buf_str(&text), &path, e);
  if (text.data) explicit_bzero(text.data, text.cap);
  return st == PINTLE_OK ? inject(l, "/credentialsFile", buf_str(&path), "/spec/credential", e) : st;
}

static pintle_status make_layers(chain_location *l, error *e) {
  const conf_document *d = l->o.document;
  pintle_status st = item_new(&l->injected) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
  if (st == PINTLE_OK && l->o.bucket) st = inject(l, "/bucket", str_of(l->o.bucket), "/spec/objectStorage/bucket", e);
  if (st == PINTLE_OK && l->o.prefix) st = inject(l, "/prefix", str_of(l->o.prefix), "/spec/objectStorage/prefix", e);
  if (st == PINTLE_OK) st = inject_certificate(l, e);
  if (st == PINTLE_OK) st = inject_credential(l, e);
  find_listed(l);
  snprintf(l->source, sizeof l->source, "%s %s", item_str(d->doc, "/kind", "").ptr, item_str(d->doc, "/metadata/name", "").ptr);
  if (l->listed && l->listed->config)
    l->layers[l->n_layers++] = (conf_layer){"chain file", l->listed->document, l->listed->config, false, NULL};
  l->layers[l->n_layers++] = (conf_layer){l->source, d, item_at(d->doc, "/spec/config"), true, NULL};
  l->layers[l->n_layers++] = (conf_layer){l->source, NULL, item_root(l->injected), true, NULL};
  return st;
}

static const struct {
  const char *pointer, *from, *name;
} injected_from[] = {{"/bucket", "/spec/objectStorage/bucket", "spec.objectStorage.bucket"},
                     {"/prefix", "/spec/objectStorage/prefix", "spec.objectStorage.prefix"},
                     {"/caCert", "/spec/objectStorage/caCert", "the caCert of spec.objectStorage"},
                     {"/credentialsFile", "/spec/credential", "spec.credential"}};
enum { N_INJECTED = sizeof injected_from / sizeof *injected_from };

/* A plugin knows the file of its credentials, a user the Secret that it was written from. */
static void name_secret(const chain_location *l, error *e) {
  CLEANUP(buf_free) buf text = {0};
  str path = item_string(item_at(l->injected, "/credentialsFile"));
  const char *from = e->message;
  for (const char *at; path.len && (at = strstr(from, path.ptr)); from = at + path.len) {
    buf_add(&text, from, (size_t)(at - from));
    buf_addz(&text, l->credential);
  }
  buf_addz(&text, from);
  if (from != e->message && !text.failed) snprintf(e->message, sizeof e->message, "%s", buf_z(&text));
}

/* What the plugin says of /bucket stands at spec.objectStorage.bucket, and so on. */
void chain_location_place(const chain_location *l, error *e) {
  char place[sizeof e->place];
  if (!e) return;
  name_secret(l, e);
  for (size_t i = 0; i < N_INJECTED; i++)
    if (strcmp(e->place, injected_from[i].pointer) == 0 && item_at(l->injected, injected_from[i].pointer)) {
      place_at(l, injected_from[i].from, e);
      return;
    }
  if (e->place[0]) conf_options_fault(l->layers, l->n_layers, e->place, place, sizeof place);
  else conf_place(l->o.document, NULL, place, sizeof place);
  error_place(e, "%s", place);
}

void chain_location_beaten(const chain_location *l, void (*tell)(void *ctx, const char *text), void *ctx) {
  CLEANUP(buf_free) buf text = {0};
  char place[600];
  for (size_t i = 0; i < N_INJECTED; i++) {
    const char *key = injected_from[i].pointer + 1;
    const item_node *own = item_member(item_at(l->o.document->doc, "/spec/config"), str_of(key));
    const item_node *set = item_at(l->injected, injected_from[i].pointer);
    if (!own || !set || str_eq(item_string(own), item_string(set))) continue;
    buf_clear(&text);
    buf_printf(&text, "%s: config.%s does not count beside %s", conf_place(l->o.document, own, place, sizeof place), key, injected_from[i].name);
    if (!text.failed) tell(ctx, text.data);
  }
}

pintle_status chain_location_make(const chain_location_options *options, chain_location *out, error *e) {
  *out = (chain_location){.o = *options};
  pintle_status st = find_action(out, e);
  if (st == PINTLE_OK) st = make_layers(out, e);
  if (st == PINTLE_OK)
    st = conf_options(out->action->options, out->action->flags, out->layers, out->n_layers, out->o.environment, &out->text, e);
  out->config = buf_str(&out->text);
  return st;
}

void chain_location_free(chain_location *l) {
  if (l->text.data) explicit_bzero(l->text.data, l->text.cap);
  buf_free(&l->text);
  item_free(l->injected);
  *l = (chain_location){0};
}

/* ---- parts of a BackupStorageLocation */
const char *chain_trimmed(arena *a, str s) {
  while (s.len && s.ptr[0] == '/') s.ptr++, s.len--;
  while (s.len && s.ptr[s.len - 1] == '/') s.len--;
  return arena_copy(a, s);
}

str chain_file_root(const conf_document *document) {
  str root = document ? item_string(item_member(item_at(document->doc, "/spec/config"), STR("root"))) : STR("");
  return root.len ? root : STR(BUILTIN_FILE_ROOT);
}
