/* config.c -- chain file, then plugin-config ConfigMap, over the declared options.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/config.h"
#include "builtin/builtin.h"

static bool is_config_map(const item_doc *d) {
  return str_is(item_str(d, "/kind", ""), "ConfigMap") && str_is(item_str(d, "/apiVersion", ""), "v1");
}

/* Velero's convention: labels velero.io/plugin-config (any value) and <action name>: <Kind>. */
static bool is_for(const item_doc *d, const char *name, const char *kind) {
  const item_node *labels = item_at(d, "/metadata/labels");
  return name && item_member(labels, STR("velero.io/plugin-config")) && str_is(item_string(item_member(labels, str_of(name))), kind);
}

static pintle_status find_config_map(const conf_set *set, uint32_t action_kind, const char *name, const char *alias,
                                     const conf_document **out, error *e) {
  const char *kind = conf_kind_names[action_kind];
  char first[300], second[300];
  *out = NULL;
  for (size_t i = 0; set && i < set->n; i++) {
    const conf_document *d = set->v[i];
    if (!is_config_map(d->doc) || (!is_for(d->doc, name, kind) && !is_for(d->doc, alias, kind))) continue;
    if (*out) {
      error_set(e, PINTLE_INVALID, "two ConfigMaps configure %s %s, the other one at %s", kind, name,
                conf_place(*out, NULL, first, sizeof first));
      error_hint(e, "keep one, or take the label %s from the other", name);
      error_place(e, "%s", conf_place(d, NULL, second, sizeof second));
      return PINTLE_INVALID;
    }
    *out = d;
  }
  return PINTLE_OK;
}

static const char *config_map_source(const conf_document *d, arena *a) {
  str ns = item_str(d->doc, "/metadata/namespace", ""), name = item_str(d->doc, "/metadata/name", "");
  buf b = {0};
  buf_addz(&b, "ConfigMap ");
  if (ns.len) buf_adds(&b, ns), buf_addc(&b, '/');
  buf_adds(&b, name);
  const char *z = b.failed ? NULL : arena_copy(a, buf_str(&b));
  buf_free(&b);
  return z;
}

/* The ConfigMap of another action, as a whole, for the option of that action's name. */
static pintle_status add_foreign(const chain_plan_options *o, arena *a, const chain_candidate *c, chain_entry *entry, conf_layer *layers,
                                 error *e) {
  const conf_document *map;
  for (const pintle_option *const *p = c->action->options; p && *p; p++) {
    if (!strchr((*p)->name, '/')) continue;
    pintle_status st = find_config_map(o->set, c->action->kind, (*p)->name, NULL, &map, e);
    if (st != PINTLE_OK) return st;
    if (!map) continue;
    const char *source = config_map_source(map, a);
    if (!source) return error_nomem(e);
    layers[entry->n_layers++] = (conf_layer){source, map, item_root(map->doc), true, (*p)->name};
  }
  return PINTLE_OK;
}

pintle_status chain_config_make(const chain_plan_options *o, arena *a, const chain_candidate *c, chain_entry *entry, error *e) {
  const conf_document *map;
  buf json = {0};
  char place[300];
  if (c->source->built_in && strcmp(c->action->name, BUILTIN_MODIFIERS) == 0) {
    entry->config = (str){arena_copy(a, o->modifiers), o->modifiers.len};
    return entry->config.ptr ? PINTLE_OK : error_nomem(e);
  }
  size_t n = 2;
  for (const pintle_option *const *p = c->action->options; p && *p; p++) n++;
  conf_layer *layers = arena_zalloc(a, n * sizeof *layers);
  if (!layers) return error_nomem(e);
  pintle_status st = find_config_map(o->set, c->action->kind, c->action->name, c->alias, &map, e);
  if (st != PINTLE_OK) return st;
  if (c->listed && c->listed->config)
    layers[entry->n_layers++] = (conf_layer){"chain file", c->listed->document, c->listed->config, false, NULL};
  if (map) {
    const char *source = config_map_source(map, a);
    if (!source) return error_nomem(e);
    layers[entry->n_layers++] = (conf_layer){source, map, item_at(map->doc, "/data"), true, NULL};
  }
  if ((st = add_foreign(o, a, c, entry, layers, e)) != PINTLE_OK) return st;
  entry->layers = layers;
  st = conf_options(c->action->options, c->action->flags, layers, entry->n_layers, o->environment, &json, e);
  if (st != PINTLE_OK) {
    error_wrap(e, "action %s", c->action->name);
    if (e && !e->place[0] && c->listed && c->listed->document)
      error_place(e, "%s", conf_place(c->listed->document, c->listed->at, place, sizeof place));
  } else {
    const char *text = json.failed ? NULL : arena_copy(a, buf_str(&json));
    if (text) entry->config = (str){text, json.len};
    else st = error_nomem(e);
  }
  if (json.data) explicit_bzero(json.data, json.cap); /* it may hold secrets */
  buf_free(&json);
  return st;
}

void chain_plan_place(const chain_entry *entry, error *e) {
  char place[400];
  if (!e || entry->n_layers == 0) return;
  const char *at = conf_options_fault(entry->layers, entry->n_layers, e->place, place, sizeof place);
  if (at && at[0]) error_place(e, "%s", at);
}
