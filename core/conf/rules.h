/* rules.h -- rule files that a Backup or Restore names: volume policies, resource modifiers.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CONF_RULES_H
#define PINTLE_CONF_RULES_H
#include "conf/document.h"

/* name: a ConfigMap of the set with exactly one key under data; when there is none of that name, a file with the YAML itself, or with one such
 * ConfigMap. *out gets the YAML's one document, as out->v[0]; its places are those of the file that a person edits. what: "resource policies",
 * for errors. NOT_FOUND, INVALID. */
pintle_status conf_rules_load(const conf_set *set, const char *name, const char *what, conf_set *out, error *e);
/* A document of volume policies (Velero internal/resourcepolicies), strict: INVALID with the place and the nearest right word. */
pintle_status conf_check_policies(const conf_document *d, error *e);
/* A document of resource modifiers (Velero internal/resourcemodifiers), strict likewise: what tables can say. Patterns, values and patchData are the
 * reader's to check. */
pintle_status conf_check_modifiers(const conf_document *d, error *e);
/* The one YAML document in a text of a document, as out->v[0]; its places are those of the file where that can be told. */
pintle_status conf_rules_nested(const conf_document *d, const item_node *text, const char *what, conf_set *out, error *e);
#endif
