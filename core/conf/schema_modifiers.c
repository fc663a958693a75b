/* schema_modifiers.c -- resource modifiers.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero internal/resourcemodifiers: resource_modifiers.go, resource_modifiers_validator.go. */
#include "conf/rules.h"
#include "conf/schema.h"
#include <strings.h>

#define KEYS(...)                      \
  (const schema_key[]) {               \
    __VA_ARGS__, { NULL, NULL, false } \
  }

static pintle_status verify_version(const conf_document *d, const item_node *node, error *e) {
  char quoted[CONF_QUOTE_SIZE];
  if (strcasecmp(item_string(node).ptr, "v1") == 0) return PINTLE_OK;
  conf_fault(d, node, e, "version %s of resource modifiers is not known", conf_quote(item_string(node), quoted));
  error_hint(e, "write version: v1");
  return PINTLE_INVALID;
}

static bool is_pointer(str s) { return s.len && item_pointer_ok(s); }

/* An empty from is as good as none, as in Velero. */
static pintle_status verify_patch(const conf_document *d, const item_node *node, error *e) {
  char path[CONF_PATH_SIZE], quoted[CONF_QUOTE_SIZE];
  const item_node *from = item_member(node, STR("from"));
  str operation = item_string(item_member(node, STR("operation"))), s = item_string(from);
  bool moves = str_is(operation, "move") || str_is(operation, "copy");
  if (s.len && !is_pointer(s)) {
    conf_fault(d, from, e, "%s: %s is not a JSON Pointer", conf_path(from, path), conf_quote(s, quoted));
    error_hint(e, "write a path such as /spec/replicas");
    return PINTLE_INVALID;
  }
  return !moves || s.len ? PINTLE_OK : conf_fault(d, node, e, "%s: operation %s needs from", conf_path(node, path), operation.ptr);
}

static pintle_status verify_rule(const conf_document *d, const item_node *node, error *e) {
  static const char *const names[] = {"patches", "mergePatches", "strategicPatches"};
  char path[CONF_PATH_SIZE];
  const item_node *found = NULL;
  for (size_t i = 0; i < 3; i++) {
    const item_node *list = item_member(node, str_of(names[i]));
    if (item_count(list) == 0) continue;
    if (found) {
      conf_fault_key(d, list, e, "%s has %s and %s: a rule has one kind of patch", conf_path(node, path), item_key(found).ptr, names[i]);
      error_hint(e, "write two rules with the same conditions; the second one sees what the first one made");
      return PINTLE_INVALID;
    }
    found = list;
  }
  if (found) return PINTLE_OK;
  conf_fault(d, node, e, "%s has no patch: it does nothing", conf_path(node, path));
  error_hint(e, "give it patches, mergePatches or strategicPatches");
  return PINTLE_INVALID;
}

static const schema_format pointer = {is_pointer, "a JSON Pointer", "write a path such as /spec/replicas, with ~1 for a / in a key"};
static const schema filled = {.type = SCHEMA_STRING, .min = 1};
static const schema path_text = {.type = SCHEMA_STRING, .min = 1, .format = &pointer};
static const schema version = {.type = SCHEMA_STRING, .verify = verify_version};
static const schema operation = {.type = SCHEMA_STRING,
                                 .choices = (const char *const[]){"add", "remove", "replace", "move", "copy", "test", NULL}};

static const schema match = {.type = SCHEMA_OBJECT, .keys = KEYS({"path", &path_text, true}, {"value", &schema_text, false})};
static const schema matches = {.type = SCHEMA_LIST, .of = &match};
static const schema conditions = {.type = SCHEMA_OBJECT,
                                  .keys = KEYS({"namespaces", &schema_texts, false}, {"groupResource", &filled, true},
                                               {"resourceNameRegex", &schema_text, false}, {"labelSelector", &schema_label_selector, false},
                                               {"matches", &matches, false})};
static const schema patch = {.type = SCHEMA_OBJECT,
                             .keys = KEYS({"operation", &operation, true}, {"path", &path_text, true}, {"from", &schema_text, false},
                                          {"value", &schema_text, false}),
                             .verify = verify_patch};
static const schema patches = {.type = SCHEMA_LIST, .of = &patch};
static const schema data_patch = {.type = SCHEMA_OBJECT, .keys = KEYS({"patchData", &filled, true})};
static const schema data_patches = {.type = SCHEMA_LIST, .of = &data_patch};
static const schema rule = {.type = SCHEMA_OBJECT,
                            .keys = KEYS({"conditions", &conditions, true}, {"patches", &patches, false},
                                         {"mergePatches", &data_patches, false}, {"strategicPatches", &data_patches, false}),
                            .verify = verify_rule};
static const schema rules = {.type = SCHEMA_LIST, .of = &rule, .min = 1};
static const schema all = {.type = SCHEMA_OBJECT, .keys = KEYS({"version", &version, true}, {"resourceModifierRules", &rules, true})};

pintle_status conf_check_modifiers(const conf_document *d, error *e) { return schema_check(&all, d, item_root(d->doc), e); }
