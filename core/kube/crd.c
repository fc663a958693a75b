/* crd.c -- types out of CustomResourceDefinitions.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/types_index.h"

typedef struct crd {
  const item_doc *doc;
  kube_type like; /* version is filled in for each */
  bool v1;
  error *e;
} crd;

static pintle_status wrong(error *e, const char *place, const char *what) {
  pintle_status st = error_set(e, PINTLE_INVALID, "CustomResourceDefinition: %s", what);
  error_place(e, "%s", place);
  return st;
}

static pintle_status read_names(crd *c, buf *short_names) {
  const char *const texts[] = {"/spec/group", "/spec/names/kind", "/spec/names/plural"};
  const char **to[] = {&c->like.group, &c->like.kind, &c->like.resource};
  bool (*const valid[])(str) = {kube_is_subdomain, kube_is_kind, kube_is_dns_label};
  for (size_t i = 0; i < 3; i++) {
    str s = item_str(c->doc, texts[i], "");
    if (!valid[i](s)) return wrong(c->e, texts[i], s.len ? "this is no valid name" : "this name is missing");
    *to[i] = s.ptr;
  }
  str singular = item_str(c->doc, "/spec/names/singular", "");
  if (singular.len && !kube_is_dns_label(singular)) return wrong(c->e, "/spec/names/singular", "this is no valid name");
  c->like.singular = singular.ptr;
  for (const item_node *n = item_first(item_at(c->doc, "/spec/names/shortNames")); n; n = item_next(n)) {
    if (!kube_is_dns_label(item_string(n))) return wrong(c->e, "/spec/names/shortNames", "this is no list of valid names");
    if (short_names->len) buf_addc(short_names, ',');
    buf_adds(short_names, item_string(n));
  }
  return PINTLE_OK;
}

static pintle_status read_scope(crd *c) {
  str scope = item_str(c->doc, "/spec/scope", c->v1 ? "" : "Namespaced");
  if (!str_is(scope, "Namespaced") && !str_is(scope, "Cluster")) return wrong(c->e, "/spec/scope", "it must be Namespaced or Cluster");
  c->like.namespaced = str_is(scope, "Namespaced");
  return PINTLE_OK;
}

static const item_node *versions(const crd *c) { return item_first(item_at(c->doc, "/spec/versions")); }

static pintle_status check_versions(crd *c) {
  str only = c->v1 ? STR("") : item_str(c->doc, "/spec/version", "");
  size_t n = 0;
  if (only.len && !kube_is_dns_label(only)) return wrong(c->e, "/spec/version", "this is no valid name");
  for (const item_node *v = versions(c); v; v = item_next(v), n++)
    if (!kube_is_dns_label(item_string(item_member(v, STR("name"))))) return wrong(c->e, "/spec/versions", "a version has no valid name");
  return n || only.len ? PINTLE_OK : wrong(c->e, "/spec/versions", "it has no version");
}

static pintle_status add_version(kube_types *t, crd *c, str version, bool served) {
  c->like.version = version.ptr;
  const kube_known *known = kube_known_find(t, str_of(c->like.group), version, str_of(c->like.kind));
  return known ? PINTLE_OK : kube_known_add(t, &c->like, served, false, NULL);
}

static pintle_status add_all(kube_types *t, crd *c) {
  pintle_status st = PINTLE_OK;
  for (const item_node *v = versions(c); v && st == PINTLE_OK; v = item_next(v))
    st = add_version(t, c, item_string(item_member(v, STR("name"))), item_true(item_member(v, STR("served"))));
  str only = c->v1 ? STR("") : item_str(c->doc, "/spec/version", "");
  if (st == PINTLE_OK && only.len) st = add_version(t, c, only, true);
  return st;
}

/* False: Kubernetes' own kind, which no CRD replaces. */
static bool retire(kube_types *t, str group, str kind) {
  kube_known *k;
  for (size_t at = 0; (k = kube_known_next(t, KUBE_BY_KIND, group, kind, &at));) {
    if (k->type.origin == KUBE_BUILT_IN) return false;
    k->live = false;
  }
  return true;
}

pintle_status kube_types_add_crd(kube_types *t, const item_doc *doc, error *e) {
  CLEANUP(buf_free) buf short_names = {0};
  char singular[KUBE_LABEL_MAX + 1];
  str api_version = item_str(doc, "/apiVersion", "");
  crd c = {.doc = doc, .like = {.origin = KUBE_CRD}, .v1 = str_is(api_version, "apiextensions.k8s.io/v1"), .e = e};
  if (!str_is(item_str(doc, "/kind", ""), "CustomResourceDefinition")) return wrong(e, "/kind", "the item is of another kind");
  if (!c.v1 && !str_is(api_version, "apiextensions.k8s.io/v1beta1")) return wrong(e, "/apiVersion", "this version is unknown");
  pintle_status st = read_names(&c, &short_names);
  if (st == PINTLE_OK) st = read_scope(&c);
  if (st == PINTLE_OK) st = check_versions(&c);
  if (st) return st;
  c.like.short_names = buf_z(&short_names);
  if (short_names.failed) return error_nomem(e);
  if (!*c.like.singular) {
    kube_lower(str_of(c.like.kind), singular);
    c.like.singular = singular;
  }
  if (!retire(t, str_of(c.like.group), str_of(c.like.kind))) return PINTLE_OK;
  if (add_all(t, &c)) return error_nomem(e);
  kube_known_prefer(t, str_of(c.like.group), str_of(c.like.resource));
  return PINTLE_OK;
}
