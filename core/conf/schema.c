/* schema.c -- checks a document against a table.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/format.h"

#define MAX_KEYS 64u

static bool absent(const item_node *node) { return !node || item_type(node) == PINTLE_T_NULL; }

static pintle_status wrong_type(const conf_document *d, const item_node *node, const char *wanted, const schema *s, error *e) {
  char path[CONF_PATH_SIZE], quoted[CONF_QUOTE_SIZE];
  int32_t type = item_type(node);
  conf_fault(d, node, e, "%s must be %s, not %s", conf_path(node, path), wanted, conf_type_name(type));
  if (type == PINTLE_T_OBJECT && s->type == SCHEMA_STRING && (item_member(node, STR("fromFile")) || item_member(node, STR("fromEnv"))))
    error_hint(e, "fromFile and fromEnv are for the options of a PluginChain's actions");
  if (type == PINTLE_T_OBJECT && item_count(node) == 0 && s->type == SCHEMA_LIST) error_hint(e, "write [] for an empty list");
  bool scalar = type == PINTLE_T_NUMBER || type == PINTLE_T_BOOL || type == PINTLE_T_STRING;
  str text = type == PINTLE_T_NUMBER ? item_number(node)
             : type == PINTLE_T_BOOL ? str_of(item_true(node) ? "true" : "false")
                                     : item_string(node);
  if (s->type == SCHEMA_STRING && (type == PINTLE_T_NULL || (scalar && s->secret)))
    error_hint(e, type == PINTLE_T_NULL ? "write \"\" for an empty text" : "put it in quotes");
  if (!scalar || s->secret) return PINTLE_INVALID;
  conf_quote(text, quoted);
  if ((s->format == &format_duration || s->format == &format_deadline) && type == PINTLE_T_NUMBER)
    error_hint(e, "write the unit too: \"%.*ss\" are seconds", (int)text.len, text.ptr);
  else if (s->type == SCHEMA_STRING) error_hint(e, "put it in quotes: %s", quoted);
  else if (s->type == SCHEMA_LIST || s->type == SCHEMA_ONE_OR_LIST) error_hint(e, "write a list: [%s]", quoted);
  else if ((s->type == SCHEMA_BOOL || s->type == SCHEMA_INT) && type == PINTLE_T_STRING) error_hint(e, "write it without quotes");
  return PINTLE_INVALID;
}

static pintle_status check_choice(const schema *s, const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE], quoted[CONF_QUOTE_SIZE];
  str text = item_string(node);
  size_t n = 0;
  for (; s->choices[n]; n++)
    if (str_is(text, s->choices[n])) return PINTLE_OK;
  conf_fault(d, node, e, "%s cannot be %s", conf_path(node, path), conf_quote(text, quoted));
  conf_hint_known(e, text, s->choices, n, "possible");
  return PINTLE_INVALID;
}

static pintle_status check_text(const schema *s, const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE], quoted[CONF_QUOTE_SIZE];
  if (item_type(node) != PINTLE_T_STRING) return wrong_type(d, node, "text", s, e);
  str text = item_string(node);
  if (text.len < s->min) return conf_fault(d, node, e, "%s must not be empty", conf_path(node, path));
  if (s->choices) return check_choice(s, d, node, e);
  if (!s->format || s->format->fits(text)) return PINTLE_OK;
  if (s->secret) conf_fault(d, node, e, "%s is not %s", conf_path(node, path), s->format->what);
  else conf_fault(d, node, e, "%s: %s is not %s", conf_path(node, path), conf_quote(text, quoted), s->format->what);
  if (s->format->hint) error_hint(e, "%s", s->format->hint);
  return PINTLE_INVALID;
}

static pintle_status unknown_key(const schema *s, const conf_document *d, const item_node *object, const item_node *member, error *e) {
  char path[CONF_PATH_SIZE], quoted[CONF_QUOTE_SIZE];
  const char *names[MAX_KEYS];
  size_t n = 0;
  for (const schema_key *k = s->keys; k->name && n < MAX_KEYS; k++) names[n++] = k->name;
  conf_fault_key(d, member, e, "unknown key %s in %s", conf_quote(item_key(member), quoted), conf_path(object, path));
  conf_hint_known(e, item_key(member), names, n, "known keys");
  return PINTLE_INVALID;
}

static pintle_status check_object(const schema *s, const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE];
  const schema_key *k;
  if (item_type(node) != PINTLE_T_OBJECT) return wrong_type(d, node, "a mapping", s, e);
  for (const item_node *m = item_first(node); m; m = item_next(m)) {
    for (k = s->keys; k->name && !str_is(item_key(m), k->name); k++) {}
    if (!k->name) return unknown_key(s, d, node, m, e);
    if (absent(m)) continue;
    pintle_status st = schema_check(k->value, d, m, e);
    if (st != PINTLE_OK) return st;
  }
  for (k = s->keys; k->name; k++)
    if (k->required && absent(item_member(node, str_of(k->name))))
      return conf_fault(d, node, e, "\"%s\" is missing in %s", k->name, conf_path(node, path));
  return PINTLE_OK;
}

static pintle_status check_map(const schema *s, const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE], quoted[CONF_QUOTE_SIZE];
  if (item_type(node) != PINTLE_T_OBJECT) return wrong_type(d, node, "a mapping", s, e);
  for (const item_node *m = item_first(node); m; m = item_next(m)) {
    if (s->key_format && !s->key_format->fits(item_key(m))) {
      conf_fault_key(d, m, e, "key %s in %s is not %s", conf_quote(item_key(m), quoted), conf_path(node, path), s->key_format->what);
      if (s->key_format->hint) error_hint(e, "%s", s->key_format->hint);
      return PINTLE_INVALID;
    }
    pintle_status st = schema_check(s->of, d, m, e);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

static pintle_status check_list(const schema *s, const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE];
  if (s->type == SCHEMA_ONE_OR_LIST && item_type(node) == PINTLE_T_STRING) return schema_check(s->of, d, node, e);
  if (item_type(node) != PINTLE_T_ARRAY) return wrong_type(d, node, "a list", s, e);
  if (item_count(node) < s->min) return conf_fault(d, node, e, "%s must not be empty", conf_path(node, path));
  for (const item_node *m = item_first(node); m; m = item_next(m)) {
    pintle_status st = schema_check(s->of, d, m, e);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

static pintle_status check_int(const schema *s, const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE];
  int64_t i;
  if (item_type(node) != PINTLE_T_NUMBER) return wrong_type(d, node, "a whole number", s, e);
  if (item_int(node, &i) == PINTLE_OK) return PINTLE_OK;
  str text = item_number(node);
  return conf_fault(d, node, e, "%s must be a whole number of 64 bits, not %.40s", conf_path(node, path), text.ptr ? text.ptr : "");
}

pintle_status schema_check(const schema *s, const conf_document *d, const item_node *node, error *e) {
  pintle_status st = PINTLE_OK;
  switch (s->type) {
  case SCHEMA_STRING: st = check_text(s, d, node, e); break;
  case SCHEMA_BOOL:
    if (item_type(node) != PINTLE_T_BOOL) st = wrong_type(d, node, "true or false", s, e);
    break;
  case SCHEMA_INT: st = check_int(s, d, node, e); break;
  case SCHEMA_OBJECT: st = check_object(s, d, node, e); break;
  case SCHEMA_MAP: st = check_map(s, d, node, e); break;
  case SCHEMA_LIST:
  case SCHEMA_ONE_OR_LIST: st = check_list(s, d, node, e); break;
  default: break;
  }
  return st == PINTLE_OK && s->verify ? s->verify(d, node, e) : st;
}

static str text_at(const item_node *object, const char *key) {
  const item_node *m = key ? item_member(object, str_of(key)) : NULL;
  str s = item_string(m);
  return s.ptr ? s : (str){"", 0};
}

pintle_status schema_unique(const conf_document *d, const item_node *list, const char *a, const char *b, const char *what, error *e) {
  char quoted[CONF_QUOTE_SIZE], place[CONF_PLACE_SIZE];
  for (const item_node *m = item_first(list); m; m = item_next(m))
    for (const item_node *other = item_first(list); other != m; other = item_next(other)) {
      if (!str_eq(text_at(m, a), text_at(other, a)) || !str_eq(text_at(m, b), text_at(other, b))) continue;
      conf_fault(d, item_member(m, str_of(a)), e, "%s %s is listed twice", what, conf_quote(text_at(m, a), quoted));
      error_hint(e, "the first is at %s", conf_place(d, item_member(other, str_of(a)), place, sizeof place));
      return PINTLE_INVALID;
    }
  return PINTLE_OK;
}
