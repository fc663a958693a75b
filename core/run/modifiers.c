/* modifiers.c -- the resource modifiers of a restore: Velero's rules, checked, as the configuration of their step.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/modifiers.h"
#include "conf/rules.h"
#include "run/inside.h"
#include <strings.h>

#define WHAT "resource modifiers"

typedef struct writer {
  const conf_document *d;
  buf *out;
  error *e;
} writer;

/* What was wrong with that value, at its place. */
static pintle_status at(const writer *w, const item_node *node, pintle_status st) {
  char place[600];
  if (st != PINTLE_OK) error_place(w->e, "%s", conf_place(w->d, node, place, sizeof place));
  return st;
}

static void key(const writer *w, const char *name) {
  char last = w->out->len ? w->out->data[w->out->len - 1] : '{';
  if (last != '{' && last != '[') buf_addc(w->out, ',');
  if (!name) return;
  buf_json(w->out, str_of(name));
  buf_addc(w->out, ':');
}

static pintle_status value(const writer *w, const item_node *object) {
  const item_node *v = item_member(object, STR("value"));
  str text = item_string(v);
  key(w, "value");
  return at(w, v, builtin_modifier_value(text.ptr ? text : STR(""), w->out, w->e));
}

static pintle_status matches(const writer *w, const item_node *list) {
  pintle_status st = PINTLE_OK;
  key(w, "matches");
  buf_addc(w->out, '[');
  for (const item_node *m = item_first(list); m && st == PINTLE_OK; m = item_next(m)) {
    key(w, NULL);
    buf_addz(w->out, "{\"path\":");
    buf_json(w->out, item_string(item_member(m, STR("path"))));
    st = value(w, m);
    buf_addc(w->out, '}');
  }
  buf_addc(w->out, ']');
  return st;
}

static pintle_status operations(const writer *w, const item_node *list) {
  pintle_status st = PINTLE_OK;
  for (const item_node *m = item_first(list); m && st == PINTLE_OK; m = item_next(m)) {
    str op = item_string(item_member(m, STR("operation"))), from = item_string(item_member(m, STR("from")));
    key(w, NULL);
    buf_addz(w->out, "{\"op\":");
    buf_json(w->out, op);
    key(w, "path");
    buf_json(w->out, item_string(item_member(m, STR("path"))));
    key(w, "from");
    buf_json(w->out, from.ptr ? from : STR(""));
    if (str_is(op, "add") || str_is(op, "replace") || str_is(op, "test")) st = value(w, m);
    buf_addc(w->out, '}');
  }
  return st;
}

/* The YAML or JSON of a patchData. */
static pintle_status data(const writer *w, const item_node *list) {
  pintle_status st = PINTLE_OK;
  for (const item_node *m = item_first(list); m && st == PINTLE_OK; m = item_next(m)) {
    const item_node *text = item_member(m, STR("patchData"));
    conf_set nested = {0};
    key(w, NULL);
    st = conf_rules_nested(w->d, text, "patchData", &nested, w->e);
    if (st == PINTLE_OK && item_type(item_root(nested.v[0]->doc)) != PINTLE_T_OBJECT)
      st = at(w, text, error_set(w->e, PINTLE_INVALID, "patchData must be a mapping"));
    if (st == PINTLE_OK) st = item_print(nested.v[0]->doc, NULL, 0, w->out);
    conf_set_free(&nested);
  }
  return st;
}

static pintle_status glob(const writer *w, const item_node *pattern) {
  return at(w, pattern, builtin_glob_check(item_string(pattern), w->e));
}

static pintle_status namespaces(const writer *w, const item_node *list) {
  pintle_status st = PINTLE_OK;
  if (item_count(list) == 0) return st;
  for (const item_node *m = item_first(list); m && st == PINTLE_OK; m = item_next(m)) st = glob(w, m);
  key(w, "namespaces");
  return st == PINTLE_OK ? item_print(w->d->doc, list, 0, w->out) : st;
}

