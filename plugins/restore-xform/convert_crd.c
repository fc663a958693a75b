/* convert_crd.c -- CustomResourceDefinition, v1beta1 to v1.  SPDX-License-Identifier: Apache-2.0
 *
 * v1 wants a structural schema in every version, and prunes what it does not name. So every node gets a type, and where v1beta1 kept
 * unknown fields each object says so itself: Kubernetes prunes below every node that does not. Source: pkg/apis/apiextensions of
 * k8s.io/apiextensions-apiserver. */
#include "convert.h"
#include <string.h>

#define PRESERVE "x-kubernetes-preserve-unknown-fields"
enum { DEEPEST = 200 };

static bool is_true(struct conv *v, const char *p) {
  int32_t on = 0;
  return v->doc->api->get_bool(v->doc, p, &on) == PINTLE_OK && on;
}

static const char *index_at(struct conv *v, const char *p, size_t i) {
  char number[30];
  return snprintf(number, sizeof number, "%zu", i) < 0 ? "!" : cv_key_at(v, p, number);
}

/* ---- schemas */
static void node(struct conv *v, const char *p, bool preserve, int depth);

static void members(struct conv *v, const char *p, bool preserve, int depth) {
  for (const pintle_value *m = v->doc->api->first(v->doc, cv_value(v, p)); m && v->st == PINTLE_OK;) {
    pintle_str key;
    if (v->doc->api->key(v->doc, m, &key) != PINTLE_OK) return;
    const char *member = cv_key_at(v, p, key.ptr);
    if (depth > 0 || strcmp(key.ptr, "metadata") != 0) node(v, member, preserve, depth + 1); /* else see metadata() */
    m = v->doc->api->at(v->doc, member);                                                     /* edits below may have replaced it */
    if (m) m = v->doc->api->next(v->doc, m);
  }
}

/* What a structural schema may not have at all. */
static void forbidden(struct conv *v, const char *p) {
  static const char *const keys[] = {"$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "deprecated",
                                     "id",   NULL};
  for (const char *const *k = keys; *k; k++) cv_lost(v, cv_key_at(v, p, *k), "v1 does not allow it in a schema");
  if (is_true(v, cv_key_at(v, p, "uniqueItems"))) cv_lost(v, cv_key_at(v, p, "uniqueItems"), "v1 does not allow it in a schema");
  if (v->doc->api->type(v->doc, cv_value(v, cv_key_at(v, p, "items"))) == PINTLE_T_ARRAY)
    cv_lost(v, cv_key_at(v, p, "items"), "v1 allows one schema for all items only");
  if (cv_has(v, cv_key_at(v, p, "properties")) && cv_is_object(v, cv_key_at(v, p, "additionalProperties")))
    cv_lost(v, cv_key_at(v, p, "additionalProperties"), "v1 does not allow it beside properties");
  else if (cv_has(v, cv_key_at(v, p, "additionalProperties")) && !cv_is_object(v, cv_key_at(v, p, "additionalProperties")) &&
           !is_true(v, cv_key_at(v, p, "additionalProperties")))
    cv_lost(v, cv_key_at(v, p, "additionalProperties"), "v1 does not allow false; unknown fields are pruned");
}

/* Below anyOf and its like only values are looked at: what describes a node has to stand outside. */
static void conditions(struct conv *v, const char *p) {
  static const char *const lists[] = {"allOf", "anyOf", "oneOf", NULL};
  static const char *const outside[] = {"type", "description", "default", "nullable", "additionalProperties", NULL};
  bool int_or_string = is_true(v, cv_key_at(v, p, "x-kubernetes-int-or-string"));
  for (const char *const *l = lists; *l; l++)
    for (size_t i = 0, n = cv_count(v, cv_key_at(v, p, *l)); i < n; i++)
      for (const char *const *o = outside; *o; o++) {
        const char *at = cv_key_at(v, index_at(v, cv_key_at(v, p, *l), i), *o);
        if (!(int_or_string && strcmp(*o, "type") == 0)) cv_lost(v, at, "v1 does not allow it within allOf, anyOf and oneOf");
      }
  for (const char *const *o = outside; *o; o++) cv_lost(v, cv_key_at(v, cv_key_at(v, p, "not"), *o), "v1 does not allow it within not");
}

