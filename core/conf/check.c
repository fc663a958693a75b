/* check.c -- conf_check and conf_set_check: which kinds there are, and that names do not repeat.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/schema.h"

static const struct known_kind {
  const char *api_version, *kind;
  const schema *schema;
} kinds[] = {
    {"pintle.io/v1alpha1", "PluginChain", &schema_chain},
    {"velero.io/v1", "BackupStorageLocation", &schema_backup_storage_location},
    {"velero.io/v1", "VolumeSnapshotLocation", &schema_volume_snapshot_location},
    {"velero.io/v1", "Schedule", &schema_schedule},
    {"velero.io/v1", "Backup", &schema_backup},
    {"velero.io/v1", "Restore", &schema_restore},
    {"v1", "ConfigMap", &schema_config_map},
    {"v1", "Secret", &schema_secret},
};
#define N_KINDS (sizeof kinds / sizeof *kinds)

static void unknown_kind(const conf_document *d, const item_node *node, error *e) {
  char quoted[CONF_QUOTE_SIZE];
  const char *names[N_KINDS];
  str kind = item_string(node);
  for (size_t i = 0; i < N_KINDS; i++) names[i] = kinds[i].kind;
  conf_fault(d, node, e, "unknown kind %s in a configuration", conf_quote(kind, quoted));
  if (str_ends(kind, "List")) error_hint(e, "write the list's items as documents of their own, divided by lines of ---");
  else conf_hint_known(e, kind, names, N_KINDS, "known kinds");
}

/* NULL: *e says why. */
static const struct known_kind *find_kind(const conf_document *d, error *e) {
  char quoted[CONF_QUOTE_SIZE];
  const item_node *root = item_root(d->doc), *version = item_member(root, STR("apiVersion")), *kind = item_member(root, STR("kind"));
  const struct known_kind *k = NULL;
  if (item_type(root) != PINTLE_T_OBJECT) {
    conf_fault(d, root, e, "a document must be a mapping with apiVersion and kind, not %s", conf_type_name(item_type(root)));
    return NULL;
  }
  if (item_type(kind) != PINTLE_T_STRING) {
    conf_fault(d, kind, e, kind ? "kind must be text" : "\"kind\" is missing in the document");
    return NULL;
  }
  for (size_t i = 0; i < N_KINDS && !k; i++)
    if (str_is(item_string(kind), kinds[i].kind)) k = &kinds[i];
  if (!k) return unknown_kind(d, kind, e), NULL;
  if (str_is(item_string(version), k->api_version)) return k;
  if (item_type(version) != PINTLE_T_STRING)
    conf_fault(d, version, e, version ? "apiVersion must be text" : "\"apiVersion\" is missing in the document");
  else conf_fault(d, version, e, "apiVersion %s of %s is not known", conf_quote(item_string(version), quoted), k->kind);
  error_hint(e, "write apiVersion: %s", k->api_version);
  return NULL;
}

/* The document's name in front of an error: which document of many it is. */
static pintle_status name_document(const conf_document *d, const struct known_kind *k, error *e) {
  char quoted[CONF_QUOTE_SIZE];
  str name = item_str(d->doc, "/metadata/name", "");
  return name.len ? error_wrap(e, "%s %s", k->kind, conf_quote(name, quoted)) : error_wrap(e, "%s", k->kind);
}

pintle_status conf_check(const conf_document *d, error *e) {
  const struct known_kind *k = find_kind(d, e);
  if (!k) return PINTLE_INVALID;
  pintle_status st = schema_check(k->schema, d, item_root(d->doc), e);
  return st == PINTLE_OK || !e ? st : name_document(d, k, e);
}

static pintle_status check_repeated(const conf_set *s, size_t n, error *e) {
  char quoted[CONF_QUOTE_SIZE], place[CONF_PLACE_SIZE];
  const item_doc *doc = s->v[n]->doc;
  str kind = item_str(doc, "/kind", ""), name = item_str(doc, "/metadata/name", "");
  for (size_t i = 0; i < n; i++) {
    if (!str_eq(kind, item_str(s->v[i]->doc, "/kind", "")) || !str_eq(name, item_str(s->v[i]->doc, "/metadata/name", ""))) continue;
    conf_fault(s->v[n], item_at(doc, "/metadata/name"), e, "%s %s is there twice", kind.ptr, conf_quote(name, quoted));
    error_hint(e, "the first is at %s; a configuration knows names only, no namespaces",
               conf_place(s->v[i], item_at(s->v[i]->doc, "/metadata/name"), place, sizeof place));
    return PINTLE_INVALID;
  }
  return PINTLE_OK;
}

pintle_status conf_set_check(const conf_set *s, error *e) {
  for (size_t i = 0; i < s->n; i++) {
    pintle_status st = conf_check(s->v[i], e);
    if (st == PINTLE_OK) st = check_repeated(s, i, e);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}
