/* modifiers.h -- what resource modifiers are made of; also what their reader (run/modifiers.c) checks them by.  SPDX-License-Identifier: Apache-2.0
 *
 * The configuration of pintle.io/resource-modifiers is what the reader makes of Velero's rules:
 *   {"rules": [{"at": "mods.yaml:3:3", "namespaces": [GLOB], "groupResource": GLOB, "name": REGEX, "labels": LabelSelector,
 *               "matches": [{"path": P, "value": V}],
 *               and one of "patches": [{"op", "path", "from", "value": V}], "mergePatches": [OBJECT], "strategicPatches": [OBJECT]}]}
 * with values typed already. */
#ifndef PINTLE_BUILTIN_MODIFIERS_H
#define PINTLE_BUILTIN_MODIFIERS_H
#include "kube/labels.h"
#include <pintle/plugin.h>
#include <regex.h>

/* ---- modifiers_text.c
 * A value of a JSON patch is text in Velero's rules; *json gets the value that is meant: "\"x\"" is the text x, null, true and false, numbers and
 * what begins with { or [ are themselves, anything else is text. INVALID: as in Velero's patch, it is no JSON then. */
pintle_status builtin_modifier_value(str text, buf *json, error *e);
/* A pattern of github.com/gobwas/glob: *, **, ?, [abc], [!a-z], {a,b}, \x. separator (0: none) is what * and ? do not match. */
pintle_status builtin_glob_check(str pattern, error *e);
bool builtin_glob(str pattern, str text, char separator);
/* A pattern of Go's regexp as a POSIX one, found anywhere in a name of ASCII. INVALID: no pattern, or one whose meaning would differ. */
pintle_status builtin_regex(str pattern, regex_t *out, error *e);

/* ---- modifiers_rules.c */
enum { MODIFIER_PATCHES, MODIFIER_MERGES, MODIFIER_STRATEGIC };
typedef struct modifier_operation {
  const char *op, *path, *from; /* of a match: op NULL */
  const item_node *value;       /* in the configuration */
} modifier_operation;
typedef struct modifier_rule {
  const char *label; /* "rule 2 at mods.yaml:12:3" */
  str *namespaces;
  size_t n_namespaces;
  str group_resource;
  bool has_name;
  regex_t name;
  kube_selector *labels; /* NULL: all */
  modifier_operation *matches;
  size_t n_matches;
  int kind;
  modifier_operation *operations; /* PATCHES */
  str *patches;                   /* the others: JSON */
  size_t n;                       /* of operations or patches */
} modifier_rule;
typedef struct modifiers {
  arena memory;
  modifier_rule *rules;
  size_t n;
} modifiers;
/* config must outlive *out. */
pintle_status modifiers_read(const item_doc *config, modifiers *out, error *e);
void modifiers_free(modifiers *m);

/* ---- modifiers_match.c */
typedef struct modifier_subject {
  const item_doc *doc;
  const pintle_id *id; /* of the backup */
  const char *kind;
  char group_resource[512];
  str ns, name;
  kube_labels labels;
} modifier_subject;
/* Do the conditions hold? If they hold but for one, that is counted as a near miss. INVALID: they cannot be judged. */
pintle_status modifier_matches(const modifier_rule *r, const modifier_subject *s, pintle_call *call, bool *matches, error *e);

/* ---- modifiers_apply.c
 * CONFLICT: a test failed; else an error. What was edited until then is undone. */
pintle_status modifier_apply(const modifier_rule *r, item_doc *d, error *e);
/* The value at path against value, as a test of JSON Patch in Velero: OK; CONFLICT: another one, or none; NOT_FOUND: there is nothing that could
 * hold it; INVALID: an array without such an element. */
pintle_status modifier_test(const item_doc *d, const char *path, const item_node *value);
#endif