/* anyOf: [{type: integer}, {type: string}] has an extension of its own in v1. */
static void int_or_string(struct conv *v, const char *p) {
  const char *any = cv_key_at(v, p, "anyOf"), *first = cv_key_at(v, index_at(v, any, 0), "type"),
             *second = cv_key_at(v, index_at(v, any, 1), "type");
  if (cv_count(v, any) != 2 || cv_has(v, cv_key_at(v, p, "type")) || cv_has(v, cv_key_at(v, p, "x-kubernetes-int-or-string"))) return;
  if ((cv_is_text(v, first, "integer") && cv_is_text(v, second, "string")) ||
      (cv_is_text(v, first, "string") && cv_is_text(v, second, "integer")))
    cv_set(v, cv_key_at(v, p, "x-kubernetes-int-or-string"), "true");
}

static void type_of(struct conv *v, const char *p) {
  const char *type = cv_key_at(v, p, "type");
  if (!cv_is_empty(v, type) || is_true(v, cv_key_at(v, p, "x-kubernetes-int-or-string"))) return;
  if (cv_has(v, cv_key_at(v, p, "properties")) || cv_has(v, cv_key_at(v, p, "additionalProperties")))
    cv_changed(v, type, "\"object\"", "v1 wants a type; it has properties");
  else if (cv_has(v, cv_key_at(v, p, "items"))) cv_changed(v, type, "\"array\"", "v1 wants a type; it has items");
  else if (!is_true(v, cv_key_at(v, p, PRESERVE)))
    cv_changed(v, cv_key_at(v, p, PRESERVE), "true", "no type: anything is allowed, and kept");
}

static void node(struct conv *v, const char *p, bool preserve, int depth) {
  const char *properties = cv_key_at(v, p, "properties"), *additional = cv_key_at(v, p, "additionalProperties"),
             *items = cv_key_at(v, p, "items");
  if (!cv_is_object(v, p)) return;
  if (depth > DEEPEST) {
    cv_say(v, PINTLE_LOG_WARN, "doubtful", p, "the schema is deeper than %d: what is below was not looked at", (int)DEEPEST);
    return;
  }
  forbidden(v, p);
  int_or_string(v, p);
  conditions(v, p);
  type_of(v, p);
  if (preserve && cv_is_text(v, cv_key_at(v, p, "type"), "object") && !cv_has(v, additional)) cv_set(v, cv_key_at(v, p, PRESERVE), "true");
  if (cv_is_object(v, properties)) members(v, properties, preserve, depth);
  if (cv_is_object(v, additional)) node(v, additional, preserve, depth + 1);
  if (cv_is_text(v, cv_key_at(v, p, "type"), "array") && !cv_is_object(v, items))
    cv_changed(v, items, "{\"" PRESERVE "\":true}", "v1 wants a schema of the items: anything is allowed, and kept");
  else if (cv_is_object(v, items)) node(v, items, preserve, depth + 1);
}

/* Of the item's metadata v1 describes name and generateName, and says nothing else but that it is an object. */
static void metadata(struct conv *v, const char *root) {
  const char *p = cv_key_at(v, cv_key_at(v, root, "properties"), "metadata"), *properties = cv_key_at(v, p, "properties");
  bool cut = false;
  if (!cv_is_object(v, p)) return;
  for (const pintle_value *m = v->doc->api->first(v->doc, cv_value(v, properties)), *next; m; m = next) {
    pintle_str key;
    next = v->doc->api->next(v->doc, m);
    if (v->doc->api->key(v->doc, m, &key) == PINTLE_OK && strcmp(key.ptr, "name") != 0 && strcmp(key.ptr, "generateName") != 0)
      cv_lost(v, cv_key_at(v, properties, key.ptr), "v1 checks name and generateName of metadata only"), cut = true;
  }
  if (cut && cv_is_empty(v, properties)) cv_erase(v, properties);
  for (const pintle_value *m = v->doc->api->first(v->doc, cv_value(v, p)), *next; m; m = next) {
    pintle_str key;
    next = v->doc->api->next(v->doc, m);
    if (v->doc->api->key(v->doc, m, &key) == PINTLE_OK && strcmp(key.ptr, "type") != 0 && strcmp(key.ptr, "properties") != 0)
      cv_lost(v, cv_key_at(v, p, key.ptr), "v1 checks name and generateName of metadata only");
  }
  if (!cv_is_text(v, cv_key_at(v, p, "type"), "object")) cv_changed(v, cv_key_at(v, p, "type"), "\"object\"", "v1 wants a type");
  if (cv_is_object(v, properties)) members(v, properties, false, 1);
}

