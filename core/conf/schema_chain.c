/* schema_chain.c -- pintle.io/v1alpha1 PluginChain.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/chain.h"
#include "conf/format.h"

const char *const conf_kind_names[CONF_KINDS] = {
    "", "BackupItemAction", "RestoreItemAction", "DeleteItemAction", "ItemBlockAction", "VolumeSnapshotter", "ObjectStore"};

static pintle_status unique_plugins(const conf_document *d, const item_node *list, error *e) {
  return schema_unique(d, list, "name", NULL, "plugin", e);
}
static pintle_status unique_actions(const conf_document *d, const item_node *list, error *e) {
  return schema_unique(d, list, "name", "kind", "action", e);
}

/* An alias stands for an action, never for another alias: so there is no cycle. */
static pintle_status verify_aliases(const conf_document *d, const item_node *map, error *e) {
  char name[CONF_QUOTE_SIZE], target[CONF_QUOTE_SIZE];
  for (const item_node *m = item_first(map); m; m = item_next(m)) {
    conf_quote(item_key(m), name);
    conf_quote(item_string(m), target);
    if (str_eq(item_key(m), item_string(m))) return conf_fault(d, m, e, "alias %s stands for itself", name);
    if (!item_member(map, item_string(m))) continue;
    conf_fault(d, m, e, "alias %s stands for %s, which is an alias itself", name, target);
    str last = item_string(item_member(map, item_string(m)));
    error_hint(e, "write the action's own name: %s", conf_quote(last, target));
    return PINTLE_INVALID;
  }
  return PINTLE_OK;
}

#define LAST \
  { NULL, NULL, false }
static const schema trust = {.type = SCHEMA_STRING, .choices = (const char *const[]){"warn", "strict", NULL}};
static const schema digest = {.type = SCHEMA_STRING, .format = &format_sha256};
static const schema digests = {.type = SCHEMA_ONE_OR_LIST, .of = &digest, .min = 1};
static const schema variable = {.type = SCHEMA_STRING, .format = &format_environment};
static const schema variables = {.type = SCHEMA_LIST, .of = &variable};
static const schema file_name = {.type = SCHEMA_STRING, .format = &format_file_name};
static const schema plugin = {
    .type = SCHEMA_OBJECT,
    .keys = (const schema_key[]){{"name", &file_name, true}, {"sha256", &digests, false}, {"env", &variables, false}, LAST}};
static const schema plugins = {.type = SCHEMA_LIST, .of = &plugin, .verify = unique_plugins};

static const schema action_name = {.type = SCHEMA_STRING, .format = &format_action_name};
static const schema kind = {.type = SCHEMA_STRING,
                            .choices = (const char *const[]){"BackupItemAction", "RestoreItemAction", "DeleteItemAction", "ItemBlockAction",
                                                             "VolumeSnapshotter", "ObjectStore", NULL}};
static const schema deadline = {.type = SCHEMA_STRING, .format = &format_deadline};
static const schema on_error = {.type = SCHEMA_STRING, .choices = (const char *const[]){"FailItem", "Warn", "FailRun", NULL}};
static const schema config = {.type = SCHEMA_MAP, .of = &schema_any};
static const schema action = {.type = SCHEMA_OBJECT,
                              .keys = (const schema_key[]){{"name", &action_name, true},
                                                           {"kind", &kind, false},
                                                           {"timeout", &deadline, false},
                                                           {"onError", &on_error, false},
                                                           {"config", &config, false},
                                                           LAST}};
static const schema actions = {.type = SCHEMA_LIST, .of = &action, .verify = unique_actions};
static const schema aliases = {.type = SCHEMA_MAP, .of = &action_name, .key_format = &format_action_name, .verify = verify_aliases};

static const schema drop_in = {
    .type = SCHEMA_OBJECT,
    .keys = (const schema_key[]){{"oneAction", &schema_bool, false}, {"fileSystemBackupTimeout", &deadline, false}, LAST}};

static const schema spec = {.type = SCHEMA_OBJECT,
                            .keys = (const schema_key[]){{"trust", &trust, false},
                                                         {"plugins", &plugins, false},
                                                         {"actions", &actions, false},
                                                         {"aliases", &aliases, false},
                                                         {"dropIn", &drop_in, false},
                                                         LAST}};
const schema schema_chain = {.type = SCHEMA_OBJECT,
                             .keys = (const schema_key[]){{"apiVersion", &schema_text, true},
                                                          {"kind", &schema_text, true},
                                                          {"metadata", &schema_metadata, true},
                                                          {"spec", &spec, false},
                                                          LAST}};
