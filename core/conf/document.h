/* document.h -- configuration files as documents whose values know their place.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_DOCUMENT_H
#define PINTLE_CONF_DOCUMENT_H
#include "conf/yaml.h"

typedef struct conf_document {
  item_doc *doc; /* read-only */
  const char *file;
  conf_places places;
} conf_document;

/* All documents of a configuration: one file of several, or a directory's *.yaml, *.yml, *.json in byte order of names. */
typedef struct conf_set {
  conf_document **v;
  size_t n, cap;
  arena memory;
} conf_set;
pintle_status conf_set_load(conf_set *s, const char *path, error *e); /* adds; errors with file:line:column */
/* One document from text (a ConfigMap's value, a command line's option). */
pintle_status conf_set_add(conf_set *s, const char *file, str text, error *e);
void conf_set_free(conf_set *s);
/* "chain.yaml:12:5" of a node, or of the document when node is NULL. to holds at least 64 bytes; it is cut when too small. Returns to. */
char *conf_place(const conf_document *d, const item_node *node, char *to, size_t size);
/* As conf_place, but where the key of a member stands, if that is known. */
char *conf_place_key(const conf_document *d, const item_node *node, char *to, size_t size);
/* Is it of that kind? api_group "velero.io", "pintle.io" or "". */
bool conf_is(const conf_document *d, const char *api_group, const char *kind);
/* The document with that kind and metadata.name (name NULL: the only one or NOT_FOUND / CONFLICT); api_group "velero.io", "pintle.io" or "". */
pintle_status conf_set_find(const conf_set *s, const char *api_group, const char *kind, const char *name, const conf_document **out,
                            error *e);
/* Every document against what pintle knows of its kind (strict): pintle.io/v1alpha1 PluginChain; velero.io/v1 BackupStorageLocation,
 * VolumeSnapshotLocation, Schedule, Backup, Restore; v1 ConfigMap, Secret. An unknown kind, key, value or type, a repeated name: INVALID
 * with file, line and the nearest right name in hint. The first error ends it. */
pintle_status conf_set_check(const conf_set *s, error *e);
/* One Backup, Restore... from -f or made by flags, by the same rules. */
pintle_status conf_check(const conf_document *d, error *e);
#endif