static void schema(struct conv *v, size_t i, bool preserve) {
  const char *root = cv_at(v, "/spec/versions/%zu/schema/openAPIV3Schema", i);
  if (!cv_is_object(v, root)) cv_changed(v, root, "{\"type\":\"object\"}", "v1 wants a schema");
  if (cv_is_empty(v, cv_key_at(v, root, "type"))) cv_set_text(v, cv_key_at(v, root, "type"), "object");
  metadata(v, root);
  node(v, root, preserve, 0);
  if (preserve) cv_set(v, cv_key_at(v, root, PRESERVE), "true");
}

/* ---- versions */
static void columns(struct conv *v, size_t i) {
  for (size_t k = 0, n = cv_count(v, cv_at(v, "/spec/versions/%zu/additionalPrinterColumns", i)); k < n; k++)
    cv_move(v, cv_at(v, "/spec/versions/%zu/additionalPrinterColumns/%zu/JSONPath", i, k),
            cv_at(v, "/spec/versions/%zu/additionalPrinterColumns/%zu/jsonPath", i, k));
}

static void versions(struct conv *v) {
  const char *single = cv_at(v, "/spec/version"), *all = cv_at(v, "/spec/versions");
  if (cv_is_empty(v, all)) {
    cv_erase(v, all);
    cv_set(v, all, "[{}]");
    if (cv_has(v, single)) cv_set(v, cv_at(v, "/spec/versions/0/name"), cv_json(v, single));
    cv_set(v, cv_at(v, "/spec/versions/0/served"), "true");
    cv_set(v, cv_at(v, "/spec/versions/0/storage"), "true");
  }
  cv_erase(v, single); /* it is the first of versions by definition */
}

static void to_each(struct conv *v, const char *from, const char *to) {
  const char *p = cv_at(v, "/spec/%s", from);
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/spec/versions")); i < n && cv_has(v, p); i++)
    cv_set(v, cv_at(v, "/spec/versions/%zu/%s", i, to), cv_json(v, p));
  cv_erase(v, p);
}

static void conversion(struct conv *v) {
  const char *webhook = cv_at(v, "/spec/conversion/webhook"), *review = cv_at(v, "/spec/conversion/conversionReviewVersions");
  cv_move(v, cv_at(v, "/spec/conversion/webhookClientConfig"), cv_key_at(v, webhook, "clientConfig"));
  if (cv_is_text(v, cv_at(v, "/spec/conversion/strategy"), "Webhook") && cv_is_empty(v, review) &&
      !cv_has(v, cv_key_at(v, webhook, "conversionReviewVersions"))) {
    cv_erase(v, review);
    cv_fallback(v, cv_key_at(v, webhook, "conversionReviewVersions"), "[\"v1beta1\"]");
  }
  cv_move(v, review, cv_key_at(v, webhook, "conversionReviewVersions"));
}

static void approval(struct conv *v) {
  static const char *const ends[] = {".k8s.io", ".kubernetes.io", NULL};
  const char *group = cv_text(v, cv_at(v, "/spec/group")),
             *note = cv_key_at(v, cv_at(v, "/metadata/annotations"), "api-approved.kubernetes.io");
  for (const char *const *e = ends; *e; e++)
    if (strlen(group) > strlen(*e) && strcmp(group + strlen(group) - strlen(*e), *e) == 0 && cv_is_empty(v, note))
      cv_say(v, PINTLE_LOG_WARN, "invalid", note,
             "v1 wants this annotation for a group of %s: take the definition of the project's newer release", *e + 1);
}

void convert_crd(struct conv *v) {
  const char *unknown = cv_at(v, "/spec/preserveUnknownFields");
  bool preserve = !cv_has(v, unknown) || is_true(v, unknown);
  versions(v);
  to_each(v, "validation", "schema");
  to_each(v, "subresources", "subresources");
  to_each(v, "additionalPrinterColumns", "additionalPrinterColumns");
  to_each(v, "selectableFields", "selectableFields");
  if (cv_is_empty(v, cv_at(v, "/spec/scope"))) cv_fallback(v, cv_at(v, "/spec/scope"), "\"Namespaced\"");
  conversion(v);
  for (size_t i = 0, n = cv_count(v, cv_at(v, "/spec/versions")); i < n; i++) {
    columns(v, i);
    schema(v, i, preserve);
  }
  if (preserve) cv_changed(v, unknown, "false", "v1 refuses true: each object of the schema keeps unknown fields instead (" PRESERVE ")");
  approval(v);
  if (cv_has(v, cv_at(v, "/status"))) cv_say(v, PINTLE_LOG_INFO, "lost", cv_at(v, "/status"), "the API server writes it anew");
  cv_erase(v, cv_at(v, "/status"));
}