static pintle_status name(const writer *w, const item_node *pattern) {
  regex_t compiled;
  str s = item_string(pattern);
  if (!s.len) return PINTLE_OK;
  pintle_status st = at(w, pattern, builtin_regex(s, &compiled, w->e));
  if (st != PINTLE_OK) {
    error_wrap(w->e, "resourceNameRegex \"%.100s\"", s.ptr);
    return st;
  }
  regfree(&compiled);
  key(w, "name");
  buf_json(w->out, s);
  return PINTLE_OK;
}

static pintle_status labels(const writer *w, const item_node *selector) {
  kube_selector *compiled = NULL;
  if (item_type(selector) == PINTLE_T_NULL) return PINTLE_OK;
  pintle_status st = kube_selector_of(selector, &compiled, w->e);
  kube_selector_free(compiled);
  if (st != PINTLE_OK) {
    const item_node *culprit = w->e && w->e->place[0] ? item_at(w->d->doc, w->e->place) : NULL;
    return at(w, culprit ? culprit : selector, st);
  }
  key(w, "labels");
  return item_print(w->d->doc, selector, 0, w->out);
}

static pintle_status conditions(const writer *w, const item_node *from) {
  const item_node *resource = item_member(from, STR("groupResource"));
  pintle_status st = glob(w, resource);
  if (st != PINTLE_OK) return st;
  key(w, "groupResource");
  buf_json(w->out, item_string(resource));
  st = namespaces(w, item_member(from, STR("namespaces")));
  if (st == PINTLE_OK) st = name(w, item_member(from, STR("resourceNameRegex")));
  if (st == PINTLE_OK) st = labels(w, item_member(from, STR("labelSelector")));
  return st == PINTLE_OK ? matches(w, item_member(from, STR("matches"))) : st;
}

static pintle_status rule(const writer *w, const item_node *from) {
  static const char *const kinds[] = {"patches", "mergePatches", "strategicPatches"};
  char place[600];
  key(w, NULL);
  buf_addz(w->out, "{\"at\":");
  buf_json(w->out, str_of(conf_place(w->d, from, place, sizeof place)));
  pintle_status st = conditions(w, item_member(from, STR("conditions")));
  for (int i = 0; i < 3 && st == PINTLE_OK; i++) {
    const item_node *list = item_member(from, str_of(kinds[i]));
    if (item_count(list) == 0) continue;
    key(w, kinds[i]);
    buf_addc(w->out, '[');
    st = i == MODIFIER_PATCHES ? operations(w, list) : data(w, list);
    buf_addc(w->out, ']');
  }
  buf_addc(w->out, '}');
  return st;
}

static pintle_status write_rules(const conf_document *d, buf *out, error *e) {
  const writer w = {d, out, e};
  pintle_status st = conf_check_modifiers(d, e);
  buf_addz(out, "{\"rules\":[");
  for (const item_node *m = item_first(item_at(d->doc, "/resourceModifierRules")); m && st == PINTLE_OK; m = item_next(m)) st = rule(&w, m);
  buf_addz(out, "]}");
  return st == PINTLE_OK && out->failed ? error_nomem(e) : st;
}

pintle_status run_modifiers(const run_context *c, const item_doc *restore, buf *config, error *e) {
  conf_set rules = {0};
  if (item_type(item_at(restore, "/spec/resourceModifier")) != PINTLE_T_OBJECT) return PINTLE_OK;
  str kind = item_str(restore, "/spec/resourceModifier/kind", ""), name_of = item_str(restore, "/spec/resourceModifier/name", "");
  if (strcasecmp(kind.ptr, "configmap") != 0) { /* Velero passes it over without a word */
    error_set(e, PINTLE_INVALID, "spec.resourceModifier.kind is \"%s\"", kind.ptr);
    error_hint(e, "resource modifiers are in a ConfigMap: write kind: ConfigMap");
    return PINTLE_INVALID;
  }
  pintle_status st = conf_rules_load(&c->set, name_of.ptr, WHAT, &rules, e);
  if (st != PINTLE_OK) return st;
  if ((st = write_rules(rules.v[0], config, e)) != PINTLE_OK) error_wrap(e, WHAT " \"%s\"", name_of.ptr);
  conf_set_free(&rules);
  return st;
}
