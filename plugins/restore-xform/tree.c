/* tree.c -- the fields of a kind as a tree, which an item's own is walked beside.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <stdlib.h>
#include <string.h>

/* "Kind.group" among the names divided by | ("Pod." has no group). */
static bool named(const char *kinds, const struct xform_kind *k) {
  size_t kind = strlen(k->kind), group = strlen(k->group);
  for (const char *p = kinds; *p; p += strcspn(p, "|"), p += *p == '|')
    if (strcspn(p, "|") == kind + 1 + group && strncmp(p, k->kind, kind) == 0 && p[kind] == '.' &&
        strncmp(p + kind + 1, k->group, group) == 0)
      return true;
  return false;
}

/* The child whose key is this token of a path, with ~1 read as /; made when there is none yet. NULL: no memory. */
static struct xform_node *child(struct xform_node *node, const char *token, size_t n) {
  char *key = malloc(n + 1);
  size_t len = 0;
  if (!key) return NULL;
  for (size_t i = 0; i < n; i++) {
    bool slash = token[i] == '~' && i + 1 < n && token[i + 1] == '1';
    key[len++] = (char)(slash ? '/' : token[i]);
    i += slash;
  }
  key[len] = 0;
  for (size_t i = 0; i < node->n; i++)
    if (strcmp(node->children[i].key, key) == 0) {
      free(key);
      return &node->children[i];
    }
  struct xform_node *all = realloc(node->children, (node->n + 1) * sizeof *all);
  if (!all) {
    free(key);
    return NULL;
  }
  node->children = all;
  all[node->n] = (struct xform_node){.key = key, .len = len};
  return &all[node->n++];
}

static bool insert(struct xform_node *node, const char *path, const struct xform_field *f) {
  node->families |= xform_field_families(f);
  while (*path) {
    size_t n = strcspn(path, "/");
    if (!(node = child(node, path, n))) return false;
    node->families |= xform_field_families(f);
    path += n + (path[n] == '/');
  }
  for (size_t i = 0; i < node->n_fields; i++) /* any kind's annotations are a Pod's own, too */
    if (node->fields[i]->family == f->family && node->fields[i]->how == f->how) return true;
  const struct xform_field **fields = realloc(node->fields, (node->n_fields + 1) * sizeof *fields);
  if (!fields) return false;
  node->fields = fields;
  fields[node->n_fields++] = f;
  return true;
}

static bool insert_below(struct xform_node *node, const char *prefix, const struct xform_field *f) {
  char path[300];
  int n = snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "/" : "", f->path);
  return n >= 0 && (size_t)n < sizeof path && insert(node, path, f);
}

static int by_key(const void *a, const void *b) { return strcmp(((const struct xform_node *)a)->key, ((const struct xform_node *)b)->key); }

static void sort(struct xform_node *node) {
  if (node->n) qsort(node->children, node->n, sizeof *node->children, by_key);
  for (size_t i = 0; i < node->n; i++) sort(&node->children[i]);
}

/* k NULL: a kind that no row names. */
static bool grow(struct xform_node *tree, const struct xform_kind *k, uint64_t families) {
  bool ok = true;
  for (size_t i = 0; i < xform_n_fields && ok; i++) {
    const struct xform_field *f = &xform_fields[i];
    if (!(families & xform_field_families(f))) continue;
    if (strcmp(f->kinds, "*") == 0 || (k && named(f->kinds, k))) ok = insert(tree, f->path, f);
    else if (k && k->pod && strcmp(f->kinds, "POD") == 0) ok = insert_below(tree, k->pod, f);
  }
  sort(tree);
  return ok;
}

pintle_status xform_trees(struct xform *x, pintle_call *call, uint64_t families) {
  if (!(x->trees = calloc(xform_n_kinds + 1, sizeof *x->trees))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; i <= xform_n_kinds; i++)
    if (!grow(&x->trees[i], i < xform_n_kinds ? &xform_kinds[i] : NULL, families)) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  return PINTLE_OK;
}

static void fell(struct xform_node *node) {
  for (size_t i = 0; i < node->n; i++) fell(&node->children[i]), free(node->children[i].key);
  free(node->children);
  free(node->fields);
}

void xform_trees_free(struct xform *x) {
  for (size_t i = 0; x->trees && i <= xform_n_kinds; i++) fell(&x->trees[i]);
  free(x->trees);
}

const struct xform_node *xform_tree_of(const struct xform *x, const pintle_doc *item) {
  const char *kind = pintle_str_or(item, "/kind", ""), *version = pintle_str_or(item, "/apiVersion", ""), *slash = strchr(version, '/');
  const struct xform_kind *k = xform_kind_of(kind, version, slash ? (size_t)(slash - version) : 0);
  return &x->trees[k ? (size_t)(k - xform_kinds) : xform_n_kinds];
}
