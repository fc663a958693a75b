/* stores.c -- see stores.h.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/stores.h"
#include "builtin/file_store.h"
#include <stdlib.h>

static pintle_status keep(chain_stores *s, chain_store *v, str config, const char *plugin, error *e) {
  v->config = (str){arena_copy(&s->memory, config), config.len};
  v->plugin = arena_dup(&s->memory, plugin);
  return v->config.ptr && v->plugin ? PINTLE_OK : error_nomem(e);
}

static pintle_status make_file(chain_stores *s, const conf_document *d, chain_store *v, error *e) {
  CLEANUP(buf_free) buf json = {0};
  buf_addz(&json, "{\"root\":");
  buf_json(&json, chain_file_root(d));
  buf_addc(&json, '}');
  return json.failed ? error_nomem(e) : keep(s, v, buf_str(&json), "pintle", e);
}

typedef struct names {
  const char **v;
  size_t n, cap;
} names;

static bool add_names(names *to, const char *const *from) {
  for (; from && *from; from++) {
    if (!GROW(to->v, to->n + 1, to->cap)) return false;
    to->v[to->n++] = *from;
  }
  return true;
}

static pintle_status make_plugin(chain_stores *s, const chain_location_options *o, chain_store *v, names *env, error *e) {
  chain_location l;
  pintle_status st = chain_location_make(o, &l, e);
  if (st == PINTLE_OK) st = keep(s, v, l.config, l.plugin->name, e);
  if (st == PINTLE_OK && l.plugin->velero) st = error_set(e, PINTLE_UNSUPPORTED, "a Go plugin of Velero cannot be opened by a plugin");
  if (st == PINTLE_OK && (!add_names(env, l.plugin->env) || !add_names(env, l.env))) st = error_nomem(e);
  if (st == PINTLE_OK) v->fd = l.plugin->fd;
  chain_location_free(&l);
  return st;
}

static pintle_status refuse(chain_stores *s, chain_store *v, const error *why, error *e) {
  CLEANUP(buf_free) buf text = {0};
  buf_printf(&text, "%s%s%s", why->place, why->place[0] ? ": " : "", why->message);
  v->config = STR("");
  v->refused = text.failed ? NULL : arena_copy(&s->memory, buf_str(&text));
  return v->refused ? PINTLE_OK : error_nomem(e);
}

static pintle_status make_one(chain_stores *s, const chain_location_options *options, const conf_document *d, names *env, error *e) {
  chain_store *v = &s->v[s->n++];
  chain_location_options o = *options;
  error why = {0};
  *v = (chain_store){.name = item_str(d->doc, "/metadata/name", "").ptr, .refused = "", .plugin = "", .fd = -1, .config = STR("")};
  v->bucket = chain_trimmed(&s->memory, item_str(d->doc, "/spec/objectStorage/bucket", ""));
  v->prefix = chain_trimmed(&s->memory, item_str(d->doc, "/spec/objectStorage/prefix", ""));
  v->read_only = str_is(item_str(d->doc, "/spec/accessMode", ""), "ReadOnly");
  v->action = chain_provider(o.chain, item_str(d->doc, "/spec/provider", "").ptr, &s->memory);
  if (!v->bucket || !v->prefix || !v->action) return error_nomem(e);
  o.kind = CONF_OBJECT_STORE, o.name = v->action, o.document = d, o.bucket = v->bucket, o.prefix = v->prefix;
  pintle_status st = strcmp(v->action, BUILTIN_FILE_STORE) == 0 ? make_file(s, d, v, &why) : make_plugin(s, &o, v, env, &why);
  if (st == PINTLE_NOMEM) return error_nomem(e);
  return st == PINTLE_OK ? st : refuse(s, v, &why, e);
}

static pintle_status make_all(chain_stores *s, const chain_location_options *o, const char *own, names *env, error *e) {
  size_t n = 0;
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < o->set->n; i++) n += conf_is(o->set->v[i], "velero.io", "BackupStorageLocation");
  if (!(s->v = arena_zalloc(&s->memory, (n + 1) * sizeof *s->v))) return error_nomem(e);
  for (size_t i = 0; i < o->set->n && st == PINTLE_OK; i++)
    if (conf_is(o->set->v[i], "velero.io", "BackupStorageLocation")) st = make_one(s, o, o->set->v[i], env, e);
  if (st == PINTLE_OK && n == 0 && own) { /* with no configuration at all it works */
    s->v[s->n++] = (chain_store){.name = own, .refused = "", .bucket = "", .prefix = "", .action = BUILTIN_FILE_STORE, .fd = -1};
    st = make_file(s, NULL, &s->v[0], e);
  }
  for (size_t i = 0; i < s->n && own; i++) s->v[i].own = strcmp(s->v[i].name, own) == 0;
  return st;
}

pintle_status chain_stores_make(const chain_location_options *options, const char *own, chain_stores *out, error *e) {
  names env = {0};
  *out = (chain_stores){0};
  pintle_status st = make_all(out, options, own, &env, e);
  const char **list = st == PINTLE_OK ? arena_zalloc(&out->memory, (env.n + 1) * sizeof *list) : NULL;
  if (st == PINTLE_OK && !list) st = error_nomem(e);
  for (size_t i = 0; list && i < env.n; i++) list[i] = env.v[i];
  out->env = list;
  free(env.v);
  if (st != PINTLE_OK) chain_stores_free(out);
  return st;
}

void chain_stores_free(chain_stores *s) {
  for (size_t i = 0; i < s->n; i++)
    if (s->v[i].config.len) explicit_bzero((char *)(uintptr_t)s->v[i].config.ptr, s->v[i].config.len);
  arena_free(&s->memory);
  *s = (chain_stores){0};
}
