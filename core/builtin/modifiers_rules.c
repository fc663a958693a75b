/* modifiers_rules.c -- resource modifiers: the rules out of the step's configuration.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/modifiers.h"

typedef struct reader {
  modifiers *m;
  const item_doc *config;
  error *e;
} reader;

static str text(const item_node *object, const char *key) {
  str s = item_string(item_member(object, str_of(key)));
  return s.ptr ? s : (str){"", 0};
}

static void *room(reader *r, size_t n, size_t size) {
  void *p = arena_zalloc(&r->m->memory, (n + 1) * size);
  if (!p) error_nomem(r->e);
  return p;
}

static pintle_status operations(reader *r, const item_node *list, modifier_operation **out, size_t *n) {
  modifier_operation *v = room(r, item_count(list), sizeof *v);
  *out = v;
  if (!v) return PINTLE_NOMEM;
  for (const item_node *m = item_first(list); m; m = item_next(m))
    v[(*n)++] = (modifier_operation){text(m, "op").ptr, text(m, "path").ptr, text(m, "from").ptr, item_member(m, STR("value"))};
  return PINTLE_OK;
}

static pintle_status patches(reader *r, const item_node *list, modifier_rule *rule) {
  CLEANUP(buf_free) buf json = {0};
  rule->patches = room(r, item_count(list), sizeof *rule->patches);
  if (!rule->patches) return PINTLE_NOMEM;
  for (const item_node *m = item_first(list); m; m = item_next(m)) {
    buf_clear(&json);
    const char *copy = item_print(r->config, m, 0, &json) == PINTLE_OK ? arena_copy(&r->m->memory, buf_str(&json)) : NULL;
    if (!copy) return error_nomem(r->e);
    rule->patches[rule->n++] = (str){copy, json.len};
  }
  return PINTLE_OK;
}

static pintle_status namespaces(reader *r, const item_node *list, modifier_rule *rule) {
  rule->namespaces = room(r, item_count(list), sizeof *rule->namespaces);
  if (!rule->namespaces) return PINTLE_NOMEM;
  for (const item_node *m = item_first(list); m; m = item_next(m)) rule->namespaces[rule->n_namespaces++] = item_string(m);
  return PINTLE_OK;
}

static pintle_status label(reader *r, const item_node *from, size_t number, modifier_rule *rule) {
  char at[700];
  snprintf(at, sizeof at, "rule %zu at %s", number, text(from, "at").ptr);
  rule->label = arena_dup(&r->m->memory, at);
  return rule->label ? PINTLE_OK : error_nomem(r->e);
}

static pintle_status one(reader *r, const item_node *from, modifier_rule *rule) {
  static const char *const kinds[] = {"patches", "mergePatches", "strategicPatches"};
  const item_node *name = item_member(from, STR("name")), *labels = item_member(from, STR("labels"));
  pintle_status st = label(r, from, r->m->n, rule);
  rule->group_resource = text(from, "groupResource");
  if (st == PINTLE_OK) st = namespaces(r, item_member(from, STR("namespaces")), rule);
  if (st == PINTLE_OK && name) {
    st = builtin_regex(item_string(name), &rule->name, r->e);
    rule->has_name = st == PINTLE_OK;
  }
  if (st == PINTLE_OK && labels) st = kube_selector_of(labels, &rule->labels, r->e);
  if (st == PINTLE_OK) st = operations(r, item_member(from, STR("matches")), &rule->matches, &rule->n_matches);
  for (int i = 0; i < 3 && st == PINTLE_OK; i++) {
    const item_node *list = item_member(from, str_of(kinds[i]));
    if (!list) continue;
    rule->kind = i;
    st = i == MODIFIER_PATCHES ? operations(r, list, &rule->operations, &rule->n) : patches(r, list, rule);
  }
  return st;
}

pintle_status modifiers_read(const item_doc *config, modifiers *out, error *e) {
  reader r = {out, config, e};
  const item_node *list = item_at(config, "/rules");
  pintle_status st = PINTLE_OK;
  *out = (modifiers){0};
  out->rules = room(&r, item_count(list), sizeof *out->rules);
  if (!out->rules) return PINTLE_NOMEM;
  for (const item_node *m = item_first(list); m && st == PINTLE_OK; m = item_next(m)) st = one(&r, m, &out->rules[out->n++]);
  if (st != PINTLE_OK) modifiers_free(out);
  return st;
}

void modifiers_free(modifiers *m) {
  for (size_t i = 0; i < m->n; i++) {
    if (m->rules[i].has_name) regfree(&m->rules[i].name);
    kube_selector_free(m->rules[i].labels);
  }
  arena_free(&m->memory);
  *m = (modifiers){0};
}
